"""A lock without upload times: the index tells how old a new dependency is, where it may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.api import Options
from depscan.checks.changes import NEW_SURFACE
from depscan.difference import Difference, diff
from tests.unit.difference.projects import NOW, Project
from tests.unit.registry.loopback import Loopback
from tests.unit.release.releases import CODE, save, wheel_bytes

PALETTE = "palettine-0.1-py3-none-any.whl"


@pytest.fixture
def index(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Return an index that has what the change brings; it answers no question about advisories."""
    house = project.folder / "house"
    house.mkdir()
    for version, metadata in (("1.0", ""), ("1.1", "Requires-Dist: palettine\n")):
        save(house, f"demo-{version}-py3-none-any.whl", wheel_bytes({"demo/a.py": CODE}, version, metadata=metadata))
    save(house, PALETTE, wheel_bytes({"palettine/a.py": CODE}, "0.1", name="palettine"))
    (project.base / "requirements.txt").write_text("demo==1.0\n", "utf-8")
    (project.head / "requirements.txt").write_text("demo==1.1\npalettine==0.1\n", "utf-8")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(project.folder / "home"))
    with Loopback(str(house)) as made:
        monkeypatch.setenv("PIP_INDEX_URL", made.url)
        monkeypatch.setenv("DEPSCAN_OSV_API", f"{made.base}/osv")
        made.times[PALETTE] = "2026-03-14T00:00:00Z"
        yield made


def run(project: Project, *, online: bool) -> Difference:
    options = Options(db=str(project.folder / "db"), now=NOW, online=online)
    return diff(str(project.base), str(project.head), options, archives=[str(Path(project.folder) / "house")])


def blamed(found: Difference) -> bool:
    return NEW_SURFACE.id in {f.rule for f in found.result.findings}


def test_online_a_dependency_uploaded_yesterday_makes_the_release_worse(project: Project, index: Loopback) -> None:
    found = run(project, online=True)
    [[one]] = found.releases.values()
    assert ([n.age_days for n in one.new_requirements], blamed(found)) == ([1], True)
    index.times[PALETTE] = "2025-03-14T00:00:00Z"
    assert not blamed(run(project, online=True))


def test_an_index_that_fails_about_the_age_makes_it_incomplete(project: Project, index: Loopback) -> None:
    index.mode["/simple/palettine/"] = "500-always"
    found = run(project, online=True)
    assert found.result.exit_code == 4
    assert any("since when palettine is on the index is not known" in c.why for c in found.result.coverage if c.needed)


def test_offline_nobody_is_asked_for_an_age(project: Project, index: Loopback) -> None:
    found = run(project, online=False)
    assert (found.result.exit_code, blamed(found), index.log) == (0, False, [])
