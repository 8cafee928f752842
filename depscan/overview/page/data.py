"""The data of the page as compact JSON: strings once, positions everywhere else, nothing that could end the block."""

from __future__ import annotations

import json
from typing import Any

from depscan.overview.page.markup import SEVERITIES, Markup, anchor_of, called, element
from depscan.overview.records import Hit, Overview, Told, Tree
from depscan.text.escape import visible

_NAME, _TEXT = 400, 4000
"""Characters of a name and of a text that are kept; a longer one ends in "..."."""

_HITS = 150_000
"""Hits that are on the page, about 20 bytes each; where there are more, every finding keeps as many as is fair."""

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class Strings:
    """A table of different strings, each with hidden characters made visible, and the position of each."""

    def __init__(self) -> None:
        self.every: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, text: str, limit: int = _TEXT) -> int:
        """Return the position of ``text``."""
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = len(self.every)
            self.every.append(visible(text, limit))
        return place


def block(anchor: str, data: object) -> Markup:
    """Return ``data`` as a JSON block that no text in it can end; it is read when it is asked for, never run."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in _UNSAFE.items():
        text = text.replace(character, escaped)
    return element("script", Markup(text), type="application/json", id=anchor)


def findings_data(overview: Overview, budget: int = _HITS) -> dict[str, Any]:
    """Return findings with whom they reach.

    ``s`` strings; ``r`` repositories and ``o`` their owners by the same position, both positions of strings; ``v``
    ways; ``f`` findings: fields as ``page.js`` names them, how many repositories it reaches, then hits grouped as way,
    path, since, whether new, and a flat list of repository (distance from the one before) and line.
    """
    strings = Strings()
    repositories: dict[tuple[str, str], int] = {}
    ways: dict[tuple[str, ...], int] = {}
    rows = []
    most = fair([len(told.hits) for told in overview.findings], budget)
    for told in overview.findings:
        fields = _fields(told, strings)
        groups: dict[tuple[int, int, int, int], list[Hit]] = {}
        for hit in _kept(told.hits, most):
            repositories.setdefault((hit.repository, hit.owner), len(repositories))
            way = ways.setdefault(hit.via, len(ways))
            key = (way, strings.place(hit.path, _NAME), strings.place(hit.since), int(hit.new))
            groups.setdefault(key, []).append(hit)
        places = len({hit.repository for hit in told.hits})
        rows.append([*fields, places, [[*group, _packed(hits, repositories)] for group, hits in groups.items()]])
    return {
        "sv": SEVERITIES,
        "f": rows,
        "v": [[strings.place(n, _NAME) for n in way] for way in ways],
        "r": [strings.place(r, _NAME) for r, _ in repositories],
        "o": [strings.place(o, _NAME) for _, o in repositories],
        "s": strings.every,
    }


def fair(sizes: list[int], budget: int) -> int:
    """Return the most that each may have so that all together stay within the budget; small ones keep everything."""
    left = len(sizes)
    for size in sorted(sizes):
        if size * left > budget:
            return budget // left
        budget -= size
        left -= 1
    return max(sizes, default=0)


def _kept(hits: tuple[Hit, ...], most: int) -> list[Hit]:
    """Return the hits that have room: one of every owner, so that filters stay true, then new ones, then the rest."""
    if len(hits) <= most:
        return list(hits)
    first = {hit.owner: hit for hit in reversed(hits)}
    return sorted(hits, key=lambda hit: (first[hit.owner] is not hit, not hit.new))[: max(most, len(first))]


def _fields(told: Told, strings: Strings) -> list[Any]:
    severity = SEVERITIES.index(told.severity if told.severity in SEVERITIES else "unknown")
    names = (called(told), told.fixed_version, told.subject, told.ecosystem)
    texts = (told.klass, told.action, told.since, told.title, told.message, told.fix, told.rule, told.confidence,
             told.because, told.evidence, told.status)  # fmt: skip
    return [
        anchor_of(told.id),
        severity,
        int(told.new),
        *(strings.place(n, _NAME) for n in names),
        *(strings.place(t) for t in texts),
        [strings.place(i, _NAME) for i in told.ids],
        [strings.place(r, _NAME) for r in told.references],
    ]


def _packed(hits: list[Hit], repositories: dict[tuple[str, str], int]) -> list[int]:
    """Return repository and line of each hit, flat; a repository is told by its distance from the one before."""
    packed: list[int] = []
    before = 0
    for place, line in sorted((repositories[hit.repository, hit.owner], hit.line) for hit in hits):
        packed += [place - before, line]
        before = place
    return packed


def tree_data(tree: Tree) -> dict[str, Any]:
    """Return the dependency tree: names, kinds as positions in ``k``, children, and roots by repository."""
    kinds = list(dict.fromkeys(tree.kinds))
    at = {kind: i for i, kind in enumerate(kinds)}
    return {
        "n": [visible(n, _NAME) for n in tree.names],
        "k": [visible(kind, _NAME) for kind in kinds],
        "d": [at[kind] for kind in tree.kinds],
        "c": tree.children,
        "r": [[visible(repository, _NAME), roots] for repository, roots in sorted(tree.roots.items())],
    }
