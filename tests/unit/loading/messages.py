"""Writes protobuf messages for tests: fields of (number, value), and reads a file as the router does."""

from depscan.loading.file import File, file_of
from depscan.loading.route import read_file
from depscan.loading.steps import Report

Value = int | str | bytes


def varint(value: int) -> bytes:
    """Return a number as protobuf writes it."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def message(*fields: tuple[int, Value]) -> bytes:
    """Return a message: numbers become varints, texts and bytes spans."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def report_of(data: bytes, name: str, container: tuple[str, ...] = (), **beside: bytes) -> Report:
    """Return what reading a file gives, with the files beside it by their names (a dot written as two underlines)."""
    files: dict[str, File] = {}
    for key, content in {name: data, **{key.replace("__", "."): content for key, content in beside.items()}}.items():
        files[key] = file_of(content, key, container, files)
    found = read_file(files[name])
    assert found is not None, f"nobody knows {name}"
    return found


def slugs(report: Report) -> list[tuple[str, str]]:
    """Return verdict and slug of every step."""
    return [(step.verdict, step.slug) for step in report.steps]
