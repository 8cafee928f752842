"""The rows of the inventory views: what of each kind a person wants to see, as cells of unescaped lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.reports._score import missing, sha256_of

if TYPE_CHECKING:
    from depscan.reports._inventory import Entry

HEADS = {
    "model": ("model", "version", "pin", "licence (claimed)", "where and how", "unknown"),
    "data set": ("data set", "version", "pin", "licence (claimed)", "where and how", "unknown"),
    "model file": ("file", "format", "loading it", "SHA-256", "where and how", "unknown"),
    "hosted model": ("model", "pin", "endpoint", "key", "where and how", "unknown"),
    "service": ("service", "endpoint", "key", "where and how", "unknown"),
    "agent tool": ("tool", "version", "pin", "command", "where and how", "unknown"),
    "agent instructions": ("file", "where and how", "unknown"),
    "action": ("action", "version", "pin", "where and how", "unknown"),
    "image": ("image", "tag", "pin", "where and how", "unknown"),
    "repository": ("repository", "version", "pin", "where and how", "unknown"),
    "package": ("package", "version", "ecosystem", "where", "unknown"),
}
"""Column titles by kind; ``row`` gives as many cells."""

_PLACES = 5

Cell = list[str]


def row(entry: Entry) -> list[Cell]:
    """Return the cells of an entry, each a list of lines of scanned text."""
    values = {
        "version": [entry.package.version or ""],
        "tag": [entry.package.version or ""],
        "pin": [entry.pin],
        "licence (claimed)": entry.facts("licence"),
        "format": [entry.file.format] if entry.file else entry.facts("format"),
        "loading it": [entry.file.verdict] if entry.file else [],
        "SHA-256": [sha256_of(entry)],
        "endpoint": entry.endpoints,
        "key": entry.keys,
        "command": entry.facts("command"),
        "ecosystem": [entry.package.ecosystem],
        "where": _where(entry),
        "where and how": _where(entry),
        "unknown": [", ".join(missing(entry))],
    }
    return [[entry.name], *(values[head] for head in HEADS[entry.kind][1:])]


def _where(entry: Entry) -> Cell:
    """Return the places of uses with how they use it, else where it is stated; the first five."""
    lines = [f"{use.shown} {use.how}" for use in entry.uses] or [place.shown for place in entry.places]
    lines = list(dict.fromkeys(lines))
    return [*lines[:_PLACES], f"and {len(lines) - _PLACES} more"] if len(lines) > _PLACES else lines
