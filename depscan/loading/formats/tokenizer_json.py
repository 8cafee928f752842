"""``tokenizer.json`` of the tokenizers library: vocabularies of 30 MB, and nothing in them runs.

Small files are parsed. Of large ones only a search is made for what has no place there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = ""
NAMES = "tokenizer.json"
TITLE = "tokenizer"

_SMALL = 1 << 20
_PIECE = 4 << 20
_KEY = b'"chat_template"'
_TEMPLATE = 1 << 20


def looks(file: File) -> bool:
    """Whether it begins like a JSON object."""
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def read(file: File, report: Report) -> None:
    """Add templates and paths: a vocabulary may hold any words, those of code too."""
    if file.size > _SMALL:
        _search(file, report)
        return
    from depscan.loading.jsontext import read_json
    from depscan.loading.tokenizer import judge_settings

    try:
        value, twice = read_json(file.bytes(_SMALL))
    except RecursionError:
        report.add(Step("load.bomb", HOSTILE, "depth", file.name, "nested deeper than any reader's stack"))
        return
    except ValueError as error:
        report.gap(f"it is no valid JSON ({str(error)[:120]})")
        return
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if key not in {"added_tokens", "model"}}
        judge_settings(kept, [one for one in twice if "chat_template" in one.key], file, report)
        _sections(value, report)


def _sections(value: dict[str, object], report: Report) -> None:
    model = value.get("model")
    if isinstance(model, dict):
        report.about["model"] = str(model.get("type"))[:40]
        vocabulary = model.get("vocab")
        if isinstance(vocabulary, (dict, list)):
            report.about["vocabulary"] = str(len(vocabulary))
    elif "model" in value or "added_tokens" not in value:
        report.add(Step("load.layout", ODD, "no-model", "tokenizer.json", "it has no model of a tokenizer"))


def _search(file: File, report: Report) -> None:
    """Look for templates in a large file, piece by piece; a key that stands across two pieces is found too."""
    at, tail = 0, b""
    while at < file.size:
        piece = file.source.at(at, _PIECE)
        if not piece:
            report.gap(f"the file ends at byte {at}")
            return
        report.meter.read += len(piece)
        found = (tail + piece).find(_KEY)
        if found >= 0:
            _found(file, at - len(tail) + found, report)
        tail = piece[-len(_KEY) :]
        at += len(piece)
        if report.meter.late:
            report.gap("the time for reading is used up")
            return
    if not tail.rstrip(b" \t\r\n\0").endswith(b"}"):
        report.gap("the file is cut off: it does not end as JSON does")


def _found(file: File, at: int, report: Report) -> None:
    import json

    text = file.source.at(at + len(_KEY), _TEMPLATE).decode("utf-8", "replace").lstrip()
    if not text.startswith(":"):
        return
    try:
        value, _ = json.JSONDecoder().raw_decode(text[1:].lstrip())
    except (ValueError, RecursionError):
        report.gap("a template in the vocabulary could not be read")
        return
    from depscan.loading.tokenizer import judge_settings

    judge_settings({"chat_template": value}, [], file, report)
