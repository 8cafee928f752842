"""The index: the cheapest true answer, and an outage that is never taken for "has none"."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from depscan.api import GraphOptions, read_completed_graph
from depscan.artifacts.source import BytesSource, FileSource, Source
from depscan.errors import DepscanError, HashMismatch, NotThere
from depscan.inputs.python.requirements import parse
from depscan.model.package import Package
from depscan.resolution.index import Hashes, IndexMetadata
from depscan.resolution.provider import Failed, Requirements
from depscan.resolution.resolve import newer_without_wheel
from depscan.text.source import SourceFile
from tests.unit.resolution.samples import LINUX, metadata, sdist, wheel

if TYPE_CHECKING:
    from depscan.registry.registry import Registry

PIN = Package("PyPI", "pkg", "1.0")


class IndexDownError(DepscanError):
    exit_code = 4


class Listed(NamedTuple):
    name: str
    version: str = "1.0"
    hashes: Hashes = ()
    metadata: Hashes | None = None
    yanked: str | None = None


class Page(NamedTuple):
    files: tuple[Listed, ...]


class Ranged:
    """A source whose bytes come by range."""

    checked = False

    def __init__(self, data: bytes) -> None:
        self._source = BytesSource(data)
        self.size = self._source.size
        self.asked = 0

    def at(self, start: int, length: int) -> bytes:
        found = self._source.at(start, length)
        self.asked += len(found)
        return found


class Fake:
    """A registry that serves what it was given, and remembers what it was asked."""

    def __init__(
        self,
        *files: Listed,
        core: bytes | DepscanError | None = None,
        ranged: bytes | DepscanError = b"",
        whole: bytes | DepscanError = b"",
        folder: Path = Path(),
    ) -> None:
        self._files, self._core, self._ranged, self._whole, self._folder = files, core, ranged, whole, folder
        self.asked: list[str] = []

    def project(self, ecosystem: str, name: str, index: str = "") -> Page:
        self.asked.append(f"{ecosystem} {name} {index}".strip())
        if not self._files:
            raise NotThere(f"{name} is not there")
        return Page(self._files)

    def metadata(self, file: Listed) -> bytes | None:
        self.asked.append(f"metadata {file.name}")
        if isinstance(self._core, DepscanError):
            raise self._core
        return self._core

    def source(self, file: Listed, hashes: Hashes = ()) -> Source:
        del hashes
        self.asked.append(f"source {file.name}")
        if isinstance(self._ranged, DepscanError):
            raise self._ranged
        return Ranged(self._ranged) if self._ranged else FileSource(open(self.fetch(file), "rb"))

    def fetch(self, file: Listed, hashes: Hashes = ()) -> str:
        del hashes
        self.asked.append(f"fetch {file.name}")
        if isinstance(self._whole, DepscanError):
            raise self._whole
        path = self._folder / file.name
        path.write_bytes(self._whole)
        return str(path)


def ask(registry: Fake, package: Package = PIN) -> Requirements | str:
    return IndexMetadata(registry, LINUX).requirements(package)


WHEEL = Listed("pkg-1.0-py3-none-any.whl")
SDIST = Listed("pkg-1.0.tar.gz")


def test_core_metadata_is_enough() -> None:
    registry = Fake(WHEEL._replace(metadata=()), SDIST, core=metadata("pkg", "1.0", "a").encode())
    made = ask(registry)
    assert made == Requirements(("a",), (), "index metadata", "pkg-1.0-py3-none-any.whl.metadata")
    assert registry.asked == ["PyPI pkg", "metadata pkg-1.0-py3-none-any.whl"]


def test_without_core_metadata_a_wheel_is_read_by_ranges() -> None:
    made = ask(Fake(WHEEL, SDIST, ranged=wheel("pkg", "1.0", "a")))
    assert isinstance(made, Requirements)
    assert (made.requires, made.origin) == (("a",), "ranged wheel")


def test_core_metadata_that_cannot_be_had_is_no_end() -> None:
    registry = Fake(WHEEL._replace(metadata=()), core=IndexDownError("500"), ranged=wheel("pkg", "1.0", "a"))
    assert isinstance(ask(registry), Requirements)


def test_core_metadata_with_another_hash_is_a_failure_and_not_walked_around() -> None:
    registry = Fake(
        WHEEL._replace(metadata=()),
        core=HashMismatch("another hash", expected="sha256:00", actual="sha256:01"),
        ranged=wheel("pkg", "1.0", "a"),
    )
    assert isinstance(ask(registry), Failed)
    assert "source pkg-1.0-py3-none-any.whl" not in registry.asked


def test_where_no_ranges_are_served_the_whole_wheel_is_read(tmp_path: Path) -> None:
    made = ask(Fake(WHEEL, whole=wheel("pkg", "1.0", "a"), folder=tmp_path))
    assert isinstance(made, Requirements)
    assert made.origin == "whole wheel"


def test_ranges_that_make_no_sense_are_followed_by_the_whole_wheel(tmp_path: Path) -> None:
    made = ask(Fake(WHEEL, ranged=b"nonsense", whole=wheel("pkg", "1.0", "a"), folder=tmp_path))
    assert isinstance(made, Requirements)
    assert made.origin == "whole wheel"


def test_an_sdist_is_read_where_there_is_no_wheel(tmp_path: Path) -> None:
    made = ask(Fake(SDIST, whole=sdist("pkg", "1.0", "a"), folder=tmp_path))
    assert isinstance(made, Requirements)
    assert (made.requires, made.origin) == (("a",), "sdist")


def test_only_files_with_a_hash_of_the_pin_are_asked() -> None:
    right, wrong = Listed("pkg-1.0-py3-none-any.whl", hashes=(("sha256", "aa"),)), (("sha256", "bb"),)
    registry = Fake(right, Listed("pkg-1.0-cp311-cp311-linux_x86_64.whl", hashes=wrong), ranged=wheel("pkg", "1.0"))
    assert isinstance(ask(registry, PIN._replace(hashes=("sha256:AA",))), Requirements)
    assert "source pkg-1.0-py3-none-any.whl" in registry.asked
    assert ask(registry, PIN._replace(hashes=("sha256:cc",))) == (
        "the index lists no file of this version with a hash of the pin"
    )


def test_the_index_of_the_lock_is_asked() -> None:
    registry = Fake(WHEEL, ranged=wheel("pkg", "1.0"))
    ask(registry, PIN._replace(registry="https://index.example/simple"))
    assert registry.asked[0] == "PyPI pkg https://index.example/simple"


def test_a_package_from_a_url_is_not_looked_up_by_its_name() -> None:
    registry = Fake(WHEEL)
    assert ask(registry, PIN._replace(source="url")) == "it comes from a URL, not from an index"
    assert registry.asked == []


def test_an_absent_project_is_an_answer_and_an_outage_a_failure() -> None:
    absent = ask(Fake())
    assert absent == "pkg is not there"
    assert not isinstance(absent, Failed)
    assert isinstance(ask(Fake(WHEEL, ranged=IndexDownError("down"))), Failed)
    assert isinstance(ask(Fake(SDIST, whole=IndexDownError("down"))), Failed)


def test_a_wheel_by_ranges_costs_little() -> None:
    import os

    from depscan.resolution.archive import of_wheel
    from tests.unit.artifacts.builders import zip_of

    big = {f"pkg/{i}.bin": os.urandom(20_000) for i in range(300)}
    source = Ranged(zip_of({**big, "pkg-1.0.dist-info/METADATA": metadata("pkg", "1.0", "a")}, stored=True))
    assert isinstance(of_wheel(PIN, source, "w", "ranged wheel"), Requirements)
    assert source.asked < source.size * 0.02


def test_a_registry_completes_the_graph_of_files(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pkg==1.0\na==2\n")
    registry = cast("Registry", Fake(WHEEL, ranged=wheel("pkg", "1.0", "a")))
    made = read_completed_graph([str(tmp_path / "requirements.txt")], GraphOptions(), registry=registry)
    assert made.completion is not None
    assert made.completion.origins == {"pkg:pypi/pkg@1.0": "ranged wheel"}
    assert "index lists no file of this version" in made.completion.unknown["pkg:pypi/a@2"]


@pytest.mark.parametrize(
    ("newer", "told"),
    [
        (Listed("pkg-2.0.tar.gz", "2.0"), True),
        (Listed("pkg-2.0-cp311-cp311-win_amd64.whl", "2.0"), True),
        (Listed("pkg-2.0-py3-none-any.whl", "2.0"), False),
        (Listed("pkg-2.0.tar.gz", "2.0", yanked=""), False),
        (Listed("pkg-2.0rc1.tar.gz", "2.0rc1"), False),
        (Listed("pkg-0.9.tar.gz", "0.9"), False),
    ],
)
def test_a_newer_release_without_a_wheel_for_the_target_is_told(newer: Listed, told: bool) -> None:  # noqa: FBT001
    document = parse(SourceFile("pins.txt", b"pkg==1.0\n"))
    found = list(newer_without_wheel(document, Fake(WHEEL, newer), LINUX))
    assert found == (["pkg 1.0 was taken, 2.0 has no wheel for Python 3.11 on linux_x86_64"] if told else [])
