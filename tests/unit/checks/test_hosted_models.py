"""Hosted models that float, hide or end."""

from __future__ import annotations

from datetime import date

from depscan.checks.hosted_models import CHECK, SOON, days_of_change
from depscan.model.document import Document
from depscan.model.finding import Finding, Severity
from tests.unit.checks.facts import context, outcome, package, places


def calls(*models: str, path: str = "app.py") -> Document:
    made = Document(path, "test")
    for line, model in enumerate(models, 1):
        made.use(made.add(package(model, None, "service", ecosystem="hosted-model"), line), "x", line)
    return made


def found(*documents: Document, now: str = "2026-11-29T00:00:00Z") -> list[Finding]:
    return outcome(CHECK, context(*documents)._replace(now=now))[0]


def rules(*models: str) -> list[str]:
    return [f.rule for f in found(calls(*models))]


def test_an_alias_is_told_once_with_every_line() -> None:
    [one] = found(calls("mistral/mistral-large-latest"), calls("mistral/mistral-large-latest", path="b.py"))
    assert (one.rule, one.severity) == ("ai/floating-model", Severity.LOW)
    assert "ends in -latest" in one.message
    assert [(e.location.path, e.role) for e in one.evidence] == [("app.py", "primary"), ("b.py", "related")]


def test_snapshots_and_ids_that_stay_are_no_finding() -> None:
    assert rules("anthropic/claude-opus-4-7", "mistral/mistral-large-2411", "openai/text-embedding-3-small") == []


def test_an_embedding_model_counts() -> None:
    assert rules("mistral/mistral-embed") == ["ai/floating-model"]


def test_a_deployment_is_a_note_under_either_name_of_the_vendor() -> None:
    assert rules("azure-openai/chat", "azure/other") == ["ai/indirect-model"] * 2


def test_one_that_was_shut_down_is_high_and_one_that_will_be_is_medium() -> None:
    [gone] = found(calls("anthropic/claude-2.1"))
    assert (gone.rule, gone.severity) == ("ai/retired-model", Severity.HIGH)
    assert "2025-07-21 (Anthropic model deprecations page, 2025-11-30)" in gone.message
    [soon] = found(calls("anthropic/claude-2.1"), now="2025-07-01T00:00:00Z")
    assert (soon.severity, "will be shut down" in soon.message) == (Severity.MEDIUM, True)


def test_the_last_day_is_too_late_and_a_far_day_is_not_yet_told() -> None:
    [last] = found(calls("anthropic/claude-2.1"), now="2025-07-21T00:00:00Z")
    assert last.severity == Severity.HIGH
    assert found(calls("anthropic/claude-2.1"), now="2024-12-01T00:00:00Z") == []
    assert found(calls("anthropic/claude-2.1"), now="") == []


def test_vendors_nobody_knows_and_other_nodes_are_left_alone() -> None:
    other = Document("a", "test")
    other.use(other.add(package("gpt-4o"), 1), "x", 1)
    assert found(calls("gateway.example/own-name", "openai", "127.0.0.1:8000/gpt-4o"), other) == []


def test_the_id_says_whose_a_model_behind_a_gateway_is() -> None:
    assert rules("gateway.example/mistral-large-latest") == ["ai/floating-model"]
    assert rules("gateway.example/anthropic/claude-2.1") == ["ai/retired-model"]


def test_places_are_the_lines_of_the_uses() -> None:
    assert places(found(calls("anthropic/claude-opus-4-7", "xai/grok-4"))) == [("app.py", 2)]


def test_the_days_on_which_something_else_will_be_said_are_known() -> None:
    told = days_of_change([calls("anthropic/claude-2.1", "nobody/knows")])
    assert len(told) == 2
    first, last = sorted(told)
    assert (date.fromisoformat(last) - date.fromisoformat(first)) == SOON
    severities = [
        found(calls("anthropic/claude-2.1"), now=f"{day}T00:00:00Z")[-1].severity.word for day in (first, last)
    ]
    assert severities == ["medium", "high"]
