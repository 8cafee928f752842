"""Advisories as compact JSON rows, the unit that the index stores.

A row is ``[id, kind, aliases, ranges, versions, listed, severity, score, vectors, published, modified,
withdrawn, origin]``; empty values at its end are left out. A range is ``[type, kind, version, kind, ...]``
with one letter for the usual words.
"""

from __future__ import annotations

from typing import Any

from depscan.model.advisory import MALICIOUS, VULNERABILITY, Advisory, Range
from depscan.model.finding import Severity

_SHORT = {"ECOSYSTEM": "E", "SEMVER": "S", "introduced": "i", "fixed": "f", "last_affected": "l", "limit": "m"}
_LONG = {short: word for word, short in _SHORT.items()}
_SEVERITIES = tuple(Severity)
_SEVERITIES = tuple(Severity)
_EMPTY: tuple[Any, ...] = ("", 0, [], [], [], 0, 0, -1, [], "", "", "", "osv")


def encode(advisory: Advisory) -> list[Any]:
    """Return the row of an advisory, without its package and ecosystem."""
    row = [
        advisory.id,
        int(advisory.kind == MALICIOUS),
        list(advisory.aliases),
        [_encode_range(r) for r in advisory.ranges],
        list(advisory.versions),
        int(advisory.listed),
        int(advisory.severity),
        int(advisory.score) if advisory.score == int(advisory.score) else advisory.score,
        list(advisory.vectors),
        advisory.published,
        advisory.modified,
        advisory.withdrawn,
        advisory.origin,
    ]
    while len(row) > 1 and row[-1] == _EMPTY[len(row) - 1]:
        row.pop()
    return row


def _encode_range(given: Range) -> list[str]:
    made = [_SHORT.get(given.type, given.type)]
    for kind, version in given.events:
        made += (_SHORT.get(kind, kind), version)
    return made


def decode(row: Any, ecosystem: str, package: str) -> Advisory:  # noqa: ANN401 - a JSON value
    """Return the advisory of a row.

    Raises:
        ValueError, TypeError, IndexError: the row is none of ours.
    """
    if len(row) > len(_EMPTY) or not isinstance(row, list):
        raise ValueError("a row of another shape")
    full = row + list(_EMPTY[len(row) :])
    # tuple.__new__ skips the named tuples' own constructors, which cost half of decoding.
    return tuple.__new__(
        Advisory,
        (
            full[0],
            MALICIOUS if full[1] else VULNERABILITY,
            ecosystem,
            package,
            tuple(full[2]),
            tuple([_decode_range(r) for r in full[3]]),
            tuple(full[4]),
            bool(full[5]),
            _SEVERITIES[full[6]],
            float(full[7]),
            tuple(full[8]),
            *full[9:],
        ),
    )


def _decode_range(given: list[str]) -> Range:
    long = _LONG.get
    events = tuple([(long(k, k), v) for k, v in zip(given[1::2], given[2::2], strict=True)])
    return tuple.__new__(Range, (long(given[0], given[0]), events))
