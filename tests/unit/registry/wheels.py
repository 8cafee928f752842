"""Wheels for tests of the index client: small ones, ones with many members, and a sparse one of any size."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Mapping

from depscan.registry.records import Budget
from depscan.registry.registry import Registry
from depscan.registry.settings import Index, Settings

LOCAL = struct.Struct("<4s2B4HL2L2H")
CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
END = struct.Struct("<4s4H2LH")


def metadata_of(name: str, version: str, requires: tuple[str, ...] = ()) -> bytes:
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {one}" for one in requires), "", ""]).encode()


def wheel(
    folder: str,
    name: str,
    version: str = "1.0",
    *,
    requires: tuple[str, ...] = (),
    files: Mapping[str, bytes] | None = None,
    beside: bool = False,
) -> str:
    """Write a wheel, with its core metadata beside it if asked for; returns its path."""
    info = f"{name}-{version}.dist-info"
    path = os.path.join(folder, f"{name}-{version}-py3-none-any.whl")
    metadata = metadata_of(name, version, requires)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in (files or {f"{name}/__init__.py": b"VALUE = 1\n"}).items():
            archive.writestr(member, data)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    if beside:
        with open(f"{path}.metadata", "wb") as stream:
            stream.write(metadata)
    return path


def sparse_wheel(folder: str, name: str, size: int) -> str:
    """Write a wheel with one native file of ``size`` zero bytes that takes no room on disk."""
    path = os.path.join(folder, f"{name}-1.0-cp311-cp311-linux_x86_64.whl")
    info = f"{name}-1.0.dist-info"
    members = [
        (f"{name}/__init__.py", b"from . import _C\n"),
        (f"{name}/_C.so", None),
        (f"{info}/METADATA", metadata_of(name, "1.0", ("numpy>=2",))),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n"),
        (f"{info}/RECORD", b""),
    ]
    with open(path, "wb") as stream:
        rows = []
        for member, data in members:
            crc, length = (zlib.crc32(data), len(data)) if data is not None else (0, size)
            at, raw = stream.tell(), member.encode()
            stream.write(
                LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, 0, 33, crc, length, length, len(raw), 0) + raw + (data or b"")
            )
            if data is None:
                stream.seek(size, os.SEEK_CUR)
            fixed = CENTRAL.pack(
                b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, crc, length, length, len(raw), 0, 0, 0, 0, 0o644 << 16, at
            )
            rows.append(fixed + raw)
        begin, directory = stream.tell(), b"".join(rows)
        stream.write(directory + END.pack(b"PK\x05\x06", 0, 0, len(rows), len(rows), len(directory), begin, 0))
    return path


QUICK = Budget(
    total=64 << 20, page=1 << 20, file=16 << 20, seconds=30, answer=15, idle=10, attempts=3, sleep=lambda _: None
)
"""Limits for tests; no wait between attempts."""
HASTY = QUICK._replace(seconds=2, answer=1, idle=1)
"""Limits at which a slow server is one that fails."""


def registry(url: str, cache: object, budget: Budget = QUICK, *, offline: bool = False, npm: str = "") -> Registry:
    """Return a client of one index."""
    settings = Settings((Index(url, "test"),) if url else (), (("", Index(npm, "test")),) if npm else (), notes=())
    return Registry(settings, offline=offline, budget=budget, cache=str(cache))
