"""Inspection of model files: the five words, their exit codes, exceptions, and the JSON report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depscan.api import Options
from depscan.inspection import inspect
from depscan.model.result import ScanResult
from depscan.reports.json import document

FOREIGN = b"csome_package\nNet\n(tR."


def inspected(path: Path, policy: str = "", *, name: str = "") -> ScanResult:
    held = path.parent / "policy.toml"
    held.write_text(policy, "utf-8")
    return inspect([name or str(path)], Options(config=str(held)))


@pytest.mark.parametrize(
    ("data", "word", "code", "verdict"),
    [
        (b"N.", "data only", 0, "clean"),
        (b"ccollections\nOrderedDict\n(tR.", "known constructors", 0, "clean"),
        (FOREIGN, "foreign code needed", 1, "unsafe"),
        (b"cos\nsystem\n(S'true'\ntR.", "hostile", 1, "malicious"),
        (b"\x80\x04]", "incomplete", 4, "incomplete"),
        (b"\x80\x04cos\nsystem\n(S'true'\ntR]", "hostile", 1, "malicious"),
        (b"ccollections\nOrderedDict\n(tR", "incomplete", 4, "incomplete"),
    ],
)
def test_each_word_has_its_exit_code(tmp_path: Path, data: bytes, word: str, code: int, verdict: str) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(data)
    result = inspected(path)
    assert ([m.verdict for m in result.models], result.exit_code, result.verdict) == ([word], code, verdict)


def test_a_file_named_like_a_model_that_is_none_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"neither fish nor fowl")
    result = inspected(path)
    assert result.exit_code in {1, 4}
    assert result.models


def test_a_folder_has_a_word_per_file_and_the_worst_decides(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "a.pkl").write_bytes(b"N.")
    (folder / "b.pkl").write_bytes(FOREIGN)
    result = inspected(folder)
    assert {m.path: m.verdict for m in result.models} == {"a.pkl": "data only", "b.pkl": "foreign code needed"}
    assert result.exit_code == 1


def test_the_needed_package_joins_the_graph(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(FOREIGN)
    assert "some-package" in {p.name for p in inspected(path).graph.nodes.values()}


@pytest.mark.parametrize("package", ["ranker.pkl", "pkg:generic/ranker.pkl"])
def test_an_exception_names_the_file_that_is_inspected(tmp_path: Path, package: str) -> None:
    path = tmp_path / "ranker.pkl"
    path.write_bytes(FOREIGN)
    why = 'reason = "ours"\nowner = "us"\nexpires = "2099-01-31"\n'
    policy = f'[[exception]]\nid = "model/foreign-code"\npackage = "{package}"\n{why}'
    assert inspected(path, policy).exit_code == 0
    other = policy.replace("ranker", "other")
    assert inspected(path, other).exit_code == 1


def test_the_report_for_machines_lists_every_model(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(FOREIGN)
    report = json.loads(json.dumps(document(inspected(path))))
    (model,) = report["models"]
    assert (model["artifact"], model["verdict"], model["size"]) == ("model.pkl", "foreign code needed", len(FOREIGN))
    assert {step["verdict"] for step in model["program"]} == {"foreign"}
    assert report["exit_code"] == 1


def test_a_folder_that_calls_itself_the_package_vouches_for_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(FOREIGN)
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n", "utf-8")
    assert inspected(folder).exit_code == 1
