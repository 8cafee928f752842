"""How complete a bill of materials is: which fields of each entry are filled, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from depscan.reports._inventory import Entry

FIELDS = {
    "model": ("name", "version", "supplier", "licence", "hash", "source", "base model", "data sets", "evidence"),
    "data set": ("name", "version", "supplier", "licence", "hash", "source", "evidence"),
    "model file": ("name", "licence", "hash", "base model", "data sets", "evidence"),
    "hosted model": ("name", "version", "supplier", "endpoint", "evidence"),
    "service": ("name", "supplier", "endpoint", "evidence"),
    "agent tool": ("name", "version", "supplier", "licence", "hash", "source", "evidence"),
    "agent instructions": ("name", "evidence"),
    "action": ("name", "version", "supplier", "source", "evidence"),
    "image": ("name", "version", "hash", "source", "evidence"),
    "repository": ("name", "version", "supplier", "source", "evidence"),
    "package": ("name", "version", "supplier", "licence", "hash", "source", "evidence"),
}
"""What each kind ought to say, after the minimum elements of an SBOM (NTIA 2021: supplier, name, version, other
identifiers, relationships) and the AI and Dataset profiles of SPDX 3.0.1. All fields weigh the same."""


class Score(NamedTuple):
    """The completeness of a bill.

    Attributes:
        points: 0 to 100, rounded down: the mean over all entries; 100 when there are none.
        kinds: kind to (entries, points), in the order of kinds.
        missing: what (kind, field) is missing, in how many entries; the most frequent first.
    """

    points: int
    kinds: dict[str, tuple[int, int]]
    missing: list[tuple[str, str, int]]


def missing(entry: Entry) -> list[str]:
    """Return the fields an entry ought to have and has not, in the order of ``FIELDS``."""
    return [field for field in FIELDS.get(entry.kind, ()) if not _FILLED[field](entry)]


def score(entries: Sequence[Entry]) -> Score:
    """Return how complete the entries are; projects themselves are not counted."""
    shares: dict[str, list[float]] = {}
    lacking: dict[tuple[str, str], int] = {}
    for entry in entries:
        wanted = FIELDS.get(entry.kind)
        if not wanted:
            continue
        gaps = missing(entry)
        shares.setdefault(entry.kind, []).append(1 - len(gaps) / len(wanted))
        for field in gaps:
            lacking[entry.kind, field] = lacking.get((entry.kind, field), 0) + 1
    every = [share for held in shares.values() for share in held]
    ranked = sorted(lacking.items(), key=lambda item: (-item[1], item[0]))
    return Score(
        _points(every) if every else 100,
        {kind: (len(shares[kind]), _points(shares[kind])) for kind in FIELDS if kind in shares},
        [(kind, field, count) for (kind, field), count in ranked],
    )


def _points(shares: list[float]) -> int:
    return int(sum(shares) / len(shares) * 100 + 1e-9)


def _version(entry: Entry) -> bool:
    if entry.kind == "hosted model":
        return entry.pin == "pinned"
    return bool(entry.package.version or entry.package.commit or (entry.kind == "image" and entry.package.hashes))


def _source(entry: Entry) -> bool:
    package = entry.package
    return bool(package.registry or package.url or package.files or package.source in {"hub", "git", "image"})


_FILLED: dict[str, Callable[[Entry], bool]] = {
    "name": lambda e: bool(e.package.name),
    "version": _version,
    "supplier": lambda e: bool(e.supplier),
    "licence": lambda e: bool(e.facts("licence")),
    "hash": lambda e: bool(e.package.hashes or sha256_of(e) or any(f.hash for f in e.package.files)),
    "source": _source,
    "base model": lambda e: bool(e.facts("base-model")),
    "data sets": lambda e: any("huggingface/datasets/" in key for key in e.wants),
    "evidence": lambda e: bool(e.where),
    "endpoint": lambda e: bool(e.endpoints),
}


def sha256_of(entry: Entry) -> str:
    """Return the SHA-256 of a model file where its reader took one; "" otherwise."""
    return dict(entry.file.about).get("sha256", "") if entry.file else ""
