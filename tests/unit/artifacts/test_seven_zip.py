"""7z archives are listed and unpacked; what only some of their readers see is told."""

from __future__ import annotations

import bz2
import lzma
import random
import struct
import zlib

import pytest

from depscan.artifacts.artifact import Artifact
from depscan.artifacts.members import source_of
from depscan.artifacts.open import oddities_of, open_bytes
from depscan.artifacts.source import cut

CONTENT = {"a.pkl": b"\x80\x04}.", "empty": b"", "folder/b.bin": bytes(range(256)) * 40}
LZMA2 = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}
LZMA1 = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
SET_LZMA1 = b"\x5d" + struct.pack("<I", 1 << 16)


def number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else b"\xff" + struct.pack("<Q", value)


def coder(method: bytes, properties: bytes = b"") -> bytes:
    flags = len(method) | (0x20 if properties else 0)
    return bytes([flags]) + method + (number(len(properties)) + properties if properties else b"")


def streams(start: int, packed: int, size: int, coders: list[bytes], parts: list[bytes] | None = None) -> bytes:
    """Return the part of a header that states one folder; ``coders`` last first, as 7-Zip writes them."""
    text = b"\x06" + number(start) + b"\x01\x09" + number(packed) + b"\0"
    bound = b"".join(number(at) + number(at + 1) for at in range(len(coders) - 1))
    text += b"\x07\x0b\x01\0" + number(len(coders)) + b"".join(coders) + bound
    text += b"\x0c" + number(size) * len(coders) + b"\0"
    if parts is not None:
        sizes = b"".join(number(len(part)) for part in parts[:-1])
        checks = b"".join(struct.pack("<I", zlib.crc32(part)) for part in parts)
        text += b"\x08\x0d" + number(len(parts)) + b"\x09" + sizes + b"\x0a\x01" + checks + b"\0"
    return text + b"\0"


def seven(
    packed: bytes, coders: list[bytes], content: dict[str, bytes] = CONTENT, *, encoded: bool = False, mode: int = 0
) -> bytes:
    """Return an archive of one folder."""
    parts = [data for data in content.values() if data]
    names = b"\0" + "".join(f"{name}\0" for name in content).encode("utf-16-le")
    bits = sum(0x80 >> at for at, data in enumerate(content.values()) if not data)
    files = number(len(content)) + b"\x0e\x01" + bytes([bits]) + b"\x0f\x01\x80"
    files += b"\x11" + number(len(names)) + names
    if mode:
        values = b"\x01\0" + struct.pack("<I", 0x8000 | mode << 16) * len(content)
        files += b"\x15" + number(len(values)) + values
    head = b"\x01\x04" + streams(0, len(packed), sum(map(len, parts)), coders, parts) + b"\x05" + files + b"\0\0"
    if encoded:
        squeezed = lzma.compress(head, lzma.FORMAT_RAW, filters=[LZMA1])
        at, packed = len(packed), packed + squeezed
        head = b"\x17" + streams(at, len(squeezed), len(head), [coder(b"\3\1\1", SET_LZMA1)])
    return signed(packed, head)


def signed(packed: bytes, head: bytes, *, offset: int | None = None, behind: bytes = b"") -> bytes:
    start = struct.pack("<QQI", len(packed) if offset is None else offset, len(head), zlib.crc32(head))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + head + behind


def read(artifact: Artifact) -> dict[str, bytes]:
    return {m.path: source_of(m).at(0, m.size) for m in artifact.members}


def cases(artifact: Artifact) -> list[str]:
    return [oddity.case or oddity.kind for oddity in oddities_of(artifact)]


WHOLE = b"".join(CONTENT.values())


def deflated(data: bytes) -> bytes:
    tool = zlib.compressobj(9, zlib.DEFLATED, -15)
    return tool.compress(data) + tool.flush()


