"""What a package asks for on a target: its requirements with their markers and extras judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems.pypi import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.markers import Marker
    from packaging.requirements import Requirement

_EXTRA_NAMES = re.compile(
    r"""extra\s*(?:==|!=|in|not in)\s*['"]([^'"]{1,200})['"]|['"]([^'"]{1,200})['"]\s*==\s*extra"""
)

_NOT_TOLD = ("platform_release", "platform_version")
_QUOTED = re.compile(r"""['"]([^'"]*)['"]""").findall
_MOST_QUOTED = 50


class Ask(NamedTuple):
    """One requirement of a package.

    Attributes:
        name: normalised name of what it asks for.
        extras: normalised extras it asks of that.
        requested: extras and constraint or URL, as an edge shows them.
        marker: as written, normalised by packaging.
        named: extras of the asking package that the marker names.
        rule: the marker, parsed.
    """

    name: str
    extras: frozenset[str]
    requested: str
    marker: str = ""
    named: tuple[str, ...] = ()
    rule: Marker | None = None


def read_asks(texts: Iterable[str]) -> tuple[list[Ask], list[str]]:
    """Return the requirements that can be read, and those that cannot."""
    from packaging.requirements import InvalidRequirement, Requirement

    asks: list[Ask] = []
    wrong: list[str] = []
    for text in texts:
        try:
            asks.append(_ask(Requirement(text)))
        except (InvalidRequirement, RecursionError, ValueError):
            wrong.append(text)
    return asks, wrong


def _ask(want: Requirement) -> Ask:
    extras = sorted(want.extras)
    requested = (f"[{','.join(extras)}]" if extras else "") + str(want.specifier)
    if want.url:
        requested = f"{requested} @ {want.url}".lstrip()
    marker = str(want.marker) if want.marker else ""
    named = tuple(dict.fromkeys(normalise(a or b) for a, b in _EXTRA_NAMES.findall(marker)))
    return Ask(normalise(want.name), frozenset(map(normalise, extras)), requested, marker, named, want.marker)


def taken(ask: Ask, active: Iterable[str], environment: Mapping[str, str]) -> tuple[bool, str]:
    """Return whether a requirement is taken on a target, and the edge's label: prod, or the extra that asks.

    A marker that cannot be judged (it compares what the target does not tell) is taken: better one edge too many.

    Args:
        ask: the requirement.
        active: normalised extras of the asking package that somebody requested.
        environment: see ``Target.environment``.
    """
    if ask.rule is None or _holds(ask.rule, "", environment):
        return True, "prod"
    for extra in ask.named:
        if extra in active and _holds(ask.rule, extra, environment):
            return True, f"extra:{extra}"
    return False, f"extra:{ask.named[0]}" if ask.named else "prod"


def _holds(rule: Marker, extra: str, environment: Mapping[str, str]) -> bool:
    """Whether a marker holds; for some release of the operating system, where it asks for that: no target tells it."""
    text = str(rule)
    if not any(name in text for name in _NOT_TOLD):
        return _evaluate(rule, {**environment, "extra": extra})
    releases = dict.fromkeys(["0", "99999", *_QUOTED(text)[:_MOST_QUOTED]])
    told = dict(environment) | {"extra": extra}
    return any(_evaluate(rule, {**told, **dict.fromkeys(_NOT_TOLD, release)}) for release in releases)


def _evaluate(rule: Marker, environment: dict[str, str]) -> bool:
    try:
        return rule.evaluate(environment)
    except (ValueError, RecursionError, TypeError, KeyError):
        return True
