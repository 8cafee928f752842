"""Match the execution surface of two releases: by what it is, not by where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.release.surface import Surface

_UNKNOWN = "{?}"
_FIRST_VALUE = 3
_ALIKE = 0.8
_MOST_PAIRS = 400
_TEXT = 2000
_CODE = frozenset({"process", "network", "eval", "load", "file-write", "file-delete"})


def surface_diff(old: Iterable[Surface], new: Iterable[Surface]) -> tuple[list[Surface], list[Surface]]:
    """Return what was added and what was removed; loud surface first, then in the order found.

    What is the same by kind, moment, callee and folded values is the same wherever it stands. Where a value is
    not known in full, equal keys say little: there each piece of the new release needs one of the old to stand for
    it. Text that is run and is known in part only may differ a little: it is written by the code around it.
    """
    before, after = _groups(old), _groups(new)
    return _without_edited(_rest(after, before), _rest(before, after))


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
            found.extend(held if _is_vague(held[0]) else held[:1])
        elif _is_vague(held[0]) and len(held) > len(others):
            found.extend(_unlike(held, others)[: len(held) - len(others)])
    return sorted(found, key=lambda s: not s.loud)


def _is_vague(one: Surface) -> bool:
    values = one.key[_FIRST_VALUE:]
    return one.kind in _CODE and (not values or any(_UNKNOWN in value for value in values))


def _unlike(held: list[Surface], others: list[Surface]) -> list[Surface]:
    """Return the pieces ordered so that those whose line is in no other release come first."""
    lines = {"".join(other.text.split()) for other in others}
    return sorted(held, key=lambda one: "".join(one.text.split()) in lines)


def _without_edited(added: list[Surface], removed: list[Surface]) -> tuple[list[Surface], list[Surface]]:
    """Return both without pairs of evaluated text that the same kind of code wrote a little differently."""
    if len(added) * len(removed) > _MOST_PAIRS:
        return added, removed  # comparing texts takes time: what a hostile release makes of that is its own loss
    left = list(removed)
    kept: list[Surface] = []
    for one in added:
        other = next((r for r in left if _is_edited(one, r)), None) if one.kind == "eval" and _is_vague(one) else None
        if other is None:
            kept.append(one)
        else:
            left.remove(other)
    return kept, left


def _is_edited(one: Surface, other: Surface) -> bool:
    from difflib import SequenceMatcher

    if one.key[:_FIRST_VALUE] != other.key[:_FIRST_VALUE] or not _is_vague(other):
        return False
    was, now = ("".join(s.key[_FIRST_VALUE:]) for s in (other, one))
    if not was or not now:
        return False
    matcher = SequenceMatcher(None, was[:_TEXT], now[:_TEXT], autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
