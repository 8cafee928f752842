"""What two readers of one zip could see differently has a case of its own, and honest archives have none."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from depscan.artifacts.artifact import Artifact
from depscan.artifacts.members import source_of
from depscan.artifacts.open import oddities_of, open_bytes
from tests.unit.artifacts.builders import zip_of, zip_pairs

PICKLE = b"\x80\x04}\x94."
CALL = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
FILES = {"m/data.pkl": PICKLE, "m/data/0": bytes(16), "m/version": b"3\n"}
ZIP = zip_of(FILES, stored=True)


def cases(data: bytes, name: str = "model.pt") -> set[str]:
    artifact = open_bytes(data, name)
    for member in artifact.members:
        member.read()
    return {o.case or o.kind for o in oddities_of(artifact)}


def contents(artifact: Artifact) -> dict[str, bytes]:
    return {m.path: m.read() for m in artifact.members}


def central(data: bytes, number: int = 0) -> int:
    at = data.index(b"PK\1\2")
    for _ in range(number):
        at = data.index(b"PK\1\2", at + 4)
    return at


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def streamed(files: dict[str, bytes]) -> bytes:
    """Return an archive as written to a pipe: sizes stand behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.held = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.held += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return bytes(pipe.held)


def forced_zip64(files: dict[str, bytes]) -> bytes:
    """Return an archive as numpy.savez writes it: room for large sizes in every member's own header."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    return stream.getvalue()


def like_torch(data: bytes) -> bytes:
    """Return an archive with the zip64 records that torch writes whether they are needed or not."""
    at = len(data) - 22
    _, _, _, _, count, size, offset, _ = struct.unpack("<4s4H2LH", data[at:])
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 0x31E, 45, 0, 0, count, count, size, offset)
    return data[:at] + record + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + data[at:]


@pytest.mark.parametrize(
    "data",
    [ZIP, zip_of(FILES), streamed(FILES), forced_zip64(FILES), like_torch(ZIP), zip_of({}),
     zip_of({"a/": b"", "a/b": b"x"}),
     like_torch(zip_of({"m/inner.pt": like_torch(ZIP), "m/data.pkl": PICKLE}, stored=True))],
)  # fmt: skip
def test_honest_archives_have_no_case(data: bytes) -> None:
    assert cases(data) == set()


def test_a_member_that_is_only_called_encrypted_is_read() -> None:
    data = zip_of({"m/data.pkl": CALL, "m/version": b"3"})
    for at in (6, central(data) + 8):
        lie = patched(data, at, struct.pack("<H", data[at] | 1))
        assert cases(lie) == {"false-encryption"}
        found = open_bytes(lie, "model.pt")
        assert contents(found)["data.pkl"] == CALL
        assert source_of(found.members[0]).at(0, 99) == CALL


def test_a_wrong_checksum_hides_no_content() -> None:
    data = patched(zip_of({"m/data.pkl": CALL, "m/version": b"3"}), 14, b"\1\2\3\4")
    data = patched(data, central(data) + 16, b"\1\2\3\4")
    found = open_bytes(data, "model.pt")
    assert source_of(found.members[0]).at(0, 99) == CALL
    assert {o.case for o in oddities_of(found)} == {"checksum"}
    assert contents(found)["data.pkl"] == CALL


def one_more(data: bytes) -> bytes:
    """Return an archive whose directory has one member less than the file."""
    first, second = central(data), central(data, 1)
    short = data[:first] + data[second:]
    end = len(short) - 22
    size = struct.unpack_from("<L", short, end + 12)[0] - (second - first)
    return patched(short, end + 8, struct.pack("<HHL", 2, 2, size))


@pytest.mark.parametrize(
    ("change", "case"),
    [
        (lambda data: patched(data, 30, b"n"), "name-mismatch"),
        (lambda data: patched(data, 8, b"\x08"), "method-mismatch"),
        (lambda data: patched(data, 18, b"\x01"), "size-mismatch"),
        (lambda data: patched(data, 22, b"\x01"), "size-mismatch"),
        (lambda data: patched(data, 14, b"\1\2\3\4"), "checksum-mismatch"),
        (lambda data: patched(data, len(data) - 14, b"\x04"), "count"),
        (lambda data: patched(data, len(data) - 14, b"\x04\0\x04"), "count"),
        (lambda data: patched(data, central(data) + 42, b"\x07"), "no-member"),
        (lambda data: data + b"behind", "suffix"),
        (lambda data: b"PK\3\4" + bytes(40) + data, "prefix"),
        (lambda data: data[:-30], "no-end"),
        (one_more, "unlisted"),
        (lambda data: patched(like_torch(data), len(data) - 22 + 48, b"\x01"), "two-directories"),
        (lambda data: patched(like_torch(data), len(data) - 22 + 56 + 8, b"\x01"), "two-directories"),
        (lambda data: patched(like_torch(data), len(data) - 22, b"XX"), "zip64-lost"),
        (lambda data: data[:-2] + struct.pack("<H", len(data)) + data, "two-ends"),
    ],
)
def test_every_contradiction_has_its_case(change: Callable[[bytes], bytes], case: str) -> None:
    assert case in cases(change(ZIP))


def test_a_second_name_for_readers_of_unicode_is_told() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("m/readme.txt")
        other = b"m/data.pkl"
        info.extra = struct.pack("<HHBL", 0x7075, 5 + len(other), 1, 0) + other
        archive.writestr(info, CALL)
    assert "name-mismatch" in cases(stream.getvalue())


def test_a_pickle_with_an_archive_behind_it_is_both() -> None:
    found = open_bytes(PICKLE + ZIP, "model.pt")
    assert [(m.path, m.container) for m in found.members] == [
        ("model.pt", ()),
        ("data.pkl", ("model.pt",)),
        ("data/0", ("model.pt",)),
        ("version", ("model.pt",)),
    ]
    assert source_of(found.members[0]).at(0, len(PICKLE)) == PICKLE
    assert {"polyglot", "prefix"} <= {o.case or o.kind for o in oddities_of(found)}


def test_an_archive_behind_a_pickle_is_found_inside_another_archive_too() -> None:
    both = PICKLE + bytes(500) + ZIP
    for stored in (True, False):
        assert "polyglot" in cases(zip_of({"m/model.bin": both, "m/b.txt": b"b"}, stored=stored))


def test_the_mark_of_an_end_record_alone_makes_no_archive() -> None:
    assert cases(bytes(range(256)) * 4 + b"PK\5\6" + bytes(18), "noise.bin") == set()


def test_two_members_of_one_name_are_both_read_unless_they_are_equal() -> None:
    twice = open_bytes(zip_pairs([("m/data.pkl", PICKLE), ("m/data.pkl", CALL)]), "model.pt")
    assert sorted(m.read() for m in twice.members) == sorted([PICKLE, CALL])
    assert {o.kind for o in oddities_of(twice)} == {"duplicate"}
    long = bytes(17 << 20)
    last = open_bytes(zip_pairs([("m/a", long + b"1"), ("m/a", long + b"2")], stored=True), "model.pt")
    assert {o.kind for o in oddities_of(last)} == {"duplicate"}


def test_names_that_lead_out_of_the_archive_are_told() -> None:
    assert cases(zip_of({**FILES, "../../x": b"1"})) == {"traversal"}
    assert cases(zip_of({**FILES, "/etc/x": b"1"})) == {"absolute"}
