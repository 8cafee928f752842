"""Models and data sets that are taken on trust: unpinned, with their code, or loaded so that it runs."""

from __future__ import annotations

import pytest

from depscan.checks.ai_loading import CHECK
from depscan.inputs.code.python_code import FORMAT
from depscan.model.finding import Finding
from depscan.text.source import SourceFile
from tests.unit.checks.facts import context, document, outcome, package

COMMIT = "0123456789abcdef0123456789abcdef01234567"
MODEL = "from transformers import AutoModel\nAutoModel.from_pretrained('o/m'{})\n"


def findings(code: str, *locked: tuple[str, str]) -> list[Finding]:
    lock = document(*(package(name, version) for name, version in locked))
    return outcome(CHECK, context(FORMAT.parse(SourceFile("app.py", code.encode())), lock))[0]


def rules(code: str, *locked: tuple[str, str]) -> list[tuple[str, str]]:
    return sorted((f.rule, f.severity.word) for f in findings(code, *locked))


def test_a_model_by_name_or_branch_is_unpinned_and_a_commit_ends_it() -> None:
    assert rules(MODEL.format("")) == [("ai/unpinned-model", "low")]
    assert rules(MODEL.format(", revision='main'")) == [("ai/unpinned-model", "low")]
    assert rules(MODEL.format(f", revision='{COMMIT}'")) == []
    assert rules(MODEL.format(", revision=unknown")) == []


def test_code_of_the_repository_is_high_without_and_medium_with_a_commit() -> None:
    assert ("ai/remote-code", "high") in rules(MODEL.format(", trust_remote_code=True"))
    pinned = rules(MODEL.format(f", trust_remote_code=True, revision='{COMMIT}'"))
    assert pinned == [("ai/remote-code", "medium")]
    assert rules(MODEL.format(f", trust_remote_code=False, revision='{COMMIT}'")) == []


def test_scripts_of_data_sets_are_gone_in_datasets_4() -> None:
    code = f"from datasets import load_dataset as l\nl('o/d', trust_remote_code=True, revision='{COMMIT}')\n"
    assert rules(code, ("datasets", "2.19.0")) == [("ai/remote-code", "medium")]
    assert rules(code, ("datasets", "4.0.0")) == []
    assert rules(code) == [("ai/remote-code", "medium")]


@pytest.mark.parametrize(
    ("code", "torch", "found"),
    [
        ("import torch\ntorch.load('m.pt')", "", False),
        ("import torch\ntorch.load('m.pt')", "2.5.1", True),
        ("import torch\ntorch.load('m.pt')", "2.6.0", False),
        ("import torch\ntorch.load('m.pt', weights_only=True)", "2.5.1", False),
        ("import torch\ntorch.load('m.pt', weights_only=False)", "2.6.0", True),
        ("import yaml\nyaml.load(f)", "", True),
        ("import yaml\nyaml.load(f, Loader=yaml.CSafeLoader)", "", False),
        ("import numpy\nnumpy.load('a.npy', allow_pickle=True)", "", True),
        ("import keras\nkeras.models.load_model('m.keras', safe_mode=False)", "", True),
        ("import pickle\npickle.load(open('mine.pkl', 'rb'))", "", False),
        ("import pickle, requests\npickle.loads(requests.get('https://files.example/m').content)", "", True),
    ],
)
def test_unsafe_loads_are_told_from_safe_ones(code: str, torch: str, found: bool) -> None:  # noqa: FBT001
    locked = [("torch", torch)] if torch else []
    assert (("ai/unsafe-load", "medium") in rules(code, *locked)) is found


def test_code_from_a_hub_needs_a_commit() -> None:
    code = "import torch\ntorch.hub.load('o/r{}', 'net')"
    assert rules(code.format(":v1")) == [("ai/code-from-hub", "medium")]
    assert rules(code.format(f":{COMMIT}")) == []
    assert rules("import torch\ntorch.hub.load('./here', 'net', source='local')") == []


def test_one_finding_per_model_shows_every_place() -> None:
    [found] = findings(MODEL.format("") + "AutoModel.from_pretrained('o/m')\n")
    assert [(e.location.line, e.role) for e in found.evidence] == [(2, "primary"), (3, "related")]
    assert found.fix
