"""Text and JSON of a file, within limits, read once: several formats look at the same settings file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.loading.file import File

LIMIT = 64 << 20
MAX_NODES = 200_000
_SPACE = b" \t\r\n\xef\xbb\xbf"
_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""First bytes of UTF-16."""


def text_of(file: File, limit: int = LIMIT) -> str:
    """Return the file's text; bytes that are no UTF-8 are replaced."""
    data = file.bytes(limit)
    if data[:2] in _MARKS:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def json_of(file: File, limit: int = LIMIT) -> object:
    """Return the file's JSON value; None when it is none, is longer than ``limit`` or nests too deep."""
    held = file.__dict__
    if "json value" not in held:
        held["json value"] = _parse(file, limit)
    return held["json value"]


def _parse(file: File, limit: int) -> object:
    import json

    wide = file.head[:2] in _MARKS
    if file.size > limit or (not wide and file.head.lstrip(_SPACE)[:1] not in {b"{", b"["}):
        return None
    try:
        return json.loads(file.bytes(limit).decode("utf-16" if wide else "utf-8-sig"), object_pairs_hook=_all_pairs)
    except (ValueError, RecursionError):
        return None


def _all_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; earlier values of a key that comes again are kept: readers differ in which one they take."""
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made and made[key] != value:
            made[f"{key} ({len(made)})"] = made[key]
        made[key] = value
    return made


def object_of(file: File) -> Mapping[str, object]:
    """Return the file's JSON object; empty when it is none."""
    value = json_of(file)
    return value if isinstance(value, dict) else {}


def walk(value: object) -> Iterator[tuple[str, object]]:
    """Yield every (key path, value) below a JSON value, outermost first, at most 200,000 of them.

    Keys are joined by dots; items of lists have their index.
    """
    todo: list[tuple[str, object]] = [("", value)]
    for _ in range(MAX_NODES):
        if not todo:
            return
        path, held = todo.pop()
        yield path, held
        if isinstance(held, dict):
            todo.extend((f"{path}.{key}" if path else str(key), inner) for key, inner in reversed(list(held.items())))
        elif isinstance(held, list):
            todo.extend((f"{path}.{index}", inner) for index, inner in reversed(list(enumerate(held))))


def texts(value: object) -> Iterator[str]:
    """Yield every text in a JSON value, keys left out."""
    for _, held in walk(value):
        if isinstance(held, str):
            yield held


def key_of(path: str) -> str:
    """Return the last key of a path of ``walk``, without the mark of a repeated one."""
    return path.rpartition(".")[2].partition(" (")[0]
