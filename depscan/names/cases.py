"""All the names a suspect may imitate, each as a ``Case`` to be scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.names.edits import Edit
from depscan.names.parts import Rest, reordered, unglued, without_affixes, without_ending
from depscan.names.signals import Case, case_of
from depscan.names.spelling import squash, undisguised, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.names.near import DeletionIndex, TextSearch
    from depscan.names.protected import Protected

_SAME = Edit("same", "", "", "")
_DISGUISED = Edit("disguised", "", "", "")
_ORDER = Edit("order", "", "", "")
_SCOPE = {"dropped": Edit("scope-dropped", "", "", ""), "added": Edit("scope-added", "", "", "")}
SHORTEST_REST = 5
"""Length from which what is left of a name without its affixes is searched for slips."""


def cases_of(name: str, protected: Protected, search: TextSearch | DeletionIndex) -> Iterator[Case]:
    """Yield a case for every protected name that a normalised name may imitate."""
    words = words_of(name)
    squashed = "".join(words)
    yield from _spelled(words, squashed, protected, search)
    for order in reordered(words):
        for case in _at(protected, order, words, squashed, _ORDER):
            if sorted(words_of(case.target.spelled)) == sorted(words):
                yield case
    for rest in _rests(name, words):
        own = squash("".join(rest.words))
        yield from _at(protected, own, rest.words, own, _SAME, rest.affix)
        if rest.affix != "glued" and len(own) >= SHORTEST_REST:
            for i, edit in search.find(own, slips=1):
                yield case_of(rest.words, own, protected.target(i), edit, rest.affix)
    if protected.ecosystem == "npm":
        yield from _scoped(name, words, squashed, protected)


def _spelled(
    words: list[str], squashed: str, protected: Protected, search: TextSearch | DeletionIndex
) -> Iterator[Case]:
    yield from _at(protected, squashed, words, squashed, _SAME)
    bare = undisguised(squashed)
    if bare != squashed:
        yield from _at(protected, bare, words, squashed, _DISGUISED)
    for i, edit in search.find(squashed):
        yield case_of(words, squashed, protected.target(i), edit)


def _at(
    protected: Protected, key: str, words: list[str], squashed: str, edit: Edit, affix: str = "none"
) -> Iterator[Case]:
    i = protected.index(key)
    if i >= 0:
        yield case_of(words, squashed, protected.target(i), edit, affix)


def _rests(name: str, words: list[str]) -> Iterator[Rest]:
    if len(words) == 1:
        yield from unglued(words[0])
    else:
        rest = without_ending(name, words) or without_affixes(words)
        if rest is not None:
            yield rest


def _scoped(name: str, words: list[str], squashed: str, protected: Protected) -> Iterator[Case]:
    """Yield the cases of a name that a package of some scope has as its second part, and of one put into a scope."""
    if name.startswith("@"):
        bare = name.partition("/")[2]
        for i in protected.unscoped(squash(bare)):
            if protected.target(i).name != name:
                yield case_of(words_of(bare), squash(bare), protected.target(i), _SCOPE["added"])
    else:
        for i in protected.unscoped(squashed):
            if protected.target(i).name.startswith("@"):
                yield case_of(words, squashed, protected.target(i), _SCOPE["dropped"])
