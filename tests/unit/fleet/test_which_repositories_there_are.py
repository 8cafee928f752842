"""From paths to repositories: the rule, the names, and that nothing is lost without a word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.repositories import Fleet, fleet_of
from tests.unit.difference.projects import git
from tests.unit.fleet.stored import UV, clone, plain, zipped


def called(fleet: Fleet) -> list[str]:
    return [one.name for one in fleet.repositories]


def told(fleet: Fleet) -> dict[str, str]:
    return {os.path.basename(gap.what): f"{'!' if gap.needed else ''}{gap.why}" for gap in fleet.gaps}


def test_many_plain_folders_with_a_lock_each_are_as_many_repositories(tmp_path: Path) -> None:
    for i in range(400):
        (tmp_path / f"r{i:04}").mkdir()
        (tmp_path / f"r{i:04}" / "uv.lock").touch()
    fleet = fleet_of([str(tmp_path)])
    assert called(fleet) == [f"r{i:04}" for i in range(400)]
    assert fleet.gaps == ()


def test_a_monorepo_is_one_repository_cloned_or_plain(tmp_path: Path) -> None:
    clone(tmp_path / "cloned", {"services/a/uv.lock": UV, "services/b/uv.lock": UV})
    plain(tmp_path / "plain", {"pyproject.toml": "", "services/a/uv.lock": UV, "services/b/uv.lock": UV})
    assert called(fleet_of([str(tmp_path)])) == ["cloned", "plain"]
    assert called(fleet_of([str(tmp_path / "cloned")])) == ["cloned"]
    assert called(fleet_of([str(tmp_path / "plain")])) == ["plain"]


def test_clones_bare_clones_and_archives_are_found_three_levels_deep(tmp_path: Path) -> None:
    clone(tmp_path / "m" / "host" / "org" / "work", {"a.txt": ""})
    git(tmp_path, "clone", "-q", "--bare", "m/host/org/work", "m/host/org/bare.git")
    zipped(tmp_path / "m" / "host" / "packed.zip", {})
    plain(tmp_path / "m" / "host" / "org" / "deep", {"er/uv.lock": UV})
    plain(tmp_path / "m" / "top", {"Cargo.lock": ""})
    (tmp_path / "m" / "release-1.2.tar.gz").touch()
    fleet = fleet_of([str(tmp_path / "m")])
    assert called(fleet) == ["host/org/bare", "host/org/work", "host/packed", "release-1.2", "top"]
    assert told(fleet) == {"org": "1 folders in it are no repositories, and none is looked for below them"}


def test_a_stray_file_does_not_make_a_folder_of_clones_a_repository_and_is_told(tmp_path: Path) -> None:
    clone(tmp_path / "a", {"uv.lock": UV})
    plain(tmp_path, {"requirements.txt": "flask\n", "sync.py": "", "notes.txt": ""})
    fleet = fleet_of([str(tmp_path)])
    assert called(fleet) == ["a"]
    assert list(told(fleet).values()) == [
        "files in it are of no repository and were not read: requirements.txt, sync.py"
    ]


def test_a_named_folder_without_a_lock_is_a_repository_by_what_else_is_read(tmp_path: Path) -> None:
    plain(tmp_path / "agent", {"mcp.json": "{}"})
    plain(tmp_path / "nothing", {"a.png": ""})
    assert called(fleet_of([str(tmp_path / "agent")])) == ["agent"]
    fleet = fleet_of([str(tmp_path / "agent"), str(plain(tmp_path / "x", {"uv.lock": UV}))])
    assert called(fleet) == ["agent", "x"]
    with pytest.raises(UsageError, match="no repository here"):
        fleet_of([str(tmp_path / "nothing")])


def test_paths_that_are_nothing_are_errors(tmp_path: Path) -> None:
    (tmp_path / "a.lock").touch()
    for name in ("a.lock", "gone", "gone.toml"):
        with pytest.raises(UsageError, match=name):
            fleet_of([str(tmp_path / name)])


def test_two_places_of_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    for top in ("one", "two"):
        plain(tmp_path / top / "org" / "shop", {"uv.lock": UV})
    with pytest.raises(UsageError, match=r"called org/shop: .*one/org/shop and .*two/org/shop"):
        fleet_of([str(tmp_path / "one"), str(tmp_path / "two")])
    (tmp_path / "one" / "org" / "shop.zip").touch()
    with pytest.raises(UsageError, match="called org/shop"):
        fleet_of([str(tmp_path / "one")])


def test_one_place_that_is_named_twice_is_one_repository(tmp_path: Path) -> None:
    plain(tmp_path / "m" / "shop", {"uv.lock": UV})
    paths = [str(tmp_path / "m"), str(tmp_path / "m" / "shop"), str(tmp_path / "m" / ".")]
    assert len(fleet_of(paths).repositories) == 1


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_links_are_told_and_not_followed_unless_they_are_named(tmp_path: Path) -> None:
    plain(tmp_path / "m" / "shop", {"uv.lock": UV})
    plain(tmp_path / "elsewhere", {"uv.lock": UV})
    (tmp_path / "m" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "m" / "round").symlink_to(tmp_path / "m")
    (tmp_path / "m" / "gone.zip").symlink_to("nowhere")
    fleet = fleet_of([str(tmp_path / "m")])
    assert called(fleet) == ["shop"]
    assert set(told(fleet)) == {"link", "round", "gone.zip"}
    assert called(fleet_of([str(tmp_path / "m" / "link")])) == ["link"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs folders that are closed to their reader")
def test_a_closed_folder_is_told_and_loses_nothing_else(tmp_path: Path) -> None:
    plain(tmp_path / "closed", {"uv.lock": UV})
    plain(tmp_path / "open", {"uv.lock": UV})
    (tmp_path / "closed").chmod(0)
    try:
        fleet = fleet_of([str(tmp_path)])
        assert (called(fleet), told(fleet)) == (["open"], {"closed": "!folder cannot be read: permission denied"})
    finally:
        (tmp_path / "closed").chmod(0o700)
