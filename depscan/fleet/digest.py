"""What a night says in a few lines, and its exit code: from the store, without holding what the store holds."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.fleet.match import unmatched
from depscan.history import brief
from depscan.model.decision import Coverage, Decision
from depscan.model.result import exit_code
from depscan.policy.decide import decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from depscan.history.database import Database
    from depscan.intel.index import Index
    from depscan.model.finding import Finding
    from depscan.policy.policy import Policy

_CHUNK = 500
_SHOWN = 20


class Told(NamedTuple):
    """A finding, what the policy says of it, and how many repositories it reaches."""

    action: str
    rule: str
    severity: str
    subject: str
    message: str
    fix: str
    repositories: int


class Left(NamedTuple):
    """What was not looked at although the policy needs it: a kind, how many repositories, and one case of it."""

    kind: str
    repositories: int
    what: str
    why: str


class Digest(NamedTuple):
    """What a night says in short.

    Attributes:
        night: its number in the store.
        packages: distinct packages that repositories reach.
        blocked, warned: findings that the policy blocks or warns of, each once however many it reaches.
        new: how many of both the night before did not know; ``news`` are the worst of them.
        cleared: how many of the night before are gone; ``gone`` are the worst of them.
        left: what was not looked at, the most frequent kind first.
        exit_code: of the run.
    """

    night: int
    packages: int
    blocked: int
    warned: int
    new: int
    news: tuple[Told, ...]
    cleared: int
    gone: tuple[Told, ...]
    left: tuple[Left, ...]
    exit_code: int


class _Ranked(NamedTuple):
    """A decision about a finding by its id; the worst come first, and equally bad ones in the order of their text.

    Ids will not do for that: they are given in the order in which workers answer.
    """

    rank: tuple[bool, int, int]
    text: str
    id: int
    decision: Decision


def _rank(decision: Decision) -> tuple[bool, int, int]:
    finding = decision.finding
    return decision.action != "block", -int(finding.severity), -int(finding.confidence)


class _Judged:
    """Counts decisions as they come; keeps the worst."""

    def __init__(self, policy: Policy, today: str) -> None:
        self.counts = Counter[str]()
        self.worst: list[_Ranked] = []
        self.decisive: list[Decision] = []
        self._policy, self._today = policy, today
        self._notes: dict[tuple[str, str], Decision] | None = None

    def add(self, found: list[tuple[int, Finding]], fresh: Callable[[int], bool], *, only_fresh: bool) -> None:
        """Take findings by their id; ``fresh`` says which the other night did not have."""
        decisions = decide([finding for _, finding in found], self._policy, self._today)
        notes = {(d.finding.rule, d.finding.message): d for d in decisions[len(found) :]}
        # An exception is unused when no part of the findings used it.
        self._notes = notes if self._notes is None else {k: d for k, d in self._notes.items() if k in notes}
        ranked = []
        for (own, finding), decision in zip(found, decisions, strict=False):
            if decision.action == "allow":
                continue
            self.counts[decision.action] += 1
            if fresh(own):
                ranked.append(_Ranked(_rank(decision), repr(finding), own, decision))
            if decision.action == "block" and (fresh(own) or not only_fresh) and not self.decisive:
                self.decisive.append(decision)
        self.counts["fresh"] += len(ranked)
        self.worst = heapq.nsmallest(_SHOWN, [*self.worst, *ranked])

    def end(self) -> None:
        """Count what is said of the policy file itself."""
        for decision in (self._notes or {}).values():
            self.counts[decision.action] += 1
            self.decisive += [decision] * (decision.action == "block")


def digest(
    database: Database,
    night: int,
    policy: Policy,
    today: str,
    index: Index | None,
    more: Iterable[Coverage],
    *,
    new_only: bool = False,
) -> Digest:
    """Return what a night says.

    Args:
        database: of the store.
        night: its number.
        policy: what blocks.
        today: the day exceptions are measured against.
        index: the advisories; None where they cannot be used.
        more: what is not known of the night as a whole.
        new_only: whether only findings that the night before did not have decide over the exit code.

    Raises:
        StoreError, IntelError: as they say.
    """
    now, before = brief.standing(database, night), brief.standing(database, night - 1)
    known, still = set(before.values()), set(now.values())
    judged, gone = _Judged(policy, today), _Judged(policy, today)
    for some in [*_chunks(sorted(now))] or [[]]:
        judged.add(brief.findings(database, some), lambda own: now[own] not in known, only_fresh=new_only)
    judged.end()
    for some in _chunks(sorted(own for own, mark in before.items() if mark not in still)):
        gone.add(brief.findings(database, some), lambda _: True, only_fresh=False)
    left = _left(database, night, policy, index)
    packages = brief.packages(database, night)
    needed = [Coverage("", "failed", "", needed=True, kind=one.kind) for one in left]
    every = [c for c in more if c.needed]
    rows = [Left(c.kind, 0, c.what, c.why) for c in every] + left
    return Digest(
        night,
        packages,
        judged.counts["block"],
        judged.counts["warn"],
        judged.counts["fresh"],
        _told(database, night, judged),
        gone.counts["fresh"],
        _told(database, night - 1, gone),
        tuple(rows),
        exit_code(judged.decisive, [*every, *needed], packages),
    )


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for at in range(0, len(ids), _CHUNK):
        yield ids[at : at + _CHUNK]


def _told(database: Database, night: int, judged: _Judged) -> tuple[Told, ...]:
    """Return the worst, of equally bad ones first what reaches most."""
    reached = [(one, brief.reach(database, night, one.id)) for one in judged.worst]
    return tuple(
        Told(one.decision.action, f.rule, f.severity.word, f.subject, f.message, f.fix, reach)
        for one, reach in sorted(reached, key=lambda pair: (pair[0].rank, -pair[1], pair[0].text))
        for f in (one.decision.finding,)
    )


def _left(database: Database, night: int, policy: Policy, index: Index | None) -> list[Left]:
    """Return what was not looked at in the repositories, the most frequent kind first."""
    counts, cases = Counter[str](), dict[str, tuple[str, str]]()
    for name, problem in brief.unreadable(database, night):
        counts["repository"] += 1
        cases.setdefault("repository", (name, problem))
    for reached, more in brief.readings(database, night):
        for kind, gap in _needed(more, policy, index).items():
            counts[kind] += reached
            cases.setdefault(kind, (gap.what, gap.why))
    return [Left(kind, count, *cases[kind]) for kind, count in counts.most_common()]


def _needed(more: dict[str, Any], policy: Policy, index: Index | None) -> dict[str, Coverage]:
    """Return what the policy needs and a reading has not, one of each kind."""
    every = [Coverage(*row) for row in more["gaps"]] + (unmatched(index, more["census"]) if index else [])
    accepted = {("ecosystem", name) for name in policy.accept_unchecked}
    return {c.kind: c for c in reversed(every) if c.needed and (c.kind, c.what) not in accepted}
