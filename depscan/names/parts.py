"""Names that differ from a known one by whole words: put before or behind it, in another order, in another scope."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from depscan.names.lists import name_list

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

AFFIX_CLASSES = ("generic", "version", "language", "lure")
"""Classes of affixes, from the weakest to the one that says most."""
GLUED = ("python3", "python", "py3", "py", "node", "lib", "pip")
GLUED_BEHIND = ("python", "lib", "py", "js", "ai", "sdk", "api", "cli", "2", "3")
MOST_WORDS = 3
_SHORTEST = 4


def is_affix() -> Container[str]:
    """Return the words that are affixes."""
    return name_list("affixes").names.keys()


class Rest(NamedTuple):
    """What is left of a name: its words and the class of what was taken off."""

    words: list[str]
    affix: str


def without_affixes(words: list[str]) -> Rest | None:
    """Return a name's words without the affixes at both ends; None when there are none, or nothing else."""
    known = name_list("affixes").names
    begin, end = 0, len(words)
    strongest = -1
    while begin < end and words[begin] in known:
        strongest = max(strongest, AFFIX_CLASSES.index(known[words[begin]]))
        begin += 1
    while end > begin and words[end - 1] in known:
        strongest = max(strongest, AFFIX_CLASSES.index(known[words[end - 1]]))
        end -= 1
    if strongest < 0 or begin == end:
        return None
    return Rest(words[begin:end], AFFIX_CLASSES[strongest])


def without_ending(name: str, words: list[str]) -> Rest | None:
    """Return a name's words without a ``.js`` behind a dot, as some projects have it; None without one."""
    return Rest(words[:-1], "dot-js") if len(words) > 1 and name.endswith(".js") else None


def unglued(word: str) -> Iterator[Rest]:
    """Yield what is left of a single word when a language or ``lib`` is glued to it (``pyrequests``)."""
    for piece in GLUED:
        if word.startswith(piece) and len(word) - len(piece) >= _SHORTEST:
            yield Rest([word[len(piece) :]], "glued")
            break
    for piece in GLUED_BEHIND:
        if word.endswith(piece) and len(word) - len(piece) >= _SHORTEST:
            yield Rest([word[: -len(piece)]], "glued")
            break


def reordered(words: list[str]) -> Iterator[str]:
    """Yield the squashed name for every other order of two or three words."""
    if 2 <= len(words) <= MOST_WORDS:  # noqa: PLR2004 - there is no order of one
        own = "".join(words)
        yield from {"".join(order) for order in permutations(words)} - {own}
