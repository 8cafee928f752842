"""What a night says in a few lines, and its exit code: from the store, without holding what the store holds.

docs/explanation/nightly.md says what is counted; the report of the night (``overview``) counts the same.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from depscan.fleet.gaps import Gap, Gaps
from depscan.fleet.verdict import code_of, word_of
from depscan.history import brief
from depscan.history.broken import Broken
from depscan.history.holders import Holders, about
from depscan.history.read import nights
from depscan.history.sameness import statement
from depscan.history.turned import NOTHING, Turned, between
from depscan.model.decision import Coverage
from depscan.policy.decide import decide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database
    from depscan.history.records import Night
    from depscan.intel.index import Index
    from depscan.model.decision import Decision
    from depscan.policy.policy import Policy

_CHUNK = 500
_SHOWN = 20


class Told(NamedTuple):
    """Findings of one subject, told by the worst: what the policy says, and how many repositories they reach."""

    action: str
    rule: str
    severity: str
    subject: str
    message: str
    fix: str
    findings: int
    repositories: int


class Digest(NamedTuple):
    """What a night says in short.

    Attributes:
        night: its number in the store.
        previous: number of the night that it is compared with; 0 for the first one, in which nothing is new.
        repositories: of the fleet in this night, those that could not be read among them.
        unreadable: names of these, and why.
        packages: distinct ones that repositories reach, their own projects left out.
        blocked, warned: findings that the policy blocks or warns of, each once however many it reaches.
        new: how many of both no repository had in the night before; ``news`` are the worst of them by subject, of a
            first night the worst of all.
        reached: how many of both were known, and reach repositories that did not have them.
        cleared: how many of the night before nobody has any more; ``gone`` are the worst of them by subject.
        freed: how many somebody still has, and some repositories have got rid of.
        subjects: how many subjects the new and the cleared ones (of a first night: all) have.
        left: what was not looked at although the policy needs it, what concerns most repositories first.
        verdict: blocked, bad-input, incomplete, nothing, warnings or clean.
        exit_code: of the run.
    """

    night: int
    previous: int
    repositories: int
    unreadable: tuple[tuple[str, str], ...]
    packages: int
    blocked: int
    warned: int
    new: int
    news: tuple[Told, ...]
    reached: int
    cleared: int
    gone: tuple[Told, ...]
    freed: int
    subjects: tuple[int, int]
    left: tuple[Gap, ...]
    verdict: str
    exit_code: int


class _Group:
    """Findings of one subject and action; only the worst is kept, and the numbers of all."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.count = 0
        self.rank = (True, 0, 0, "")
        self.worst: Decision | None = None

    def add(self, own: int, decision: Decision, *, counted: bool) -> None:
        finding = decision.finding
        # The worst is the least; the text decides last, as ids are given in the order in which workers answer.
        rank = (decision.action != "block", -int(finding.severity), -int(finding.confidence), repr(finding))
        self.ids.append(own)
        self.count += counted
        if self.worst is None or rank < self.rank:
            self.rank, self.worst = rank, decision


