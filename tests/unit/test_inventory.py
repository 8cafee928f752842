"""The inventory and its score: kinds, pins, suppliers, and what is missing."""

from __future__ import annotations

import pytest

from depscan.model.kind import KINDS, kind_of
from depscan.model.package import Package
from depscan.model.usage import Usage
from depscan.reports._inventory import TITLES, Entry, inventory
from depscan.reports._inventory_rows import HEADS, row
from depscan.reports._inventory_text import inventory_lines, score_lines
from depscan.reports._score import FIELDS, missing, score
from depscan.reports.report import View
from tests.golden.results import RESULTS, ai


def test_every_kind_has_a_title_fields_and_columns() -> None:
    assert set(TITLES) == set(KINDS)
    assert set(FIELDS) == set(KINDS) - {"project"} == set(HEADS)


@pytest.mark.parametrize("name", RESULTS)
def test_rows_are_as_wide_as_their_heads(name: str) -> None:
    for entry in inventory(RESULTS[name]()):
        if entry.kind != "project":
            assert len(row(entry)) == len(HEADS[entry.kind])


def test_each_node_has_its_kind() -> None:
    kinds = {entry.package.name: entry.kind for entry in inventory(ai())}
    assert kinds["acme/small-llm"] == "model"
    assert kinds["datasets/acme/support-tickets"] == "data set"
    assert kinds["models/adapter.safetensors"] == "model file"
    assert kinds["vendor-a/chat-large"] == "hosted model"
    assert kinds["@acme/files-server"] == "agent tool"
    assert kinds["torch"] == "package"
    assert {entry.kind for entry in inventory(ai())} == set(KINDS) - {"agent instructions", "repository"}


@pytest.mark.parametrize(
    ("ecosystem", "source", "kind"),
    [
        ("library-model", "hub", "model"),
        ("another-hub", "hub", "model"),
        ("repository", "hub", "repository"),
        ("agent-tool", "local", "agent tool"),
        ("agent-instructions", "local", "agent instructions"),
        ("GitHub Actions", "local", "action"),
        ("PyPI", "local", "project"),
        ("npm", "npm", "package"),
    ],
)
def test_what_has_no_kind_of_its_own_is_told_by_where_it_comes_from(ecosystem: str, source: str, kind: str) -> None:
    assert kind_of(Package(ecosystem, "a/b", None, source)) == kind


def test_a_model_file_of_the_project_meets_the_node_that_stands_for_it() -> None:
    files = {entry.package.name: entry.file for entry in inventory(ai()) if entry.file}
    assert list(files) == ["models/adapter.safetensors"]


@pytest.mark.parametrize(
    ("facts", "version", "pin"),
    [
        ({}, None, ""),
        ({}, "0a" * 20, "pinned"),
        ({"pinned": "no"}, "0a" * 20, "floating"),
        ({"pinned": "yes"}, None, "pinned"),
        ({"pinned": "unknown"}, None, ""),
    ],
)
def test_a_pin_is_what_the_uses_say_and_else_the_node(facts: dict[str, str], version: str | None, pin: str) -> None:
    use = Usage("k", "a.py", 1, "f", tuple(facts.items()))
    assert Entry("k", Package("huggingface", "o/n", version, "hub"), "model", uses=(use,)).pin == pin


def test_one_floating_use_makes_it_float() -> None:
    uses = tuple(Usage("k", "a.py", i, "f", (("pinned", word),)) for i, word in enumerate(("yes", "no")))
    assert Entry("k", Package("huggingface", "o/n", None, "hub"), "model", uses=uses).pin == "floating"


def test_a_complete_entry_misses_nothing() -> None:
    facts = (("endpoint", "https://llm.example/v1"), ("pinned", "yes"))
    entry = Entry("k", Package("hosted-model", "v/m", None, "service"), "hosted model", uses=(Usage("k", "a", 1, "f", facts),))  # fmt: skip  # noqa: E501
    assert missing(entry) == []
    assert score([entry]).points == 100


def test_an_empty_bill_is_complete_and_a_bare_name_is_not() -> None:
    assert score([]).points == 100
    bare = Entry("k", Package("huggingface", "name", None, "registry"), "model")
    assert missing(bare) == [field for field in FIELDS["model"] if field != "name"]
    assert score([bare]).points == 11


def test_the_score_counts_what_is_missing_most_first() -> None:
    made = score(inventory(ai()))
    assert [count for _, _, count in made.missing] == sorted((c for _, _, c in made.missing), reverse=True)
    assert "  licence      of 1 agent tool" in score_lines(made)
    assert "project" not in made.kinds


def test_a_service_knows_endpoint_and_key_from_those_who_call_it() -> None:
    services = {e.name: e for e in inventory(ai()) if e.kind == "service"}
    assert services["llm.example:8443"].endpoints == ["https://llm.example:8443/v1"]
    assert services["vendor-a"].keys == ["VENDOR_A_KEY"]


def test_the_text_gives_every_kind_its_share_of_twenty_lines() -> None:
    made = ai()
    many = {f"pkg:huggingface/acme/m{i:03}": Package("huggingface", f"acme/m{i:03}", None, "hub") for i in range(100)}
    made.graph.nodes.update(many)
    lines = inventory_lines(made, View())
    assert len(lines) == 23
    assert lines[-1] == "  and 91 more (--verbose)"
    for kind in ("data set", "agent tool", "image"):
        assert any(line.strip().startswith(kind) for line in lines)
    assert len(inventory_lines(made, View(verbose=True))) == 113


def test_tools_are_packages_that_something_runs() -> None:
    package = Package("npm", "x", None)
    assert (kind_of(package), kind_of(package, tool=True)) == ("package", "agent tool")
