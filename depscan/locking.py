"""Write down what a project trusts, and say later what of it changed.

from depscan.locking import drift, lock
text = lock("project")
print(drift("project").verdict)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.api import Options, open_registry, time_of_scan
from depscan.errors import UsageError
from depscan.graphs import file_info, merged
from depscan.inputs.gather import Gathered
from depscan.judging import order_of_gaps
from depscan.lock.classes import PREFIX, drift_classes
from depscan.lock.compare import compare
from depscan.lock.read import lock_in
from depscan.lock.take import Taken, lock_taken
from depscan.lock.write import written
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.model.result import ScanResult, exit_code
from depscan.policy.at import state_before
from depscan.policy.decide import decide
from depscan.policy.drift import for_drift, with_allowed
from depscan.policy.rules import RULES
from depscan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.facts.packages import Looked
    from depscan.graph.graph import DependencyGraph
    from depscan.lock.compare import Drift
    from depscan.lock.records import Lock, Row
    from depscan.policy.policy import Policy
    from depscan.text.source import SourceFile

__all__ = ["NAME", "Locked", "drift", "lock", "take"]

NAME = "depscan.lock"
_UNREAD = frozenset({"input", "budget", "include", "revision"})
"""Kinds of coverage that say that the project was not read whole."""


class Locked(NamedTuple):
    """What a project trusts now.

    Attributes:
        lock: its rows.
        gathered: what was read, to tell lines by.
        graph: of it.
        coverage: what could not be read.
    """

    lock: Lock
    gathered: Gathered
    graph: DependencyGraph
    coverage: tuple[Coverage, ...]


def lock(path: str = ".", options: Options | None = None, *, quick: bool = False) -> str:
    """Return the text of the lock of a project; see ``take``."""
    return written(take(path, options, quick=quick).lock)


def take(path: str = ".", options: Options | None = None, *, quick: bool = False) -> Locked:
    """Read what a project trusts.

    Args:
        path: its folder, or one file.
        options: see ``Options``: archives, ``online``, ``jobs``, ``cache`` and ``progress`` matter here.
        quick: leave the SHA-256 of whole model files out; headers and templates are hashed all the same.

    Raises:
        UsageError: there is no such file or folder.
    """
    from depscan.facts.digests import ALL, Digests
    from depscan.facts.project import DigestedProject, digest_project

    options = options or Options()
    if not os.path.exists(path):
        raise UsageError("no such file or folder", path=path)
    gathered = Gathered(root=_top(path))
    gathered.add_paths([os.path.abspath(path)], options.format_hint)
    held = DigestedProject(None)
    if os.path.isdir(path):
        options.progress(f"hashing the model files below {path}")
        held = digest_project(path, Digests(0 if quick else ALL))
    graph = merged(gathered)
    looked = _looked(graph, path, options)
    models = held.item.models if held.item else ()
    made = lock_taken(Taken(graph, gathered.documents, models, held.code, held.archives, looked))
    coverage = [_project(item) for item in (*gathered.coverage, *(looked.coverage if looked else ()))]
    return Locked(made, gathered, graph, tuple(coverage))


def _top(path: str) -> str:
    full = os.path.abspath(path)
    return full if os.path.isdir(full) else os.path.dirname(full)


def _project(item: Coverage) -> Coverage:
    """Return coverage by which a project that was not read whole is incomplete rather than bad input."""
    return item._replace(kind="project") if item.kind in _UNREAD else item


def _looked(graph: DependencyGraph, path: str, options: Options) -> Looked | None:
    """Read the packages' archives and ask the index, as far as the user wants that."""
    if not options.find_links and not options.online:
        return None
    from depscan.facts.cache import FactCache
    from depscan.facts.packages import Wish, look, look_online

    wish = Wish(
        today=(options.now or time_of_scan())[:10],
        find_links=options.find_links,
        jobs=options.jobs,
        whole_release=options.whole_release,
        read=options.inspect,
        cache=FactCache() if options.cache else None,
        progress=options.progress,
    )
    if not options.online:
        return look(graph, wish)
    with open_registry(path) as registry:
        return look_online(graph, wish, registry)


