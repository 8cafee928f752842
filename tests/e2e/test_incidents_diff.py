"""Every incident twin as a change of a lock: the one to the poisoned release is blocked, an ordinary one passes."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from depscan.api import Options
from depscan.checks.changes import NEW_SURFACE
from depscan.difference import Difference, diff
from tests.unit.intel.records import introduced, made, record

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from corpus.incidents.build import Case, Release, cases, pack  # noqa: E402 - the corpus is no installed package

CASES = cases()
PYTHON = [case for case in CASES if case.old[0].kind != "npm"]
BY_AGE = frozenset({"terminal-colour-library"})
"""Cases that only the age of a new dependency gives away: a lock without upload times does not tell it."""
_YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an advisory index that knows none of the packages."""
    folder = tmp_path_factory.mktemp("index")
    made(folder, [record("PYSEC-1", "unrelated", introduced())])
    return str(folder)


class Change:
    """Two states of a project that pins the releases of a case, and the archives of both."""

    def __init__(self, case: Case, folder: Path, index: str) -> None:
        self.case = case
        self.folder = folder
        self.index = index
        (folder / "archives").mkdir()
        (folder / ".git").mkdir()
        (folder / "depscan.toml").write_text('accept-unchecked = ["npm"]\n', "utf-8")

    def lock(self, side: str, releases: tuple[Release, ...], day: str) -> str:
        """Write archives and a lock of releases that were uploaded on a day; return the lock's folder."""
        if self.case.old[0].kind == "npm":
            return self._write(side, "package-lock.json", self._package_lock(releases))
        return self._write(side, "uv.lock", self._uv_lock(releases, day))

    def pins(self, side: str, releases: tuple[Release, ...]) -> str:
        """Write archives and a requirements file with hashes, which has no upload times; return its folder."""
        hashes: dict[str, list[str]] = {}
        for release in releases:
            digest = hashlib.sha256(self._pack(release)[1]).hexdigest()
            hashes.setdefault(f"{release.name}=={release.version}", []).append(f"--hash=sha256:{digest}")
        lines = [" ".join([pin, *given]) for pin, given in hashes.items()]
        return self._write(side, "requirements.txt", "\n".join([*lines, ""]))

    def _write(self, side: str, name: str, text: str) -> str:
        (self.folder / side).mkdir()
        (self.folder / side / name).write_text(text, "utf-8")
        return str(self.folder / side)

    def _pack(self, release: Release) -> tuple[str, bytes]:
        name, data = pack(release)
        (self.folder / "archives" / name).write_bytes(data)
        return name, data

    def _uv_lock(self, releases: tuple[Release, ...], day: str) -> str:
        entries: dict[tuple[str, str], dict[str, list[str]]] = {}
        for release in releases:
            name, data = self._pack(release)
            digest = hashlib.sha256(data).hexdigest()
            row = (
                f'{{ url = "https://files.example/{name}", hash = "sha256:{digest}", size = {len(data)}, '
                f'upload-time = "{day}T00:00:00Z" }}'
            )
            entries.setdefault((release.name, release.version), {}).setdefault(release.kind, []).append(row)
        text = 'version = 1\nrequires-python = ">=3.11"\n'
        for (name, version), rows in entries.items():
            text += f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
            text += 'source = { registry = "https://index.example/simple" }\n'
            text += f"sdist = {rows['sdist'][0]}\n" if "sdist" in rows else ""
            text += f"wheels = [{', '.join(rows['wheel'])}]\n" if "wheel" in rows else ""
        return text

    def _package_lock(self, releases: tuple[Release, ...]) -> str:
        packages: dict[str, object] = {
            "": {"name": "app", "version": "1.0.0", "dependencies": {r.name: r.version for r in releases}}
        }
        for release in releases:
            name, data = self._pack(release)
            packages[f"node_modules/{release.name}"] = {
                "version": release.version,
                "resolved": f"https://index.example/{release.name}/-/{name}",
                "integrity": f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}",
            }
        return json.dumps({"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}, indent=1)

    def diff(self, base: str, head: str) -> Difference:
        now = f"{self.case.date}T12:00:00Z"
        options = Options(db=self.index, now=now, config=str(self.folder / "depscan.toml"))
        return diff(base, head, options, archives=[str(self.folder / "archives")])


def told(found: Difference) -> list[str]:
    """Return what a failing test shows."""
    result = found.result
    blocked = [f"{d.action} {d.finding.rule}: {d.finding.message}" for d in result.decisions]
    return [*blocked, *(f"{c.status} {c.what}: {c.why}" for c in result.coverage)]


def blocked(found: Difference) -> set[tuple[str, str]]:
    """Return the rule and the package's name of what blocks."""
    found_by = [(d.finding.rule, d.finding.subject) for d in found.result.decisions if d.action == "block"]
    return {(rule, subject.partition("/")[2].rpartition("@")[0].replace("%40", "@")) for rule, subject in found_by}


def a_year_before(case: Case) -> str:
    return str(date.fromisoformat(case.date) - _YEAR)


def bumped(case: Case) -> tuple[Release, ...]:
    """Return the old release again under the number of the poisoned one."""
    return tuple(release._replace(version=case.new[0].version) for release in case.old)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_change_to_a_poisoned_release_is_blocked(case: Case, tmp_path: Path, index: str) -> None:
    change = Change(case, tmp_path, index)
    base = change.lock("base", case.old, a_year_before(case))
    found = change.diff(base, change.lock("head", (*case.new, *case.beside), case.date))
    assert found.result.exit_code == 1, told(found)
    assert (NEW_SURFACE.id, case.new[0].name) in blocked(found), told(found)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_change_to_an_ordinary_release_passes(case: Case, tmp_path: Path, index: str) -> None:
    change = Change(case, tmp_path, index)
    base = change.lock("base", case.old, a_year_before(case))
    found = change.diff(base, change.lock("head", bumped(case), case.date))
    assert found.result.exit_code == 0, told(found)
    assert [one.worse for diffs in found.releases.values() for one in diffs] == [False] * len(case.old)


@pytest.mark.parametrize("case", PYTHON, ids=[case.id for case in PYTHON])
def test_pins_with_hashes_are_enough_but_for_ages(case: Case, tmp_path: Path, index: str) -> None:
    change = Change(case, tmp_path, index)
    base = change.pins("base", case.old)
    poisoned = change.diff(base, change.pins("head", (*case.new, *case.beside)))
    assert poisoned.result.exit_code == (0 if case.id in BY_AGE else 1), told(poisoned)
    for path in (tmp_path / "archives").iterdir():
        path.unlink()
    change.pins("base2", case.old)
    ordinary = change.diff(base, change.pins("head2", bumped(case)))
    assert ordinary.result.exit_code == 0, told(ordinary)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_page_of_incidents_says_so(case: Case) -> None:
    page = (ROOT / "docs" / "incidents.md").read_text("utf-8").splitlines()
    [row] = [line for line in page if line.startswith("|") and f"`{case.id}`" in line]
    assert row.endswith("| blocked by age |" if case.id in BY_AGE else "| blocked |")
