"""Ranges of semantic versions as npm and Cargo write them: ``^1.2``, ``~1.2.3``, ``1.x``, ``>=1 <2 || 3 - 4``.

Sources: node-semver's README, "Ranges"; The Cargo Book, "Specifying Dependencies". Unlike an installer's answer, ours
contains pre-releases by their order: it is asked who has a version, not which one to install.
"""

from __future__ import annotations

import re
from typing import Any

from depscan.ecosystems.semver import order

_PART = re.compile(
    r"(\^|~>?|>=|<=|>|<|!=|={1,3}|)\s*[vV]?(\d{1,40}|[xX*])(?:\.(\d{1,40}|[xX*]))?(?:\.(\d{1,40}|[xX*]))?"
    r"(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]*)?"
).fullmatch
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)").fullmatch
_END: tuple[Any, ...] = (float("inf"),)

Bounds = tuple[tuple[Any, ...], tuple[Any, ...]]
"""The first key inside and the first one behind."""


def within(version: str, wanted: str, *, bare: str = "") -> bool | None:
    """Return whether a version is in a range; None where either cannot be read.

    Args:
        version: a semantic version.
        wanted: alternatives after ``||``, each with parts that must all hold (space or comma between).
        bare: what a full version without an operator means: ``^`` for Cargo, "" (this one only) for npm.
    """
    key = order(version)
    if key is None:
        return None
    found = [_all(key, some.strip(), bare) for some in wanted.split("||")]
    return None if None in found else any(found)


def _all(key: tuple[Any, ...], text: str, bare: str) -> bool | None:
    hyphen = _HYPHEN(text)
    if hyphen:
        low, high = _bounds("", hyphen[1]), _bounds("", hyphen[2])
        return None if low is None or high is None else low[0] <= key < high[1]
    parts = re.sub(r"(\^|~>?|[<>]=?|!=|=+)\s+", r"\1", text).replace(",", " ").split()
    for part in parts or ["*"]:
        holds = _one(key, part, bare)
        if not holds:
            return holds
    return True


def _one(key: tuple[Any, ...], part: str, bare: str) -> bool | None:
    found = _PART(part)
    if found is None:
        return None
    sign, text = found[1], part[len(found[1]) :].strip()
    bounds = _bounds(sign or (bare if found[4] and found[4].isdigit() else ""), text)
    if bounds is None:
        return None
    low, after = bounds
    if sign in {">", "<=", ">=", "<"}:
        return {">": key >= after, "<=": key < after, ">=": key >= low, "<": key < low}[sign]
    return (low <= key < after) is not (sign == "!=")


def _bounds(sign: str, text: str) -> Bounds | None:
    """Return the bounds of one version, where missing parts stand for any."""
    found = _PART(text)
    if found is None:
        return None
    numbers = []
    for part in found.groups()[1:4]:
        if part is None or not part.isdigit():
            break
        numbers.append(int(part))
    if not numbers:
        return (), _END
    pre = found[5] if len(numbers) == 3 else None  # noqa: PLR2004 - major, minor, patch
    low = order(".".join(map(str, numbers)) + (pre or "")) or ()
    if not pre and len(numbers) < 3 and not sign:  # noqa: PLR2004
        low = (*_padded(numbers), 0, ())
    return low, _behind(sign, numbers, low)


def _behind(sign: str, numbers: list[int], low: tuple[Any, ...]) -> tuple[Any, ...]:
    if sign == "^":
        at = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
    elif sign.startswith("~"):
        at = min(1, len(numbers) - 1)
    elif len(numbers) == 3:  # noqa: PLR2004
        return (*low, _END)
    else:
        at = len(numbers) - 1
    return (*_padded([*numbers[:at], numbers[at] + 1]), 0, ())


def _padded(numbers: list[int]) -> list[int]:
    return [*numbers, 0, 0][:3]
