"""Local metadata: installed packages and archives in folders; damage is a failure, absence an answer."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

import pytest

from depscan.artifacts.source import BytesSource
from depscan.errors import UsageError
from depscan.model.package import Package
from depscan.resolution.archive import of_sdist, of_wheel
from depscan.resolution.provider import Chain, Failed, Requirements
from depscan.resolution.site_packages import SitePackages
from depscan.resolution.wheelhouse import Wheelhouse
from tests.unit.artifacts.builders import tar_of, zip_of, zip_pairs
from tests.unit.resolution.samples import LINUX, Known, metadata, put_wheel, sdist, wheel

PIN = Package("PyPI", "pkg", "1.0")


def test_a_wheel_in_a_folder_tells_its_requirements(tmp_path: Path) -> None:
    path = put_wheel(tmp_path, "pkg", "1.0", "a>=1")
    made = Wheelhouse([str(tmp_path)], LINUX).requirements(PIN)
    assert made == Requirements(("a>=1",), (), "wheel", f"{path} > pkg-1.0.dist-info/METADATA")


def test_names_and_versions_are_compared_normalised(tmp_path: Path) -> None:
    put_wheel(tmp_path, "My.Pkg", "1.0.0", "a")
    made = Wheelhouse([str(tmp_path)], LINUX).requirements(Package("PyPI", "my-pkg", "1"))
    assert isinstance(made, Requirements)


def test_the_wheel_of_the_target_is_read_before_others(tmp_path: Path) -> None:
    put_wheel(tmp_path, "pkg", "1.0", "windows-only", tags="cp311-cp311-win_amd64")
    put_wheel(tmp_path, "pkg", "1.0", "linux-only", tags="cp311-cp311-manylinux_2_17_x86_64")
    made = Wheelhouse([str(tmp_path)], LINUX).requirements(PIN)
    assert isinstance(made, Requirements)
    assert made.requires == ("linux-only",)


def test_an_archive_with_none_of_the_hashes_is_not_the_pins(tmp_path: Path) -> None:
    path = put_wheel(tmp_path, "pkg", "1.0")
    right = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    house = Wheelhouse([str(tmp_path)], LINUX)
    assert isinstance(house.requirements(PIN._replace(hashes=(f"sha256:{'00' * 32}", right))), Requirements)
    wrong = house.requirements(PIN._replace(hashes=("sha256:00",)))
    assert wrong == "pkg-1.0-py3-none-any.whl has none of the hashes that the lock allows"


def test_a_static_sdist_tells_requirements_and_what_builds_it(tmp_path: Path) -> None:
    data = sdist("pkg", "1.0", "a", pyproject='[build-system]\nrequires = ["hatchling"]\n')
    (tmp_path / "pkg-1.0.tar.gz").write_bytes(data)
    made = Wheelhouse([str(tmp_path)], LINUX).requirements(PIN)
    assert isinstance(made, Requirements)
    assert (made.requires, made.build, made.origin) == (("a",), ("hatchling",), "sdist")


@pytest.mark.parametrize(("form", "more"), [("2.1", ""), ("2.2", "Dynamic: Requires-Dist\n")])
def test_a_dynamic_sdist_tells_only_what_builds_it(form: str, more: str) -> None:
    made = of_sdist(PIN, BytesSource(sdist("pkg", "1.0", "a", form=form, more=more)), "s")
    assert isinstance(made, Requirements)
    assert made.requires == ()
    assert made.build == ("setuptools>=40.8.0",)
    assert made.unknown.startswith("edges: dynamic")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        wheel("pkg", "1.0")[:-30],
        wheel("other", "1.0"),
        wheel("pkg", "2.0"),
        zip_of({"pkg/__init__.py": ""}),
        zip_of({"a-1.dist-info/METADATA": metadata("a", "1"), "b-1.dist-info/METADATA": metadata("b", "1")}),
        zip_pairs(
            [
                ("pkg-1.0.dist-info/METADATA", metadata("pkg", "1.0", "a")),
                ("pkg-1.0.dist-info/METADATA", metadata("pkg", "1.0", "b")),
            ]
        ),
    ],
)
def test_a_wheel_that_is_damaged_or_another_one_is_a_failure(data: bytes) -> None:
    assert isinstance(of_wheel(PIN, BytesSource(data), "w", "wheel"), Failed)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no tar",
        sdist("other", "1.0"),
        tar_of({"pkg-1.0/README": ""}),
        tar_of({"pkg-1.0/PKG-INFO": metadata("pkg", "1.0"), "b/PKG-INFO": metadata("pkg", "1.0", "x")}),
        sdist("pkg", "1.0", pyproject="[["),
    ],
)
def test_an_sdist_that_is_damaged_or_another_one_is_a_failure(data: bytes) -> None:
    assert isinstance(of_sdist(PIN, BytesSource(data), "s"), Failed)


def test_no_damage_raises() -> None:
    chance = random.Random(5)
    good = [wheel("pkg", "1.0", "a"), sdist("pkg", "1.0", "a")]
    for _ in range(400):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(len(data))]) if chance.random() < 0.3 else bytes(data)
        of_wheel(PIN, BytesSource(cut), "w", "wheel")
        of_sdist(PIN, BytesSource(cut), "s")


def test_a_pipe_named_like_a_wheel_does_not_hold_the_scan_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pkg-1.0-py3-none-any.whl")
    assert isinstance(Wheelhouse([str(tmp_path)], LINUX).requirements(PIN), Failed)


def test_a_folder_that_is_none_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Wheelhouse([str(tmp_path / "no")], LINUX)
    with pytest.raises(UsageError):
        SitePackages([str(tmp_path)])


def installed(folder: Path, name: str, version: str, *requires: str) -> None:
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(metadata(name, version, *requires))


def test_installed_metadata_counts_only_for_its_own_version(tmp_path: Path) -> None:
    installed(tmp_path, "pkg", "1.0", "a")
    house = SitePackages([str(tmp_path)])
    made = house.requirements(PIN)
    assert isinstance(made, Requirements)
    assert (made.requires, made.origin) == (("a",), "site-packages")
    assert house.requirements(PIN._replace(version="2.0")) == "installed as version 1.0"
    assert house.requirements(PIN._replace(name="other")) == "not installed there"


def test_installed_metadata_that_is_broken_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "pkg-1.0.dist-info").mkdir()
    assert isinstance(SitePackages([str(tmp_path)]).requirements(PIN), Failed)
    (tmp_path / "pkg-1.0.dist-info" / "METADATA").write_bytes(b"\0")
    assert isinstance(SitePackages([str(tmp_path)]).requirements(PIN), Failed)


def test_providers_are_asked_in_order_and_remembered() -> None:
    half = Requirements((), ("setuptools",), "sdist", "", "edges: dynamic")
    chain = Chain([("first", Known(pkg="not here")), ("second", Known(pkg=half)), ("third", Known(pkg=["a"]))])
    made = chain.requirements(PIN)
    assert isinstance(made, Requirements)
    assert made.requires == ("a",)
    assert chain.tried["pkg", "1.0"] == [("first", "not here"), ("second", "edges: dynamic"), ("third", "told")]


def test_half_an_answer_is_better_than_none_and_an_outage_stays_one() -> None:
    half = Requirements((), ("setuptools",), "sdist", "", "edges: dynamic")
    assert Chain([("a", Known(pkg=half)), ("b", Known())]).requirements(PIN) is half
    made = Chain([("a", Known()), ("b", Known(pkg=Failed("index is down")))]).requirements(PIN)
    assert isinstance(made, Failed)
    assert made == "a: nobody knows it; b: index is down"
    assert Chain([]).requirements(PIN) == "nobody was asked"
