"""Tell what bytes are by their first bytes, never by a name."""

from __future__ import annotations

import re

ARCHIVES = frozenset({"zip", "gzip", "bzip2", "xz", "zstd", "tar", "zlib", "lzma-alone", "zfile",
                      "7z", "lz4"})  # fmt: skip
CLOSED_ARCHIVES = frozenset({"rar", "cab"})
NATIVE = frozenset({"elf", "pe", "macho"})
MEDIA = frozenset({"png", "jpeg", "gif", "bmp", "webp", "tiff", "ico", "wav", "avi", "ogg", "mp3", "flac", "mp4",
                   "pdf", "font"})  # fmt: skip

HEAD = 512
"""Bytes that ``sniff`` looks at: enough for a tar header and nearly every PE header."""

_BLOCK = 512

_STARTS = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"),
    (b"MSCF\0\0\0\0", "cab"), (b"\x04\x22\x4d\x18", "lz4"),
    (b"ZF0x", "zfile"),
    (b"\x7fELF", "elf"), (b"\xfe\xed\xfa\xce", "macho"), (b"\xfe\xed\xfa\xcf", "macho"),
    (b"\xce\xfa\xed\xfe", "macho"), (b"\xcf\xfa\xed\xfe", "macho"), (b"\0asm", "wasm"),
    (b"!<arch>\n", "static-library"),
    (b"\x89PNG\r\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"\0\0\1\0", "ico"), (b"\0\0\2\0", "ico"), (b"OggS", "ogg"),
    (b"ID3", "mp3"), (b"\xff\xfb", "mp3"), (b"\xff\xf3", "mp3"), (b"fLaC", "flac"), (b"%PDF-", "pdf"),
    (b"\0\1\0\0\0", "font"), (b"OTTO", "font"), (b"wOFF", "font"), (b"wOF2", "font"), (b"ttcf", "font"),
    (b"\x93NUMPY", "numpy"), (b"SQLite format 3\0", "sqlite"), (b"\x89HDF\r\n", "hdf5"),
)  # fmt: skip
_BY_FIRST: dict[int, list[tuple[bytes, str]]] = {}
for _start, _kind in _STARTS:
    _BY_FIRST.setdefault(_start[0], []).append((_start, _kind))

_RIFF = {b"WAVE": "wav", b"WEBP": "webp", b"AVI ": "avi"}
_CONTROLS = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27} | {127})
_ELF = re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01").match
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PYC_MAJOR = frozenset({0x0B, 0x0C, 0x0D, 0x0E, 0xF2, 0xF3})
"""High byte of the magic number of Python 3.x (3000 to 3700) and 2.x; the other half of the word is CR LF."""


def sniff(head: bytes) -> str:
    """Return what content is: a format's name, ``text``, ``empty`` or ``binary``.

    Args:
        head: its first ``HEAD`` bytes, or all when it is shorter.
    """
    if not head:
        return "empty"
    for start, kind in _BY_FIRST.get(head[0], ()):
        if head.startswith(start):
            return kind
    kind = _by_structure(head)
    if kind:
        return kind
    if _is_masked(head):
        return "masked-program"
    if head[0] in b"x\x5d":
        from depscan.artifacts.bare import bare_stream

        kind = bare_stream(head)
        if kind:
            return kind
    return "text" if looks_text(head) else "binary"


def _is_masked(head: bytes) -> bool:
    """Whether one byte, xored over all, turns content into a program: its header must be whole, not only two bytes."""
    key = head[0] ^ 0x4D
    if key and len(head) >= 0x40 and head[1] ^ key == 0x5A:  # noqa: PLR2004 - MZ and a DOS header
        plain = head.translate(bytes(byte ^ key for byte in range(256)))
        return b"PE\0\0" in plain or b"DOS mode" in plain
    key = head[0] ^ 0x7F
    return bool(key) and head[1:2] == bytes((key ^ 0x45,)) and _ELF(bytes(byte ^ key for byte in head[:7])) is not None


def _by_structure(head: bytes) -> str:
    first = head[:4]
    if first[:2] == b"MZ" and _is_pe(head):
        return "pe"
    if first == b"\xca\xfe\xba\xbe":  # Mach-O for several processors, or a Java class (version 45 and more)
        return "macho" if int.from_bytes(head[4:8], "big") < 40 else "java-class"  # noqa: PLR2004
    if first == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "mp4"
    if first[:2] == b"BM" and b"\0" in head[4:14]:
        return "bmp"
    if first[2:4] == b"\r\n" and first[1] in _PYC_MAJOR:
        return "pyc"
    return "tar" if is_tar(head) else ""


def _is_pe(head: bytes) -> bool:
    at = int.from_bytes(head[0x3C:0x40], "little")
    return head[at : at + 4] == b"PE\0\0" if at + 4 <= len(head) else b"\0" in head[:64]


def is_tar(block: bytes) -> bool:
    """Return whether 512 bytes are a tar header: by the magic or, for the oldest format, by its checksum."""
    if len(block) < _BLOCK:
        return False
    return block[257:262] == b"ustar" or (block[148:154].strip(b" 01234567\0") == b"" and checksum_fits(block))


def checksum_fits(block: bytes) -> bool:
    """Return whether the checksum of a tar header is right, unsigned or (some old tools) signed."""
    try:
        stated = int(block[148:156].strip(b" \0").split(b"\0")[0] or b"0", 8)
    except ValueError:
        return False
    rest = block[:148] + block[156:512]
    total = 256 + sum(rest)
    return stated == total or stated == total - 256 * sum(b > 127 for b in rest)  # noqa: PLR2004 - signed bytes


def looks_text(head: bytes) -> bool:
    """Return whether bytes are text in any usual encoding: few control characters (1 in 20)."""
    if head.startswith(_BOMS):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls * 20 > len(head):
        return is_utf16(head)
    if head.isascii():
        return True
    try:
        head[:-3].decode() if len(head) >= HEAD else head.decode()
    except UnicodeDecodeError as error:
        # A character cut at the end is fine; otherwise Latin-1 or an East Asian encoding, mostly of printable ASCII.
        high = len(head.translate(None, bytes(range(128))))
        return error.start >= len(head) - 6 or (controls == 0 and high * 2 < len(head))
    return True


def is_utf16(head: bytes) -> bool:
    """Whether bytes are UTF-16 without a mark: every other byte of Western text is NUL."""
    even, odd = head[::2], head[1::2]
    most = len(odd) * 9
    return (odd.count(0) * 10 >= most and even.count(0) == 0) or (even.count(0) * 10 >= most and odd.count(0) == 0)
