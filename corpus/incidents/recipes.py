"""Content made from a recipe: filler of a given size, layers of encoding, and the shells of binary files.

Why: the twins of incidents are committed as text that can be read. What was opaque in the incident (base64 in base64,
sound files with a program in them, bundles of many megabytes) is computed here from the readable text, so the
repository holds no blob.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable

Recipe = dict[str, object]
"""``text``, ``layers``, ``wrap``, ``fill``, ``size``, ``chunk``; see README.md."""


def content(recipe: Recipe) -> bytes:
    """Return the bytes a recipe describes; the same recipe gives the same bytes.

    Raises:
        KeyError: an unknown layer, wrap or filler.
    """
    data = str(recipe.get("text", "")).encode()
    for layer in _words(recipe.get("layers")):
        name, _, argument = layer.partition(":")
        data = _LAYERS[name](data, argument)
    if recipe.get("fill"):
        data = _filled(data, str(recipe["fill"]), int(str(recipe["size"])))
    if recipe.get("wrap"):
        data = _WRAPS[str(recipe["wrap"])](data)
    return data


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _xor(data: bytes, key: str) -> bytes:
    keys = key.encode()
    return bytes(byte ^ keys[i % len(keys)] for i, byte in enumerate(data))


def _rot(data: bytes, by: str) -> bytes:
    step = int(by)
    return bytes(_turn(_turn(byte, step, ord("a")), step, ord("A")) for byte in data)


def _turn(byte: int, step: int, first: int) -> int:
    return (byte - first + step) % 26 + first if first <= byte < first + 26 else byte


_LAYERS: dict[str, Callable[[bytes, str], bytes]] = {
    "base64": lambda data, _: base64.b64encode(data),
    "hex": lambda data, _: data.hex().encode(),
    "gzip": lambda data, _: gzip.compress(data, mtime=0),
    "xor": _xor,
    "rot": _rot,
    "codes": lambda data, _: b",".join(str(byte).encode() for byte in data),
    "js-hex": lambda data, _: b"".join(f"\\x{byte:02x}".encode() for byte in data),
}


def _filled(data: bytes, kind: str, size: int) -> bytes:
    """Return ``data`` in the middle of filler, about ``size`` bytes in all."""
    room = max(size - len(data), 0)
    piece = _FILLERS[kind]
    made, used, number = [], 0, 0
    while used < room:
        made.append(piece(number))
        used += len(made[-1])
        number += 1
    half = len(made) // 2
    return b"".join((*made[:half], data, *made[half:]))


_FILLERS: dict[str, Callable[[int], bytes]] = {
    "one-line-js": lambda n: f"var _0x{n:06x}=function(_0xa){{return _0xa+0x{n:x};}};".encode(),
    "js-bundle": lambda n: (
        f"// module {n}\n__modules[{n}] = function (exports) {{\n  exports.add = function (value) {{\n"
        f"    return value + {n};\n  }};\n}};\n"
    ).encode(),
    "noise": lambda n: hashlib.sha256(n.to_bytes(8, "little")).digest(),
}


def _elf(data: bytes) -> bytes:
    """Return the header of a 64-bit ELF file for x86-64 without a single segment, and the data after it."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00\x01\x00\x00\x00" + bytes(40) + data


def _pe(data: bytes) -> bytes:
    """Return the two headers of a PE file without a single section, and the data after them."""
    return b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86\x00\x00" + bytes(16) + data


def _wav(data: bytes) -> bytes:
    """Return 8-bit mono sound whose samples are the data."""
    form = b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"
    body = b"WAVE" + form + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _torch(data: bytes) -> bytes:
    """Return a model file as torch.save lays it out: a zip with the pickle in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("model/data.pkl"), data)
        archive.writestr(zipfile.ZipInfo("model/version"), b"3\n")
    return held.getvalue()


_WRAPS: dict[str, Callable[[bytes], bytes]] = {"elf": _elf, "pe": _pe, "wav": _wav, "torch": _torch}
