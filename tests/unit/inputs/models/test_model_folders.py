"""What folders of models and data sets say of themselves, and what loading an adapter loads first."""

from __future__ import annotations

import json

import pytest

from depscan.errors import InputError
from depscan.inputs.models import adapter_config, model_card, model_settings
from depscan.model.document import Document
from depscan.text.source import SourceFile

COMMIT = "a" * 40


def source(text: str, path: str = "m/README.md") -> SourceFile:
    return SourceFile(path, text.encode())


def card(front: str, path: str = "m/README.md") -> Document:
    return model_card.parse(source(f"---\n{front}---\n# Text\n", path))


def loads(document: Document) -> list[tuple[str, object]]:
    return [(document.nodes[e.child].name, e.at) for e in document.edges if e.label == "loads"]


def test_a_card_names_its_base_models_and_data_sets_with_their_lines() -> None:
    made = card("license: mit\nbase_model:\n- acme/one\n- acme/two\ndatasets: squad\npipeline_tag: text-generation\n")
    assert loads(made) == [("acme/one", 4), ("acme/two", 5), ("datasets/squad", 6)]
    assert (made.nodes[made.root].ecosystem, made.nodes[made.root].name) == ("model-file", "m")
    (use,) = made.uses
    assert use.facts == (("base-model", "acme/one, acme/two"), ("licence", "mit"), ("task", "text-generation"))


def test_a_claim_is_an_edge_and_no_use() -> None:
    made = card("base_model: acme/one\n")
    assert {use.node for use in made.uses} == {made.root}
    assert [edge.requested for edge in made.edges] == ["claimed"]


def test_a_card_at_the_top_is_about_the_folder_and_one_with_an_id_about_that() -> None:
    assert card("license: mit\n", "README.md").root == "pkg:generic/model/."
    assert card("license: mit\n", "./m/README.md").root == "pkg:generic/model/m"
    assert card("license: mit\nmodel_id: acme/own\nbase_model: acme/own\n").root == "pkg:huggingface/acme/own"


def test_a_data_sets_card_names_what_it_was_made_from() -> None:
    made = card("task_categories: [qa, chat]\nsource_datasets:\n- original\n- extended|acme/d\n- other\n")
    assert [name for name, _ in loads(made)] == ["datasets/acme/d", "datasets/other"]
    assert made.uses[0].get("task") == "qa, chat"


@pytest.mark.parametrize("value", ["./local/path", "out/model.safetensors", "a/b/c", "https://x.example/m", "-x", '""'])
def test_what_is_no_name_on_a_hub_is_no_node(value: str) -> None:
    assert not loads(card(f"base_model: {value}\n"))


def test_a_value_of_a_wrong_type_is_a_problem_with_its_line() -> None:
    made = card("license: mit\nbase_model: {a: b}\n")
    assert [(p.at, "base_model" in p.message) for p in made.problems] == [(3, True)]


@pytest.mark.parametrize("text", ["---\nlicense: [\n---\n", "---\nlicense: mit\n", "---\n- a\n---\n", "# no\n"])
def test_a_broken_card_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        model_card.parse(source(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("---\nlicense: mit\n---\n", True),
        ("---\r\nbase_model: a\r\n---\r\n", True),
        ("---\ntitle: page\n---\nlicense: mit\n", False),
        ("# Title\nlicense: mit\n", False),
        ("---\n  license: mit\n---\n", False),
    ],
)
def test_only_front_matter_with_a_key_of_cards_makes_a_card(text: str, *, wanted: bool) -> None:
    assert model_card.accepts(source(text)) is wanted


def test_settings_name_where_the_weights_were_taken_from() -> None:
    text = '{\n "model_type": "x",\n "_name_or_path": "acme/base"\n}'
    made = model_settings.parse(source(text, "m/config.json"))
    assert loads(made) == [("acme/base", 3)]
    assert [use.get("base-model") for use in made.uses] == ["acme/base"]


@pytest.mark.parametrize("name", ["checkpoint", "/home/me/model", "./x", ""])
def test_a_folder_that_weights_were_saved_from_is_no_model_of_a_hub(name: str) -> None:
    made = model_settings.parse(source(json.dumps({"_name_or_path": name, "model_type": "x"}), "m/config.json"))
    assert not made.edges
    assert not made.uses


def test_settings_that_are_not_a_models_are_not_read() -> None:
    assert not model_settings.accepts(source('{"_name_or_path": "a/b"}'))
    assert model_settings.accepts(source('{"_name_or_path": "a/b", "architectures": []}'))


def test_an_adapter_loads_its_base_model_at_the_revision_it_names() -> None:
    text = json.dumps({"base_model_name_or_path": "acme/base", "revision": COMMIT, "task_type": "CAUSAL_LM"})
    made = adapter_config.parse(source(text, "m/adapter_config.json"))
    (use,) = [use for use in made.uses if use.node != made.root]
    assert use.node == f"pkg:huggingface/acme/base@{COMMIT}"
    assert (use.get("pinned"), use.get("revision")) == ("yes", COMMIT)


def test_an_adapter_without_a_commit_is_not_pinned() -> None:
    for revision in (None, "main"):
        text = json.dumps({"base_model_name_or_path": "acme/base", "revision": revision})
        made = adapter_config.parse(source(text, "m/adapter_config.json"))
        assert [use.get("pinned") for use in made.uses] == ["", "no"]
