"""GGUF, the format of llama.cpp (specification: ggml/docs/gguf.md), versions 1 to 3 of both byte orders.

Metadata is streamed and tensor bytes are never read. What runs is the chat template; what breaks readers are counts,
lengths and offsets that lie. The older GGML, GGMF and GGJT files hold data only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.gguf import Stream
    from depscan.loading.steps import Report

STARTS = "47475546 6c6d6767 666d6767 746a6767 616c6767"
NAMES = "*.gguf"
TITLE = "GGUF"

_MAGIC = b"GGUF"
_OLD = {b"lmgg": "GGML", b"fmgg": "GGMF", b"tjgg": "GGJT", b"algg": "GGLA"}
_LATEST = 3
_STRING, _ARRAY = 8, 9
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value by its type; 8 is text and 9 an array."""
_DEPTH = 3
_MAX_TEXT = 4 << 20
_TOLD = frozenset({"architecture", "name", "basename", "type", "file_type", "license", "quantized_by", "size_label"})
_DEFAULT_ALIGNMENT = 32


class Header(NamedTuple):
    """The first bytes: the version, and how many tensors and entries follow."""

    version: int
    tensors: int
    entries: int


_VOCABULARY = "tokenizer.ggml."
_FEW = 64
"""Texts of an array that are looked at: a list of templates is short, a vocabulary is not."""


def looks(file: File) -> bool:
    """Whether it begins with one of the magic numbers and holds a version."""
    return file.head[:4] == _MAGIC or (file.head[:4] in _OLD and file.size > 8)  # noqa: PLR2004 - magic and version


def read(file: File, report: Report) -> None:
    """Add templates, and every count, length, type and offset that cannot be true."""
    from depscan.loading.gguf import Absurd, Short, Stream

    magic = file.head[:4]
    if magic != _MAGIC:
        name = _OLD[magic]
        why = "an old format of llama.cpp, which readers of today refuse: it holds data only"
        report.add(Step("load.layout", ODD, "old-format", name, why, at=0))
        return
    stream = Stream(file.source)
    try:
        _read(stream, report)
    except Absurd as error:
        report.add(Step("load.bomb", HOSTILE, error.slug, error.text, error.why, at=error.at))
    except Short as error:
        report.gap(f"the file ends inside its header, at byte {error.at}")


def _read(stream: Stream, report: Report) -> None:
    head = _header(stream, report)
    if head is None:
        return
    report.about["version"] = str(head.version)
    report.about["tensors"] = str(head.tensors)
    # an entry takes at least a length, a type and a byte; a tensor a length, two numbers and an offset
    absurd = _count(stream, report, head.entries, 9, "entries")
    absurd = _count(stream, report, head.tensors, 20, "tensors") or absurd
    alignment = _entries(stream, report, head, lenient=absurd)
    if not absurd:
        from depscan.loading.gguf_tensors import read_tensors

        read_tensors(stream, report, head.tensors, alignment)
        report.header = stream.at


def _header(stream: Stream, report: Report) -> Header | None:
    stream.skip(4)
    version = stream.number(4)
    if version > 0xFFFF:  # noqa: PLR2004 - a version is small: the other byte order
        stream.big = True
        version = int.from_bytes(version.to_bytes(4, "little"), "big")
        report.about["byte order"] = "big"
    if version == 0 or version > _LATEST:
        report.gap(f"version {version} of GGUF is not known")
        return None
    stream.wide = 4 if version == 1 else 8
    return Header(version, stream.number(stream.wide), stream.number(stream.wide))


def _count(stream: Stream, report: Report, count: int, least: int, what: str) -> bool:
    if count * least <= stream.left:
        return False
    why = "more than the bytes of the file can hold: who reserves room for them crashes or overflows"
    report.add(Step("load.bomb", HOSTILE, "count", f"{count} {what} in {stream.left} bytes", why, at=stream.at))
    return True


def _entries(stream: Stream, report: Report, head: Header, *, lenient: bool) -> int:
    from depscan.loading.gguf import Short

    alignment = _DEFAULT_ALIGNMENT
    seen: set[str] = set()
    for _ in range(min(head.entries, stream.left // 9 + 1)):
        try:
            key, value = _entry(stream, report, seen)
        except Short:
            if lenient:
                return alignment
            raise
        if key == "general.alignment" and isinstance(value, int):
            alignment = _alignment(stream, report, value)
        if report.meter.late:
            report.gap("the time for reading is used up inside the metadata")
            return alignment
    return alignment


def _entry(stream: Stream, report: Report, seen: set[str]) -> tuple[str, object]:
    at = stream.at
    key = stream.text(_MAX_TEXT).decode("utf-8", "backslashreplace")
    if key in seen:
        why = "readers disagree which of two entries counts, so one may hide the other"
        report.add(Step("load.layout", HOSTILE, "duplicate-key", key, why, at=at))
    seen.add(key)
    kind = stream.number(4)
    at = stream.at
    value = _value(stream, report, key, kind)
    if isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
        _text(report, key, text, at)
        value = text
    world, _, name = key.rpartition(".")
    if world == "general" and name in _TOLD and value is not None:
        report.about[name] = str(value)[:200]
    return key, value


def _alignment(stream: Stream, report: Report, value: int) -> int:
    if value > 0 and value & (value - 1) == 0:
        return value
    why = "an alignment is a power of two: readers that trust it compute other places for the tensors"
    report.add(Step("load.layout", HOSTILE, "alignment", f"general.alignment = {value}", why, at=stream.at))
    return _DEFAULT_ALIGNMENT


def _value(stream: Stream, report: Report, key: str, kind: int, depth: int = 0) -> object:
    from depscan.loading.gguf import Absurd

    if kind in _SIZES:
        return stream.number(_SIZES[kind])
    if kind == _STRING:
        return stream.text(_MAX_TEXT)
    if kind != _ARRAY:
        why = "no version of GGUF has this type of value: the rest of the metadata cannot be told apart"
        raise Absurd("value-type", f"{key}: type {kind}", why, stream.at)
    if depth >= _DEPTH:
        why = "arrays inside arrays inside arrays: readers that call themselves run out of stack"
        raise Absurd("depth", key, why, stream.at)
    inner, count = stream.number(4), stream.number(stream.wide)
    if count * _SIZES.get(inner, stream.wide) > stream.left:
        why = "more than the bytes of the file can hold: who reserves room for them crashes or overflows"
        raise Absurd("count", f"{key}: an array of {count}", why, stream.at)
    if inner in _SIZES:
        stream.skip(count * _SIZES[inner])
    elif inner == _STRING and "chat_template" not in key and (count > _FEW or key.startswith(_VOCABULARY)):
        stream.skip_texts(count)
    else:
        for _ in range(count):
            at = stream.at
            value = _value(stream, report, key, inner, depth + 1)
            if isinstance(value, bytes):
                _text(report, key, value.decode("utf-8", "replace"), at)
    return None


def _text(report: Report, key: str, text: str, at: int) -> None:
    sure = "chat_template" in key and ("{" in text or key.endswith("chat_template"))
    if sure or ("{%" in text and "%}" in text) or ("{{" in text and "}}" in text):
        from depscan.loading.template.read import read_template

        read_template(text, report, key, at=at, sure=sure)
