"""The code of a graph's packages from pip's cache: after the folders, before the index, never in a plain scan."""

from __future__ import annotations

from pathlib import Path

import pytest

import depscan
from depscan.facts.packages import Looked, Wish, look
from depscan.facts.served import Index
from depscan.graph.graph import DependencyGraph
from depscan.model.package import File
from tests.unit.artifacts.test_installer_cache import keep
from tests.unit.facts.test_packages import THIEF, Shelf, graph_of, names, pin, sdist, sha256, wheel

WHEEL, SDIST = "alpha-1.0-py3-none-any.whl", "alpha-1.0.tar.gz"


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip"))
    return tmp_path / "pip"


def locked(**files: bytes) -> DependencyGraph:
    """Return a graph of alpha 1.0, of which the lock lists a wheel, an sdist or both."""
    ends = {"wheel": WHEEL, "sdist": SDIST}
    rows = [
        File(f"https://files.example/{ends[kind]}", f"sha256:{sha256(data)}", len(data)) for kind, data in files.items()
    ]
    return graph_of(pin(files=tuple(rows), hashes=tuple(row.hash for row in rows)))


def online(folder: Path, graph: DependencyGraph, wish: Wish) -> tuple[Looked, list[str]]:
    folder.mkdir()
    shelf = Shelf(folder)
    shelf.held = {"alpha": {WHEEL: wheel(), SDIST: sdist()}}
    return look(graph, wish, Index(shelf)), shelf.fetched  # type: ignore[arg-type]


def test_what_pip_kept_is_read(pip: Path) -> None:
    data = wheel(source=THIEF)
    keep(pip, data)
    looked = look(locked(wheel=data), Wish())
    assert names(looked) == [WHEEL]
    assert "env.dump" in {f.what for f in looked.artifacts[0].facts}
    assert looked.coverage == ()


def test_what_pip_kept_is_not_fetched(pip: Path, tmp_path: Path) -> None:
    keep(pip, wheel())
    looked, fetched = online(tmp_path / "shelf", locked(wheel=wheel(), sdist=sdist()), Wish())
    assert (names(looked), fetched) == ([WHEEL], [])


def test_an_sdist_in_the_cache_does_not_stand_for_the_wheel_that_the_index_has(pip: Path, tmp_path: Path) -> None:
    keep(pip, sdist())
    graph = locked(wheel=wheel(), sdist=sdist())
    assert names(look(graph, Wish())) == [SDIST], "offline it is what there is"
    looked, fetched = online(tmp_path / "shelf", graph, Wish())
    assert (names(looked), fetched) == ([WHEEL], [WHEEL])


def test_a_whole_release_is_left_to_the_index_where_the_cache_has_a_part(pip: Path, tmp_path: Path) -> None:
    keep(pip, wheel())
    looked, _ = online(tmp_path / "shelf", locked(wheel=wheel(), sdist=sdist()), Wish(whole_release=True))
    assert sorted(names(looked)) == [WHEEL, SDIST]


def test_a_folder_of_the_user_comes_first(pip: Path, tmp_path: Path) -> None:
    keep(pip, sdist())
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / WHEEL).write_bytes(wheel())
    wish = Wish(find_links=(str(tmp_path / "links"),))
    assert names(look(locked(wheel=wheel(), sdist=sdist()), wish)) == [WHEEL]


def test_a_plain_scan_leaves_the_cache_alone(pip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    keep(pip, wheel())
    monkeypatch.setattr("depscan.artifacts.installer_cache._entries", never)
    (tmp_path / "requirements.txt").write_text("alpha==1.0\n", "utf-8")
    depscan.scan([str(tmp_path / "requirements.txt")], depscan.Options(now="2026-08-01T00:00:00Z"))
    assert look(locked(wheel=wheel()), Wish(read=False)).artifacts == ()
