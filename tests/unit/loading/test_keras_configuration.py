import base64
import json
from typing import Any

import pytest

from depscan.loading.file import file_of
from depscan.loading.keras.code import is_code, texts
from depscan.loading.route import declared, format_of
from depscan.loading.steps import (
    CONSTRUCTORS,
    DATA_ONLY,
    FOREIGN_CODE,
    HOSTILE_FILE,
    INCOMPLETE,
    Report,
)
from tests.unit.loading.messages import message, report_of, slugs

CODE = base64.b64encode(b"\xe3" + b"\0" * 16 + b"\xda\x06system\xda\x04true").decode()
METADATA = b'{"keras_version": "3.15.1", "date_saved": "2026-01-01"}'


def entry(
    name: str, module: str | None = "keras.layers", registered: str | None = None, /, **config: Any
) -> dict[str, Any]:
    return {"module": module, "class_name": name, "registered_name": registered, "config": config}


def model(*layers: Any) -> Any:
    return entry("Sequential", "keras", name="s", layers=list(layers))


def read(config: Any, **beside: bytes) -> Report:
    data = config if isinstance(config, bytes) else json.dumps(config).encode()
    return report_of(data, "config.json", ("m.keras",), metadata__json=METADATA, **beside)


@pytest.mark.parametrize(
    "layer",
    [
        entry("Dense", units=1, kernel_initializer=entry("GlorotUniform", "keras.initializers", seed=None)),
        entry("Functional", "keras.src.models.functional", "Functional", layers=[]),
        entry("Mean", "keras.src.ops.numpy", "Mean", axis=-1),
        entry("Dense", "tf_keras.layers"),
        entry("Dense", "tensorflow.keras.layers"),
        {"class_name": "Dense", "config": {"activation": "relu"}},
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None], "dtype": "float32", "keras_history": ["a", 0, 0]},
        },
        {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"},
        entry("StringLookup", vocabulary=["a", "b"]),
        entry("TFOpLambda", function="math.reduce_mean"),
    ],
)
def test_what_keras_itself_writes_is_known(layer: dict[str, Any]) -> None:
    found = read(model(layer))
    assert (found.verdict, found.gaps) == (CONSTRUCTORS, [])


@pytest.mark.parametrize(
    "function",
    [
        {"class_name": "__lambda__", "config": {"code": CODE, "defaults": None, "closure": None}},
        {"class_name": "__lambda__", "config": {"value": CODE}},
        {"class_name": "__tuple__", "items": [CODE, None, None]},
        [CODE, None, None],
    ],
)
def test_a_lambda_with_code_is_hostile_however_deep_it_stands(function: Any) -> None:
    layer = entry("Lambda", function=function, function_type="lambda")
    for config in (model(layer), model(model(model(layer))), model(entry("TimeDistributed", layer=layer))):
        found = read(config)
        assert found.verdict == HOSTILE_FILE
        assert found.steps[0].values == ("system", "true")


def test_code_is_found_under_any_key() -> None:
    assert read(model(entry("Dense", hidden={"deep": [CODE]}))).verdict == HOSTILE_FILE


