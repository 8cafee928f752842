"""What settings of each notation name, with their lines, and what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import InputError
from depscan.inputs.discover import entries, formats, formats_beside
from depscan.inputs.gather import Gathered
from depscan.model.document import Document
from depscan.model.use import Use
from depscan.text.source import LIMIT, SourceFile

ENTRIES = [e for e in entries() if ".settings." in e.module]
FORMATS = formats()
SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def read(name: str, text: str) -> list[Document]:
    source = SourceFile(name, text.encode())
    return [made.parse(source) for made in formats_beside(source, ENTRIES)]


def uses(name: str, text: str) -> list[Use]:
    return [use for document in read(name, text) for use in document.uses]


def named(name: str, text: str) -> list[tuple[int, str]]:
    """Return (line, node without ``pkg:``) of each use."""
    return [
        (use.at, use.node.removeprefix("pkg:").removeprefix("generic/"))
        for use in uses(name, text)
        if isinstance(use.at, int)
    ]


def sample(folder: str, name: str) -> list[Use]:
    return uses(name, (SAMPLES / folder / "good" / name).read_text())


def test_an_environment_file_names_models_endpoints_and_keys_but_never_their_values() -> None:
    found = {use.how: use for use in sample("dotenv", ".env.example")}
    model = found["OPENAI_MODEL"]
    assert (model.node, model.at) == ("pkg:generic/hosted/openai/gpt-4o", 4)
    assert dict(model.facts) == {
        "endpoint": "https://proxy.example/v1", "endpoint-from": "env:OPENAI_BASE_URL", "key-env": "OPENAI_API_KEY",
        "model-from": "literal", "pinned": "no",
    }  # fmt: skip
    assert found["LLM_MODEL"].get("key-env") == "CHATBOT_ANTHROPIC_API_KEY"
    assert found["EMBEDDING_MODEL"].node == "pkg:huggingface/BAAI/bge-m3"
    assert found["EMBEDDING_MODEL"].get("task") == "embedding"
    assert found["AZURE_OPENAI_DEPLOYMENT"].node == "pkg:generic/hosted/azure-openai/support-chat"
    assert found["OLLAMA_MODEL"].node == "pkg:generic/library-model/ollama/llama3.1"
    text = repr(found)
    assert not [secret for secret in ("never-shown", "word@", "token=", "postgres") if secret in text]


def test_a_hosted_model_calls_its_service() -> None:
    [document] = read(
        ".env", "OPENAI_MODEL=gpt-4o\nANTHROPIC_MODEL=claude-opus-4-7\nOPENAI_BASE_URL=https://p.example\n"
    )
    pairs = {(e.parent, e.child, e.label) for e in document.edges}
    assert ("pkg:generic/hosted/openai/gpt-4o", "pkg:generic/service/p.example", "calls") in pairs
    assert ("pkg:generic/hosted/anthropic/claude-opus-4-7", "pkg:generic/service/anthropic", "calls") in pairs
    assert (document.root, "pkg:generic/hosted/openai/gpt-4o", "calls") in pairs


def test_alias_and_snapshot_are_two_nodes_and_the_same_id_of_two_files_is_one() -> None:
    both = named(".env", "OPENAI_MODEL=gpt-4o\nLLM_MODEL=gpt-4o-2024-08-06\n")
    assert both == [(1, "hosted/openai/gpt-4o"), (2, "hosted/openai/gpt-4o-2024-08-06")]
    assert named("a.yaml", "llm:\n  model: openai/gpt-4o\n") == [(2, "hosted/openai/gpt-4o")]


def test_a_key_alone_names_its_service() -> None:
    assert named(".env", "ANTHROPIC_API_KEY=\n") == [(1, "service/anthropic")]


def test_serving_settings_say_revision_code_and_quantisation() -> None:
    model, tokenizer = sample("settings", "vllm.yaml")
    assert (model.at, model.get("pinned"), model.get("code"), model.get("format")) == (1, "yes", "yes", "awq")
    assert (tokenizer.node, tokenizer.get("task")) == ("pkg:huggingface/org/tok", "tokenizer")


def test_training_settings_name_base_model_and_data_sets_but_not_where_the_result_goes() -> None:
    found = {use.how: use for use in sample("settings", "axolotl.yml")}
    assert found["base_model"].get("code") == "yes"
    assert found["datasets.*.path"].node == "pkg:huggingface/datasets/mhenrichsen/alpaca_2k_test"
    assert (found["datasets.*.path"].at, found["datasets.*.path"].get("revision")) == (4, "main")
    assert "hub_model_id" not in found


def test_the_revision_of_the_model_is_not_that_of_a_data_set_beside_it() -> None:
    text = f"base_model: org/base\nrevision_of_model: {'0f' * 20}\npretraining_dataset: org/corpus\n"
    model, corpus = uses("axolotl.yml", text)
    assert (model.get("revision"), model.get("pinned")) == ("0f" * 20, "yes")
    assert (corpus.node, corpus.get("pinned")) == ("pkg:huggingface/datasets/org/corpus", "no")


def test_tables_of_toml_and_json_keep_endpoint_key_and_vendor_together() -> None:
    first, second = sample("settings", "app.toml")
    assert (first.at, first.get("endpoint"), first.get("key-env")) == (3, "http://gw.example/v1", "OPENAI_API_KEY")
    assert (second.at, second.get("endpoint"), second.get("task")) == (7, "", "embedding")
    made = sample("settings", "continue.json")
    assert [(u.at, u.node.rpartition("generic/")[2]) for u in made] == [
        (2, "hosted/anthropic/claude-3-5-sonnet-latest"), (3, "library-model/ollama/qwen2.5-coder:7b"),
        (4, "hosted/openrouter/gpt-4o"), (5, "hosted/mistral/codestral-latest"),
    ]  # fmt: skip
    assert "sk-ant" not in repr(made)


def test_the_default_of_a_variable_counts_and_is_told() -> None:
    model, _ = sample("settings", "hydra.yaml")
    assert (model.node, model.get("model-from")) == ("pkg:huggingface/bert-base-uncased", "env:M")
    assert named("a.yml", "model: ${MODEL}\nllm: $LLM\n") == []


def test_files_that_only_a_template_engine_reads_are_read_line_by_line() -> None:
    assert named("chart.yaml", "{{- if x }}\nmodel: gpt-4o\n{{- end }}\n") == [(2, "hosted/openai/gpt-4o")]


def test_ini_and_aider_files_are_read_too() -> None:
    assert [(u.at, u.node) for u in sample("settings", "bot.ini")] == [
        (4, "pkg:generic/hosted/mistral/mistral-large-2411")
    ]
    found = sample("settings", ".aider.conf.yml")
    assert [u.at for u in found] == [1, 2]
    assert found[1].get("endpoint") == "https://gateway.example/v1"


def test_a_proxy_of_litellm_routes_by_the_word_before_the_slash() -> None:
    found = sample("litellm-config", "litellm.yaml")
    assert [(u.at, u.node.removeprefix("pkg:generic/hosted/")) for u in found] == [
        (4, "azure-openai/my-gpt4"), (9, "anthropic/claude-3-5-sonnet-20241022"),
        (13, "vllm/org/name"), (17, "openai/gpt-4o"),
    ]  # fmt: skip
    assert (found[0].get("key-env"), found[3].get("endpoint")) == ("AZURE_API_KEY", "http://gw.example/v1")
    text = "model_list:\n- litellm_params: {model: openai/own-name, api_base: 'https://h.example/v1'}\n"
    assert named("c.yaml", text) == [(2, "hosted/h.example/openai/own-name")]


def test_containers_set_variables_and_options() -> None:
    found = {use.how.rpartition(".")[2]: use for use in sample("container-settings", "compose.yaml")}
    assert found["OPENAI_MODEL"].get("endpoint") == "http://litellm:4000"
    assert found["OPENAI_MODEL"].get("model-from") == "env:OPENAI_MODEL"
    assert found["MODEL_ID"].get("revision") == "main"
    assert (found["command --model"].get("revision"), found["command --model"].get("code")) == ("abc", "yes")


def test_each_container_of_a_manifest_has_variables_of_its_own() -> None:
    found = [(u.at, u.node.removeprefix("pkg:")) for u in sample("container-settings", "deployment.yaml")]
    assert found == [
        (13, "generic/service/openai"), (20, "generic/library-model/ollama/llama3"),
        (9, "huggingface/org/name"), (17, "huggingface/a/b"),
    ]  # fmt: skip


def test_flows_name_the_models_of_their_components() -> None:
    [langflow] = sample("flow", "langflow.json")
    assert (langflow.at, langflow.get("endpoint"), langflow.get("key-env")) == (
        3,
        "https://p.example/v1",
        "OPENAI_API_KEY",
    )
    [flowise] = sample("flow", "flowise.json")
    assert flowise.node == "pkg:generic/hosted/openai/gpt-4o-mini"


def test_evaluations_name_their_providers() -> None:
    found = {use.node.removeprefix("pkg:"): use for use in sample("promptfoo", "promptfooconfig.yaml")}
    assert list(found) == [
        "generic/hosted/openai/gpt-4o",
        "huggingface/org/name",
        "generic/hosted/anthropic/claude-opus-4-7",
    ]
    last = found["generic/hosted/anthropic/claude-opus-4-7"]
    assert (last.get("endpoint"), last.get("key-env")) == ("https://p.example", "ANTHROPIC_API_KEY")


def test_a_modelfile_builds_on_models_and_adapters_and_its_texts_are_no_instructions() -> None:
    parse = FORMATS["ollama-modelfile"].parse
    text = 'FROM llama3.1:8b\nADAPTER ./lora.gguf\nSYSTEM """\nFROM nothing\n"""\n'
    assert [(u.at, u.node) for u in parse(SourceFile("Modelfile", text.encode())).uses] == [
        (1, "pkg:generic/library-model/ollama/llama3.1:8b"), (2, "pkg:generic/model/./lora.gguf"),
    ]  # fmt: skip
    [hub] = parse(SourceFile("Modelfile", b"FROM hub.example/org/coder-GGUF:Q4_K_M\n")).uses
    assert (hub.node, hub.get("endpoint")) == ("pkg:huggingface/org/coder-GGUF", "hub.example/org/coder-GGUF")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cars.json", '{"model": "Corolla", "engine": "V6"}'),
        ("fixture.json", '[{"model": "auth.user", "pk": 1}]'),
        ("reply.json", '{"object": "chat.completion", "model": "gpt-4o", "choices": []}'),
        ("cassette.yaml", "interactions:\n- request: {body: '{\"model\": \"gpt-4o\"}'}\n  model: gpt-4o\n"),
        ("shop.json", '{"model": "X-100", "url": "https://shop.example"}'),
        ("sensors.yaml", "model: aqara/motion\ntemperature: 20\n"),
        ("words.yaml", "model: acme/widget\ntext: exploration fulfillment\n"),
        ("api.yaml", "openapi: 3.0.0\nmodel: gpt-4o\n"),
        ("config.json", '{"architectures": ["X"], "base_model": "org/name"}'),
        ("a.yaml", "model: app.models.User\nmodel_path: ./notes.md\n"),
        ("a.toml", '[tool.x]\nllm_model = "<your model>"\n'),
        (".env", "CAR_MODEL=corolla\nAUTH_USER_MODEL=users.User\nTOKEN=x\n"),
        (".env", "MODEL=sk-abcdefghijklmnopqrstuvwxyz012345\nHF_MODEL=hf_abcdefghijklmnopqrstuvwxyz\n"),
        (".env", "#OPENAI_MODEL=gpt-4o\nOPENAI_MODEL=\n"),
        ("k.yaml", "kind: Deployment\ncontainers:\n- env:\n  - {name: CAR_MODEL, value: x}\n"),
        ("data.yaml", "pretrained: true\nmodel_path: data/raw\n"),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_no_edge(name: str, text: str) -> None:
    assert named(name, text) == []


def test_a_path_of_weights_is_a_file_and_a_name_of_the_hub_is_none() -> None:
    assert named("a.yaml", "base_model: ./out/model.safetensors\nmodel_name_or_path: checkpoints/last\n") == [
        (1, "model/./out/model.safetensors")
    ]


def test_a_model_of_the_hub_may_have_the_vendors_name_in_front() -> None:
    assert named("a.yaml", "llm:\n  model: openai/whisper-large-v3\n") == [(2, "huggingface/openai/whisper-large-v3")]
    assert named("a.yaml", "llm:\n  model: google/gemma-2-2b\n") == [(2, "huggingface/google/gemma-2-2b")]


def test_a_dialect_that_cannot_be_read_is_only_told_where_it_names_a_model() -> None:
    assert read("a.yaml", "model: *unknown\nx: {\n")[0].nodes == {}
    with pytest.raises(InputError, match="invalid YAML"):
        read("a.yaml", "model: gpt-4o\nx: {\n")


def test_a_key_may_begin_with_its_vendor() -> None:
    text = "openai_model: gpt-5\nazure_deployment: chat\nanthropic-model-name: claude-opus-4-7\n"
    assert named("a.yaml", text) == [
        (1, "hosted/openai/gpt-5"), (2, "hosted/azure-openai/chat"), (3, "hosted/anthropic/claude-opus-4-7"),
    ]  # fmt: skip
    assert named("a.yaml", "user_model: gpt\ntime_model: x/y\n") == []


def test_variables_that_settings_of_a_tool_set_are_read_as_such() -> None:
    text = '{"model": "opus", "env": {"ANTHROPIC_BASE_URL": "https://g.example", "ANTHROPIC_API_KEY": "sk-ant-secret"}}'
    [use] = uses("settings.json", text)
    assert (use.node, use.get("key-env"), use.how) == (
        "pkg:generic/service/g.example", "ANTHROPIC_API_KEY", "env.ANTHROPIC_BASE_URL"
    )  # fmt: skip
    assert "secret" not in repr(use)


def test_a_name_of_ones_own_beside_the_models_is_only_a_label() -> None:
    text = "- model_id: mine\n  model_name: gpt-4o\n  api_base: https://g.example/v1\n"
    assert named("extra-openai-models.yaml", text) == [(2, "hosted/openai/gpt-4o")]


def test_equal_pairs_have_their_own_lines_in_json() -> None:
    text = '{"a": {"model": "gpt-4o"},\n "b": {"x": 1,\n "model": "gpt-4o"}}'
    assert named("a.json", text) == [(1, "hosted/openai/gpt-4o"), (3, "hosted/openai/gpt-4o")]


def test_a_value_that_begins_like_another_has_its_own_line() -> None:
    text = '{"a": {"model": "gpt-4-turbo"},\n "b": {"model": "gpt-4"}}'
    assert named("a.json", text) == [(1, "hosted/openai/gpt-4-turbo"), (2, "hosted/openai/gpt-4")]
    assert named("a.toml", 'model = "gpt-4-turbo"\n[b]\nmodel = "gpt-4" # x\n') == [
        (1, "hosted/openai/gpt-4-turbo"), (3, "hosted/openai/gpt-4"),
    ]  # fmt: skip


def test_large_files_are_data() -> None:
    assert read("a.json", '{"model": "gpt-4o", "x": "' + "y" * (1 << 20) + '"}') == []


@pytest.mark.parametrize("folder", ["dotenv", "settings", "litellm-config", "container-settings", "flow", "promptfoo"])
def test_a_file_cut_anywhere_raises_nothing_but_input_error(folder: str) -> None:
    for path in sorted((SAMPLES / folder / "good").iterdir()):
        data = path.read_bytes()
        for end in range(0, len(data), 3):
            source = SourceFile(path.name, data[:end])
            for made in formats_beside(source, ENTRIES):
                try:
                    document = made.parse(source)
                except InputError as error:
                    assert error.message
                else:
                    assert all(use.node in document.nodes for use in document.uses)


def test_data_that_is_too_large_to_be_settings_does_not_fail_a_scan(tmp_path: Path) -> None:
    with (tmp_path / "data.json").open("wb") as stream:
        stream.truncate(LIMIT + 1)
    gathered = Gathered()
    gathered.add_paths([str(tmp_path)])
    assert [(c.kind, c.needed) for c in gathered.coverage] == [(gathered.coverage[0].kind, False)]
    assert "data of more than 64 MB" in str(gathered.coverage[0])


def test_the_line_that_is_shown_of_a_setting_holds_no_secret_that_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"model": "gpt-4o", "apiKey": "zq81-plain-secret", "x": "sk-ant-aaaaaaaaaaaaaaaaaaaa"}\n'
    )
    (tmp_path / ".env").write_text(
        "OPENAI_BASE_URL=https://p.example/v1?token=supersecret\nOPENAI_API_KEY=hidden-9-value\n"
    )
    gathered = Gathered()
    gathered.add_paths([str(tmp_path)])
    shown = [gathered.locate(d.path, u.at).text for d in gathered.documents for u in d.uses]
    assert len(shown) == 2
    assert not [word for word in ("plain-secret", "sk-ant", "supersecret", "hidden-9") if word in repr(shown)]


@pytest.mark.parametrize("around", ["theme", "ui", "database", "hardware"])
def test_the_model_of_a_theme_or_a_machine_is_none_that_computes(around: str) -> None:
    text = f"{around}:\n  model: dark/blue\nmax_tokens: 5\nllm:\n  model: org/x\n"
    assert named("config.yaml", text) == [(5, "huggingface/org/x")]


def test_a_group_that_hydra_chooses_is_no_model() -> None:
    text = "defaults:\n  - _self_\n  - model: resnet/large\nmodel:\n  pretrained_model_name_or_path: org/x\n"
    assert named("config.yaml", text) == [(5, "huggingface/org/x")]


def test_a_data_set_that_axolotl_streams_may_be_a_plain_name() -> None:
    text = "base_model: org/x\npretraining_dataset: org/d\n"
    assert (2, "huggingface/datasets/org/d") in named("axolotl.yaml", text)


def test_a_router_among_the_models_of_a_proxy_is_no_model_of_a_hub() -> None:
    text = (
        "model_list:\n  - model_name: r\n    litellm_params: {model: auto_router/x}\n"
        "  - model_name: g\n    litellm_params: {model: groq/llama}\n"
    )
    assert [name for _, name in named("config.yaml", text)] == ["hosted/groq/llama"]
