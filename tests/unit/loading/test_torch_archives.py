"""Torch archives: code text and graphs run operators, storages are raw numbers, libraries are foreign code."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from depscan.loading.file import File, file_of
from depscan.loading.route import read_file
from depscan.loading.steps import Report
from depscan.loading.symbolic import wrong
from depscan.loading.torch_zip import check_storages, holds_pickle, is_storage, own_class

CALL = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
CODE = """class M(Module):
  __parameters__ = []
  __buffers__ = ["k", ]
  k : Tensor
  training : bool
  l : __torch__.torch.nn.modules.linear.Linear
  def forward(self: __torch__.M,
    x: Tensor) -> Tensor:
    # torch.save(x, "in a remark")
    if bool(torch.gt(torch.sum(x), 0)):
      y = (self.l).forward(x, )
    else:
      ops.prim.RaiseException("torch.save(x, 'in a text')", "builtins.ValueError")
      y = torch.zeros([4])
    return torch.add(y, CONSTANTS.c0)
"""


def archive(members: Mapping[str, bytes]) -> dict[str, File]:
    beside: dict[str, File] = {}
    for path, data in members.items():
        beside[path] = file_of(data, path, beside=beside)
    return beside


def script(body: str, **more: bytes) -> Report:
    members = {"m/data.pkl": b"\x80\x02N.", "m/constants.pkl": b"\x80\x02).", "m/code/__torch__.py": body.encode()}
    members.update({f"m/{name}.pkl": data for name, data in more.items()})
    report = read_file(archive(members)["m/code/__torch__.py"])
    assert report is not None
    assert report.format == "TorchScript"
    return report


def method(line: str) -> str:
    return f"class M(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    {line}\n    return x\n"


def test_text_that_computes_is_known() -> None:
    report = script(CODE)
    assert [(step.verdict, step.slug) for step in report.steps] == [("known", "torchscript")]
    assert report.gaps == []


@pytest.mark.parametrize(
    ("line", "does"),
    [
        ('torch.save(x, "/tmp/x")', "file.write"),
        ('torch . save(\n      x, "/tmp/x")', "file.write"),
        ('torch.#\\\n      save(x, "/tmp/x")', "file.write"),
        ('(x).save("/tmp/x")', "file.write"),
        ('ops.aten.save(x, "/tmp/x")', "file.write"),
        ('y = torch.from_file("/etc/passwd", False, 10)', "file.read"),
        ('y = ops.aten.from_file("/etc/passwd", True, 10)', "file.read"),
        ('y = ops.prim.rpc_async("worker", f)', "net.send"),
    ],
)
def test_operators_that_reach_outside_are_hostile(line: str, does: str) -> None:
    report = script(method(line))
    assert [(step.verdict, step.does) for step in report.steps] == [("hostile", does)]
    assert report.steps[0].line in {3, 4}


def test_operators_of_other_libraries_need_foreign_code_and_those_of_torchvision_are_known() -> None:
    (step,) = script(method("y = ops.custom.evil(x)")).steps
    assert (step.verdict, step.package, step.callee) == ("foreign", "custom", "ops.custom.evil")
    assert script(method("y = ops.torch_scatter.scatter_max(x)")).steps[0].package == "torch-scatter"
    assert script(method("y = ops.torchvision.nms(x, x, 0.5)")).verdict == "known constructors"
    assert script(method("y = ops.quantized.linear(x, x, 1., 0)")).verdict == "known constructors"


def test_classes_of_native_libraries_need_foreign_code() -> None:
    text = "class M(Module):\n  a : __torch__.torch.classes.mine.Loader\n"
    assert [(s.verdict, s.what) for s in script(text).steps] == [("foreign", "load.native")]
    text = "class M(Module):\n  a : __torch__.torch.classes.quantized.LinearPackedParamsBase\n"
    assert script(text).verdict == "known constructors"


def test_python_in_place_of_torchscript_is_hostile() -> None:
    assert script("import os\nos.system('x')\neval('1')\n").verdict == "hostile"
    assert script(method('__import__("os").system("x")')).verdict == "hostile"


def test_a_method_named_like_a_harmful_operator_is_the_models_own() -> None:
    text = method("(self).save(x)") + "  def save(self, x: Tensor) -> Tensor:\n    return x\n"
    assert script(text).verdict == "known constructors"


def test_operators_of_bytecode_are_judged_too() -> None:
    assert script(CODE, bytecode=b"aten::add\naten::save\n").verdict == "hostile"
    assert script(CODE, bytecode=b"aten::add\nprim::ListConstruct\n").verdict == "known constructors"


def test_code_beside_no_torch_program_is_not_claimed() -> None:
    assert read_file(archive({"code/__torch__.py": b"x = 1"})["code/__torch__.py"]) is None
    members = archive({"data.pkl": b"N.", "code/helper.py": b"import os"})
    assert read_file(members["code/helper.py"]) is None


def test_storages_are_told_by_their_place_and_never_when_they_are_pickles() -> None:
    members = archive({
        "m/data.pkl": b"N.", "m/data/0": bytes(8), "m/data/1": CALL, "m/data/2": b"\x80\2\xff" + bytes(99),
        "m/constants/0": bytes(4), "m/evil/0": bytes(4), "m/data/x": bytes(4), "m/version": b"3",
    })  # fmt: skip
    assert [path for path, file in members.items() if is_storage(file)] == ["m/data/0", "m/data/2"]
    assert holds_pickle(members["m/data/1"])
    exported = archive(
        {"archive_format": b"pt2", "data/weights/weight_0": bytes(4), "data/constants/custom_obj_0": CALL}
    )
    assert [path for path, file in exported.items() if is_storage(file)] == ["data/weights/weight_0"]


def test_storages_are_as_long_as_their_tensors() -> None:
    members = archive({"data.pkl": b"N.", "data/0": bytes(16), "data/1": bytes(4), "data/9": bytes(4)})
    report = Report()
    check_storages(members["data.pkl"], [("FloatStorage", "0", 4), ("FloatStorage", "1", 1 << 40)], report)
    assert [(step.verdict, step.slug) for step in report.steps] == [("hostile", "storage"), ("odd", "unused-storage")]


def test_classes_of_an_archive_are_its_own_where_its_code_defines_them() -> None:
    members = archive({
        "m/data.pkl": b"N.", "m/code/__torch__.py": CODE.encode(), "m/code/__torch__.py.debug_pkl": b"N.",
        "m/code/__torch__/a/b.py": b"class C(Module):\n  pass",
    })  # fmt: skip
    program = members["m/data.pkl"]
    assert own_class(program, "__torch__", "M")
    assert own_class(program, "__torch__.a.b", "C")
    assert own_class(members["m/code/__torch__.py.debug_pkl"], "__torch__", "M")
    for module, name in (
        ("__torch__", "N"),
        ("__torch__.a.c", "C"),
        ("os", "M"),
        ("__torch__x", "M"),
        ("__torch__.a.b", ""),
    ):
        assert not own_class(program, module, name)


def exported(graph: object, **more: bytes) -> Report:
    members = {"m/archive_format": b"pt2", "m/models/model.json": json.dumps(graph).encode()}
    members.update({f"m/data/aotinductor/model/{name}": data for name, data in more.items()})
    report = read_file(archive(members)["m/archive_format"])
    assert report is not None
    assert report.format == "torch.export archive"
    return report


def test_a_graph_of_torchs_operators_is_known() -> None:
    nodes = [
        {"target": target}
        for target in (
            "torch.ops.aten.linear.default",
            "_operator.add",
            "torch.sym_float",
            "torch.ops.higher_order.cond",
        )
    ]
    size = "Add(Mul(Integer(2), Symbol('s77', positive=True, integer=True)), Float('0.5', precision=53))"
    guards = ["(-1) + 2*L['x'].size()[0] + (L['y'].size()[0] // 2) >= 0 and L['x'].size()[0] <= 100"]
    report = exported({"graph": {"nodes": nodes}, "sizes": {"as_expr": {"expr_str": size}}, "guards_code": guards})
    assert (report.verdict, report.gaps) == ("known constructors", [])


@pytest.mark.parametrize(
    ("graph", "verdict"),
    [
        ({"target": "torch.ops.mine.evil.default"}, "foreign code needed"),
        ({"target": "torch.hub.load"}, "foreign code needed"),
        ({"target": "os.system"}, "foreign code needed"),
        ({"target": "_operator.methodcaller"}, "foreign code needed"),
        ({"target": "torch.ops.aten.from_file.default"}, "hostile"),
        ({"expr_str": "__import__('os').system('true')"}, "hostile"),
        ({"guards_code": ["torch.hub.load('a', 'b')"]}, "hostile"),
    ],
)
def test_other_functions_and_texts_that_are_code_are_stopped(graph: object, verdict: str) -> None:
    assert exported([graph]).verdict == verdict


def test_a_native_library_in_an_exported_archive_is_foreign_whatever_its_name() -> None:
    assert exported({}, **{"wrapper.so": b"\x7fELF"}).verdict == "foreign code needed"
    assert exported({}, weights=b"\x7fELF\2\1\1").verdict == "foreign code needed"


@pytest.mark.parametrize("text", ["s0*2", "Max(1, s0 // 2)", "Eq(Mod(s0, 4), 0)", "1.0e5 + .5", "math.ceil(s0/2)", ""])
def test_arithmetic_of_sizes_is_nothing_else(text: str) -> None:
    assert wrong(text) == ""


@pytest.mark.parametrize(
    "text",
    ["().__class__", "os.system('x')", "exec('x')", "Symbol('s0').func", "s0.system(1)", "f(1)", "lambda: 1", "'a b'",
     "x; y", "torch.load('x')", "[].append(1)", "a" * 30_000, "open('x')", "`x`"],
)  # fmt: skip
def test_what_is_more_than_arithmetic_is_told(text: str) -> None:
    assert wrong(text)
