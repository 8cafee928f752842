"""How one spelling becomes another by one or two slips: what was typed, where, and how far apart.

Distance is optimal string alignment (Damerau-Levenshtein in which no part is edited twice): insert, drop, replace
one character, or swap two neighbours.
"""

from __future__ import annotations

from typing import NamedTuple

from depscan.names.keyboard import neighbours

VOWELS = frozenset("aeiouy")
LOOK_ALIKE = frozenset(
    ("0o", "o0", "1l", "l1", "1i", "i1", "il", "li", "5s", "s5", "3e", "e3", "4a", "a4", "8b", "b8", "9g", "g9",
     "uv", "vu", "nm", "mn", "gq", "qg", "vw", "wv", "ce", "ec", "2z", "z2", "7t", "t7")
)  # fmt: skip
"""Pairs of ASCII characters that are taken for each other at a glance."""


class Edit(NamedTuple):
    """The difference between a suspect and the name it may imitate, separators left out.

    Attributes:
        kind: same, doubled, undoubled, swapped, ..., or two-... for two slips.
        place: first, second, inner or last character of the name; "" where nothing differs.
        typed: what the suspect has in the differing part.
        meant: what the other name has there.
    """

    kind: str
    place: str
    typed: str
    meant: str


def compare(suspect: str, name: str) -> Edit | None:
    """Return how ``suspect`` differs from ``name``; None when by more than two slips.

    Both are squashed names: lower case, without separators.
    """
    if suspect == name:
        return Edit("same", "", "", "")
    if abs(len(suspect) - len(name)) > 2:  # noqa: PLR2004 - two slips
        return None
    begin, typed, meant = _middle(suspect, name)
    end = len(suspect) - begin - len(typed)
    place = "first" if not begin else "last" if not end else "second" if begin == 1 else "inner"
    if len(typed) <= 1 and len(meant) <= 1:
        return Edit(_one(suspect, begin, typed, meant, end), place, typed, meant)
    if len(typed) == 2 and typed == meant[::-1]:  # noqa: PLR2004 - a pair
        return Edit("swapped", place, typed, meant)
    if not _within_two(typed, meant):
        return None
    return Edit(_two(typed, meant), place, typed, meant)


def _middle(a: str, b: str) -> tuple[int, str, str]:
    """Return the length of the common beginning, and what lies between it and the common end."""
    short = min(len(a), len(b))
    begin = 0
    while begin < short and a[begin] == b[begin]:
        begin += 1
    end = 0
    while end < short - begin and a[-1 - end] == b[-1 - end]:
        end += 1
    return begin, a[begin : len(a) - end], b[begin : len(b) - end]


def _one(suspect: str, at: int, typed: str, meant: str, end: int) -> str:
    """Return the kind of a single slip at index ``at`` of the suspect, ``end`` characters before its end."""
    if typed and meant:
        return _replaced(typed, meant)
    letter = typed or meant
    # ``at`` is past the common beginning, so a doubled letter shows as one equal to the letter before it.
    beside = suspect[at - 1 : at] if at else ""
    if letter.isdigit():
        return "digit-added" if typed else "digit-dropped"
    if letter == beside:
        return "doubled" if typed else "undoubled"
    if letter == "s" and not end:
        return "plural" if typed else "singular"
    if typed:
        after = suspect[at + 1 : at + 2]
        return "added-key" if letter in neighbours(beside) or letter in neighbours(after) else "added"
    return "dropped-vowel" if letter in VOWELS else "dropped"


def _replaced(typed: str, meant: str) -> str:
    if typed.isdigit() and meant.isdigit():
        return "version-digit"
    if typed + meant in LOOK_ALIKE:
        return "look-alike"
    if typed.isdigit() or meant.isdigit():
        return "replaced-digit"
    if typed in neighbours(meant):
        return "replaced-key"
    return "replaced-vowel" if typed in VOWELS and meant in VOWELS else "replaced"


def _two(typed: str, meant: str) -> str:
    if sorted(typed) == sorted(meant):
        return "two-reordered"
    if typed.isdigit() or meant.isdigit() or (typed[-1:].isdigit() != meant[-1:].isdigit()):
        return "two-digits"
    growth = len(typed) - len(meant)
    if growth:
        span = "near" if max(len(typed), len(meant)) <= 3 else "apart"  # noqa: PLR2004 - neighbours
        return f"two-{'added' if growth > 0 else 'dropped'}-{span}" if abs(growth) > 1 else f"two-mixed-{span}"
    return "two-replaced-near" if len(typed) <= 3 else "two-replaced-apart"  # noqa: PLR2004 - neighbours


def _within_two(a: str, b: str) -> bool:
    """Return whether two texts without common beginning or end are at most two slips apart."""
    # Whatever the first slip is, it happens at the front, where they differ at once.
    rests = [(a[1:], b[1:]), (a[1:], b), (a, b[1:])]
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        rests.append((a[2:], b[2:]))
    return any(_within_one(x, y) for x, y in rests)


def _within_one(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    _, x, y = _middle(a, b)
    return (len(x) <= 1 and len(y) <= 1) or (len(x) == 2 and x == y[::-1])  # noqa: PLR2004 - a pair