def drift(path: str = ".", options: Options | None = None, *, against: str = "", quick: bool = False) -> ScanResult:
    """Compare a project with its lock; the differences are findings that the policy judges.

    Args:
        path: its folder, or one file.
        options: see ``take``; policy and time matter, too.
        against: a lock, or a git revision that holds one at the project's place; "" for the lock in the project. The
            policy is then the revision's, too, unless ``options`` name one: a change does not vote on itself.
        quick: see ``take``.

    Raises:
        LockMissingError: there is no lock.
        LockError: the lock is wrong.
        UsageError: no such file, folder or revision.
        PolicyError: the policy is wrong.
    """
    options = options or Options()
    if not os.path.exists(path):
        raise UsageError("no such file or folder", path=path)
    before = state_before(path, against, options.config, NAME)
    held, source, policy = lock_in(before.source), before.source, for_drift(before.policy)
    now = take(path, options, quick=quick)
    found = compare(held, now.lock)
    prefix = path if os.path.isdir(path) else os.path.dirname(path)
    places = _Places(source, now.gathered, prefix)
    findings = [_finding(one, places, policy) for one in found.drifts]
    when = options.now or time_of_scan()
    return _result(now, findings, policy, found.gaps, when, source.path, len(held.rows))


def _result(
    now: Locked, findings: list[Finding], policy: Policy, gaps: Sequence[str], when: str, path: str, held: int
) -> ScanResult:
    decisions = with_allowed(decide(findings, policy, when[:10]), policy)
    decisions.sort(key=lambda d: (d.action != "block", -d.finding.severity, d.finding.subject, d.finding.rule,
                                  d.finding.message))  # fmt: skip
    notes = [Coverage(path, "skipped", gap, kind="drift") for gap in gaps]
    coverage = sorted((*now.coverage, *notes), key=order_of_gaps)
    rules = {rule.id: rule for rule in (*RULES, *(one.rule for one in drift_classes().values()))}
    return ScanResult(
        tool_version=__version__,
        graph=now.graph,
        findings=tuple(d.finding for d in decisions),
        decisions=tuple(decisions),
        coverage=tuple(coverage),
        files=tuple(file_info(d) for d in now.gathered.documents),
        snapshot=None,
        rules=rules,
        timestamp=when,
        exit_code=exit_code(decisions, coverage, held + len(now.lock.rows)),
        mode="drift",
    )


class _Places:
    """Tells where rows stand.

    Args:
        source: the lock.
        gathered: the project.
        prefix: its folder as the user named it.
    """

    def __init__(self, source: SourceFile, gathered: Gathered, prefix: str) -> None:
        self._source = source
        self._gathered = gathered
        self._prefix = prefix

    def of_lock(self, row: Row) -> Location:
        """Return where a row of the lock stands: at the first key below its header, which says what it is."""
        return Location(self._source.path, row.line, self._source.line(row.line + 1).strip())

    def of_project(self, row: Row) -> Location:
        """Return where the project states it."""
        path, route = row.at
        made = self._gathered.locate(path, route) if route else Location(path)
        return made._replace(path=os.path.normpath(os.path.join(self._prefix, path)))


def _finding(one: Drift, places: _Places, policy: Policy) -> Finding:
    rule = drift_classes()[one.klass].rule
    severity = dict(policy.drift.severity).get(one.klass)
    evidence = [places.of_lock(one.old)] if one.old else []
    evidence += [places.of_project(one.new)] if one.new else []
    roles = ("primary", "related")
    return Finding(
        PREFIX + one.klass,
        rule.klass,
        Severity[severity.upper()] if severity else rule.severity,
        Confidence.HIGH,
        one.subject,
        one.message,
        evidence=tuple(Evidence(place, role) for place, role in zip(evidence, roles, strict=False)),
        fix=rule.fix,
    )
