"""Is a version affected? OSV's evaluation with a third answer: undecidable.

Source: https://ossf.github.io/osv-schema/#evaluation, with these rules for what it leaves open.

- A local build (``2.3.0+cu121``) is the release it was built from, unless the event names a local build.
- Events of one version keep the record's order, but ``last_affected`` comes after ``introduced``.
- A range with an end that is no version is decided only below its first ``introduced``; a list of versions
  in the same record decides instead. So it does for a version that cannot be ordered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from depscan.ecosystems import ecosystem
from depscan.ecosystems.record import Ecosystem
from depscan.model.advisory import AFFECTED, NAMED, UNAFFECTED, UNDECIDABLE, Advisory, Range

Order = Callable[[str], Any]

_ORDERED = frozenset({"ECOSYSTEM", "SEMVER"})


def status(advisory: Advisory, version: str | None, ecosystem_id: str = "") -> str:
    """Return affected, unaffected or undecidable (named for an entry that is only a name).

    Args:
        advisory: what the record says.
        version: as a person may write it; None asks whether every version is affected.
        ecosystem_id: OSV's name; that of the advisory by default.
    """
    if advisory.withdrawn:
        return UNAFFECTED
    if advisory.origin == "names":
        return NAMED
    if version is None:
        return AFFECTED if advisory.whole_package else UNDECIDABLE
    rules = ecosystem(ecosystem_id or advisory.ecosystem)
    undecided = False
    for wanted in advisory.ranges:
        answer = in_range(wanted, version, rules)
        if answer:
            return AFFECTED
        undecided |= answer is None
    if advisory.versions and listed(advisory, version, rules):
        return AFFECTED
    return UNDECIDABLE if undecided and not advisory.listed else UNAFFECTED


def listed(advisory: Advisory, version: str, rules: Ecosystem | None) -> bool:
    """Return whether the list of versions names this one, in whatever spelling (1.0 is 1.0.0)."""
    if version in advisory.versions:
        return True
    if rules is None or not advisory.versions or (key := rules.order(version)) is None:
        return False
    wanted = (key, rules.order(rules.public(version)))
    return any(rules.order(v) in wanted for v in advisory.versions)


def in_range(wanted: Range, version: str, rules: Ecosystem | None) -> bool | None:
    """Return whether a range holds a version; None when that cannot be decided."""
    if wanted.type not in _ORDERED or (rules is None and wanted.type != "SEMVER"):
        return True if wanted.everything else None
    order = rules.order if rules else _semver_order()
    key = order(version)
    if key is None:
        return True if wanted.everything else None
    release = order(rules.public(version)) if rules and "+" in version else key
    steps = _steps(wanted, order)
    if steps is None:
        return False if _below(wanted, release, order) else None
    return _walk(steps, key, release) and _within_limits(wanted, release, order)


def _semver_order() -> Order:
    from depscan.ecosystems.semver import order

    return order


def outside(advisory: Advisory, rules: Ecosystem | None) -> tuple[str, ...]:
    """Return the listed versions that no range of the advisory holds for certain.

    Leaving out the others changes no answer of ``status``. Ranges with limits or with local builds in an
    event count as holding nothing, and so do those of an ecosystem without known order.
    """
    rest = advisory.versions
    if rules is None:
        return rest
    for wanted in advisory.ranges:
        if any("+" in text or kind == "limit" for kind, text in wanted.events) or wanted.type not in _ORDERED:
            continue
        steps = _steps(wanted, rules.order)
        if steps:
            rest = tuple(v for v in rest if not _holds(steps, v, rules))
    return rest


def _holds(steps: list[tuple[Any, bool, str, bool]], version: str, rules: Ecosystem) -> bool:
    key, release = rules.order(version), rules.order(rules.public(version))
    return key is not None and _walk(steps, key, release)


def _walk(steps: list[tuple[Any, bool, str, bool]], key: Any, release: Any) -> bool:  # noqa: ANN401
    """Return whether the version is affected after all events at or before it."""
    affected = False
    for at, late, kind, local in steps:
        probe = key if local else release
        if probe < at or (late and probe == at):
            continue
        affected = kind == "introduced"
    return affected


@lru_cache(maxsize=8192)
def _steps(wanted: Range, order: Order) -> list[tuple[Any, bool, str, bool]] | None:
    """Return (key, ends after this version, kind, has a local part) sorted; None if one is no version."""
    start: list[tuple[Any, bool, str, bool]] = []
    steps: list[tuple[Any, bool, str, bool]] = []
    for kind, text in wanted.events:
        if kind == "limit":
            continue
        if kind not in {"introduced", "fixed", "last_affected"}:
            return None
        if kind == "introduced" and text == "0":
            start = [((), False, kind, False)]
            continue
        at = order(text)
        if at is None:
            return None
        steps.append((at, kind == "last_affected", kind, "+" in text))
    if len(steps) > 1:
        steps.sort(key=lambda step: step[:2])
    return start + steps


def _below(wanted: Range, key: Any, order: Order) -> bool:  # noqa: ANN401 - an order key
    """Return whether the version lies before everything the range introduces, so that no end matters."""
    starts = [order(text) if text != "0" else None for kind, text in wanted.events if kind == "introduced"]
    return bool(starts) and all(start is not None and key < start for start in starts)


def _within_limits(wanted: Range, key: Any, order: Order) -> bool | None:  # noqa: ANN401
    """Return whether the version is below one of the range's limits, if it has any (``*`` is no limit)."""
    limits = [text for kind, text in wanted.events if kind == "limit"]
    if not limits or "*" in limits:
        return True
    keys = [order(text) for text in limits]
    if any(at is not None and key < at for at in keys):
        return True
    return None if None in keys else False
