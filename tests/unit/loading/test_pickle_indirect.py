"""Ways to a call that no opcode makes: allowed functions and classes that call what the file gives them."""

from __future__ import annotations

import pytest

from tests.unit.loading.pickled import read_bytes, worst_of

HEAD = b"\x80\x02"


def _name(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _text(value: str) -> bytes:
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def _tuple(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b"t"


def _dict(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b"d"


def _call(function: bytes, *args: bytes) -> bytes:
    return function + _tuple(*args) + b"R"


def _new(module: str, name: str, *args: bytes) -> bytes:
    return _name(module, name) + _tuple(*args) + b"\x81"


def _worst(body: bytes) -> str:
    return worst_of(HEAD + body + b".")


LEN = _name("builtins", "len")
SPACE = _name("types", "SimpleNamespace")
MANAGER = _call(_name("builtins", "getattr"), _name("logging", "Logger"), _text("manager"))
STOPPED = {"hostile", "foreign code needed"}


@pytest.mark.parametrize("maker", ["__generator_ctor", "__randomstate_ctor"])
def test_numpy_calls_the_second_argument_of_a_generator_with_the_first(maker: str) -> None:
    function = _name("numpy.random._pickle", maker)
    own = _name("numpy.random._pickle", "__bit_generator_ctor")
    assert _worst(_call(function, _text("x"), LEN)) in STOPPED
    assert _worst(_call(function, _text("MT19937"), own)) == "known constructors"
    assert _worst(_call(function, _text("PCG64"))) == "known constructors"
    made = _call(own, _name("numpy.random._pcg64", "PCG64"))
    assert _worst(_call(function, made)) == "known constructors"
    assert _worst(_call(own, _name("torch.nn", "Parameter"))) in STOPPED


def test_arguments_in_a_tuple_that_a_call_makes_are_arguments() -> None:
    args = _call(_name("builtins", "tuple"), b"(" + _text("x") + LEN + b"l")
    assert _worst(_name("numpy.random._pickle", "__generator_ctor") + args + b"R") in STOPPED


def test_the_base_of_an_old_construction_is_initialized() -> None:
    old = _name("copy_reg", "_reconstructor")
    model = _name("sentence_transformers.SentenceTransformer", "SentenceTransformer")
    assert _worst(_call(old, model, model, _text("someone/model"))) in STOPPED
    assert _worst(_call(old, model, _name("builtins", "object"), b"N")) == "known constructors"
    assert _worst(_call(old, _name("sklearn.utils", "Bunch"), _name("builtins", "dict"), b"}")) == "known constructors"


@pytest.mark.parametrize(
    "cls",
    [
        ("sklearn.utils", "Bunch"), ("scipy.optimize._optimize", "OptimizeResult"), ("easydict", "EasyDict"),
        ("yacs.config", "CfgNode"), ("omegaconf.dictconfig", "DictConfig"),
        ("transformers.tokenization_utils_base", "BatchEncoding"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("key", "then"), [("append", b"Na"), ("extend", b"(NNe"), ("__setstate__", b"Nb")])
def test_an_item_that_answers_for_a_method_is_hostile(cls: tuple[str, str], key: str, then: bytes) -> None:
    assert _worst(_new(*cls) + b"(" + _text(key) + LEN + b"u" + then) == "hostile"


def test_items_of_any_other_name_may_be_functions() -> None:
    assert _worst(_new("sklearn.utils", "Bunch") + b"(" + _text("metric") + LEN + b"u") == "known constructors"


@pytest.mark.parametrize("key", ["append", "__setstate__"])
def test_a_mapping_becomes_the_attributes_of_a_namespace(key: str) -> None:
    assert _worst(_call(SPACE, _dict(_text(key), LEN))) == "hostile"


def test_a_mapping_in_the_state_answers_for_methods_as_well() -> None:
    encoding = _new("transformers.tokenization_utils_base", "BatchEncoding")
    assert _worst(encoding + _dict(_text("data"), _dict(_text("append"), LEN)) + b"b") == "hostile"
    assert _worst(encoding + _dict(_text("data"), _dict(_text("append"), b"K\x01")) + b"b") == "known constructors"


@pytest.mark.parametrize(
    ("module", "cls", "method"),
    [
        ("sklearn.isotonic", "IsotonicRegression", "_build_f"),
        ("scipy.stats._continuous_distns", "norm_gen", "_attach_methods"),
        ("torch.optim.adam", "Adam", "_patch_step_function"),
    ],
)
def test_a_method_that_setstate_calls_is_not_replaced(module: str, cls: str, method: str) -> None:
    assert _worst(_new(module, cls) + _dict(_text(method), LEN) + b"b") == "hostile"


@pytest.mark.parametrize(
    "state",
    [
        _call(_name("collections", "OrderedDict")) + b"(" + _text("__setstate__") + LEN + b"u",
        _call(_name("builtins", "dict"), b"(" + _tuple(_text("__setstate__"), LEN) + b"l"),
        _new("sklearn.utils", "Bunch") + b"(" + _text("_build_f") + LEN + b"u",
        _call(_name("diffusers.configuration_utils", "FrozenDict"), _dict(_text("_build_f"), LEN)),
        _dict(_call(_name("builtins", "str"), _text("_build_f")), LEN),
        _dict(_call(_name("numpy", "str_"), _text("__setstate__")), LEN),
        _tuple(b"N", _call(_name("builtins", "dict"), b"(" + _tuple(_text("__setstate__"), LEN) + b"l")),
    ],
)
def test_a_state_that_a_call_makes_is_looked_at(state: bytes) -> None:
    assert _worst(_new("sklearn.isotonic", "IsotonicRegression") + state + b"b") == "hostile"


@pytest.mark.parametrize(
    "launder",
    [
        lambda value: _call(_name("torch.jit._pickle", "restore_type_tag"), value, _text("x")),
        lambda value: _call(_name("types", "GenericAlias"), value, b")"),
        lambda value: _new("collections", "UserDict") + _dict(_text("data"), value) + b"b",
        lambda value: _new("collections", "ChainMap") + _dict(_text("maps"), b"(" + value + b"l") + b"b",
    ],
)
def test_what_the_file_does_not_hold_is_not_changed_through_a_wrapper(launder: object) -> None:
    assert callable(launder)
    assert _worst(launder(MANAGER) + _text("disable") + b"K\x01s") in STOPPED


def test_torch_rebuilds_with_its_own_functions_only() -> None:
    rebuild = _name("torch._tensor", "_rebuild_from_type_v2")
    args = _tuple(_name("logging", "Logger"), _text("manager"))
    assert _worst(_call(rebuild, _name("builtins", "getattr"), _name("torch", "Tensor"), args, b"}")) in STOPPED


def test_torch_takes_no_foreign_object_for_a_tensor() -> None:
    space = _new("types", "SimpleNamespace") + _dict(_text("detach"), LEN) + b"b"
    assert _worst(_call(_name("torch._utils", "_rebuild_parameter"), space, b"\x88", b"}")) in STOPPED


def test_the_programs_logger_is_not_changed() -> None:
    assert _worst(_call(_name("logging", "getLogger")) + _dict(_text("disabled"), b"\x88") + b"b") == "hostile"


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        (_call(_name("pathlib", "PosixPath"), _text("x")), "write_text"),
        (_call(_name("pathlib", "PosixPath"), _text("x")), "iterdir"),
        (_name("numpy", "ndarray"), "tofile"),
        (_name("gensim.models.word2vec", "Word2Vec"), "load"),
        (_name("transformers.models.bert.modeling_bert", "BertModel"), "from_pretrained"),
    ],
)
def test_no_model_keeps_a_method_that_reaches_files_or_hosts(owner: bytes, method: str) -> None:
    assert _worst(_call(_name("builtins", "getattr"), owner, _text(method))) in STOPPED


def test_methods_that_models_keep_may_be_kept() -> None:
    for method in ("forward_fuse", "prepare_inputs_for_generation", "transform"):
        target = _new("torch.nn.modules.linear", "Linear")
        assert _worst(_call(_name("builtins", "getattr"), target, _text(method))) == "known constructors"


@pytest.mark.parametrize("tree", ["BallTree", "KDTree"])
def test_a_tree_that_is_built_while_loading_calls_its_metric(tree: str) -> None:
    assert _worst(_call(_name("sklearn.neighbors._ball_tree", tree), b"]", b"K\x28", LEN)) in STOPPED


@pytest.mark.parametrize(
    "body",
    [
        _new("builtins", "bytes", b"\x8a\x06\0\0\0\0\0\x01"),
        _new("builtins", "bytearray", b"\x8a\x06\0\0\0\0\0\x01"),
        _new("builtins", "tuple", _call(_name("builtins", "range"), b"\x8a\x06\0\0\0\0\0\x01")),
        _new("builtins", "frozenset", _call(_name("itertools", "count"))),
        _call(_name("numpy", "void"), b"\x8a\x06\0\0\0\0\0\x01"),
    ],
)
def test_a_construction_that_reserves_memory_is_stopped(body: bytes) -> None:
    assert _worst(body) in STOPPED


def _dtype(fields: bytes, flags: int) -> bytes:
    made = _call(_name("numpy", "dtype"), _text("V8"), b"\x89", b"\x88")
    state = _tuple(b"K\x03", _text("|"), b"N", _tuple(_text("a")), fields, b"K\x08", b"K\x01", bytes([75, flags]))
    return made + state + b"b"


def test_a_dtype_that_denies_its_objects_is_hostile() -> None:
    objects = _call(_name("numpy", "dtype"), _text("O8"), b"\x89", b"\x88")
    fields = _dict(_text("a"), _tuple(objects, b"K\x00"))
    assert _worst(_dtype(fields, 0)) == "hostile"
    assert _worst(_dtype(fields, 63)) == "known constructors"


@pytest.mark.parametrize(("offset", "verdict"), [(0, "known constructors"), (1, "hostile"), (200, "hostile")])
def test_a_field_beyond_the_item_is_hostile(offset: int, verdict: str) -> None:
    numbers = _call(_name("numpy", "dtype"), _text("f8"), b"\x89", b"\x88")
    assert _worst(_dtype(_dict(_text("a"), _tuple(numbers, bytes([75, offset]))), 16)) == verdict


def test_a_codec_that_python_does_not_have_is_damage() -> None:
    assert (
        read_bytes(HEAD + _call(_name("_codecs", "encode"), _text("abc"), _text("raw")) + b".").verdict == "incomplete"
    )


@pytest.mark.parametrize("head", [b"", HEAD])
@pytest.mark.parametrize("tail", [b".", b"\xff\xff"])
def test_an_odd_name_behind_a_call_hides_no_pickle(head: bytes, tail: bytes) -> None:
    from depscan.artifacts.source import BytesSource
    from depscan.loading.pickle.search import plausible

    system = _call(_name("posix", "system"), _text("true")) + b"0"
    assert plausible(BytesSource(head + system + b"c a b\nx\n" + tail), 0)
    assert not plausible(BytesSource(b"chapter one\nis about a b\n" + tail), 0)


def test_a_mapping_that_grows_after_it_was_set_is_looked_at_again() -> None:
    encoding = _new("transformers.tokenization_utils_base", "BatchEncoding")
    grown = (
        b"}q\x010" + encoding + _dict(_text("data"), b"h\x01") + b"bq\x020h\x01" + _text("append") + LEN + b"s0h\x02"
    )
    assert _worst(grown + b"Na") == "hostile"


def test_jax_calls_the_function_of_an_array() -> None:
    rebuild = _name("jax._src.array", "_reconstruct_array")
    array = _name("numpy._core.multiarray", "_reconstruct")
    empty = _tuple(_name("numpy", "ndarray"), b"K\x00\x85", _text("b"))
    assert _worst(_call(rebuild, array, empty, b"}", b"N")) == "known constructors"
    assert _worst(_call(rebuild, _name("builtins", "max"), _tuple(b"K\x01", b"K\x02"), b"}", b"N")) in STOPPED


def test_a_ratio_of_an_endless_decimal_is_stopped() -> None:
    assert (
        _worst(_call(_name("fractions", "Fraction"), _call(_name("decimal", "Decimal"), _text("1e999999999"))))
        in STOPPED
    )
