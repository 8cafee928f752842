"""A wheel that is far away: what can run is transferred, the rest is told by its names, nothing hides between."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterable

import pytest

from depscan.artifacts.artifact import Artifact
from depscan.artifacts.far import assumed, is_needed, open_far
from depscan.artifacts.open import oddities_of
from depscan.artifacts.source import BytesSource
from depscan.artifacts.surface import surface

NOISE = random.Random(5)
INFO = {
    "pack-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pack\nVersion: 1.0\n",
    "pack-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\n",
    "pack-1.0.dist-info/RECORD": b"",
}
ELF = b"\x7fELF\2\1\1" + bytes(9) + b"\3\0"


class Far(BytesSource):
    """A source that writes down what is asked of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.asked: set[int] = set()
        self.spans: list[tuple[int, int]] = []

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans = list(spans)

    def is_expected(self, start: int, length: int) -> bool:
        return any(first <= start and start + length <= stop for first, stop in self.spans)

    def at(self, start: int, length: int) -> bytes:
        data = super().at(start, length)
        self.asked.update(range(start, start + len(data)))
        return data


def packed(files: dict[str, bytes], *, infos: dict[str, bytes] | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {**files, **(INFO if infos is None else infos)}.items():
            archive.writestr(name, data)
    return made.getvalue()


def opened(data: bytes) -> tuple[Artifact, Far]:
    source = Far(data)
    artifact = open_far(source, "pack-1.0-cp311-cp311-linux_x86_64.whl")
    assert artifact is not None
    return artifact, source


BIG = NOISE.randbytes(1 << 18)
WHEEL = {
    "pack/__init__.py": b"from . import _core\n",
    "pack/_core.cpython-311-x86_64-linux-gnu.so": ELF + BIG,
    "pack/data/table.dat": BIG,
    "pack/data/photo.png": BIG,
    "pack-1.0.data/scripts/run": b"#!/bin/sh\necho\n",
    "start.pth": b"import pack\n",
}


def test_only_what_can_run_is_transferred() -> None:
    artifact, source = opened(packed(WHEEL))
    runs = {(e.path, e.when, e.language) for e in surface(artifact).entries}
    assert len(source.asked) < 8000
    assert (artifact.package, artifact.version, artifact.kind, artifact.oddities) == ("pack", "1.0", "wheel", ())
    assert runs == {
        ("pack/__init__.py", "import", "python"),
        ("pack/_core.cpython-311-x86_64-linux-gnu.so", "import", "native"),
        ("pack-1.0.data/scripts/run", "call", "shell"),
        ("start.pth", "startup", "pth"),
    }
    told = {member.path for member in assumed(artifact)}
    assert told == {"pack/_core.cpython-311-x86_64-linux-gnu.so", "pack/data/table.dat", "pack/data/photo.png"}


@pytest.mark.parametrize("name", ["x.so", "x.so.3", "x.pyd", "x.dll", "x.exe", "x.dylib", "libx.a"])
def test_a_native_file_is_one_by_its_name(name: str) -> None:
    artifact, _ = opened(packed({**WHEEL, f"pack/{name}": BIG}))
    assert (f"pack/{name}", "native") in {(e.path, e.language) for e in surface(artifact).entries}


def test_what_is_not_transferred_can_be_read_all_the_same() -> None:
    artifact, _ = opened(packed(WHEEL))
    held = {member.path: member.read() for member in artifact.members}
    assert held == {**WHEEL, **INFO}


def test_a_disguised_file_is_noticed_when_code_names_it() -> None:
    disguised = {**WHEEL, "pack/data/photo.png": ELF + BIG}
    assert opened(packed(disguised))[0].oddities == ()
    code = b"import subprocess\nsubprocess.run(['./data/photo.png'])\n"
    artifact, source = opened(packed({**disguised, "pack/__init__.py": code}))
    assert [(o.kind, o.path) for o in artifact.oddities] == [("disguised", "pack/data/photo.png")]
    assert len(source.asked) < 12_000


def test_of_a_file_without_a_suffix_the_head_tells_what_it_is() -> None:
    artifact, source = opened(packed({**WHEEL, "pack/helper": ELF + BIG}))
    assert ("pack/helper", "native") in {(e.path, e.language) for e in surface(artifact).entries}
    assert len(source.asked) < 12_000


def test_a_wheel_that_is_mostly_code_is_not_read_by_pieces() -> None:
    assert open_far(Far(packed({"pack/__init__.py": b"# " + b"x" * 100_000})), "pack-1.0-py3-none-any.whl") is None


@pytest.mark.parametrize("data", [b"", b"PK", packed(WHEEL)[:-1], packed(WHEEL) + b"x", b"\0" * 100])
def test_without_a_plain_end_it_is_not_read_by_pieces(data: bytes) -> None:
    assert open_far(Far(data), "pack-1.0-py3-none-any.whl") is None


def test_a_member_that_the_directory_does_not_list_is_found_and_read() -> None:
    secret = b"import os\nos.system('true')\n"
    name = b"pack/hidden.py"
    header = struct.pack("<4s2B4HL2L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 33, 0, len(secret), len(secret), len(name), 0)
    whole = packed(WHEEL)
    end = whole.rindex(b"PK\x05\x06")
    begin = int.from_bytes(whole[end + 16 : end + 20], "little")
    block = header + name + secret
    moved = whole[: end + 16] + (begin + len(block)).to_bytes(4, "little") + whole[end + 20 :]
    artifact, _ = opened(moved[:begin] + block + moved[begin:])
    assert "members that the directory does not list" in {o.detail for o in artifact.oddities}
    assert next(m for m in artifact.members if m.path == "pack/hidden.py").read() == secret


def test_a_header_that_contradicts_the_directory_is_odd_where_the_member_is_read() -> None:
    data = packed(WHEEL)
    at = data.index(b"pack/__init__.py")
    artifact, _ = opened(data[:at] + b"pack/__evil__.py" + data[at + 16 :])
    assert [o.kind for o in oddities_of(artifact)] == ["broken"]


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("a/x.json.gz", False), ("a/x.tar.gz", True),
        ("a/x.py", True), ("a/x.pth", True), ("a.start", True), ("a/run.sh", True), ("a/tool", True),
        ("a/x.zip", True), ("a-1.dist-info/RECORD", True), ("a-1.data/scripts/x.dat", True), ("a/Makefile", True),
        ("a/.mcp.json", True), ("a/x.pyc", True), ("a/x.so", False), ("a/libx.so.1.2", False), ("a/x.pyd", False),
        ("a/x.dat", False), ("a/x.png", False), ("a/x.js", False), ("a/x.json", False), ("a/x.pyi", False),
    ],
)  # fmt: skip
def test_a_name_says_what_is_needed(path: str, *, needed: bool) -> None:
    assert is_needed(path) == needed
