"""bun.lockb: the binary layout is read within its bounds."""

from __future__ import annotations

import base64
import struct
from typing import NamedTuple

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript.bun_lockb import parse
from depscan.text.source import SourceFile

MAGIC = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"


class Row(NamedTuple):
    """One package: kind as bun numbers it, its version or the texts of its address, its requests."""

    name: str
    kind: int = 2
    version: tuple[int, int, int] = (0, 0, 0)
    pre: str = ""
    texts: tuple[str, ...] = ()
    wants: tuple[tuple[str, str, int, int], ...] = ()
    """Name, range, behaviour bits, number of the package that answers."""
    digest: bytes = b""


def build(rows: list[Row], version: int = 2) -> bytes:
    """Return the bytes of a lockfile with these packages, field by field as bun lays them out."""
    pool = bytearray()

    def text(value: str) -> bytes:
        raw = value.encode()
        if len(raw) <= 8:
            return raw.ljust(8, b"\0")
        pool.extend(raw)
        return struct.pack("<II", len(pool) - len(raw), len(raw) | 0x80000000)

    number = "<3Q" if version == 3 else "<3I4x"
    size = 72 if version == 3 else 64
    names = b"".join(text(r.name) for r in rows)
    resolutions = b""
    for r in rows:
        address = b"".join(text(t) for t in r.texts)
        if r.kind == 2:
            address = address.ljust(8, b"\0") + struct.pack(number, *r.version) + text(r.pre)
        resolutions += (bytes([r.kind]) + bytes(7) + address).ljust(size, b"\0")
    slices, targets, dependencies = b"", b"", b""
    for r in rows:
        slices += struct.pack("<II", len(targets) // 4, len(r.wants))
        for name, wanted, bits, target in r.wants:
            targets += struct.pack("<I", target)
            dependencies += text(name) + bytes(8) + bytes([bits, 1]) + text(wanted)
    metas = b"".join((bytes(20) + (b"\4" + r.digest if r.digest else b"")).ljust(88, b"\0") for r in rows)
    columns = names + bytes(8 * len(rows)) + resolutions + slices + slices + metas
    begin = len(MAGIC) + 44 + 40
    head = MAGIC + struct.pack("<I32xQ", version, 0) + struct.pack("<5Q", len(rows), 8, 6, begin, begin + len(columns))
    made = head + columns
    for data in (b"", b"", targets, dependencies, b"", bytes(pool)):
        start = len(made) + 16
        made += struct.pack("<2Q", start, start + len(data)) + data
    return made[: len(MAGIC) + 36] + struct.pack("<Q", len(made)) + made[len(MAGIC) + 44 :]


SHOP = [
    Row("shop-agent", kind=1, wants=(("left", "^1.0.0", 2, 1),)),
    Row(
        "@team/left-with-a-long-name",
        version=(1, 2, 0),
        pre="beta.1",
        texts=("https://index.example/@team/left-with-a-long-name/-/left-1.2.0.tgz",),
        wants=(("wide", "^5.0.0", 2, 2), ("tool", "team/tool", 4, 3), ("absent", "*", 16, 0xFFFFFFFF)),
        digest=base64.b64decode("QUFB" * 21 + "QQ=="),
    ),
    Row("wide", version=(5, 0, 1), texts=("https://index.example/wide/-/wide-5.0.1.tgz",)),
    Row("tool", kind=16, texts=("team", "tool", "main", "team-tool-0123456789abcdef0123456789abcdef01234567")),
    Row("member", kind=72, texts=("packages/member",)),
]


@pytest.mark.parametrize("version", [2, 3])
def test_names_versions_hashes_and_edges_are_read(version: int) -> None:
    document = parse(SourceFile("bun.lockb", build(SHOP, version)))
    left = document.nodes["pkg:npm/%40team/left-with-a-long-name@1.2.0-beta.1"]
    assert left.registry == "https://index.example/"
    assert left.hashes[0].startswith("sha512-QUFB")
    assert [(e.child, e.label, e.requested) for e in document.edges] == [
        ("pkg:npm/wide@5.0.1", "prod", "^5.0.0"),
        ("pkg:npm/tool", "optional", "team/tool"),
    ]


def test_a_github_package_has_its_commit() -> None:
    tool = parse(SourceFile("bun.lockb", build(SHOP))).nodes["pkg:npm/tool"]
    assert (tool.source, tool.commit) == ("git", "0123456789abcdef0123456789abcdef01234567")


def test_a_workspace_member_and_the_project_are_local() -> None:
    document = parse(SourceFile("bun.lockb", build(SHOP)))
    assert [p.name for p in document.nodes.values() if p.source == "local"] == ["shop-agent", "member"]


def test_every_cut_is_reported() -> None:
    data = build(SHOP)
    for end in range(len(data)):
        with pytest.raises(InputError):
            parse(SourceFile("bun.lockb", data[:end]))


def test_an_unknown_format_version_is_named() -> None:
    with pytest.raises(InputError, match="format version 9"):
        parse(SourceFile("bun.lockb", MAGIC + b"\x09" + build(SHOP)[len(MAGIC) + 1 :]))


def test_a_count_that_does_not_fit_the_file_is_refused_before_anything_is_read() -> None:
    data = bytearray(build(SHOP))
    data[len(MAGIC) + 44 : len(MAGIC) + 52] = b"\xff" * 8
    with pytest.raises(InputError, match="do not fit"):
        parse(SourceFile("bun.lockb", bytes(data)))