@pytest.mark.parametrize(
    ("layer", "does"),
    [
        ({"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}, "shell.run"),
        ({"module": "builtins", "class_name": "function", "config": "eval"}, "code.eval"),
        (entry("Popen", "subprocess", args=["true"]), "shell.run"),
        (entry("get_file", "keras.utils", origin="http://127.0.0.1/x"), "net.download"),
        (entry("get_file", "keras.src.utils.file_utils"), "net.download"),
        (entry("enable_unsafe_deserialization", "keras.config"), "deserialize"),
        (entry("load_model", "keras.models"), "deserialize"),
        (entry("set_floatx", "keras.config"), "code.import-dynamic"),
        (entry("TFOpLambda", function="io.write_file"), "file.read"),
        (entry("TFOpLambda", function="py_function"), "file.read"),
        ({"class_name": "__typespec__", "module": "os", "spec_name": "system", "config": []}, "shell.run"),
    ],
)
def test_functions_that_act_are_hostile(layer: dict[str, Any], does: str) -> None:
    found = read(model(layer))
    assert found.verdict == HOSTILE_FILE
    assert does in {step.does for step in found.steps}


@pytest.mark.parametrize(
    ("layer", "package"),
    [
        (entry("Layer", "somewhere.layers"), "somewhere"),
        (entry("BertBackbone", "keras_hub.src.models"), "keras-hub"),
        (entry("Mine", None, "mine>Mine"), ""),
        (entry("Dense", "keras.layers", "mine>Dense"), ""),
        ({"class_name": "Mine", "config": {}}, ""),
        (entry("TFSMLayer", filepath="model"), ""),
        (entry("TorchModuleWrapper"), ""),
        (entry("Unheard", "keras.layers"), "keras"),
        (entry("Lambda", function="mine", function_type="function"), ""),
    ],
)
def test_classes_of_others_need_foreign_code(layer: dict[str, Any], package: str) -> None:
    found = read(model(layer))
    assert (found.verdict, found.steps[0].package) == (FOREIGN_CODE, package)


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1/v", "../../x", "//127.0.0.1/x", "~/.ssh/id_rsa"])
def test_a_vocabulary_outside_the_model_is_hostile_and_a_list_is_not(path: str) -> None:
    for layer in (entry("StringLookup", vocabulary=path), entry("TextVectorization", idf_weights=path)):
        assert read(model(layer)).verdict == HOSTILE_FILE
    assert slugs(read(model(entry("StringLookup", vocabulary="words.txt")))) == [("odd", "vocabulary")]


def test_a_saved_model_named_by_a_layer_is_hostile_when_it_is_elsewhere() -> None:
    assert read(model(entry("TFSMLayer", filepath="//127.0.0.1/x"))).verdict == HOSTILE_FILE


def test_a_key_that_stands_twice_is_hostile_and_both_values_are_read() -> None:
    twice = b'{"class_name": "Sequential", "config": {"a": %s, "a": 1}}'
    found = read(twice % json.dumps(entry("Popen", "subprocess")).encode())
    assert {slug for _, slug in slugs(found)} == {"duplicate-key", "import"}


def test_a_configuration_is_read_whatever_its_start_looks_like() -> None:
    data = b" " * 9000 + json.dumps({"pad": "x" * 9000, **entry("Popen", "subprocess")}).encode()
    assert read(data).verdict == HOSTILE_FILE
    escaped = json.dumps(entry("Popen", "subprocess")).replace("class_name", "\\u0063lass_name").encode()
    assert read(escaped).verdict == HOSTILE_FILE


def test_a_configuration_inside_a_text_is_read() -> None:
    assert read(model(entry("Dense", saved=json.dumps(entry("Popen", "subprocess"))))).verdict == HOSTILE_FILE


def test_a_configuration_by_itself_is_known_by_its_keys() -> None:
    assert report_of(json.dumps(model(entry("Dense"))).encode(), "architecture.json").verdict == CONSTRUCTORS


def test_members_that_keras_does_not_write_are_odd() -> None:
    found = read(model(entry("Dense")), model__weights__h5=b"", run__txt=b"")
    assert slugs(found)[-1] == ("odd", "extra-member")


def test_brackets_without_end_are_a_bomb_and_text_that_is_no_json_a_gap() -> None:
    assert read(b"[" * 100_000).verdict == HOSTILE_FILE
    assert read(b"{nothing").verdict == INCOMPLETE
    assert read(b"{}").verdict == DATA_ONLY


def test_metadata_of_a_saved_model_is_read_and_classes_that_are_revived_need_no_code() -> None:
    def metadata(config: Any) -> bytes:
        return message((1, message((2, 0), (3, "root"), (4, "_tf_keras_layer"), (5, json.dumps(config)))))

    mine = report_of(metadata({"class_name": "Mine", "config": {}}), "keras_metadata.pb")
    assert slugs(mine) == [("odd", "custom-object")]
    bad = entry("Lambda", function={"class_name": "__tuple__", "items": [CODE, None, None]}, function_type="lambda")
    assert report_of(metadata(bad), "keras_metadata.pb").verdict == HOSTILE_FILE


def test_names_in_marshalled_code_are_seen_without_unmarshalling() -> None:
    data = base64.b64decode(CODE)
    assert is_code(data)
    assert texts(data) == ("system", "true")
    assert not is_code(b"\xe3\xff\xff\xff\xff")


def test_other_encodings_of_json_and_half_characters_are_read() -> None:
    data = json.dumps(entry("Popen\ud800", "subprocess")).encode("utf-16-le")
    (step,) = read(data).steps
    assert step.callee == "subprocess.Popen\\ud800"


def test_a_tokenizer_of_keras_is_known() -> None:
    assert report_of(b'{"class_name": "Tokenizer", "config": {"num_words": 5}}', "tok.json").verdict == CONSTRUCTORS


def test_keys_of_other_settings_do_not_take_a_configuration_away() -> None:
    (ours,) = [one for one in declared() if one.module.endswith(".keras")]
    config = json.dumps({**entry("Popen", "subprocess"), "_target_": "x", "__module__": "x", "__loader__": "x"})
    for start in ("", " ", "\n", "\ufeff"):
        data = (start + config).encode()
        assert any(data.startswith(one) for one in ours.starts)
        assert format_of(file_of(data, "config.json", ("m.keras",))) == ours


def test_a_function_by_the_name_of_another_module_is_hostile() -> None:
    assert read(model(entry("Dense", units=1, activation="os.system"))).verdict == HOSTILE_FILE
    assert (
        read(model(entry("Dense", units=1, activation="keras.activations.relu", name="os.path"))).verdict
        == CONSTRUCTORS
    )


def test_code_in_the_archive_of_a_model_is_foreign() -> None:
    found = read(model(entry("Dense", units=1)), custom__py=b"pass\n")
    assert ("foreign", "bundled-code") in slugs(found)
