"""The one rule engine: rules and the facts of an artifact in, hits out."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from depscan.facts.fact import CALL, IMPORT, LOAD
from depscan.rules.lists import matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.facts.fact import Fact
    from depscan.rules.schema import BehaviourRule, FactPattern


class Hit(NamedTuple):
    """A rule that holds: the anchor's index, and the indices of the facts that show it, in order."""

    rule: BehaviourRule
    anchor: int
    shown: tuple[int, ...]


_TOLD = frozenset({"env.read", "env.dump", "host.identify", "file.read", "file.list", "secret.parameter", "crypto.key"})
"""What a request may tell; its answer does not carry it."""


class FactBase:
    """The facts of one artifact, indexed for matching.

    Args:
        facts: index is identity; ``sources`` refer to it.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = facts
        self.by_what: dict[str, list[int]] = {}
        places: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for i, fact in enumerate(facts):
            self.by_what.setdefault(fact.what, []).append(i)
            places.setdefault((fact.path, fact.container), []).append(i)
        self._at = {place: frozenset(held) for place, held in places.items()}
        self._flow: dict[int, frozenset[int]] = {}
        self._matching: dict[FactPattern, frozenset[int]] = {}
        self._lower: dict[int, tuple[str, ...]] = {}

    def flow(self, index: int) -> frozenset[int]:
        """Return the facts whose data reaches a fact, itself not included."""
        known = self._flow.get(index)
        if known is None:
            seen: set[int] = set()
            todo = list(self.facts[index].sources)
            while todo:
                at = todo.pop()
                if 0 <= at < len(self.facts) and at not in seen and at != index:
                    seen.add(at)
                    todo.extend(self._carried(at))
            known = self._flow[index] = frozenset(seen)
        return known

    def _carried(self, index: int) -> Iterable[int]:
        """Return what goes on with a fact's data: an answer is not what was told to get it."""
        fact = self.facts[index]
        if fact.what != "net.download":
            return fact.sources
        return [i for i in fact.sources if 0 <= i < len(self.facts) and self.facts[i].what not in _TOLD]

    def candidates(self, pattern: FactPattern) -> list[int]:
        """Return the facts that a pattern may hold for, by their word alone."""
        found: list[int] = []
        for what in pattern.whats:
            if what.endswith(".*"):
                for word, held in self.by_what.items():
                    if word.startswith(what[:-1]):
                        found += held
            else:
                found += self.by_what.get(what, ())
        return found

    def matching(self, pattern: FactPattern) -> frozenset[int]:
        """Return the facts that are as a pattern says; each is asked once."""
        known = self._matching.get(pattern)
        if known is None:
            found = [i for i in self.candidates(pattern) if fits(pattern, self.facts[i], self._lowered(i))]
            known = self._matching[pattern] = frozenset(found)
        return known

    def _lowered(self, index: int) -> tuple[str, ...]:
        known = self._lower.get(index)
        if known is None:
            known = self._lower[index] = tuple(value.lower() for value in self.facts[index].values)
        return known

    def near(self, index: int, scope: str, found: frozenset[int]) -> int | None:
        """Return the first of some facts in the same flow, function, file or package as a fact; None without one."""
        fact = self.facts[index]
        if scope == "package":
            around = found
        else:
            around = found & (self.flow(index) if scope == "flow" else self._at[fact.path, fact.container])
        if scope == "function":
            around = frozenset(i for i in around if self.facts[i].scope == fact.scope)
        return min((i for i in around if i != index), default=None)


def match(rules: Iterable[BehaviourRule], facts: Sequence[Fact]) -> list[Hit]:
    """Return every hit, in the order of rules and anchors."""
    base = FactBase(facts)
    return [hit for rule in rules if rule.status != "deprecated" for hit in _hits(rule, base)]


def _hits(rule: BehaviourRule, base: FactBase) -> list[Hit]:
    anchors = frozenset().union(*(base.matching(pattern) for pattern in rule.anchor))
    found: list[Hit] = []
    for index in sorted(anchors):
        if _runs(base.facts[index].when, rule.when):
            shown = _shown(rule, base, index)
            if shown is not None:
                found.append(Hit(rule, index, shown))
    return found


def _runs(when: str, wanted: tuple[str, ...]) -> bool:
    """Whether code that runs then is judged; loading a model runs code unasked: what is bad at import is bad there."""
    return when in wanted or (when == LOAD and (CALL in wanted or IMPORT in wanted))


def _shown(rule: BehaviourRule, base: FactBase, index: int) -> tuple[int, ...] | None:
    """Return the facts that show the rule at this anchor, or None where it does not hold."""
    shown: set[int] = {index}
    if rule.sources:
        flow = base.flow(index)
        flowing = frozenset().union(*(base.matching(pattern) & flow for pattern in rule.sources))
        if not flowing:
            return None
        shown |= flowing
    for pattern in rule.also:
        near = base.near(index, rule.scope, base.matching(pattern))
        if near is None:
            return None
        shown.add(near)
    if any(base.near(index, rule.scope, base.matching(pattern)) is not None for pattern in rule.never):
        return None
    return tuple(sorted(shown))


_OPEN_LAYERS = frozenset({"shell", "cmd", "python", "powershell", "batch", "javascript", "exec", "url", "json", "file"})
"""Layers that are only another language inside a text, not a decoding."""


def fits(pattern: FactPattern, fact: Fact, lowered: tuple[str, ...]) -> bool:
    """Return whether a fact whose word fits is as a pattern says; ``lowered`` are its values in lower case."""
    if pattern.when and fact.when not in pattern.when:
        return False
    if pattern.layers and sum(name not in _OPEN_LAYERS for name in fact.layer) < pattern.layers:
        return False
    if pattern.unknown is not None and pattern.unknown == bool(fact.values):
        return False
    if pattern.callees and not _find(pattern.callees, (fact.callee.lower(),)):
        return False
    if pattern.guards and not _find(pattern.guards, [guard.lower() for guard in fact.guards]):
        return False
    if pattern.paths and not _find(pattern.paths, (fact.path.lower(),)):
        return False
    if pattern.values and not _find(pattern.values, lowered):
        return False
    return not _find(pattern.not_values, lowered)


def _find(wanted: Iterable[str], values: Iterable[str]) -> bool:
    """Whether one of the expressions fits one of the lower-cased values."""
    for text in wanted:
        search = expression(text).search
        for value in values:
            if search(value):
                return True
    return False


@lru_cache(maxsize=4096)
def expression(wanted: str) -> re.Pattern[str]:
    """Return the expression of a glob, a ``re:`` text or an ``@list`` name, for lower-cased values."""
    if wanted.startswith("@"):
        return matcher(wanted[1:])
    if wanted.startswith("re:"):
        return re.compile(wanted[3:], re.DOTALL | re.IGNORECASE)
    return re.compile(f"\\A{translate(wanted.lower())}")
