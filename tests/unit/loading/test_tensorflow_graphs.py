import pytest

from depscan.loading.steps import CONSTRUCTORS, FOREIGN_CODE, HOSTILE_FILE, INCOMPLETE
from tests.unit.loading.messages import message, report_of, slugs


def node(name: str, operator: str, *inputs: str, **attributes: bytes) -> bytes:
    rows = tuple((5, message((1, key), (2, value))) for key, value in attributes.items())
    return message((1, name), (2, operator), *((3, one) for one in inputs), *rows)


def constant(name: str, text: str) -> bytes:
    return node(name, "Const", value=message((8, message((1, 7), (8, text)))))


def graph(*nodes: bytes, functions: tuple[bytes, ...] = ()) -> bytes:
    library = message(*((1, f) for f in functions))
    return message(*((1, n) for n in nodes), *(((2, library),) if functions else ()))


def saved(*nodes: bytes, functions: tuple[bytes, ...] = (), assets: tuple[str, ...] = ()) -> bytes:
    rows = tuple((6, message((2, name))) for name in assets)
    return message((1, 1), (2, message((1, message((4, "serve"))), (2, graph(*nodes, functions=functions)), *rows)))


def function(name: str, *nodes: bytes) -> bytes:
    return message((1, message((1, name))), *((3, n) for n in nodes))


PLAIN = (node("x", "Placeholder"), node("y", "MatMul", "x"), node("z", "Relu", "y"))


@pytest.mark.parametrize("name", ["saved_model.pb", "frozen.pb", "graph.meta", "unknown.bin"])
def test_tensor_arithmetic_is_known_in_all_forms(name: str) -> None:
    whole = {"saved_model.pb": saved(*PLAIN), "graph.meta": message((1, message((4, "x"))), (2, graph(*PLAIN)))}
    assert report_of(whole.get(name, graph(*PLAIN)), name).verdict == CONSTRUCTORS


@pytest.mark.parametrize(
    ("operator", "does"),
    [("ReadFile", "file.read"), ("WriteFile", "file.write"), ("PyFunc", "code.eval"), ("EagerPyFunc", "code.eval"),
     ("PyFuncStateless", "code.eval"), ("MatchingFiles", "file.read"), ("SqlDataset", "file.read"),
     ("TextLineDataset", "file.read"), ("RpcClient", "net.connect")],
)  # fmt: skip
def test_operators_that_act_are_hostile_in_nodes_and_in_functions(operator: str, does: str) -> None:
    for data in (saved(node("a", operator)), saved(*PLAIN, functions=(function("f", node("a", operator)),))):
        found = report_of(data, "saved_model.pb")
        assert (found.verdict, found.steps[0].does) == (HOSTILE_FILE, does)


def test_the_constant_that_flows_into_an_operator_is_shown() -> None:
    nodes = (constant("p", "/etc/passwd"), node("i", "Identity", "p"), node("r", "ReadFile", "i:0"))
    (step,) = report_of(saved(*nodes), "saved_model.pb").steps
    assert step.values == ("/etc/passwd",)
    assert step.text == "ReadFile('/etc/passwd')"


def test_a_custom_operator_needs_foreign_code_and_a_function_of_the_library_does_not() -> None:
    assert report_of(saved(node("a", "EvilCustomOp")), "saved_model.pb").verdict == FOREIGN_CODE
    own = saved(node("a", "__inference_f_1"), functions=(function("__inference_f_1", *PLAIN),))
    assert report_of(own, "saved_model.pb").verdict == CONSTRUCTORS
    text = report_of(saved(node("a", "SentencepieceOp")), "saved_model.pb").steps[0]
    assert text.package == "tensorflow-text"


def test_saving_under_a_name_is_known_and_under_a_fixed_path_hostile() -> None:
    def saver(path: str) -> bytes:
        return saved(constant("p", path), node("s", "SaveV2", "p"), node("r", "RestoreV2", "p"))

    assert report_of(saver("_temp/part"), "saved_model.pb").verdict == CONSTRUCTORS
    assert report_of(saver("/root/.ssh/authorized_keys"), "saved_model.pb").verdict == HOSTILE_FILE


def test_printing_to_a_file_is_hostile_and_to_the_log_is_not() -> None:
    def printing(target: str) -> bytes:
        return saved(node("p", "PrintV2", output_stream=message((2, target))))

    assert report_of(printing("stderr"), "saved_model.pb").verdict == CONSTRUCTORS
    assert report_of(printing("file:///tmp/x"), "saved_model.pb").verdict == HOSTILE_FILE
    said = saved(constant("c", "http://127.0.0.1/"), node("p", "PrintV2", "c", output_stream=message((2, "stderr"))))
    assert report_of(said, "saved_model.pb").verdict == CONSTRUCTORS
    debug = node("d", "DebugIdentityV2", debug_urls=message((1, message((2, "grpc://127.0.0.1:1")))))
    assert report_of(saved(debug), "saved_model.pb").verdict == HOSTILE_FILE


def test_an_assets_path_on_the_machine_that_saved_it_is_odd_and_one_that_climbs_out_hostile() -> None:
    nodes = (constant("p", "/home/me/vocab.txt"), node("t", "InitializeTableFromTextFileV2", "h", "p"))
    assert slugs(report_of(saved(*nodes, assets=("vocab.txt",)), "saved_model.pb"))[-1] == ("odd", "asset-path")
    assert report_of(saved(*nodes), "saved_model.pb").verdict == HOSTILE_FILE
    assert report_of(saved(*PLAIN, assets=("../../x",)), "saved_model.pb").verdict == HOSTILE_FILE


def test_fields_that_nobody_knows_do_not_hide_a_graph() -> None:
    assert report_of(message((99, "x")) + saved(node("a", "PyFunc")), "saved_model.pb").verdict == HOSTILE_FILE
    hidden = b"".join(message((99, "x")) for _ in range(500)) + graph(node("a", "PyFunc"))
    assert report_of(hidden, "frozen.pb").verdict == HOSTILE_FILE


def test_the_text_form_is_read_too() -> None:
    text = b'# a comment\nnode {\n name: "a"\n op: "ReadFile"\n}\n'
    assert report_of(text, "graph.pbtxt").verdict == HOSTILE_FILE
    assert report_of(text.replace(b"ReadFile", b"Relu"), "graph.pbtxt").verdict == CONSTRUCTORS


def test_a_graph_that_is_cut_off_is_incomplete() -> None:
    assert report_of(saved(*PLAIN * 50)[:-9], "saved_model.pb").verdict == INCOMPLETE


def test_a_file_behind_a_description_of_messages_is_hostile_and_one_inside_is_not() -> None:
    def decoding(source: str) -> bytes:
        return saved(node("d", "DecodeProtoV2", descriptor_source=message((2, source))))

    assert report_of(decoding("local://"), "saved_model.pb").verdict == CONSTRUCTORS
    assert report_of(decoding("/etc/passwd"), "saved_model.pb").verdict == HOSTILE_FILE
