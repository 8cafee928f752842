"""Finding the protected names that are one or two slips away from a spelling, without comparing with all of them.

Two searches with one answer. ``TextSearch`` needs no preparation: it looks through the names as one text. For many
names ``DeletionIndex`` is prepared once: names one slip apart have a spelling in common when one character is taken
out of each (Bast and Celikik, "Efficient fuzzy search in large text collections", 2013; SymSpell). Two slips are
found where one end of the name is whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.names.edits import Edit, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.names.protected import Protected, Target

SHORTEST, LONGEST = 3, 40
"""Lengths of the spellings that are searched for."""
SHORT = 7
"""Up to this length taking out every character is quicker than looking at windows first."""
TWO_SLIPS, LONGEST_TWO = 8, 28
"""Lengths at which a name is near at two slips."""
BEST_KNOWN = 5000
"""Only names up to this rank are near at two slips: nobody expects a rare name so much as to overlook two."""


def _near(query: str, target: Target, slips: int) -> Edit | None:
    squashed = target.squashed
    found = compare(query, squashed)
    if found is None or found.kind == "same":
        return None
    if not found.kind.startswith("two"):
        return found
    size = len(query)
    if slips == 1 or len(squashed) < TWO_SLIPS or size > LONGEST_TWO or target.rank > BEST_KNOWN:
        return None
    return found if any(a == b for a, b in zip(_ends(query, size), _ends(squashed, size), strict=True)) else None


def _ends(name: str, size: int) -> tuple[str, str]:
    """Return the ends of a name of which one must be whole when it is two slips away from a spelling of a size.

    Three letters, or a third of long spellings.
    """
    whole = _WHOLE[size]
    return name[:whole], name[-whole:]


def _windows(size: int) -> tuple[tuple[int, int, str], ...]:
    """Return three windows of a spelling of so many characters: begin, end, and a mark for size and window.

    A slip touches at most two neighbours; the windows overlap by one character, so it lies within one of them.
    """
    width = (size + 2 + 2) // 3
    begins = (0, width - 1, max(0, size - width))
    return tuple((begin, min(size, begin + width), chr(size * 4 + i)) for i, begin in enumerate(begins))


_WHOLE = [max(3, size // 3) for size in range(LONGEST_TWO + 1)]
_WINDOWS = [_windows(size) for size in range(LONGEST + 1)]


def _shortened(name: str) -> list[str]:
    """Return a name, and the name without one of its characters."""
    spellings = [name[:j] + name[j + 1 :] for j in range(len(name))]
    spellings.append(name)
    return spellings


class TextSearch:
    """Searches the text of all names; for a few spellings the quickest."""

    def __init__(self, protected: Protected) -> None:
        self._protected = protected
        self._text = protected.text()

    def find(self, query: str, slips: int = 2) -> list[tuple[int, Edit]]:
        """Return index and difference of every protected name at most so many slips from a squashed spelling."""
        if not SHORTEST <= len(query) <= LONGEST:
            return []
        # One slip, even a swap in the middle, leaves the first or the last (n-1)//2 letters alone.
        reach = min(2, (len(query) - 1) // 2)
        lines = set(self._with(f"\n{query[:reach]}", 1)) | set(self._with(f"{query[-reach:]}\n", len(query[-reach:])))
        found = {}
        for line in lines:
            if abs(len(line) - len(query)) <= 2:  # noqa: PLR2004 - two slips
                index = self._protected.index(line)
                difference = _near(query, self._protected.target(index), slips)
                if difference is not None:
                    found[index] = difference
        return sorted(found.items())

    def _with(self, piece: str, inside: int) -> Iterator[str]:
        """Yield every line of the text that contains ``piece``; at offset ``inside`` it is in that line."""
        text = self._text
        at = text.find(piece)
        while at >= 0:
            begin = text.rfind("\n", 0, at + inside) + 1
            end = text.find("\n", at + inside)
            yield text[begin:end]
            at = text.find(piece, at + 1)


class DeletionIndex:
    """An index of all names with one character taken out; for many spellings."""

    def __init__(self, protected: Protected) -> None:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract, extractOne

        self._extract, self._one, self._distance = extract, extractOne, OSA.distance
        self._protected = protected
        self._shortened: dict[str, list[int]] = {}
        self._outside: set[str] = set()
        self._first: dict[str, list[str]] = {}
        self._last: dict[str, list[str]] = {}
        for name in dict.fromkeys(protected.squashed()):
            if len(name) <= LONGEST + 2:
                index = protected.index(name)
                self._add_one(index, name)
                if len(name) >= TWO_SLIPS and protected.target(index).rank <= BEST_KNOWN:
                    self._add_two(name)
        self._known = frozenset(self._shortened)

    def _add_one(self, index: int, name: str) -> None:
        for shorter in set(_shortened(name)):
            self._shortened.setdefault(shorter, []).append(index)
        for size in range(max(SHORTEST, len(name) - 1), min(LONGEST, len(name) + 1) + 1):
            for begin, end, mark in _WINDOWS[size]:
                # Seen from its end a name is as the spelling is; it is longer or shorter only within the window.
                self._outside.add(name[:begin] + mark + name[len(name) - size + end :])

    def _add_two(self, name: str) -> None:
        for size in range(len(name) - 2, min(LONGEST_TWO, len(name) + 2) + 1):
            for held, end in zip((self._first, self._last), _ends(name, size), strict=True):
                held.setdefault(end + chr(size), []).append(name)

    def find(self, query: str, slips: int = 2) -> list[tuple[int, Edit]]:
        """Return what ``TextSearch.find`` returns."""
        if not SHORTEST <= len(query) <= LONGEST:
            return []
        found: dict[int, Edit] = {}
        for spelling in self._known.intersection(self._spellings(query)):
            for i in self._shortened[spelling]:
                self._keep(query, i, found, slips)
        if slips > 1 and len(query) <= LONGEST_TWO:
            for ends, end in zip((self._first, self._last), _ends(query, len(query)), strict=True):
                names = ends.get(end + chr(len(query)), [])
                for hit in self._extract(query, names, scorer=self._distance, score_cutoff=2, limit=None):
                    self._keep(query, self._protected.index(hit[0]), found, slips)
        return sorted(found.items())

    def near_one(self, query: str) -> bool:
        """Return whether a name may be one slip away: quick, and never wrong when it says no."""
        size = len(query)
        if size > SHORT:
            if size > LONGEST:
                return False
            spellings = self._spellings(query)
        elif size >= SHORTEST:  # too short for windows to tell much
            spellings = [query[:j] + query[j + 1 :] for j in range(size)]
            spellings.append(query)
        else:
            return False
        return not self._known.isdisjoint(spellings)

    def _spellings(self, query: str) -> list[str]:
        """Return the spellings to look up: the query without each character of a window outside which it is known."""
        outside = self._outside
        (_, end, first), (begin, past, inner), (last_begin, _, last) = _WINDOWS[len(query)]
        found = []
        if first + query[end:] in outside:
            found = [query[:j] + query[j + 1 :] for j in range(end)]
        if query[:begin] + inner + query[past:] in outside:
            found += [query[:j] + query[j + 1 :] for j in range(begin, past)]
        if query[:last_begin] + last in outside:
            found += [query[:j] + query[j + 1 :] for j in range(last_begin, len(query))]
        if found:
            found.append(query)
        return found

    def near_two(self, query: str) -> bool:
        """Return whether a name may be two slips away: quick, and never wrong when it says no."""
        if not TWO_SLIPS - 2 <= len(query) <= LONGEST_TWO:
            return False
        length, whole = chr(len(query)), _WHOLE[len(query)]
        first, last = query[:whole], query[-whole:]
        names = self._first.get(first + length)
        if names and self._one(query, names, scorer=self._distance, score_cutoff=2):
            return True
        names = self._last.get(last + length)
        return bool(names and self._one(query, names, scorer=self._distance, score_cutoff=2))

    def _keep(self, query: str, index: int, found: dict[int, Edit], slips: int) -> None:
        if index not in found:
            difference = _near(query, self._protected.target(index), slips)
            if difference is not None:
                found[index] = difference
