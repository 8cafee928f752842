"""A reading says what a scan of the same files says, and nothing of the place where they were read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import depscan
from depscan.fleet.bundle import Bundle
from depscan.fleet.match import matched
from depscan.fleet.unit import Setup, key_of, read
from depscan.history.records import decode, encode
from depscan.intel.store import open_index
from depscan.model.nameoptions import NameOptions

PROJECTS = os.path.join(os.path.dirname(__file__), "..", "..", "..", "corpus", "projects")
TODAY = "2026-11-29"
SETUP = Setup("engine", TODAY)


def bundle_of(top: str) -> Bundle:
    files = []
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(folder, name)
            files.append((os.path.relpath(full, top).replace(os.sep, "/"), Path(full).read_bytes()))
    return Bundle("tree", "", tuple(sorted(files)))


@pytest.mark.parametrize("project", sorted(os.listdir(PROJECTS)))
def test_reading_and_matching_find_what_a_scan_finds(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    top = os.path.join(PROJECTS, project)
    made = read(bundle_of(top), SETUP)
    with open_index() as index:
        found, _ = matched(enumerate(made.nodes), index, NameOptions())
    every = [*made.findings, *(f for row in found.values() for f in row)]
    told = {(f.rule, f.subject.partition("?")[0], f.message) for f in every}
    monkeypatch.chdir(top)
    config = "depscan.toml" if os.path.exists("depscan.toml") else ""
    result = depscan.scan(["."], depscan.Options(now=f"{TODAY}T00:00:00Z", cache=False, config=config))
    scanned = {
        (f.rule, f.subject.replace("/./", "/").removeprefix("./").partition("?")[0], f.message)
        for f in result.findings
        if f.klass != "policy"
    }
    assert scanned - told == set()
    assert told - scanned == set()


def test_a_reading_comes_back_whole_from_its_json() -> None:
    made = read(bundle_of(os.path.join(PROJECTS, "ai-assistant")), SETUP)
    assert decode(encode(made)) == made


def test_the_same_files_say_the_same_whatever_the_day_and_place() -> None:
    bundle = bundle_of(os.path.join(PROJECTS, "voice-desk"))
    first, second = read(bundle, SETUP), read(bundle, SETUP)
    assert first._replace(seconds=0) == second._replace(seconds=0)
    assert "/tmp" not in encode(first)


def test_keys_differ_by_files_engine_and_switched_off_checks() -> None:
    bundle = Bundle("tree", "", ())
    keys = {
        key_of(bundle, SETUP),
        key_of(bundle._replace(tree="other"), SETUP),
        key_of(bundle, SETUP._replace(engine="other")),
        key_of(bundle, SETUP._replace(disabled=("names",))),
    }
    assert len(keys) == 4
    assert key_of(bundle, SETUP._replace(today="2030-01-01")) == key_of(bundle, SETUP)


def test_what_cannot_be_read_is_a_gap_and_the_rest_is_read() -> None:
    files = (("broken/uv.lock", b"not = ["), ("requirements.txt", b"flask==3.0.0\n"))
    made = read(Bundle("tree", "", files), SETUP)
    assert [n.purl for n in made.nodes if n.source == "registry"] == ["pkg:pypi/flask@3.0.0"]
    [gap] = [g for g in made.gaps if g.status == "failed"]
    assert (gap.what, gap.needed) == ("broken/uv.lock", True)