class _Judged:
    """Counts decisions as they come, each statement once.

    Args:
        policy: what blocks.
        today: the day exceptions are measured against.

    Attributes:
        counts: of actions, and of each of the sets that ``add`` is told of.
        decisive: the first decision that blocks, of all and of the new ones.
    """

    def __init__(self, policy: Policy, today: str) -> None:
        self.counts = Counter[str]()
        self.decisive: dict[str, Decision] = {}
        self._groups: dict[tuple[str, str], _Group] = {}
        self._seen: set[tuple[str, int]] = set()
        self._policy, self._today = policy, today
        self._waived = {w.id for w in policy.exceptions}
        self._notes: dict[tuple[str, str], Decision] | None = None

    def add(self, found: list[brief.Found], sets: dict[str, Iterable[int]], grouped: str) -> None:
        """Take some findings.

        Args:
            found: id, fingerprint and finding of each.
            sets: word to the ids of findings that are counted under it.
            grouped: the word whose findings are told; "" for those of every word.
        """
        decisions = decide([one.finding for one in found], self._policy, self._today)
        notes = {(d.finding.rule, d.finding.message): d for d in decisions[len(found) :]}
        # An exception is unused when no part of the findings used it.
        self._notes = notes if self._notes is None else {k: d for k, d in self._notes.items() if k in notes}
        for one, decision in zip(found, decisions, strict=False):
            if decision.action == "allow":
                continue
            said = hash(statement(one.row, one.fingerprint if one.fingerprint in self._waived else ""))
            words = [word for word, ids in sets.items() if one.id in ids]
            for word in (decision.action, *words):
                self.counts[word] += self._first(word, said)
                if decision.action == "block":
                    self.decisive.setdefault(word, decision)
            if not grouped or grouped in words:
                group = self._groups.setdefault((decision.finding.subject, decision.action), _Group())
                group.add(one.id, decision, counted=self._first("told", said))

    def _first(self, word: str, said: int) -> bool:
        """Return whether a statement is counted under a word for the first time."""
        first = (word, said) not in self._seen
        self._seen.add((word, said))
        return first

    def end(self) -> None:
        """Count what is said of the policy file itself."""
        for decision in (self._notes or {}).values():
            self.counts[decision.action] += 1
            if decision.action == "block":
                self.decisive.setdefault("policy", decision)

    def told(self, database: Database, holders: Holders) -> tuple[int, tuple[Told, ...]]:
        """Return how many subjects there are, and the worst of them; of equally bad ones first what reaches most."""
        groups = sorted(self._groups.values(), key=lambda g: g.rank)[: 5 * _SHOWN]
        made = []
        ids = [own for group in groups for own in group.ids]
        who = holders.findings(ids, about(database, ids))
        for group in groups:
            reach = 0
            for own in group.ids:
                reach |= who[own].held
            if group.worst is not None:
                finding = group.worst.finding
                told = Told(group.worst.action, finding.rule, finding.severity.word, finding.subject, finding.message,
                            finding.fix, group.count, reach.bit_count())  # fmt: skip
                made.append((group.rank[:2], -told.repositories, -told.findings, group.rank[3], told))
        made.sort(key=lambda one: one[:4])
        return len(self._groups), tuple(told for *_, told in made[:_SHOWN])


def digest(
    database: Database,
    night: int,
    policy: Policy,
    today: str,
    index: Index | None,
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
        new_only: whether only findings that a repository did not have in the night before decide over the exit code; of
            a first night all decide.

    Raises:
        StoreError, IntelError: as they say.
    """
    every = [one for one in nights(database) if one.id <= night]
    broken = Broken(database)
    holders = Holders(database, night, broken)
    before = Holders(database, every[-2].id, broken) if len(every) > 1 else None
    turns = between(database, before, holders) if before else NOTHING
    judged, gone = _Judged(policy, today), _Judged(policy, today)
    word = "new" if before else ""
    _take(judged, database, brief.standing(database, night), {"new": turns.new, "reached": turns.reached}, word)
    judged.end()
    _take(gone, database, sorted({*turns.cleared, *turns.freed}), _gone(turns), "cleared")
    left = _left(database, every[-1], policy, index)
    unreadable = brief.unreadable(database, night)
    packages, repositories = brief.packages(database, night), brief.repositories(database, night)
    words = ("policy", "new", "reached") if new_only and before else ("block", "policy")
    decisive = [judged.decisive[word] for word in words if word in judged.decisive]
    code = code_of(decisive, left, packages, empty_shard=bool(every[-1].shard) and not repositories)
    subjects, news = judged.told(database, holders)
    subjects_gone, worst_gone = gone.told(database, before) if before else (0, ())
    return Digest(
        night,
        before.night if before else 0,
        repositories,
        tuple(unreadable),
        packages,
        judged.counts["block"],
        judged.counts["warn"],
        judged.counts["new"],
        news,
        judged.counts["reached"],
        gone.counts["cleared"],
        worst_gone,
        gone.counts["freed"],
        (subjects, subjects_gone),
        left,
        word_of(code, found=bool(judged.counts["block"] or judged.counts["warn"])),
        code,
    )


def _gone(turns: Turned) -> dict[str, Iterable[int]]:
    return {"cleared": turns.cleared, "freed": turns.freed}


def _take(judged: _Judged, database: Database, ids: list[int], sets: dict[str, Iterable[int]], grouped: str) -> None:
    """Judge findings a few at a time; none at all are judged too, for what is said of the policy."""
    for at in range(0, max(len(ids), 1), _CHUNK):
        judged.add(brief.findings(database, ids[at : at + _CHUNK]), sets, grouped)


def _left(database: Database, night: Night, policy: Policy, index: Index | None) -> tuple[Gap, ...]:
    """Return what was not looked at although the policy needs it."""
    gaps = Gaps(index, policy.accept_unchecked, every=False)
    gaps.add_night(night)
    for name, problem in brief.unreadable(database, night.id):
        gaps.add_unread(name, problem)
    for names, more in brief.readings(database, night.id):
        gaps.add(names, [Coverage(*row) for row in more["gaps"]], more["census"])
    return gaps.gaps()
