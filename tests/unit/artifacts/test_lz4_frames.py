"""LZ4 frames are unpacked in plain Python, within the budget of what is slow."""

from __future__ import annotations

import struct

import pytest

from depscan.artifacts.lz4 import Lz4Frame
from depscan.artifacts.members import source_of
from depscan.artifacts.open import oddities_of, open_bytes

# Literals "abcdef", a copy of 8 bytes from 3 back (it overlaps itself), the last literals "xyz12".
BLOCK = b"\x64abcdef\x03\x00\x50xyz12"
PLAIN = b"abcdef" + b"defdefde" + b"xyz12"


def frame(blocks: list[bytes], *, flags: int = 0x60, more: bytes = b"", sizes: int = 0x40) -> bytes:
    tail = b"\0" * 4 if flags & 0x10 else b""
    body = b"".join(struct.pack("<I", len(block)) + block + tail for block in blocks)
    end = b"\0" * 8 if flags & 4 else b"\0" * 4
    return b"\x04\x22\x4d\x18" + bytes([flags, sizes]) + more + b"\0" + body + end


def unpack(data: bytes, step: int) -> bytes:
    tool = Lz4Frame()
    out = b""
    for at in range(0, len(data), step):
        out += tool.decompress(data[at : at + step], 1 << 20)
    assert tool.eof
    return out


@pytest.mark.parametrize("step", [1, 5, 1000])
@pytest.mark.parametrize(
    "data",
    [
        frame([BLOCK]),
        frame([BLOCK], flags=0x74),
        frame([BLOCK], flags=0x68, more=bytes(8)),
        frame([BLOCK], flags=0x40, sizes=0x70),
    ],
)
def test_a_frame_unpacks_in_pieces_of_any_size(data: bytes, step: int) -> None:
    assert unpack(data, step) == PLAIN


def test_linked_blocks_copy_from_the_one_before() -> None:
    following = b"\x00\x05\x00\x10!"  # four bytes from 5 back: "xyz1"; then a literal
    assert unpack(frame([BLOCK, following], flags=0x40), 1000) == PLAIN + b"xyz1!"
    with pytest.raises(ValueError, match="damaged"):
        unpack(frame([BLOCK, following], flags=0x60), 1000)


def test_a_long_run_is_counted_by_bytes_of_255() -> None:
    block = b"\x1fa\x01\x00" + b"\xff" * 10 + b"\x00" + b"\x50bbbbb"
    assert unpack(frame([block]), 1000) == b"a" * (1 + 4 + 15 + 2550) + b"bbbbb"


@pytest.mark.parametrize("block", [b"\x64abc", b"\x00\x00\x00", b"\x10a\x09\x00", b"\x1fa\x01\x00" + b"\xff" * 9000])
def test_damage_is_told(block: bytes) -> None:
    artifact = open_bytes(frame([block]), "a.lz4")
    assert [o.kind for o in artifact.oddities] == ["broken"]


def test_a_packed_pickle_is_a_member_and_what_is_too_long_is_a_gap() -> None:
    artifact = open_bytes(frame([struct.pack("<B", 0x40) + b"\x80\x04}."]), "a.joblib.lz4")
    member = artifact.members[0]
    assert source_of(member).at(0, member.size) == b"\x80\x04}."
    text = b"the quick brown fox "
    run = b"\xff\x05" + text + b"\x14\x00" + b"\xff" * 16_000 + b"\x00" + b"\x50bbbbb"
    long = open_bytes(frame([run] * 18, sizes=0x70), "b.lz4")
    assert "budget" in {o.kind for o in oddities_of(long)}
