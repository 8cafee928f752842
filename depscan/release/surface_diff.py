"""Match the execution surface of two releases: by what it is, not by where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.release.surface import Surface

_UNKNOWN = "{?}"
_CODE = frozenset({"process", "network", "eval", "load", "file-write", "file-delete"})


def surface_diff(old: Iterable[Surface], new: Iterable[Surface]) -> tuple[list[Surface], list[Surface]]:
    """Return what was added and what was removed; loud surface first, then in the order found.

    What is the same by kind, moment, callee and folded values is the same wherever it stands. Where a value is
    not known in full, equal keys say little: there each piece of the new release needs one of the old to stand for it.
    """
    before, after = _groups(old), _groups(new)
    return _rest(after, before), _rest(before, after)


def _groups(surface: Iterable[Surface]) -> dict[tuple[str, ...], list[Surface]]:
    found: dict[tuple[str, ...], list[Surface]] = {}
    for one in surface:
        found.setdefault(one.key, []).append(one)
    return found


def _rest(mine: dict[tuple[str, ...], list[Surface]], theirs: dict[tuple[str, ...], list[Surface]]) -> list[Surface]:
    found: list[Surface] = []
    for key, held in mine.items():
        others = theirs.get(key, [])
        if not others:
            found.append(held[0])
        elif _is_vague(held[0]) and len(held) > len(others):
            found.extend(_unlike(held, others)[: len(held) - len(others)])
    return sorted(found, key=lambda s: not s.loud)


def _is_vague(one: Surface) -> bool:
    values = one.key[3:]
    return one.kind in _CODE and (not values or any(_UNKNOWN in value for value in values))


def _unlike(held: list[Surface], others: list[Surface]) -> list[Surface]:
    """Return the pieces ordered so that those whose line is in no other release come first."""
    lines = {"".join(other.text.split()) for other in others}
    return sorted(held, key=lambda one: "".join(one.text.split()) in lines)
