"""The allowlist of calls: exact names, roles, shapes, and what dangerous names do."""

import pytest

from depscan.loading.known import Known, distribution, gadget, known, python3, state_problem


def test_a_name_is_known_exactly_as_it_stands() -> None:
    found = known("torch._utils", "_rebuild_tensor_v2")
    assert found is not None
    assert "call" in found.roles
    assert known("torch._utils", "_rebuild_tensor_v2 ") is None
    assert known("torch._utils", "") is None
    assert known("Torch._utils", "_rebuild_tensor_v2") is None


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "map"), ("random", "_os.system"),
        ("torch", "load"), ("torch.hub", "load"), ("numpy", "load"), ("pandas", "eval"), ("types", "FunctionType"),
        ("joblib", "load"), ("pathlib", "Path.write_text"), ("operator", "methodcaller"), ("numpy", "memmap"),
        ("torch.fx.graph_module", "reduce_graph_module"), ("sklearn.callback._scoring_monitor", "ScoringMonitor"),
        ("", ""), ("..", "x"), ("a/b", "c"), ("nobody", "Knows"), ("python", "x"), ("gadgets", "x"),
        ("torch.utils.data.datapipes.datapipe", "_DataPipeSerializationWrapper"),
    ],
)  # fmt: skip
def test_what_is_not_listed_is_not_known(module: str, name: str) -> None:
    assert known(module, name) is None


def test_names_of_python_2_stand_for_those_of_python_3() -> None:
    assert python3("copy_reg", "_reconstructor") == ("copyreg", "_reconstructor")
    assert python3("exceptions", "StandardError") == ("builtins", "Exception")
    assert known("copy_reg", "_reconstructor") == known("copyreg", "_reconstructor") is not None
    assert known("__builtin__", "unicode") == known("builtins", "str")
    assert known("UserDict", "IterableUserDict") == known("collections", "UserDict") is not None
    assert known("__builtin__", "xrange") == known("builtins", "range") is not None


def test_both_homes_of_numpy_are_known() -> None:
    old, new = known("numpy.core.multiarray", "_reconstruct"), known("numpy._core.multiarray", "_reconstruct")
    assert old == new
    assert old is not None
    assert (old.roles, old.args) == (frozenset({"call"}), "class")


@pytest.mark.parametrize(
    ("module", "name", "shape"),
    [
        ("builtins", "getattr", "attribute"), ("builtins", "type", "singleton"), ("_codecs", "encode", "encoding"),
        ("collections", "defaultdict", "factory"), ("torch.storage", "_load_from_bytes", "bytes:pickle"),
        ("functools", "partial", "function"), ("numpy.core", "_ufunc_reconstruct", "global"),
        ("torch._tensor", "_rebuild_from_type_v2", "call"), ("builtins", "set", "values"),
    ],
)  # fmt: skip
def test_a_call_that_could_do_more_has_a_shape(module: str, name: str, shape: str) -> None:
    found = known(module, name)
    assert found is not None
    assert found.args == shape


def test_a_gadget_is_explained_by_name_and_by_module() -> None:
    by_name, by_module = gadget("os", "system"), gadget("subprocess", "Popen")
    assert by_name is not None
    assert by_module is not None
    assert (by_name.does, by_name.takes) == ("shell.run", "0")
    assert by_module.does == "process.spawn"
    assert gadget("nobody", "knows") is None


@pytest.mark.parametrize(
    ("module", "name", "does"),
    [
        ("random", "_os.system", "shell.run"), ("vendor.of.some.lib.os", "system", "shell.run"),
        ("__builtin__", "eval", "code.eval"), ("commands", "getoutput", "shell.run"),
        ("cPickle", "loads", "deserialize"),
        ("pathlib", "Path.write_text", "file.write"),
    ],
)  # fmt: skip
def test_the_way_to_a_gadget_does_not_hide_it(module: str, name: str, does: str) -> None:
    found = gadget(module, name)
    assert found is not None
    assert found.does == does


def test_a_module_tells_its_distribution() -> None:
    assert distribution("sklearn.linear_model._logistic") == "scikit-learn"
    assert distribution("google.protobuf.message") == "protobuf"
    assert distribution("some_package.module") == "some-package"
    assert distribution("os.path") == ""
    assert distribution("__builtin__") == ""
    assert distribution("distutils.spawn") == ""


def test_a_formula_or_parser_in_the_state_is_only_what_its_library_writes() -> None:
    formula = Known(frozenset({"construct"}), "", "", "formula")
    assert state_problem(formula, "formula", "y ~ x1 + np.log(x2) * C(g, Treatment('a'))") == ""
    for text in (
        "y ~ __import__('os').system('true')", "y ~ eval ('1')", "y ~ x.pop()", "y ~ (lambda: 1)()", 7, None,
    ):  # fmt: skip
        assert state_problem(formula, "formula", text)
    parser = known("scipy.stats._continuous_distns", "uniform_gen")
    assert parser is not None
    assert parser.state == "parser"
    assert state_problem(parser, "_parse_arg_template", "import os\nos.system('true')")
    assert state_problem(parser, "a", "anything") == ""


def test_state_that_replaces_a_method_of_the_language_is_a_problem() -> None:
    plain = known("sklearn.linear_model._logistic", "LogisticRegression")
    assert plain is not None
    assert state_problem(plain, "__setstate__", None)
    assert state_problem(plain, "__class__", None)
    assert state_problem(plain, "coef_", None) == ""


def test_a_long_text_in_a_state_is_judged_in_no_time() -> None:
    formula = Known(frozenset({"construct"}), "", "", "formula")
    assert state_problem(formula, "formula", "y ~ " + "1" * 50_000 + "!")
    assert state_problem(formula, "formula", "y ~ " + "a" * 50_000 + "!")
