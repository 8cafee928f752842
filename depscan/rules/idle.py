"""Which parts of a rule no example needs: a part that can be dropped unnoticed is untested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.rules.match import match
from depscan.rules.schema import BehaviourRule, FactPattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.facts.fact import Fact

_FIELDS = ("whats", "callees", "values", "not_values", "paths", "guards")


def idle_parts(rule: BehaviourRule, examples: list[list[Fact]]) -> list[str]:
    """Return the alternatives and conditions of a rule without which every example ends the same.

    Args:
        rule: the rule.
        examples: the facts of each of its examples.
    """
    usual = [_outcome(rule, facts) for facts in examples]
    return [name for name, changed in _without(rule) if [_outcome(changed, f) for f in examples] == usual]


def _outcome(rule: BehaviourRule, facts: list[Fact]) -> list[int]:
    return [hit.anchor for hit in match([rule], facts)]


def _without(rule: BehaviourRule) -> Iterator[tuple[str, BehaviourRule]]:
    """Yield the rule with one part dropped at a time, and the part's name."""
    for word in rule.when:
        if len(rule.when) > 1:
            yield f"when {word}", rule._replace(when=tuple(w for w in rule.when if w != word))
    for role in ("anchor", "sources", "also", "never"):
        patterns: tuple[FactPattern, ...] = getattr(rule, role)
        for i, pattern in enumerate(patterns):
            if len(patterns) > 1 or role in {"also", "never"}:
                yield f"{role} {i + 1}", _with(rule, role, patterns[:i] + patterns[i + 1 :])
            for field in _FIELDS:
                texts: tuple[str, ...] = getattr(pattern, field)
                for text in texts:
                    rest = tuple(t for t in texts if t != text)
                    if rest or field not in {"whats"}:
                        changed = FactPattern(**{**pattern._asdict(), field: rest})
                        kept = (*patterns[:i], changed, *patterns[i + 1 :])
                        yield f"{role} {field} {text!r}", _with(rule, role, kept)


def _with(rule: BehaviourRule, role: str, patterns: tuple[FactPattern, ...]) -> BehaviourRule:
    return BehaviourRule(**{**rule._asdict(), role: patterns})
