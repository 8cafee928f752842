"""Every incident twin: the poisoned release is blocked, and the release before it passes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from depscan.comparison import compare_release

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from corpus.incidents.build import Case, build, cases  # noqa: E402 - the corpus is no installed package
from corpus.incidents.check import archives, compare, run  # noqa: E402

FOLDER = ROOT / "corpus" / "incidents"
RESERVED = re.compile(r".*\.(invalid|example)|invalid|127\.0\.0\.1|203\.0\.113\.\d+")
CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_poisoned_release_is_blocked_and_its_predecessor_passes(case: Case) -> None:
    outcome = run(case)
    assert outcome.old == "clean"
    assert outcome.compare == "worse", outcome
    assert outcome.problems == ()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_predecessor_compared_with_itself_is_the_same(case: Case, tmp_path: Path) -> None:
    build(case._replace(new=case.old, beside=()), str(tmp_path))
    verdict, reasons = compare(case._replace(new=case.old, beside=()), str(tmp_path))
    assert (verdict, reasons) == ("same", ())


def test_what_only_the_sdist_holds_shows_against_the_wheel_of_the_same_release(tmp_path: Path) -> None:
    build(next(case for case in CASES if case.id == "validator-sdist-only"), str(tmp_path))
    old, new = (compare_release(archives(str(tmp_path / which))) for which in ("old", "new"))
    assert (old.verdict, new.verdict) == ("same", "worse")


def test_there_are_twins_of_at_least_25_incidents() -> None:
    assert len({case.incident for case in CASES}) >= 25


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (build(CASES[0], str(tmp_path / which)) for which in ("one", "two"))
    assert Path(one.new).read_bytes() == Path(two.new).read_bytes()


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in FOLDER.glob("*/case.toml")))
def test_a_twin_names_no_host_that_exists(folder: str) -> None:
    text = (FOLDER / folder / "case.toml").read_text("utf-8")
    hosts = re.findall(r"(?:https?|tcp)://([\w.-]+)|host(?:name)?: \"([\w.-]+)\"", text)
    assert [host for pair in hosts for host in pair if host and not RESERVED.fullmatch(host)] == []


def test_twins_are_committed_as_text_alone() -> None:
    assert {path.suffix for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts} == {
        ".toml", ".py", ".md", ".json",
    }  # fmt: skip


def test_the_page_of_incidents_names_every_twin_and_no_other() -> None:
    page = (ROOT / "docs" / "incidents.md").read_text("utf-8")
    assert {name for name in re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", page) if (FOLDER / name).is_dir()} == {
        case.id for case in CASES
    }
