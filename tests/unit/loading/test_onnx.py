import pytest

from depscan.loading.steps import CONSTRUCTORS, FOREIGN_CODE, HOSTILE_FILE, INCOMPLETE
from tests.unit.loading.messages import message, report_of, slugs


def node(operator: str, domain: str = "", *attributes: bytes) -> bytes:
    return message((1, "x"), (2, "y"), (3, "n"), (4, operator), *((5, a) for a in attributes), (7, domain))


def external(location: str, offset: str = "0", length: str = "16") -> bytes:
    pairs = (("location", location), ("offset", offset), ("length", length))
    return message((1, 4), (2, 1), (8, "w"), *((13, message((1, k), (2, v))) for k, v in pairs), (14, 1))


def model(*nodes: bytes, tensors: tuple[bytes, ...] = (), functions: tuple[bytes, ...] = ()) -> bytes:
    graph = message(*((1, n) for n in nodes), (2, "g"), *((5, t) for t in tensors))
    return message((1, 8), (2, "pytorch"), (7, graph), (8, message((2, 17))), *((25, f) for f in functions))


def test_the_standards_own_operators_are_known_whatever_the_file_is_called() -> None:
    assert report_of(model(node("MatMul"), node("Relu")), "weights.data").verdict == CONSTRUCTORS


def test_data_beside_the_model_is_fine() -> None:
    found = report_of(model(node("MatMul"), tensors=(external("w.data"),)), "m.onnx", w__data=b"\0" * 16)
    assert found.verdict == CONSTRUCTORS
    assert not found.gaps


def test_data_that_ends_behind_its_file_is_odd() -> None:
    found = report_of(model(node("MatMul"), tensors=(external("w.data", "8"),)), "m.onnx", w__data=b"\0" * 16)
    assert slugs(found)[0] == ("odd", "external-range")


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x", "a/../../x", "C:\\x", "\\\\host\\x", "file:///x", "http://127.0.0.1/x", "~/x", "a\0b"],
)
def test_data_outside_the_folder_is_hostile(path: str) -> None:
    found = report_of(model(node("MatMul"), tensors=(external(path),)), "m.onnx")
    assert found.verdict == HOSTILE_FILE
    assert found.steps[0].values == (path,)


def test_python_inside_the_runtime_is_hostile_and_extensions_name_their_package() -> None:
    assert report_of(model(node("PyOp", "ai.onnx.contrib")), "m.onnx").verdict == HOSTILE_FILE
    found = report_of(model(node("BertTokenizer", "ai.onnx.contrib")), "m.onnx")
    assert (found.verdict, found.steps[0].package) == (FOREIGN_CODE, "onnxruntime-extensions")


def test_a_custom_domain_needs_foreign_code_unless_the_file_defines_it() -> None:
    assert report_of(model(node("Op", "com.example")), "m.onnx").verdict == FOREIGN_CODE
    function = message((1, "Op"), (7, node("Relu")), (10, "com.example"))
    assert report_of(model(node("Op", "com.example"), functions=(function,)), "m.onnx").verdict == CONSTRUCTORS


def test_an_operator_that_the_standard_does_not_have_needs_foreign_code() -> None:
    assert report_of(model(node("Evil")), "m.onnx").verdict == FOREIGN_CODE


def test_subgraphs_and_tensors_in_attributes_are_read_too() -> None:
    inner = message((1, node("PyOp", "ai.onnx.contrib")), (2, "then"))
    branch = message((1, "then_branch"), (6, inner), (20, 5))
    assert report_of(model(node("If", "", branch)), "m.onnx").verdict == HOSTILE_FILE
    value = message((1, "value"), (5, external("/x")), (20, 4))
    assert report_of(model(node("Constant", "", value)), "m.onnx").verdict == HOSTILE_FILE


def test_graphs_without_end_are_hostile() -> None:
    inner = message((1, node("Relu")))
    for _ in range(120):
        inner = message((1, node("If", "", message((1, "b"), (6, inner)))))
    assert ("hostile", "depth") in slugs(report_of(message((1, 8), (7, inner)), "m.onnx"))


def test_a_file_that_is_cut_off_is_incomplete() -> None:
    data = model(*(node("Relu") for _ in range(200)))
    assert report_of(data[:-40], "m.onnx").verdict == INCOMPLETE


def test_a_graph_behind_many_other_fields_is_found() -> None:
    data = b"".join(message((14, message((1, "k")))) for _ in range(500)) + model(node("PyOp", "ai.onnx.contrib"))
    assert report_of(data, "m.onnx").verdict == HOSTILE_FILE


def test_a_pickle_behind_the_model_is_hostile() -> None:
    pickled = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
    found = report_of(model(node("MatMul")) + pickled, "m.onnx")
    assert found.verdict == HOSTILE_FILE
    assert ("hostile", "trailing") in slugs(found)
    assert report_of(model(node("MatMul")) + b"\x03\x03\x03", "m.onnx").verdict == INCOMPLETE
