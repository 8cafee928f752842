"""skops archives."""

from __future__ import annotations

import io
import json
import warnings
import zipfile

from depscan.loading.steps import Report
from tests.unit.loading.model_folder import read, worst

Node = dict[str, object]


def node(loader: str, dotted: str, content: object = None, **more: object) -> Node:
    module, _, name = dotted.rpartition(".")
    return {"__class__": name, "__module__": module, "__loader__": loader, "content": content, **more}


def archive(tree: object, name: str = "m.skops", **members: bytes) -> Report:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("schema.json", json.dumps(tree))
        for path, data in members.items():
            made.writestr(path, data)
    return read({name: stream.getvalue()})


def text(value: str) -> Node:
    return node("JsonNode", "builtins.str", json.dumps(value))


def test_estimators_and_containers_are_known() -> None:
    state = node("DictNode", "builtins.dict", {"a": text("x"), "b": node("NdArrayNode", "numpy.ndarray", file="1.npy")})
    report = archive(node("ObjectNode", "sklearn.linear_model._base.LinearRegression", state))
    assert report.verdict == "known constructors"


def test_a_function_that_starts_commands_is_hostile() -> None:
    report = archive(node("FunctionNode", "os.system", "os.system"))
    assert worst(report).verdict == "hostile"
    assert worst(report).does == "shell.run"


def test_a_class_of_somebody_is_foreign_however_deep() -> None:
    tree = node("ListNode", "builtins.list", [node("DictNode", "builtins.dict", {"a": node("ObjectNode", "evil.X")})])
    assert worst(archive(tree)).package == "evil"
    assert archive(tree).verdict == "foreign code needed"


def test_functions_of_operator_are_hostile_save_plain_ones() -> None:
    def of(name: str, *arguments: str) -> str:
        attrs = node("TupleNode", "builtins.tuple", [text(a) for a in arguments])
        return worst(archive(node("OperatorFuncNode", f"operator.{name}", attrs=attrs))).verdict

    assert of("call", "x") == "hostile"
    assert of("attrgetter", "__globals__") == "hostile"
    assert of("methodcaller", "predict") == "foreign"
    assert of("itemgetter", "x") == "odd"


def test_a_method_of_another_class_than_stated_is_hostile() -> None:
    def of(stated: str, real: str, name: str) -> str:
        return worst(archive(node("MethodNode", stated, {"func": name, "obj": node("ObjectNode", real)}))).verdict

    good = "sklearn.linear_model._base.LinearRegression"
    assert of(good, good, "predict") == "known"
    assert of(good, "evil.X", "predict") == "hostile"
    assert of(good, good, "__reduce__") == "hostile"


def test_the_function_of_the_first_protocols_is_read() -> None:
    content = {"module_path": "os", "function": "system"}
    assert worst(archive(node("FunctionNode", "sklearn.x.Y", content))).verdict == "hostile"


def test_another_name_hides_no_schema() -> None:
    assert archive(node("FunctionNode", "os.system"), "model.zip").verdict == "hostile"


def test_a_schema_that_was_unpacked_is_read() -> None:
    tree = json.dumps(node("FunctionNode", "os.system")).encode()
    assert read({"schema.json": tree}).verdict == "hostile"
    assert read({"any.json": tree}).verdict == "hostile"


def test_two_schemas_are_hostile() -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(stream, "w") as made:
            made.writestr("schema.json", json.dumps(text("x")))
            made.writestr("schema.json", json.dumps(node("DictNode", "builtins.dict", {})))
    assert read({"m.skops": stream.getvalue()}).verdict == "hostile"


def test_functions_that_are_only_kept_are_known_by_any_role() -> None:
    dotted = "sklearn.feature_selection._univariate_selection.f_classif"
    assert archive(node("FunctionNode", dotted, dotted)).verdict == "known constructors"
    assert archive(node("ObjectNode", dotted)).verdict == "foreign code needed", "it may not be called"


def test_names_that_a_node_holds_as_text_or_without_a_loader_count() -> None:
    held = node("TypeNode", "builtins.type", "subprocess.Popen")
    assert worst(archive(held)).verdict == "hostile"
    held = node("ReduceNode", "builtins.dict", {"args": {}, "constructor": "os.system"})
    assert worst(archive(held)).verdict == "hostile"
    held = node("TypeNode", "builtins.type", {"__class__": "Evil", "__module__": "evil_helper"})
    assert worst(archive(node("DictNode", "builtins.dict", {"z": held}))).package == "evil-helper"


def test_an_array_outside_the_archive_is_hostile() -> None:
    assert worst(archive(node("NdArrayNode", "numpy.ndarray", file="../../x.npy"))).slug == "external-path"
