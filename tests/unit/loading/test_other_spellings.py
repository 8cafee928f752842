"""The same harm in other encodings, places and spellings: what a parser undoes must not hide it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from depscan.artifacts.source import BytesSource
from depscan.loading.hdf5.heaps import heap_values
from depscan.loading.steps import HOSTILE_FILE, INCOMPLETE, Report
from tests.unit.loading.messages import message
from tests.unit.loading.model_folder import ask, read, verdicts, worst

SETTINGS = {"model_type": "llama"}
ESCAPE = "{{ cycler.__init__.__globals__.os.popen('true').read() }}"
LAMBDA = {"class_name": "Lambda", "config": {"function": ["4wEAAAAA", None, None], "function_type": "lambda"}}
ARCHITECTURE = {"class_name": "Sequential", "config": {"layers": [LAMBDA]}}
SECOND = {"model_type": "x", "auto_map": {"AutoModel": "evil/repo--m.X"}}
INDEX = "http://127.0.0.1:9/simple"


def keras(layer: Any) -> Report:
    top = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [layer]}}
    return read({"config.json": top, "metadata.json": '{"keras_version": "3.8.0"}'})


def stops(report: Report | None) -> bool:
    return report is not None and worst(report).verdict in {"foreign", "hostile"}


@pytest.mark.parametrize("name", ["TensorShape", "TypeSpec", "__dtype__", "__set__", "__complex__", "Lambda"])
def test_a_class_that_sounds_like_data_is_judged_by_its_module(name: str) -> None:
    function = {"class_name": "function", "config": "relu", "module": "keras.activations", "registered_name": "relu"}
    layer = {"class_name": name, "module": "evil_pkg", "registered_name": None, "config": {"function": function}}
    assert stops(keras(layer))


def test_a_lambda_that_is_registered_by_somebody_needs_their_code() -> None:
    layer = {"class_name": "Lambda", "module": None, "registered_name": "evil>Lambda", "config": {"function": "relu"}}
    assert stops(keras(layer))


def test_slices_of_operators_are_judged_like_operators() -> None:
    assert stops(keras({"class_name": "SlicingOpLambda", "config": {"function": "io.write_file"}}))


@pytest.mark.parametrize("node", [{"name": "a", "op": "WriteFile"}, "name: 'a'\nop: 'PyFunc'"])
def test_the_node_of_an_operator_layer_is_read_in_every_form(node: object) -> None:
    assert stops(keras({"class_name": "TensorFlowOpLayer", "config": {"node_def": node, "name": "x"}}))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ARCHITECTURE).replace("class_name", "cl\\u0061ss_name").encode(),
        json.dumps({"name": "m", **ARCHITECTURE}).encode(),
        json.dumps([ARCHITECTURE]).encode(),
        json.dumps(ARCHITECTURE).encode("utf-16"),
    ],
)
def test_an_architecture_is_known_in_any_order_and_encoding(text: bytes) -> None:
    found = ask({"architecture.json": text})
    assert found is not None
    assert found.verdict == HOSTILE_FILE


def test_an_architecture_as_yaml_is_walked() -> None:
    text = "class_name: Sequential\nconfig:\n  layers:\n  - class_name: system\n    module: os\n    config: 'true'\n"
    found = ask({"m.yaml": f"{text}keras_version: 2.4.0\n"})
    assert found is not None
    assert found.verdict == HOSTILE_FILE


def test_metadata_of_keras_may_begin_with_a_space() -> None:
    text = " " + json.dumps(LAMBDA)
    node = message((1, message((2, 1), (3, b"root"), (4, b"_tf_keras_layer"), (5, text.encode()))))
    assert read({"keras_metadata.pb": node}).verdict == HOSTILE_FILE


@pytest.mark.parametrize(
    "text",
    [
        "meta_graphs <\n graph_def <\n node <\n name: 'a'\n op: 'WriteFile'\n >\n>\n>\n",
        "# c\nmeta_graphs: {\n graph_def {\n node {\n name: 'a'\n op:#x\n 'WriteFile'\n }\n}\n}\n",
        "node: {\n name: 'a'\n op: 'PyFunc'\n}\n",
    ],
)
def test_text_of_graphs_is_read_in_every_form_its_parser_takes(text: str) -> None:
    assert stops(read({"saved_model.pbtxt": text}))


def test_a_tensor_at_an_address_in_memory_is_hostile() -> None:
    entry = message((1, b"location"), (2, b"*/_ORT_MEM_ADDR_/*"))
    data = message((1, 8), (7, message((1, message((4, b"Add"))), (5, message((13, entry))))))
    assert read({"m.onnx": data}).verdict == HOSTILE_FILE


@pytest.mark.parametrize("name", ["template.jinja", "prompt.j2"])
def test_a_template_by_itself_that_reaches_into_objects_is_hostile(name: str) -> None:
    found = ask({name: ESCAPE})
    assert found is not None
    assert found.verdict == HOSTILE_FILE


def test_a_page_of_a_web_site_is_no_template_of_a_model() -> None:
    assert ask({"page.html.j2": "<p>{{ title }}</p>{{ __version__ }}", "pyproject.toml": "[project]"}) is None


def test_a_template_in_utf_16_is_read() -> None:
    assert read({"chat_template.jinja": ESCAPE.encode("utf-16"), "config.json": SETTINGS}).verdict == HOSTILE_FILE


def test_a_template_in_inner_settings_is_read() -> None:
    assert read({"config.json": {**SETTINGS, "text_config": {"chat_template": ESCAPE}}}).verdict == HOSTILE_FILE


@pytest.mark.parametrize(
    "value",
    [
        {"_type": "prompt", "template_format": "jinja2", "template": ESCAPE},
        {"lc": 1, "type": "constructor", "id": ["os", "system"], "kwargs": {"command": "true"}},
        {"_type": "llm_bash_chain", "llm": {"_type": "openai"}},
    ],
)
def test_prompts_and_chains_are_judged(value: dict[str, Any]) -> None:
    assert stops(ask({"chain.json": value}))


def test_a_chain_of_the_library_itself_is_known() -> None:
    value = {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "ChatPromptTemplate"], "kwargs": {}}
    assert verdicts(read({"chain.json": value})) == [("known", "constructor")]


def test_settings_in_utf_16_are_read() -> None:
    assert stops(ask({"config.json": json.dumps(SECOND).encode("utf-16")}))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("2_Dense/config.json", {"in_features": 1, "activation_function": "os.system"}),
        ("wordembedding_config.json", {"tokenizer_class": "os.system"}),
        ("sentence_bert_config.json", {"config_args": SECOND}),
        ("modular_model_index.json", {"_class_name": "M", "unet": [None, None, {"type_hint": ["evil_pkg", "U"]}]}),
    ],
)
def test_names_in_the_settings_of_parts_are_judged(path: str, value: object) -> None:
    assert stops(ask({path: value, "modules.json": [{"type": "sentence_transformers.models.Dense"}]}))


def test_an_activation_of_torch_is_known() -> None:
    found = read({"config.json": {"in_features": 1, "activation_function": "torch.nn.modules.activation.Tanh"}})
    assert not stops(found)


@pytest.mark.parametrize(
    "cell",
    [
        f"!pip install -i {INDEX} x",
        f"%env PIP_INDEX_URL={INDEX}\n!pip install x",
        f"!uv pip install --default-index {INDEX} x",
        f"check_call([sys.executable, '-m', 'pip', 'install', '--extra-index-url', '{INDEX}', 'x'])",
    ],
)
def test_an_index_is_found_however_a_notebook_names_it(cell: str) -> None:
    notebook = {"cells": [{"cell_type": "code", "source": [cell]}], "nbformat": 4}
    assert stops(ask({"n.ipynb": notebook, "config.json": SETTINGS}))


def test_requirements_in_utf_16_are_read() -> None:
    text = f"--index-url {INDEX}\nx\n".encode("utf-16")
    assert stops(ask({"requirements.txt": text, "config.json": SETTINGS}))


def test_a_back_end_in_single_quotes_is_one() -> None:
    assert stops(read({"config.pbtxt": "name: 'm'  backend: 'evil'\n"}))


@pytest.mark.parametrize(
    "text", ['model:\n  "_targ\\x65t_": os.system\n', "model:\n  _target_: ${oc.env:X,os.system}\n"]
)
def test_a_target_is_found_when_it_is_written_otherwise(text: str) -> None:
    found = ask({"config.yaml": text, "config.json": SETTINGS})
    assert found is not None
    assert found.verdict == HOSTILE_FILE


@pytest.mark.parametrize("encoding", ["utf-16", "escaped"])
def test_a_schema_of_skops_is_read_in_any_encoding(encoding: str) -> None:
    text = json.dumps({"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": "os.system"})
    data = text.replace("__loader__", "\\u005f_loader__").encode() if encoding == "escaped" else text.encode(encoding)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("schema.json", data)
    assert read({"m.skops": stream.getvalue()}).verdict == HOSTILE_FILE
    assert read({"schema.json": data}).verdict == HOSTILE_FILE


def test_a_model_of_onnx_runtime_without_a_graph_is_incomplete() -> None:
    assert read({"m.ort": b"\x20\0\0\0ORTM" + b"\0" * 60}).verdict == INCOMPLETE


def heap(value: bytes) -> bytes:
    body = b"\x01\0\x01\0\0\0\0\0" + len(value).to_bytes(8, "little") + value + bytes(-len(value) % 8)
    size = 16 + len(body) + 16
    return b"GCOL\x01\0\0\0" + size.to_bytes(8, "little") + body + bytes(16)


def test_the_values_of_heaps_are_found_and_lengths_that_lie_end_them() -> None:
    data = b"\0" * 8 + heap(b"\x80\x04N.") + heap(b"abc")
    assert list(heap_values(BytesSource(data))) == [b"\x80\x04N.", b"abc"]
    broken = bytearray(heap(b"abc"))
    broken[24] = 0xFF
    assert list(heap_values(BytesSource(bytes(broken)))) == []


@pytest.mark.parametrize("tag", ["!new:os.system", "!apply:os.system", "!name:builtins.exec", "!new:evil_pkg.X"])
def test_tags_of_speechbrains_settings_are_judged(tag: str) -> None:
    assert stops(ask({"hyperparams.yaml": f"m: {tag}\n"}))


def test_what_speechbrain_writes_is_not_stopped() -> None:
    text = "a: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN\n  x: 1\nb: !new:torch.nn.BatchNorm1d\nc: !ref <a>\n"
    assert not any(verdict in {"foreign", "hostile"} for verdict, _ in verdicts(read({"hyperparams.yaml": text})))


@pytest.mark.parametrize("key", ["_component_", "type"])
def test_other_words_for_what_is_made_are_known(key: str) -> None:
    text = f"model:\n  {key}: os.system\n  init_parameters: {{}}\n"
    found = ask({"config.yaml": text})
    assert found is not None
    assert found.verdict == HOSTILE_FILE


def test_large_settings_are_read() -> None:
    text = '{"pad": "' + "x" * (17 << 20) + '", ' + json.dumps(SECOND)[1:]
    assert stops(ask({"config.json": text}))


def test_a_model_for_browsers_is_walked() -> None:
    value = {"format": "layers-model", "modelTopology": {"model_config": ARCHITECTURE}, "weightsManifest": []}
    assert read({"model.json": value}).verdict == HOSTILE_FILE
    outside = {"format": "layers-model", "modelTopology": {}, "weightsManifest": [{"paths": ["../../x"]}]}
    assert read({"model.json": outside}).verdict == HOSTILE_FILE


@pytest.mark.parametrize("name", ["pipe.yaml", "pipe.json"])
def test_objects_beside_other_words_for_what_is_made_are_read_too(name: str) -> None:
    part = {"type": "haystack.components.builders.PromptBuilder", "init_parameters": {"template": ESCAPE}}
    value = {"components": {"p": part}, "other": {"_target_": "torch.nn.ReLU"}}
    found = ask({name: json.dumps(value)})
    assert found is not None
    assert found.verdict == HOSTILE_FILE
