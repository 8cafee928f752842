"""Known vulnerabilities and known-malicious releases, from the advisory index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks._action_version import ECOSYSTEM as ACTIONS
from depscan.checks._action_version import as_published
from depscan.checks._agent_formats import AGENT_FORMATS
from depscan.checks._pipelines import BUILD_FORMATS
from depscan.checks.check import Check, Context
from depscan.ecosystems import ecosystem as rules_of
from depscan.intel.aliases import Group, group
from depscan.intel.fixes import Fix, clearing_version
from depscan.intel.match import matches
from depscan.model.advisory import AFFECTED, MALICIOUS, NAMED, UNDECIDABLE, VULNERABILITY
from depscan.model.decision import Coverage
from depscan.model.document import claimed_releases
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.intel.index import Index
    from depscan.model.advisory import Advisory
    from depscan.model.document import Document
    from depscan.model.package import Package

_LOOKED_UP = frozenset({"registry", "npm", "url"})
"""Sources whose name and version mean what the advisory means. A repository or folder is its own thing."""

_NAMED = 3

_STALE_YEARS = 2
"""Vulnerability data that ends this many years before the newest record is no basis for "clean"."""

_PASSING = BUILD_FORMATS | AGENT_FORMATS | {"notebook-code", "python-code"}
"""Formats whose commands fetch something for one run; what a project ships stands in others."""

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


class Census(NamedTuple):
    """What of a project no advisory can be compared with whatever an index holds; made without an index.

    Attributes:
        released: ecosystem to how many of its packages are releases of an index.
        pinned: ecosystems of those that have an exact version.
        open: ecosystem to names of packages of the project without an exact version anywhere.
        passing: the same, of packages that only pipelines, image builds, notebooks and agents install.
        foreign: ecosystems without advisories of their own (conda, JSR) to how many packages.
        unnamed: names of packages from a repository or bare URL.
    """

    released: dict[str, int]
    pinned: list[str]
    open: dict[str, list[str]]
    passing: dict[str, list[str]]
    foreign: dict[str, int]
    unnamed: list[str]


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield one finding per alias group and package, and what could not be matched."""
    index = context.advisories
    if index is None:
        return
    yield from _actions(context)
    nodes = {key: p for key, p in context.graph.nodes.items() if p.ecosystem != ACTIONS}
    fixed = _fixed(nodes.values())
    for key, package in nodes.items():
        if not _named(package) and package.source in _LOOKED_UP and index.covers(package.ecosystem):
            advisories = index.lookup(package.ecosystem, _plain(package))
            for finding in _judge(context, key, package, advisories) if advisories else ():
                if finding.severity is Severity.MALICIOUS or not _pinned_elsewhere(package, fixed):
                    yield finding
    yield from gaps(index, census(context.documents, context.graph.nodes.values()))


def census(documents: Iterable[Document], packages: Iterable[Package]) -> Census:
    """Return what no advisory can be compared with.

    Args:
        documents: what each file states.
        packages: nodes of the merged graph.
    """
    every = list(packages)
    actions = [p for p in every if p.ecosystem == ACTIONS]
    nodes = [p for p in every if p.ecosystem != ACTIONS]
    stated = {(p.ecosystem, p.name) for d in documents if d.format not in _PASSING for p in d.nodes.values()}
    fixed = _fixed(every)
    made = Census({}, [], {}, {}, {}, [])
    released, foreign = Counter[str](), Counter[str]()
    for package in nodes:
        if _named(package):
            made.unnamed.append(package.name)
        elif package.source not in _LOOKED_UP:
            foreign[package.ecosystem] += package.source in {"conda", "jsr"}
        else:
            released[package.ecosystem] += 1
            if package.version is None and not _pinned_elsewhere(package, fixed):
                of_project = (package.ecosystem, package.name) in stated
                (made.open if of_project else made.passing).setdefault(package.ecosystem, []).append(_plain(package))
    looked_up = (p for p in (*nodes, *actions) if p.source in _LOOKED_UP and p.version is not None)
    pinned = sorted({p.ecosystem for p in looked_up})
    return made._replace(released=dict(released), foreign={e: n for e, n in foreign.items() if n}, pinned=pinned)


