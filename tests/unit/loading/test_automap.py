"""Code that settings of models name."""

from __future__ import annotations

import pytest

from tests.unit.loading.model_folder import ask, read, verdicts, worst

MODULE = "import torch\n"


def test_a_module_that_comes_along_is_only_odd() -> None:
    report = read({"config.json": {"auto_map": {"AutoModel": "modeling_m.M"}}, "modeling_m.py": MODULE})
    assert verdicts(report) == [("odd", "remote-code")]
    assert report.verdict == "data only"


def test_a_second_repository_is_foreign_and_named() -> None:
    report = read({"config.json": {"auto_map": {"AutoModel": "org/repo--modeling_m.M"}}, "modeling_m.py": MODULE})
    assert verdicts(report) == [("foreign", "second-repository")]
    assert worst(report).package == "org/repo"


def test_a_module_that_does_not_come_along_is_foreign() -> None:
    assert verdicts(read({"config.json": {"auto_map": {"AutoModel": "modeling_m.M"}}})) == [
        ("foreign", "missing-module")
    ]


def test_lists_and_nulls_are_read_in_every_settings_file() -> None:
    for name in (
        "tokenizer_config.json",
        "preprocessor_config.json",
        "processor_config.json",
        "generation_config.json",
    ):
        report = read({name: {"model_type": "x", "auto_map": {"AutoTokenizer": [None, "o/r--tok.T"]}}})
        assert ("foreign", "second-repository") in verdicts(report), name


@pytest.mark.parametrize("reference", ["../evil.M", "https://hub.example/x.M", "/tmp/x.M", "a\\b.M", "o/r--../x.M"])
def test_code_outside_the_repository_is_hostile(reference: str) -> None:
    assert worst(read({"config.json": {"auto_map": {"AutoModel": reference}}})).verdict == "hostile"


@pytest.mark.parametrize("value", ["org/kernel", "org/kernel:attn", "flash|org/kernel@v1:f", {"text": "org/kernel"}])
def test_an_attention_that_names_a_kernel_is_foreign(value: object) -> None:
    report = read({"config.json": {"model_type": "x", "_attn_implementation_internal": value}})
    assert verdicts(report) == [("foreign", "hub-kernel")]


def test_custom_pipelines_name_modules() -> None:
    settings = {"custom_pipelines": {"task": {"impl": "pipe.P", "pt": ["AutoModel"], "tf": []}}}
    assert verdicts(read({"config.json": settings})) == [("foreign", "missing-module")]
    assert verdicts(read({"config.json": settings, "pipe.py": MODULE})) == [("odd", "remote-code")]


def test_ordinary_settings_say_nothing() -> None:
    settings = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
                "_attn_implementation": "flash_attention_2", "hidden_act": "silu", "activation_function": "gelu_new",
                "quantization_config": {"quant_method": "awq", "modules_to_not_convert": ["lm_head"]},
                "_name_or_path": "org/model"}  # fmt: skip
    report = read({"config.json": settings})
    assert report.steps == []
    assert report.gaps == []


def test_paths_dtypes_and_trust_in_the_file_are_odd() -> None:
    settings = {"model_type": "x", "_name_or_path": "/data/m", "torch_dtype": "hub.load", "trust_remote_code": True}
    assert verdicts(read({"config.json": settings})) == [
        ("odd", "absolute-name"), ("odd", "odd-dtype"), ("odd", "trust-in-file"),
    ]  # fmt: skip


def test_a_repeated_key_is_read_both_times() -> None:
    text = '{"model_type": "x", "auto_map": {"AutoModel": "o/r--m.M"}, "auto_map": {}}'
    assert verdicts(read({"config.json": text})) == [("foreign", "second-repository")]


def test_a_config_of_something_else_is_nobodys() -> None:
    assert ask({"config.json": {"debug": True, "port": 80}}) is None
    assert ask({"config.json": "// not JSON\n{}"}) is None


def test_settings_of_adapters_import_the_parent_library() -> None:
    def mapping(library: str, name: str) -> list[tuple[str, str]]:
        value = {"peft_type": "LORA", "auto_mapping": {"base_model_class": name, "parent_library": library}}
        return verdicts(read({"adapter_config.json": value}))

    assert mapping("transformers.models.llama.modeling_llama", "L") == [("known", "auto-mapping")]
    assert mapping("evil_package.x", "L") == [("foreign", "auto-mapping")]
    assert mapping("os", "system") == [("hostile", "auto-mapping")]


def test_parts_of_a_pipeline_name_libraries() -> None:
    index = {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.30", "unet": ["diffusers", "UNet"],
             "text_encoder": ["transformers", "CLIPTextModel"], "safety_checker": [None, None],
             "feature": ["stable_diffusion", "S"], "vae": ["onnxruntime", "X"]}  # fmt: skip
    assert {v for v, _ in verdicts(read({"model_index.json": index}))} == {"known"}
    assert worst(read({"model_index.json": {**index, "x": ["evil_module", "U"]}})).verdict == "foreign"
    assert worst(read({"model_index.json": {**index, "x": ["my_unet", "U"]}, "x/my_unet.py": MODULE})).verdict == "odd"
    assert worst(read({"model_index.json": {**index, "x": ["os", "system"]}})).verdict == "hostile"


def test_a_custom_pipeline_is_foreign_unless_it_comes_along() -> None:
    index = {"_class_name": ["pipeline", "P"]}
    assert worst(read({"model_index.json": index})).verdict == "foreign"
    assert worst(read({"model_index.json": index, "pipeline.py": MODULE})).verdict == "odd"


def test_modules_of_a_sentence_encoder_are_imported() -> None:
    def of(dotted: str, path: str = "0_T") -> str:
        return worst(read({"modules.json": [{"idx": 0, "name": "0", "path": path, "type": dotted}]})).verdict

    assert of("sentence_transformers.models.Transformer") == "known"
    assert of("sentence_transformers.models.Pooling", "../../x") == "hostile"
    assert of("evil.Module") == "foreign"
    assert of("subprocess.Popen") == "hostile"
    pooling = {"model_type": "dense", "activation_function": "torch.nn.modules.activation.Tanh"}
    assert verdicts(read({"config.json": pooling})) == [("known", "activation")]


def test_other_lists_named_modules_are_nobodys() -> None:
    assert ask({"modules.json": [{"name": "x"}]}) is None
