"""The one rule engine: rules and the facts of an artifact in, hits out."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

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
        self.by_path: dict[tuple[str, ...], list[int]] = {}
        for i, fact in enumerate(facts):
            self.by_what.setdefault(fact.what, []).append(i)
            self.by_path.setdefault((*fact.container, fact.path), []).append(i)
        self._flow: dict[int, frozenset[int]] = {}

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

    def scope(self, index: int, scope: str) -> Iterable[int]:
        """Return the facts that stand in the same flow, function, file or package as a fact."""
        fact = self.facts[index]
        if scope == "flow":
            return self.flow(index)
        if scope == "package":
            return range(len(self.facts))
        held = self.by_path[(*fact.container, fact.path)]
        if scope == "function":
            return [i for i in held if self.facts[i].scope == fact.scope]
        return held


def match(rules: Iterable[BehaviourRule], facts: Sequence[Fact]) -> list[Hit]:
    """Return every hit, in the order of rules and anchors."""
    base = FactBase(facts)
    return [hit for rule in rules if rule.status != "deprecated" for hit in _hits(rule, base)]


def _hits(rule: BehaviourRule, base: FactBase) -> list[Hit]:
    found: dict[int, Hit] = {}
    for pattern in rule.anchor:
        for index in base.candidates(pattern):
            fact = base.facts[index]
            if index in found or fact.when not in rule.when or not fits(pattern, fact):
                continue
            shown = _shown(rule, base, index)
            if shown is not None:
                found[index] = Hit(rule, index, shown)
    return [found[i] for i in sorted(found)]


def _shown(rule: BehaviourRule, base: FactBase, index: int) -> tuple[int, ...] | None:
    """Return the facts that show the rule at this anchor, or None where it does not hold."""
    shown: list[int] = []
    if rule.sources:
        flowing = [i for i in base.flow(index) if any(fits(p, base.facts[i]) for p in rule.sources)]
        if not flowing:
            return None
        shown += flowing
    if rule.also or rule.never:
        around = [i for i in base.scope(index, rule.scope) if i != index]
        for pattern in rule.also:
            first = next((i for i in around if fits(pattern, base.facts[i])), None)
            if first is None:
                return None
            shown.append(first)
        if any(fits(p, base.facts[i]) for p in rule.never for i in around):
            return None
    return tuple(sorted({*shown, index}))


_OPEN_LAYERS = frozenset({"shell", "cmd", "python", "powershell", "batch", "javascript", "exec", "url", "json", "file"})
"""Layers that are only another language inside a text, not a decoding."""


def fits(pattern: FactPattern, fact: Fact) -> bool:
    """Return whether a fact is as a pattern says."""
    if not any(fact.what == w or (w.endswith(".*") and fact.what.startswith(w[:-1])) for w in pattern.whats):
        return False
    if pattern.when and fact.when not in pattern.when:
        return False
    if pattern.layers and sum(name not in _OPEN_LAYERS for name in fact.layer) < pattern.layers:
        return False
    if pattern.unknown is not None and pattern.unknown == bool(fact.values):
        return False
    if pattern.callees and not any(_find(c, fact.callee) for c in pattern.callees):
        return False
    if pattern.guards and not any(_find(g, guard) for g in pattern.guards for guard in fact.guards):
        return False
    if pattern.paths and not any(_find(p, fact.path) for p in pattern.paths):
        return False
    if pattern.values and not any(_find(v, value) for v in pattern.values for value in fact.values):
        return False
    return not any(_find(v, value) for v in pattern.not_values for value in fact.values)


def _find(wanted: str, value: str) -> bool:
    return expression(wanted).search(value.lower()) is not None


@lru_cache(maxsize=4096)
def expression(wanted: str) -> re.Pattern[str]:
    """Return the expression of a glob, a ``re:`` text or an ``@list`` name, for lower-cased values."""
    if wanted.startswith("@"):
        return matcher(wanted[1:])
    if wanted.startswith("re:"):
        return re.compile(wanted[3:], re.DOTALL | re.IGNORECASE)
    return re.compile(f"\\A{translate(wanted.lower())}")
