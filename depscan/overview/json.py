"""JSON: the whole overview, nothing left out. docs/how-to/report.md says what each field means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from depscan.overview.format import Report

if TYPE_CHECKING:
    from depscan.overview.records import Overview

_NAMES = {"klass": "class"}


def render(overview: Overview) -> str:
    """Return the overview with a key for every field, in the order of its records; ASCII, one line."""
    return json.dumps(_plain(overview), separators=(",", ":")) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return records as objects, tuples as arrays."""
    if isinstance(value, tuple):
        if hasattr(value, "_fields"):
            return {_NAMES.get(key, key): _plain(held) for key, held in zip(value._fields, value, strict=True)}
        return [_plain(held) for held in value]
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    return value


REPORT = Report("json", "JSON with everything", "application/json", render)