def delta(data: bytes) -> bytes:
    return bytes((byte - (data[at - 1] if at else 0)) & 0xFF for at, byte in enumerate(data))


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize(
    ("packed", "coders"),
    [
        (WHOLE, [coder(b"\0")]),
        (lzma.compress(WHOLE, lzma.FORMAT_RAW, filters=[LZMA2]), [coder(b"\x21", b"\x10")]),
        (lzma.compress(WHOLE, lzma.FORMAT_RAW, filters=[LZMA1]), [coder(b"\3\1\1", SET_LZMA1)]),
        (deflated(WHOLE), [coder(b"\4\1\x08")]),
        (bz2.compress(WHOLE), [coder(b"\4\2\2")]),
        (lzma.compress(delta(WHOLE), lzma.FORMAT_RAW, filters=[LZMA2]), [coder(b"\3", b"\0"), coder(b"\x21", b"\x10")]),
        (
            lzma.compress(WHOLE, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_X86}, LZMA1]),
            [coder(b"\3\3\1\3"), coder(b"\3\1\1", SET_LZMA1)],
        ),
    ],
)
def test_every_coder_gives_the_content_back(packed: bytes, coders: list[bytes], *, encoded: bool) -> None:
    artifact = open_bytes(seven(packed, coders, encoded=encoded), "m.7z")
    assert read(artifact) == CONTENT
    assert cases(artifact) == []


@pytest.mark.parametrize("method", [b"\x06\xf1\x07\x01", b"\3\4\1", b"\3\3\1\x1b", b"\x7f\x7f"])
def test_a_coder_that_is_not_known_is_unreadable(method: bytes) -> None:
    artifact = open_bytes(seven(WHOLE, [coder(method)]), "m.7z")
    assert cases(artifact) == ["unreadable"]
    assert all(cut(source_of(m)) for m in artifact.members if m.size)


def test_a_start_whose_checksum_is_wrong_is_told_and_read() -> None:
    data = bytearray(seven(WHOLE, [coder(b"\0")]))
    data[8] ^= 1
    artifact = open_bytes(bytes(data), "m.7z")
    assert cases(artifact) == ["checksum"]
    assert read(artifact) == CONTENT


def test_a_header_behind_the_end_is_cut_short_and_its_bytes_are_a_member() -> None:
    artifact = open_bytes(signed(b"\x80\x04}.", b"\x01\0", offset=1 << 40), "m.7z")
    assert cases(artifact) == ["no-end"]
    assert [m.size for m in artifact.members] == [6]


def test_packed_bytes_that_no_file_is_made_of_are_told_and_read() -> None:
    artifact = open_bytes(signed(b"\x80\x04}.", b""), "m.7z")
    assert cases(artifact) == ["unlisted"]
    assert list(read(artifact).values()) == [b"\x80\x04}."]


def test_bytes_behind_the_archive_are_told_and_read() -> None:
    artifact = open_bytes(signed(b"", b"", behind=b"\x80\x04}."), "m.7z")
    assert cases(artifact) == ["suffix"]
    assert list(read(artifact).values()) == [b"\x80\x04}."]


def test_content_with_another_checksum_is_told() -> None:
    packed = lzma.compress(WHOLE.replace(b"}", b"]"), lzma.FORMAT_RAW, filters=[LZMA2])
    artifact = open_bytes(seven(packed, [coder(b"\x21", b"\x10")]), "m.7z")
    read(artifact)
    assert "checksum-mismatch" in cases(artifact)


def test_links_and_paths_that_leave_are_told() -> None:
    linked = open_bytes(seven(b"/etc", [coder(b"\0")], {"a": b"/etc"}, mode=0o120777), "m.7z")
    assert cases(linked) == ["link"]
    assert cases(open_bytes(seven(b"x", [coder(b"\0")], {"../a": b"x"}), "m.7z")) == ["traversal"]


def test_any_damage_is_told_and_nothing_raises() -> None:
    dice = random.Random(7)
    whole = seven(lzma.compress(WHOLE, lzma.FORMAT_RAW, filters=[LZMA2]), [coder(b"\x21", b"\x10")])
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(12, len(data))] = dice.choice((0, 1, 0x7F, 0xFF, dice.randrange(256)))
        artifact = open_bytes(bytes(data[: dice.choice((len(data), dice.randrange(len(data))))]), "m.7z")
        assert sum(map(len, read(artifact).values())) < 1 << 22
