"""Telling at once that there is nothing to say about a name: nine of ten names of a whole index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.names.cases import SHORTEST_REST
from depscan.names.known import listed_names
from depscan.names.parts import GLUED, GLUED_BEHIND, MOST_WORDS, is_affix, unglued, without_affixes, without_ending
from depscan.names.spelling import undisguised, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.names.near import DeletionIndex
    from depscan.names.protected import Protected


def sieve(protected: Protected, index: DeletionIndex) -> Callable[[str], bool]:
    """Return a function that says whether anything may be said about a normalised name that is not popular.

    It asks what ``cases.cases_of`` and ``known.known`` ask, only for yes or no, and is never wrong when it says no; a
    test holds them together. A closure, because it runs a million times in a sweep.
    """
    listed, exact = listed_names(protected.ecosystem), frozenset(protected.squashed())
    one, two = index.near_one, index.near_two
    by_words, npm = _by_words(protected, index), protected.ecosystem == "npm"

    def keeps(name: str) -> bool:
        if name in listed or not name.isascii():
            return True
        if "-" in name:
            words = name.split("-")
            squashed = "".join(words)
        else:
            words, squashed = [name], name
        if not squashed.isalnum():
            words = words_of(name)
            squashed = "".join(words)
            if not words:
                return False
        return (
            squashed in exact
            or (("rn" in squashed or "vv" in squashed or not squashed.isalpha()) and undisguised(squashed) in exact)
            or one(squashed)
            or two(squashed)
            or (_glued(squashed, exact) if len(words) == 1 else by_words(name, words))
            or (npm and _in_scope(protected, name, squashed))
        )

    return keeps


def _glued(word: str, exact: frozenset[str]) -> bool:
    if not word.startswith(GLUED) and not word.endswith(GLUED_BEHIND):
        return False
    return any(rest.words[0] in exact for rest in unglued(word))


def _by_words(protected: Protected, index: DeletionIndex) -> Callable[[str, list[str]], bool]:
    """Return a function that says whether other words, or another order of them, make a protected name."""
    exact, affix = frozenset(protected.squashed()), is_affix()
    split = (order for order in map(words_of, protected.spelled()) if len(order) == MOST_WORDS)
    orders = frozenset("".join(sorted(order)) for order in split)

    def keeps(name: str, words: list[str]) -> bool:
        if len(words) == 2 and words[1] + words[0] in exact:  # noqa: PLR2004 - two words in the other order
            return True
        if len(words) == MOST_WORDS and "".join(sorted(words)) in orders:
            return True
        if words[0] not in affix and words[-1] not in affix:  # .js, which may be taken off too, is one of them
            return False
        rest = without_ending(name, words) or without_affixes(words)
        if rest is None:
            return False
        own = "".join(rest.words)
        return own in exact or (len(own) >= SHORTEST_REST and index.near_one(own))

    return keeps


def _in_scope(protected: Protected, name: str, squashed: str) -> bool:
    if name.startswith("@"):
        squashed = "".join(words_of(name.partition("/")[2]))
    return bool(protected.unscoped(squashed))
