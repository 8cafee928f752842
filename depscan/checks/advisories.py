"""Known vulnerabilities and known-malicious releases, from the advisory index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from depscan.checks.check import Check, Context
from depscan.intel.aliases import Group, group
from depscan.intel.fixes import clearing_version
from depscan.intel.match import matches
from depscan.model.advisory import AFFECTED, MALICIOUS, NAMED, UNDECIDABLE, VULNERABILITY
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.model.advisory import Advisory
    from depscan.model.package import Package

_LOOKED_UP = frozenset({"registry", "npm", "url"})
"""Sources whose name and version mean what the advisory means. A repository or folder is its own thing."""

MALICIOUS_RELEASE = Rule(
    "advisory/malicious",
    "Known-malicious release",
    "malicious",
    Severity.MALICIOUS,
    "A malicious-packages record names this package and version: it was published to do harm.",
    "Code of such a package runs at install, at import or at interpreter start, with everything your user or CI "
    "job may read: tokens, keys, cloud credentials, source.",
    "Do not install it. Where it was installed: look for what it left behind and stop that first, then rotate every "
    "secret the machine could read, then rebuild the machine.",
    "A record that calls every version malicious on the name of a living project means single releases; it is then "
    "reported as advisory/malicious-name.",
)
MALICIOUS_NAME = Rule(
    "advisory/malicious-name",
    "Name with a malicious past",
    "malicious",
    Severity.MEDIUM,
    "A malicious-packages record exists for this name, but it does not say that this version is meant.",
    "Either the name belonged to an attacker once, or single releases of a real project were replaced by an "
    "attacker's. Which releases those were is in the record.",
    "Read the record and make sure that your version is none of those.",
    "Expected on projects that had one hijacked release (litellm, ultralytics, num2words ...).",
)
VULNERABLE = Rule(
    "advisory/vulnerable",
    "Known vulnerability",
    "vulnerability",
    Severity.HIGH,
    "A published advisory says that this version is affected.",
    "Attackers read advisories too; the severity is computed from the record's CVSS vector.",
    "Move to the fixed version the report names: the lowest that clears every advisory of the package.",
    "The vulnerable part may be one you do not use: accept it with an exception that says so and expires.",
)
UNDECIDABLE_RULE = Rule(
    "advisory/undecidable",
    "Advisory that cannot be decided",
    "vulnerability",
    Severity.UNKNOWN,
    "An advisory exists for the package, but its range or the version cannot be compared.",
    "Some records end a range in a commit or a word instead of a version (nine of torch's do). Silence would be a "
    "guess, so it is shown.",
    "Read the record and decide; accept it with an exception, or set undecidable in the policy.",
    "Common on torch and on packages with hand-made version numbers.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield one finding per alias group and package, and what could not be matched."""
    index = context.advisories
    if index is None:
        return
    open_, unknown = Counter[str](), Counter[str]()
    fixed = {(p.ecosystem, p.name) for p in context.graph.nodes.values() if p.version is not None}
    for key, package in context.graph.nodes.items():
        if package.source not in _LOOKED_UP:
            unknown[package.ecosystem] += package.source in {"conda", "jsr"}
            continue
        if not index.covers(package.ecosystem):
            unknown[package.ecosystem] += 1
            continue
        name = package.name.partition("[")[0]
        advisories = index.lookup(package.ecosystem, name)
        if advisories:
            yield from _judge(context, key, package, advisories)
        if package.version is None and (package.ecosystem, name) not in fixed:
            open_[package.ecosystem] += 1
    for ecosystem, count in open_.items():
        why = f"{_packages(count)} without an exact version: nobody knows which advisories apply; lock them"
        yield Coverage(ecosystem, "partial", why, needed=True, kind="unpinned")
    for ecosystem, count in unknown.items():
        if count:
            why = f"{_packages(count)} of an ecosystem the advisory index has no data for"
            yield Coverage(ecosystem, "skipped", why, needed=True, kind="ecosystem")


def _packages(count: int) -> str:
    return f"{count} package" if count == 1 else f"{count} packages"


def _judge(context: Context, key: str, package: Package, advisories: list[Advisory]) -> Iterator[Finding]:
    found = matches(advisories, package.version, package.ecosystem)
    if not found:
        return
    living = any(a.kind == VULNERABILITY for a in advisories)
    fix, version, ecosystem = "", package.version, package.ecosystem
    if version and any(m.status == AFFECTED and m.advisory.kind == VULNERABILITY for m in found):
        fix = (
            clearing_version(advisories, version, ecosystem)
            or clearing_version(advisories, version, ecosystem, past_undecidable=True)
            or ""
        )
    fits = _fits(context, key, package, fix)
    for made in group(found):
        yield _finding(key, package, made, living=living, fix=fix, fits=fits)


def _finding(key: str, package: Package, made: Group, *, living: bool, fix: str, fits: bool | None) -> Finding:
    name = f"{package.name} {package.version}" if package.version else package.name
    worst = max((m.advisory for m in made.matches), key=lambda a: (a.severity, a.score))
    base = Finding(
        VULNERABLE.id, "vulnerability", worst.severity, Confidence.HIGH, key, "",
        ids=made.ids, status=made.status, references=made.related, vector=next(iter(worst.vectors), ""),
        published=made.matches[0].advisory.published,
    )  # fmt: skip
    if made.status == NAMED:
        message = f"the name {package.name} is on a list of malicious packages that gives no versions"
        return base._replace(
            rule=MALICIOUS_NAME.id, klass="malicious", severity=MALICIOUS_NAME.severity, confidence=Confidence.LOW,
            message=message, ids=(), status="", references=made.ids + made.related, fix=MALICIOUS_NAME.fix,
        )  # fmt: skip
    if made.status == AFFECTED and any(m.advisory.kind == MALICIOUS for m in made.matches):
        if living and all(m.broad for m in made.matches):
            message = f"a record calls every release of {package.name} malicious, which is a living project"
            rule, severity, confidence = MALICIOUS_NAME, MALICIOUS_NAME.severity, Confidence.LOW
        else:
            message, severity, confidence = f"{name} is a known-malicious release", Severity.MALICIOUS, Confidence.HIGH
            rule = MALICIOUS_RELEASE
        return base._replace(
            rule=rule.id, klass="malicious", severity=severity, confidence=confidence, message=message, fix=rule.fix
        )
    if made.status == UNDECIDABLE:
        message = (
            f"nobody can say whether {name} is affected by {made.ids[0]}: its range and this version do not compare"
        )
        return base._replace(rule=UNDECIDABLE_RULE.id, message=message, fix=UNDECIDABLE_RULE.fix)
    advice = f"move to {package.name} {fix}" if fix else "no release is known that clears it"
    return base._replace(
        message=f"{name} is affected by {made.ids[0]}", fix=advice, fixed_version=fix, fits=fits if fix else None
    )


def _fits(context: Context, key: str, package: Package, fix: str) -> bool | None:
    """Return whether the fixed version satisfies every constraint of the parents; None when none is stated."""
    wants = {e.requested for e in context.graph.requested_by(key)} - {"", f"=={package.version}"}
    wants = {w.rpartition("]")[2].strip() for w in wants if not w.startswith("constraint ")} - {""}
    if not fix or not wants or package.ecosystem != "PyPI":
        return None
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return all(SpecifierSet(w).contains(fix, prereleases=True) for w in wants)
    except InvalidSpecifier:
        return None


CHECK = Check(
    "advisories",
    "Known vulnerabilities and malicious releases",
    (MALICIOUS_RELEASE, MALICIOUS_NAME, VULNERABLE, UNDECIDABLE_RULE),
    run,
)
