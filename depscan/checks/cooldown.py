"""Releases younger than the policy allows: most poisoned ones are found within days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks.check import Check, Context, finding_at
from depscan.ecosystems import ecosystem as rules_of
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from datetime import date

    from depscan.model.advisory import Advisory
    from depscan.model.package import Package

RULE = Rule(
    "trust/cooldown",
    "Release younger than the cooldown",
    "trust",
    Severity.MEDIUM,
    "The newest file of the locked release was uploaded fewer days ago than the policy's [cooldown] asks for. A day "
    "counts as a whole: what was uploaded on the 1st passes a cooldown of 7 days on the 8th.",
    "A poisoned release is usually found and removed within hours or days; who waits a week does not install it. "
    "Of 31 incidents taken apart, a cooldown of 7 days would have stopped 28.",
    "Lock a release that is old enough until the day named, or read what changed (depscan compare) and write an "
    "exception that ends on that day.",
    'Every young release is held, not only bad ones. One that clears an advisory passes (fixes = "allow").',
)
_DATED = frozenset({"registry", "npm", "conda", "jsr"})
_NAMED = 3


class _Young(NamedTuple):
    key: str
    package: Package
    age: int
    days: int
    until: str


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per release that is held, and what has no known age; nothing when no cooldown is set."""
    if not context.cooldown.wanted or not context.now:
        return
    from datetime import date

    today = date.fromisoformat(context.now[:10])
    unknown: dict[str, list[str]] = {}
    for key, package in context.graph.nodes.items():
        days = _days(context, package) if package.source in _DATED and package.version else 0
        if not days:
            continue
        uploaded = _uploaded(package)
        if uploaded is None:
            unknown.setdefault(package.ecosystem, []).append(package.name)
        elif (today - uploaded).days < days:
            yield from _judge(context, _young(key, package, today, uploaded, days))
    for ecosystem, names in unknown.items():
        yield _not_known(ecosystem, names, needed=context.cooldown.needed)


def _days(context: Context, package: Package) -> int:
    """Return the age a package needs: by its name, else by its index, else the usual one."""
    rules = rules_of(package.ecosystem)
    for name, days in context.cooldown.packages:
        if package.name in (name, rules.normalise(name) if rules else name):
            return days
    wanted = package.registry.rstrip("/")
    for url, days in context.cooldown.indexes:
        if wanted and wanted == url.rstrip("/"):
            return days
    return context.cooldown.days


def _uploaded(package: Package) -> date | None:
    """Return the day of the newest file: a file added later to an old release is as new as a new release."""
    from datetime import UTC, datetime

    found = None
    for file in package.files:
        try:
            when = datetime.fromisoformat(file.upload_time) if file.upload_time else None
        except ValueError:
            continue
        if when is not None:
            day = (when.astimezone(UTC) if when.tzinfo else when).date()
            found = day if found is None or day > found else found
    return found


def _young(key: str, package: Package, today: date, uploaded: date, days: int) -> _Young:
    from datetime import timedelta

    try:
        until = (uploaded + timedelta(days=days)).isoformat()
    except OverflowError:
        until = "the end of time"
    return _Young(key, package, max(0, (today - uploaded).days), days, until)


def _judge(context: Context, young: _Young) -> Iterator[Finding | Coverage]:
    package = young.package
    cleared = _cleared(context, package) if context.cooldown.fixes == "allow" else ""
    worse = _worse(context, young.key)
    if cleared and not worse:
        seen = "adds nothing that runs by itself" if worse is False else "was not compared with the one before"
        why = f"{package.name} {package.version} passes before {young.until}: it clears {cleared} and {seen}"
        yield Coverage(package.name, "done" if worse is False else "partial", why, kind="cooldown")
        return
    count = "today" if young.age == 0 else "1 day ago" if young.age == 1 else f"{young.age} days ago"
    message = f"uploaded {count}; held until {young.until} ({young.days} days)"
    if cleared:
        message += f": it clears {cleared}, but adds something that runs by itself"
    older = _old_enough(context, package)
    fix = f"use {package.name} {older}, which is old enough, until {young.until}" if older else ""
    yield finding_at(context, RULE, young.key, message, context.graph.first_place(young.key), fix=fix)


def _worse(context: Context, key: str) -> bool | None:
    """Return whether a release adds something that runs unasked; None when that was not, or not wholly, compared."""
    found = context.before.releases.get(key, ()) if context.before else ()
    if any(diff.worse for diff in found):
        return True
    return None if not found or any(diff.gaps for diff in found) else False


def _cleared(context: Context, package: Package) -> str:
    """Return the id of an advisory that this release clears; "" for none.

    In a change that is one of the version before; otherwise one whose fixed version is exactly this one.
    """
    index = context.advisories
    if index is None or package.version is None or not index.covers(package.ecosystem):
        return ""
    from depscan.intel.ranges import status
    from depscan.model.advisory import AFFECTED, UNAFFECTED, VULNERABILITY

    held = [p.version for p in _others(context, package, past_only=True) if p.version]
    for advisory in index.lookup(package.ecosystem, package.name):
        if advisory.kind != VULNERABILITY or status(advisory, package.version, package.ecosystem) != UNAFFECTED:
            continue
        if held:
            fixes = any(status(advisory, version, package.ecosystem) == AFFECTED for version in held)
        else:
            fixes = not advisory.withdrawn and _fixed_by(advisory, package)
        if fixes:
            return advisory.id
    return ""


def _fixed_by(advisory: Advisory, package: Package) -> bool:
    rules = rules_of(package.ecosystem)
    here = rules.order(package.version) if rules and package.version else None
    if rules is None or here is None:
        return False
    return any(kind == "fixed" and rules.order(v) == here for r in advisory.ranges for kind, v in r.events)


def _others(context: Context, package: Package, *, past_only: bool = False) -> list[Package]:
    """Return other versions of a package that the documents know, those before the change included."""
    from depscan.graph.changes import versions

    graphs = [] if past_only else [context.graph]
    found = versions([*graphs, *([context.before.graph] if context.before else [])], package.ecosystem, package.name)
    return [p for p in found if p.version != package.version]


def _old_enough(context: Context, package: Package) -> str:
    """Return the newest version that the documents know to be old enough; "" when they know none."""
    from datetime import date

    rules, today = rules_of(package.ecosystem), date.fromisoformat(context.now[:10])
    found = []
    for other in _others(context, package):
        uploaded, key = _uploaded(other), rules.order(other.version) if rules and other.version else None
        if uploaded is not None and key is not None and (today - uploaded).days >= _days(context, other):
            found.append((key, other.version or ""))
    return max(found)[1] if found else ""


def _not_known(ecosystem: str, names: list[str], *, needed: bool) -> Coverage:
    shown = ", ".join(sorted(set(names))[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    count = "1 package" if len(names) == 1 else f"{len(names)} packages"
    why = f"age not known: the files give no upload time for {count} ({shown}{more})"
    return Coverage(ecosystem, "partial", why, needed=needed, kind="age")


CHECK = Check("cooldown", "Releases younger than the cooldown", (RULE,), run)
