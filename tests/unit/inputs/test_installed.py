"""Installed environments: found by layout, read without importing anything."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from depscan.inputs.python._installed import find_site_packages, read_environment
from depscan.model.document import Document


def dist(folder: Path, name: str, version: str, *lines: str, record: bool = True, body: str = "") -> Path:
    made = folder / f"{name}-{version}.dist-info"
    made.mkdir(parents=True)
    head = "\n".join(("Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines))
    (made / "METADATA").write_text(f"{head}\n\n{body}")
    if record:
        (made / "RECORD").write_text("")
    return made


def venv(root: Path, system: str = "false", home: str = "/nowhere/bin") -> Path:
    site = root / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (root / "bin").mkdir()
    (root / "bin" / "python").write_text("#!/bin/false\n")
    (root / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = {system}\nversion = 3.12.7\n")
    return site


def read(*folders: Path) -> Document:
    return read_environment([str(f) for f in folders], "env")


def edges(document: Document) -> set[tuple[str, str, str, str]]:
    named = {key: package.name for key, package in document.nodes.items()}
    return {(named[e.parent], named[e.child], e.label, e.marker) for e in document.edges}


def test_requirements_are_edges_to_what_is_installed(tmp_path: Path) -> None:
    dist(
        tmp_path,
        "A.b",
        "1.0",
        "Requires-Dist: c_d>=2 ; python_version >= '3'",
        "Requires-Dist: ghost",
        body="Requires-Dist: e",
    )
    dist(tmp_path, "c-d", "2.0", 'Requires-Dist: e (<3) ; extra == "more"')
    dist(tmp_path, "e", "1")
    document = read(tmp_path)
    assert edges(document) == {
        ("env", "a-b", "prod", ""),
        ("a-b", "c-d", "prod", "python_version >= '3'"),
        ("c-d", "e", "extra:more", 'extra == "more"'),
    }
    assert not document.problems


def test_what_a_user_asked_for_hangs_on_the_root(tmp_path: Path) -> None:
    dist(tmp_path, "a", "1", "Requires-Dist: b")
    (dist(tmp_path, "b", "1") / "REQUESTED").write_text("")
    assert ("env", "b", "prod", "") in edges(read(tmp_path))


def test_direct_url_says_where_a_package_came_from(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    stated: dict[str, dict[str, object]] = {
        "git": {"url": "https://repo.example/x", "vcs_info": {"vcs": "git", "commit_id": commit}},
        "url": {"url": "https://files.example/x.whl", "archive_info": {"hash": "sha256=ab"}},
        "local": {"url": "file:///src/x", "dir_info": {"editable": True}},
    }
    for name, direct in stated.items():
        (dist(tmp_path, name, "1") / "direct_url.json").write_text(json.dumps(direct))
    packages = {p.name: p for p in read(tmp_path).nodes.values()}
    assert {name: packages[name].source for name in stated} == {name: name for name in stated}
    assert packages["git"].commit == commit
    assert packages["url"].hashes == ("sha256:ab",)
    assert packages["local"].url == "file:///src/x"


def test_egg_info_is_read_as_folder_file_egg_and_link(tmp_path: Path) -> None:
    site, source = tmp_path / "site", tmp_path / "src"
    (site / "old-1.0.egg-info").mkdir(parents=True)
    (site / "old-1.0.egg-info" / "PKG-INFO").write_text("Name: old\nVersion: 1.0\n")
    (site / "old-1.0.egg-info" / "requires.txt").write_text("flat\n\n[more:python_version>'3']\nzipped>=1\n")
    (site / "flat-2.0.egg-info").write_text("Name: flat\nVersion: 2.0\n")
    (site / "zipped-3.0-py3.12.egg" / "EGG-INFO").mkdir(parents=True)
    (site / "zipped-3.0-py3.12.egg" / "EGG-INFO" / "PKG-INFO").write_text("Name: zipped\nVersion: 3.0\n")
    (source / "dev_tool.egg-info").mkdir(parents=True)
    (source / "dev_tool.egg-info" / "PKG-INFO").write_text("Name: dev-tool\nVersion: 4.0\n")
    (site / "dev-tool.egg-link").write_text(f"{source}\n.")
    document = read(site)
    found = {p.name: (p.version, p.source) for p in document.nodes.values() if p.ecosystem == "PyPI"}
    assert found == {
        "old": ("1.0", "registry"),
        "flat": ("2.0", "registry"),
        "zipped": ("3.0", "registry"),
        "dev-tool": ("4.0", "local"),
    }
    assert ("old", "flat", "prod", "") in edges(document)
    assert ("old", "zipped", "extra:more", "(python_version>'3') and extra == \"more\"") in edges(document)
    assert not document.problems


def test_what_is_broken_is_told_and_not_lost(tmp_path: Path) -> None:
    (tmp_path / "lost-1.0.dist-info").mkdir()
    (tmp_path / "binary-1.0.dist-info").mkdir()
    (tmp_path / "binary-1.0.dist-info" / "METADATA").write_bytes(b"Name: \xff\0")
    (tmp_path / "~umpy-1.0.dist-info").mkdir()
    os.rename(dist(tmp_path, "mask", "1"), tmp_path / "face-1.dist-info")
    dist(tmp_path, "bare", "1", "Requires-Dist: <<<", record=False)
    (dist(tmp_path, "odd", "1") / "direct_url.json").write_text("[")
    document = read(tmp_path)
    assert {p.name for p in document.nodes.values()} == {"env", "lost", "binary", "mask", "bare", "odd"}
    told = "\n".join(p.message for p in document.problems)
    for word in ("lost-1.0", "binary-1.0", "~umpy", "face", "bare-1.dist-info has no RECORD", "<<<", "direct_url"):
        assert word in told


def test_a_system_package_manager_keeps_no_record(tmp_path: Path) -> None:
    (dist(tmp_path, "apt", "1", record=False) / "INSTALLER").write_text("debian\n")
    assert not read(tmp_path).problems


def test_two_versions_in_one_folder_are_a_problem_and_in_two_folders_the_first_serves(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    dist(first, "a", "1", "Requires-Dist: b")
    dist(first, "b", "1")
    dist(second, "b", "2")
    document = read(first, second)
    assert not document.problems
    assert [e.child for e in document.edges if e.parent == "pkg:pypi/a@1"] == ["pkg:pypi/b@1"]
    dist(first, "b", "3")
    assert "1 and 3" in read(first).problems[0].message


def test_an_environment_is_found_by_folder_python_project_and_site_packages(tmp_path: Path) -> None:
    site = venv(tmp_path / ".venv")
    for target in (tmp_path, tmp_path / ".venv", tmp_path / ".venv" / "bin" / "python", site):
        assert find_site_packages(str(target)) == [str(site)]


def test_a_windows_layout_is_found(tmp_path: Path) -> None:
    site = tmp_path / "Lib" / "site-packages"
    site.mkdir(parents=True)
    (tmp_path / "Scripts").mkdir()
    (tmp_path / "Scripts" / "python.exe").write_text("")
    (tmp_path / "python.exe").write_text("")
    for target in (tmp_path / "Scripts" / "python.exe", tmp_path / "python.exe"):
        assert find_site_packages(str(target)) == [str(site)]


def test_a_python_is_told_from_others_of_its_prefix_by_its_version(tmp_path: Path) -> None:
    for version in ("3.9", "3.12"):
        (tmp_path / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.12").write_text("")
    os.symlink("python3.12", tmp_path / "bin" / "python3")
    expected = [str(tmp_path / "lib" / "python3.12" / "site-packages")]
    assert find_site_packages(str(tmp_path / "bin" / "python3.12")) == expected
    assert find_site_packages(str(tmp_path / "bin" / "python3")) == expected
    assert len(find_site_packages(str(tmp_path))) == 2


def test_system_packages_follow_where_the_environment_includes_them(tmp_path: Path) -> None:
    base = tmp_path / "base" / "lib" / "python3.12" / "site-packages"
    base.mkdir(parents=True)
    site = venv(tmp_path / "env", "true", str(tmp_path / "base" / "bin"))
    assert find_site_packages(str(tmp_path / "env")) == [str(site), str(base)]


def test_a_pyenv_shim_is_followed_to_its_version_and_never_run(tmp_path: Path) -> None:
    site = tmp_path / "versions" / "3.12.7" / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (tmp_path / "shims").mkdir()
    (tmp_path / "shims" / "python").write_text("#!/bin/false\n")
    (tmp_path / "version").write_text("3.12.7\n")
    assert find_site_packages(str(tmp_path / "shims" / "python")) == [str(site)]
    (tmp_path / "version").write_text("../../etc\n")
    assert find_site_packages(str(tmp_path / "shims" / "python")) == []


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("")
    for target in (tmp_path, tmp_path / "ghost", tmp_path / "tool"):
        assert find_site_packages(str(target)) == []


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="not in a virtual environment")
def test_the_running_interpreter_is_read_as_importlib_sees_it() -> None:
    from importlib.metadata import distributions

    from depscan.ecosystems.pypi import normalise

    folders = find_site_packages("")
    found = {(p.name, p.version) for p in read_environment(folders, "env").nodes.values() if p.ecosystem == "PyPI"}
    assert found == {(normalise(d.name), d.version) for d in distributions(path=folders)}
