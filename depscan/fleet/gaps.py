"""What was not looked at, over the fleet: what differs only by counts or by names in brackets is one row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.fleet.match import unmatched
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.records import Night
    from depscan.intel.index import Index

_NUMBER = re.compile(r"[0-9][0-9,]{0,14}(?: [a-z]+)?")
_SLOT = re.compile(
    rf"(?<![\w.-]){_NUMBER.pattern}(?![\w.-])|\([^()]{{0,4000}}\)|(?<=\bdependency )\S{{1,400}}(?: [0-9]\S{{0,100}})?"
)
"""What may differ: a number with its noun, something in brackets, or which dependency it is."""


class Gap(NamedTuple):
    """What was not looked at, and in which repositories; ``needed`` says that the night is incomplete by it."""

    what: str
    status: str
    why: str
    needed: bool
    repositories: tuple[str, ...]
    kind: str = "input"


class Gaps:
    """Collects gaps.

    Args:
        index: the advisories, to say what of a repository they cannot be compared with; None to say nothing of it.
        accepted: ecosystems that the policy lets go without advisories.
        every: whether gaps that the policy does not need are collected too.
    """

    def __init__(self, index: Index | None, accepted: Iterable[str], *, every: bool = True) -> None:
        self._index, self._every = index, every
        self._accepted = frozenset(accepted)
        self._found: dict[tuple[str, ...], dict[str, set[str]]] = {}
        self._whats: dict[tuple[str, ...], str] = {}

    def add_night(self, night: Night) -> None:
        """Add what the whole night lacks."""
        if night.shard:
            self._add(Coverage("fleet", "partial", f"only shard {night.shard} was read", kind="repository"))
        said = [Coverage(*row) for row in night.more.get("gaps", ())]
        if not night.snapshot and not any(c.kind == "index" for c in said):
            said.append(Coverage("advisories", "failed", "no advisory data was used", needed=True, kind="index"))
        for item in said:
            self._add(item)

    def add_unread(self, repository: str, problem: str) -> None:
        """Add a repository that could not be read."""
        self._add(Coverage(repository, "failed", problem, needed=True, kind="repository"), repository)

    def add(self, repositories: Iterable[str], gaps: Iterable[Coverage], census: list[Any]) -> None:
        """Add what a reading of some repositories says, and what its packages cannot be compared with."""
        names = list(repositories)
        for item in gaps:
            self._add(item, *names)
        if self._index is not None and census:
            for item in unmatched(self._index, census):
                self._add(item, *names)

    def _add(self, item: Coverage, *repositories: str) -> None:
        if item.kind == "ecosystem" and item.what in self._accepted:
            item = item._replace(needed=False)
        if item.status == "done" or not (item.needed or self._every):
            return
        what = "" if item.kind == "repository" and item.what in repositories else item.what
        key = (item.kind, what, item.status, "needed" if item.needed else "", *_skeleton(item.why))
        self._whats.setdefault(key, item.what)
        self._found.setdefault(key, {}).setdefault(item.why, set()).update(repositories)

    def gaps(self) -> tuple[Gap, ...]:
        """Return them, what is needed first, then what concerns most repositories."""
        found = []
        for key, by_why in self._found.items():
            names = tuple(sorted(set().union(*by_why.values())))
            what = key[1] or (self._whats[key] if len(names) == 1 else "repositories")
            found.append(Gap(what, key[2], _together(sorted(by_why)), bool(key[3]), names, key[0]))
        return tuple(sorted(found, key=lambda g: (not g.needed, -len(g.repositories), g)))


def coverage(gaps: Iterable[Gap]) -> list[Coverage]:
    """Return rows as what an exit code is made of."""
    return [Coverage(g.what, g.status, g.why, g.needed, kind=g.kind) for g in gaps]


def _skeleton(why: str) -> list[str]:
    """Return a sentence without what may differ."""
    fixed = _SLOT.split(why)
    numbers = (m[0] for m in _SLOT.finditer(why) if _NUMBER.fullmatch(m[0]))
    return [str(len(fixed)), *fixed, *(text.partition(" ")[2].removesuffix("s") for text in numbers)]


def _together(whys: list[str]) -> str:
    """Return one sentence for sentences of one skeleton: numbers become ranges, of several names one is left."""
    fixed = _SLOT.split(whys[0])
    made = fixed[0]
    for values, rest in zip(zip(*map(_SLOT.findall, whys), strict=True), fixed[1:], strict=True):
        made = (made + _range(values)).rstrip(" " if values[0][0] == "(" and len(set(values)) > 1 else "") + rest
    return made


def _range(values: tuple[str, ...]) -> str:
    if len(set(values)) == 1:
        return values[0]
    if values[0].startswith("("):
        return ""
    if not all(map(_NUMBER.fullmatch, values)):
        others = len(set(values)) - 1
        return f"{min(values)} (and {others:,} {'other' if others == 1 else 'others'})"
    numbers = sorted((int(text.partition(" ")[0].replace(",", "")), text) for text in values)
    least, (most, text) = numbers[0][0], numbers[-1]
    noun = text.partition(" ")[2]
    return f"{least:,} to {most:,} {noun}".rstrip() if least != most else text