def gaps(index: Index, said: Census) -> Iterator[Coverage]:
    """Yield what could not be compared with the advisories of an index."""
    unknown = Counter({e: n for e, n in said.released.items() if not index.covers(e)})
    unknown.update(said.foreign)
    yield from _not_matched({e: n for e, n in said.open.items() if index.covers(e)}, unknown, said.unnamed)
    built = [name for e, names in said.passing.items() if index.covers(e) for name in names]
    if built:
        # They are no part of what the project ships; other checks name each of them with its line.
        who = "pipelines, image builds, notebooks and agents"
        why = f"{_packages(built)} that only {who} install, without an exact version"
        yield Coverage("advisories", "partial", why, kind="unpinned")
    # Of a package without a version no vulnerability is looked up: what the index lacks of them is no gap of the scan.
    yield from _stale(index, set(said.pinned))


def _named(package: Package) -> bool:
    """Return whether only a repository or URL says what the package is."""
    return package.source == "git" or (package.ecosystem == "project" and package.source == "url")


def _plain(package: Package) -> str:
    return package.name.partition("[")[0]


def _fixed(packages: Iterable[Package]) -> set[tuple[str, str]]:
    return {(p.ecosystem, p.name) for p in packages if p.version is not None}


def _pinned_elsewhere(package: Package, fixed: set[tuple[str, str]]) -> bool:
    return package.version is None and (package.ecosystem, _plain(package)) in fixed


def _actions(context: Context) -> Iterator[Finding]:
    claims = claimed_releases(context.documents)
    for key, package in context.graph.nodes.items():
        if package.ecosystem == ACTIONS:
            yield from _action(context, key, package, claims.get(key, ""))


def _action(context: Context, key: str, package: Package, claimed: str) -> Iterator[Finding]:
    """Yield what is known of an action; nothing where the index has no data of actions or the action is a folder."""
    index = context.advisories
    if index is None or package.source != "git" or not index.covers(ACTIONS):
        return
    advisories = index.lookup(ACTIONS, "/".join(package.name.split("/")[:2]))
    if not advisories:
        return
    published = as_published(package, claimed, {v for a in advisories for v in a.versions})
    for finding in _judge(context, key, published, advisories):
        if published.version == package.version:
            yield finding
        else:
            message = f"{finding.message}, if the comment behind its commit is right"
            yield finding._replace(message=message, confidence=Confidence.MEDIUM)


def _not_matched(open_: dict[str, list[str]], unknown: Counter[str], unnamed: list[str]) -> Iterator[Coverage]:
    """Yield what the advisories could not be compared with: by range, by ecosystem, by source."""
    for ecosystem, names in open_.items():
        why = f"{_packages(names)} without an exact version: nobody knows which advisories apply; lock them"
        yield Coverage(ecosystem, "partial", why, needed=True, kind="unpinned")
    for ecosystem, count in unknown.items():
        if count:
            what = "1 package" if count == 1 else f"{count} packages"
            advice = "" if rules_of(ecosystem) is None else f"'depscan db update {ecosystem}' fetches some, "
            why = f"the advisory index has no data for its {what} ({advice}accept-unchecked in the policy accepts it)"
            yield Coverage(ecosystem, "skipped", why, needed=True, kind="ecosystem")
    if unnamed:
        why = f"{_packages(unnamed)} from a repository or bare URL: advisories speak of published releases"
        yield Coverage("advisories", "skipped", why, kind="source")


