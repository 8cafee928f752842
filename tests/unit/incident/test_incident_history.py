"""What a history says: from when to when, on which branches, by whom; and what it cannot say."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from depscan.incident.ask import Where, ask
from depscan.incident.records import Incident

BEFORE, INSIDE, AFTER = "2026-03-01T00:00:00Z", "2026-03-24T11:00:00Z", "2026-03-25T00:00:00Z"


def lock(version: str) -> str:
    source = "{ registry = 'https://index.example' }"
    return f'version = 1\n[[package]]\nname = "litellm"\nversion = "{version}"\nsource = {source}\n'


def test_a_bad_version_that_was_pinned_and_went_is_told_with_both_commits(
    tmp_path: Path, commit: Any, incident: Incident
) -> None:
    commit(BEFORE, {"app/uv.lock": lock("1.82.6")})
    commit(INSIDE, {"app/uv.lock": lock("1.82.8")}, "eve\x1b[31m <eve@mail.example>")
    commit(AFTER, {"app/uv.lock": lock("1.83.0")})
    made = ask(incident, Where((str(tmp_path / "work"),)))
    (trace,) = made.traces
    assert (made.verdict, made.exit_code) == ("hit", 1)
    assert (trace.first, trace.last, trace.version) == (INSIDE, AFTER, "1.82.8")
    assert "eve" in trace.said
    assert "main" in trace.said
    assert [what.split(": ")[-1] for when, what in made.timeline if "commit" in what] == [
        "app/uv.lock pinned litellm 1.82.8",
        "app/uv.lock no longer pinned litellm 1.82.8",
    ]


def test_a_lock_on_another_branch_and_one_in_no_branch_any_more_are_found(
    tmp_path: Path, commit: Any, incident: Incident
) -> None:
    commit(BEFORE, {"uv.lock": lock("1.82.6")})
    commit.git("switch", "-q", "-c", "side")
    commit(INSIDE, {"uv.lock": lock("1.82.8")})
    commit.git("switch", "-q", "main")
    (side,) = ask(incident, Where((str(tmp_path / "work"),))).traces
    assert "still so in side" in side.said
    commit.git("branch", "-q", "-D", "side")
    (gone,) = ask(incident, Where((str(tmp_path / "work"),))).traces
    assert "in no branch any more" in gone.said


def test_a_bare_clone_and_a_bad_version_that_only_a_merge_made_are_read(
    tmp_path: Path, commit: Any, incident: Incident
) -> None:
    commit(BEFORE, {"uv.lock": lock("1.82.5")})
    commit.git("switch", "-q", "-c", "side")
    commit(BEFORE, {"uv.lock": lock("1.82.4")})
    commit.git("switch", "-q", "main")
    commit(BEFORE, {"uv.lock": lock("1.82.6")})
    subprocess.run(["git", "-C", str(tmp_path / "work"), "merge", "-q", "side"], check=False, capture_output=True)
    commit(INSIDE, {"uv.lock": lock("1.82.8")})
    commit(AFTER, {"uv.lock": lock("1.83.0")})
    subprocess.run(["git", "clone", "-q", "--bare", str(tmp_path / "work"), str(tmp_path / "b.git")], check=True)
    made = ask(incident, Where((str(tmp_path / "b.git"),)))
    assert [(t.version, t.first) for t in made.traces] == [("1.82.8", INSIDE)]


def test_a_range_that_stood_in_the_window_is_possible_and_never_certain(
    tmp_path: Path, commit: Any, incident: Incident
) -> None:
    commit(BEFORE, {"requirements.txt": "litellm>=1.80,<2\n"})
    made = ask(incident, Where((str(tmp_path / "work"),)))
    assert (made.verdict, made.exit_code) == ("possible", 1)
    assert ask(incident, Where((str(tmp_path / "work"),), certain_only=True)).exit_code == 0
    late = Where((str(tmp_path / "work"),), since="2026-01-01T00:00:00Z", until="2026-02-01T00:00:00Z")
    assert ask(incident, late).exit_code == 0


@pytest.mark.parametrize(("requirement", "pinned", "code"), [
    ("litellm>=1.80,!=1.82.7,!=1.82.8\n", None, 0),
    ("litellm>=1.80\n", "1.82.6", 0),
    ("litellm>=1.80\n", None, 1),
])  # fmt: skip
def test_a_range_that_excludes_it_or_a_lock_that_pins_another_one_is_no_trace(
    tmp_path: Path, commit: Any, incident: Incident, requirement: str, pinned: str | None, code: int
) -> None:
    commit(BEFORE, {"requirements.txt": requirement} | ({"uv.lock": lock(pinned)} if pinned else {}))
    assert ask(incident, Where((str(tmp_path / "work"),))).exit_code == code


def test_a_range_that_came_after_the_window_is_no_trace(tmp_path: Path, commit: Any, incident: Incident) -> None:
    commit(AFTER, {"package.json": '{"dependencies": {"axios": "^1.14.0"}}'})
    assert ask(incident, Where((str(tmp_path / "work"),))).exit_code == 0
    commit(AFTER, {"package.json": '{"dependencies": {"axios": "1.14.1"}}'})
    made = ask(incident, Where((str(tmp_path / "work"),)))
    assert {t.kind for t in made.traces} == {"locked", "history"}


def test_a_shallow_clone_is_incomplete_and_says_so(tmp_path: Path, commit: Any, incident: Incident) -> None:
    commit(BEFORE, {"uv.lock": lock("1.82.6")})
    commit(AFTER, {"uv.lock": lock("1.83.0")})
    source = f"file://{tmp_path / 'work'}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", source, str(tmp_path / "cut")], check=True)
    made = ask(incident, Where((str(tmp_path / "cut"),)))
    assert (made.verdict, made.exit_code) == ("incomplete", 4)
    assert any("shallow" in gap.why for gap in made.gaps if gap.failed)


def test_a_version_that_cannot_be_parsed_is_told_only_where_it_may_hold_a_bad_one(
    tmp_path: Path, commit: Any, incident: Incident
) -> None:
    commit(BEFORE, {"uv.lock": "<<<<<<< ours\n" + lock("1.82.6")})
    commit(AFTER, {"uv.lock": lock("1.83.0")})
    assert [gap for gap in ask(incident, Where((str(tmp_path / "work"),))).gaps if gap.failed] == []
    commit(AFTER, {"uv.lock": "<<<<<<< ours\n" + lock("1.82.8")})
    commit(AFTER, {"uv.lock": lock("1.83.0")})
    assert ask(incident, Where((str(tmp_path / "work"),))).exit_code == 4
