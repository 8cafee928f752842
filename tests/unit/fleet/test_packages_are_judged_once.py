"""Packages are judged by themselves, each once, whatever repositories they are in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from depscan.errors import IntelError
from depscan.fleet.match import matched
from depscan.history.records import Node
from depscan.intel.build import build
from depscan.intel.store import open_index
from depscan.model.finding import Finding
from depscan.model.nameoptions import NameOptions
from tests.unit.intel.records import BUILT, export, fixed, introduced, made, record

FLAW = record("PYSEC-1", "alpha", introduced(), fixed("2"))
EVERY = record("PYSEC-2", "beta", introduced())
HOSTILE = record("MAL-1", "evil", introduced())
ACTION = record("GHSA-1", "org/act", introduced(), fixed("4.2.0"), ecosystem="GitHub Actions")
RECORDS = {"PyPI": [FLAW, EVERY, HOSTILE], "GitHub Actions": [ACTION]}
COMMIT = "b" * 40


def node(name: str, version: str = "1", ecosystem: str = "PyPI", *, source: str = "registry", **more: str) -> Node:
    kind = {"PyPI": "pypi", "GitHub Actions": "githubactions"}.get(ecosystem, "npm")
    purl = f"pkg:{kind}/{name}@{version}" if version else f"pkg:{kind}/{name}"
    return Node(purl, ecosystem, name, version, source, **more)


def judged(folder: Path, *nodes: Node) -> dict[int, list[Finding]]:
    sources = [export(str(folder / "sources"), e, r) for e, r in RECORDS.items()]
    build(str(folder), sources, built=BUILT)
    with open_index(str(folder)) as index:
        return matched(enumerate(nodes), index, None)[0]


def test_each_package_gets_its_own_findings_and_one_without_any_is_told_as_judged(tmp_path: Path) -> None:
    found = judged(tmp_path, node("alpha"), node("alpha", "2"), node("calm"), node("evil", "7"))
    assert [[f.rule for f in found[i]] for i in range(4)] == [
        ["advisory/vulnerable"],
        [],
        [],
        ["advisory/malicious"],
    ]
    assert found[0][0].subject == "pkg:pypi/alpha@1"
    assert found[0][0].fixed_version == "2"


def test_a_pin_in_one_repository_does_not_speak_for_a_bare_name_in_another(tmp_path: Path) -> None:
    found = judged(tmp_path, node("beta", "3"), node("beta", ""))
    assert [len(found[0]), len(found[1])] == [1, 1]


def test_an_action_at_a_commit_is_judged_by_the_release_its_comment_claims(tmp_path: Path) -> None:
    at = node("org/act", COMMIT, "GitHub Actions", source="git", commit=COMMIT)
    claimed = at._replace(purl=f"{at.purl}?release=v4.1.0", release="v4.1.0")
    found = judged(tmp_path, at, claimed)
    assert [f.rule for f in found[0]] == ["advisory/undecidable"]
    assert [f.subject for f in found[1]] == [claimed.purl]
    assert "if the comment behind its commit is right" in found[1][0].message


def test_a_name_is_judged_once_and_told_of_each_of_its_versions() -> None:
    nodes = [node("reqeusts", "1"), node("reqeusts", "2"), node("requests", "2")]
    found, gaps = matched(enumerate(nodes), None, NameOptions())
    assert [[(f.rule, f.subject) for f in found[i]] for i in range(3)] == [
        [("name/imitation", "pkg:pypi/reqeusts@1")],
        [("name/imitation", "pkg:pypi/reqeusts@2")],
        [],
    ]
    assert gaps == []


def test_a_table_of_names_that_is_not_there_is_a_gap(tmp_path: Path) -> None:
    found, [gap] = matched([(1, node("requests"))], None, NameOptions(table=str(tmp_path / "none.idx")))
    assert found == {1: []}
    assert gap.needed


def test_a_damaged_index_is_an_error(tmp_path: Path) -> None:
    made(tmp_path, [FLAW])
    [path] = [p for p in tmp_path.iterdir() if p.suffix == ".idx"]
    data = bytearray(path.read_bytes())
    data[-8:] = b"\0" * 8
    path.write_bytes(bytes(data))
    with pytest.raises(IntelError), open_index(str(tmp_path)) as index:
        matched([(1, node("alpha"))], index, None)


def test_a_package_that_depscan_fails_at_takes_no_other_along() -> None:
    class Broken:
        def __init__(self, index: Any) -> None:
            self._index = index

        def __getattr__(self, name: str) -> Any:
            return getattr(self._index, name)

        def lookup(self, ecosystem: str, name: str) -> Any:
            if name == "killer":
                raise RuntimeError("cannot")
            return self._index.lookup(ecosystem, name)

    nodes = [Node(f"pkg:pypi/{name}@3.1.4", "PyPI", name, "3.1.4", "registry") for name in ("a", "killer", "jinja2")]
    with open_index() as index:
        found, gaps = matched(enumerate(nodes), cast("Any", Broken(index)), None)
    assert sorted(found) == [0, 2]
    assert found[2]
    assert [(gap.what, gap.kind, gap.needed) for gap in gaps] == [("pkg:pypi/killer@3.1.4", "crash", True)]