def _stale(index: Index, ecosystems: set[str]) -> Iterator[Coverage]:
    """Say so where the index knows malicious packages of an ecosystem but no vulnerabilities of late."""
    floor = str(int(str(index.meta["newest"])[:4]) - _STALE_YEARS)
    for ecosystem in sorted(ecosystems):
        known = index.newest_flaw(ecosystem)
        if index.covers(ecosystem) and known[:4] < floor:
            upto = f"only up to {known[:10]}" if known else "not at all"
            why = f"vulnerabilities are known {upto}, malicious packages later ('depscan db update {ecosystem}')"
            yield Coverage(ecosystem, "partial", why, needed=True, kind="ecosystem")


def _packages(names: list[str]) -> str:
    shown = ", ".join(sorted(set(names))[:_NAMED])
    more = len(names) - _NAMED
    count = "1 package" if len(names) == 1 else f"{len(names)} packages"
    return f"{count} ({shown} and {more} more)" if more > 0 else f"{count} ({shown})"


def _judge(context: Context, key: str, package: Package, advisories: list[Advisory]) -> Iterator[Finding]:
    found = matches(advisories, package.version, package.ecosystem)
    if not found:
        return
    living = any(a.kind == VULNERABILITY for a in advisories)
    fix = Fix("", ())
    if package.version and any(m.status == AFFECTED and m.advisory.kind == VULNERABILITY for m in found):
        fix = clearing_version(advisories, package.version, package.ecosystem)
    fits = _fits(context, key, package, fix.version)
    for made in group(found):
        yield _finding(key, package, made, living=living, fix=fix, fits=fits)


def _finding(key: str, package: Package, made: Group, *, living: bool, fix: Fix, fits: bool | None) -> Finding:
    name = f"{package.name} {package.version}" if package.version else package.name
    worst = made.matches[0].advisory
    if len(made.matches) > 1:
        worst = max((m.advisory for m in made.matches), key=lambda a: (a.severity, a.score))
    rule, severity, confidence = VULNERABLE, worst.severity, Confidence.HIGH
    status, ids, references = made.status, made.ids, made.related
    cleared, advice = "", ""
    if status == NAMED:
        rule, severity, confidence = MALICIOUS_NAME, MALICIOUS_NAME.severity, Confidence.LOW
        status, ids, references = "", (), made.ids + made.related
        message = f"the name {package.name} is on a list of malicious packages that gives no versions"
    elif status == UNDECIDABLE:
        rule = UNDECIDABLE_RULE
        message = f"nobody can say whether {name} is affected by {ids[0]}: range and version do not compare"
    elif all(m.advisory.kind != MALICIOUS for m in made.matches):
        cleared = fix.version if ids[0] not in fix.left else ""
        advice = f"move to {package.name} {cleared}" if cleared else "no release is known that clears it"
        message = f"{name} is affected by {ids[0]}"
    elif living and all(m.broad for m in made.matches):
        rule, severity, confidence = MALICIOUS_NAME, MALICIOUS_NAME.severity, Confidence.LOW
        message = f"a record calls every release of {package.name} malicious, which is a living project"
    else:
        rule, severity = MALICIOUS_RELEASE, Severity.MALICIOUS
        message = f"{name} is a known-malicious release"
    return Finding(
        rule.id,
        rule.klass,
        severity,
        confidence,
        key,
        message,
        ids,
        status,
        fix=advice or rule.fix,
        fixed_version=cleared,
        fits=fits if cleared else None,
        references=references,
        vector=worst.vectors[0] if worst.vectors else "",
        published=made.matches[0].advisory.published,
    )


def _fits(context: Context, key: str, package: Package, fix: str) -> bool | None:
    """Return whether the fixed version satisfies every constraint of the parents; None when none is stated."""
    if not fix or package.ecosystem != "PyPI":
        return None
    wants = {e.requested.rpartition("]")[2].strip() for e in context.graph.requested_by(key)}
    wants = {w for w in wants if not w.startswith("constraint ")} - {"", f"=={package.version}"}
    if not wants:
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
