"""What the rules say of a release: the hits that call it malicious or suspicious."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from depscan.facts.inspected import Inspected


class Behaviour(NamedTuple):
    """A behaviour rule that holds for a release.

    ``verdict`` is malicious or suspicious, ``when`` a word of ``depscan.facts.fact.WHEN``; ``key`` is what makes it
    the same in another release: rule, callee and folded values, no path and no line.
    """

    rule: str
    verdict: str
    title: str
    path: str
    line: int
    when: str = ""
    key: tuple[str, ...] = ()


def behaviour(item: Inspected) -> list[Behaviour]:
    """Return the rules that hold for an artifact's facts, without those that are only notes."""
    from depscan.release.code import plain
    from depscan.rules.load import load_rules
    from depscan.rules.match import match

    found: dict[tuple[str, ...], Behaviour] = {}
    for hit in match(load_rules(examples=False), item.facts):
        if hit.rule.verdict == "note":
            continue
        fact = item.facts[hit.anchor]
        key = (hit.rule.id, fact.callee, *(plain(value, item.version) for value in fact.values))
        made = Behaviour(hit.rule.id, hit.rule.verdict, hit.rule.title, fact.path, fact.line, fact.when, key)
        found.setdefault(key, made)
    return list(found.values())
