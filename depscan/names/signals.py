"""The signals: what about a suspect and the name it may imitate speaks for or against an imitation.

Each is a small function from a ``Case`` to a label; how much a label weighs stands in ``rules/names/points-*.toml``
and what it means to a person in ``TEXTS``.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from depscan.names.spelling import sound, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.names.edits import Edit
    from depscan.names.protected import Protected, Target
    from depscan.names.words import Words


class Case(NamedTuple):
    """A suspect beside one name it may imitate.

    Attributes:
        words: the suspect's words, without affixes that were taken off.
        squashed: the same without separators.
        target: the name it may imitate.
        edit: how the spelling differs.
        affix: class of the words that were taken off; none.
        apart: the differing word of the suspect and of the target (see ``case_of``).
    """

    words: list[str]
    squashed: str
    target: Target
    edit: Edit
    affix: str = "none"
    apart: tuple[str, str] = ("", "")


def case_of(words: list[str], squashed: str, target: Target, edit: Edit, affix: str = "none") -> Case:
    """Return a case; what differs is one word, or the whole squashed names where more or other words differ."""
    theirs = words_of(target.spelled)
    apart = (squashed, target.squashed)
    if len(theirs) == len(words):
        differing = [pair for pair in zip(words, theirs, strict=True) if pair[0] != pair[1]]
        if len(differing) < 2:  # noqa: PLR2004 - more than one
            apart = differing[0] if differing else ("", "")
    return Case(words, squashed, target, edit, affix, apart)


class Surroundings(NamedTuple):
    """What a signal may look up.

    Attributes:
        protected: names of the ecosystem.
        words: how common words are.
        imitated: name to how many known imitations of it there were.
    """

    protected: Protected
    words: Words
    imitated: dict[str, int]


_LENGTHS = (5, 6, 7, 8, 9, 10, 12, 14)
_RANKS = (11, 31, 101, 301, 1001, 2001, 3501, 6001)
_IMITATED = (1, 2, 4, 8, 16)
_FAMILY = (2, 4, 9, 21, 61)
LABELS = {
    "length": ("up to 4", "5", "6", "7", "8", "9", "10-11", "12-13", "14 or more"),
    "rank": ("1-10", "11-30", "31-100", "101-300", "301-1000", "1001-2000", "2001-3500", "3501-6000", "beyond 6000"),
    "imitated": ("never", "once", "2-3", "4-7", "8-15", "16 or more"),
    "family": ("none", "2-3", "4-8", "9-20", "21-60", "more than 60"),
    "typed": ("0", "1", "2", "3", "4", "5"),
    "meant": ("0", "1", "2", "3", "4", "5"),
}
"""Labels of the signals that have an order, from the first bin to the last."""


def length_label(size: int) -> str:
    """Return the label of a length."""
    return _bin(size, _LENGTHS, "length")


def _bin(value: int, edges: tuple[int, ...], signal: str) -> str:
    return LABELS[signal][bisect_right(edges, value)]


def edit(case: Case, _: Surroundings) -> str:
    """Return by which slip or trick the spelling differs."""
    return case.edit.kind


def place(case: Case, _: Surroundings) -> str:
    """Return where it differs: people see the first letter and overlook the inner ones."""
    return case.edit.place or "nowhere"


def length(case: Case, _: Surroundings) -> str:
    """Return how long the imitated name is: short names are near each other by chance."""
    return length_label(len(case.target.squashed))


def part(case: Case, _: Surroundings) -> str:
    """Return how long the word is in which the difference lies."""
    size = len(case.apart[1])
    return length_label(size) if size else "no word"


def rank(case: Case, _: Surroundings) -> str:
    """Return how popular the imitated name is."""
    return _bin(case.target.rank, _RANKS, "rank")


def ai(case: Case, _: Surroundings) -> str:
    """Return whether the imitated name is an AI package."""
    return "yes" if case.target.ai else "no"


def kind(case: Case, _: Surroundings) -> str:
    """Return what the imitated name is: a popular package, a brand, an import name ..."""
    return case.target.kind


def imitated(case: Case, around: Surroundings) -> str:
    """Return how often the name has been imitated before."""
    return _bin(around.imitated.get(case.target.name, 0), _IMITATED, "imitated")


def typed(case: Case, around: Surroundings) -> str:
    """Return how common the suspect's differing word is in names: slips are no words."""
    word = case.apart[0]
    return LABELS["typed"][around.words.level(word)] if word else "nothing"


def meant(case: Case, around: Surroundings) -> str:
    """Return how common the imitated name's word is in names: common words have many neighbours."""
    word = case.apart[1]
    return LABELS["meant"][around.words.level(word)] if word else "nothing"


def family(case: Case, around: Surroundings) -> str:
    """Return how many popular names share the first word: members of a family differ by little on purpose."""
    first = words_of(case.target.spelled)
    if len(first) < 2 or case.words[:1] != first[:1]:  # noqa: PLR2004 - a first word and more
        return "none"
    return _bin(around.protected.family(first[0]), _FAMILY, "family")


def shape(case: Case, _: Surroundings) -> str:
    """Return whether the words are cut alike."""
    a, b = len(case.words), len(words_of(case.target.spelled))
    if a == b == 1:
        return "one word"
    if a == b:
        return "as many words"
    return "words joined" if a < b else "words split"


def sounds(case: Case, _: Surroundings) -> str:
    """Return whether two slips leave the sound alone."""
    if not case.edit.kind.startswith("two"):
        return "not asked"
    return "alike" if sound(case.squashed) == sound(case.target.squashed) else "otherwise"


def affix(case: Case, _: Surroundings) -> str:
    """Return which kind of word was put before or behind the name."""
    return case.affix


OF_TARGET = ("length", "rank", "ai", "kind", "imitated")
"""Signals that depend on the imitated name alone."""
SIGNALS: dict[str, Callable[[Case, Surroundings], str]] = {
    f.__name__: f
    for f in (edit, place, length, part, rank, ai, kind, imitated, typed, meant, family, shape, sounds, affix)
}
