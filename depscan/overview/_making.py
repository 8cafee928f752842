"""How an overview is made: step after step, each graph and each reading decoded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.errors import UsageError
from depscan.fleet.gaps import Gaps
from depscan.fleet.verdict import code_of, word_of
from depscan.history import read
from depscan.history.broken import Broken
from depscan.history.holders import bits
from depscan.history.turned import NOTHING, turned
from depscan.overview._graphs import Graphs, parts_of
from depscan.overview._ledger import Ledger
from depscan.overview._members import members
from depscan.overview._moved import Compared, moved
from depscan.overview._naming import Naming
from depscan.overview._points import points
from depscan.overview._reach import Reach
from depscan.overview._rules import titles
from depscan.overview._spans import Nights, Past
from depscan.overview._stock import Holding, Inventory
from depscan.overview._subjects import subjects_of
from depscan.overview._todo import todo
from depscan.overview._told import NO_NEWS, Found, News, Telling
from depscan.overview._tree import tree
from depscan.overview.records import Overview
from depscan.text.count import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from depscan.history.database import Database
    from depscan.history.read import State
    from depscan.history.records import Night
    from depscan.intel.index import Index
    from depscan.overview._graphs import Part
    from depscan.overview.records import Moved, Point, Told
    from depscan.policy.policy import Policy

SCHEMA_VERSION = 1


class Making:
    """One overview in the making.

    Args:
        database: of the store.
        policy: as of today.
        today: the day (YYYY-MM-DD).
        nights: up to the night that is shown.
        owner: only repositories of this owner; "" for all.
        new_only: whether only what is new decides over verdict and exit code, as of ``depscan nightly --new-only``.

    Raises:
        UsageError: nobody of that name owns a repository.
    """

    def __init__(
        self, database: Database, policy: Policy, today: str, nights: Nights, owner: str, *, new_only: bool = False
    ) -> None:
        self._database, self._policy, self._nights, self._new_only = database, policy, nights, new_only
        of = self._owned(owner) if owner else None
        self._now = self._states(nights.now, of)
        self._before = self._states(nights.before, of) if nights.before else []
        self._past = Past(database, nights.now.id, of)
        self._turned = turned(database, nights.before.id, nights.now.id, of) if nights.before else NOTHING
        readings = self._past.readings()
        ledger = Ledger(database, nights.now.id, readings, policy)
        reach = Reach(database, ledger, readings)
        self._standing = {n for s in self._now if s.reading for n in reach.said(s.reading, nights.now.id)}
        decisions, extra = ledger.decided(policy, today, self._standing)
        # What an owner's repositories do not use may be needed by another's.
        self._extra = [d for d in extra if not owner or d.finding.rule != "policy/unused-exception"]
        kinds: dict[int, str] = dict(database.rows("SELECT id, kind FROM package WHERE kind <> 'package'"))
        self._projects = frozenset(own for own, kind in kinds.items() if kind == "project")
        self._special = frozenset(kinds) - self._projects
        said = {ledger.statements[n].subject for told in ledger.of_reading.values() for n, _ in told}
        subjects = subjects_of(database, said)
        names = titles(f.rule for f in (*ledger.statements, *(d.finding for d in self._extra)))
        self._found = Found(ledger, reach, nights, self._past, Broken(database), decisions, subjects, {}, names)
        self._naming = Naming(database)

    def _points(self) -> tuple[Point, ...]:
        """Return the figures of the last nights; what is said of today's policy itself counts in each of them."""
        found = self._found
        told = (found.ledger, found.reach, found.decisions)
        actions = [decision.action for decision in self._extra]
        return tuple(
            one._replace(blocked=one.blocked + actions.count("block"), warned=one.warned + actions.count("warn"))
            for one in points(self._database, found.nights, self._past, told, self._projects)
        )

    def _owned(self, owner: str) -> set[int]:
        found = {own for (own,) in self._database.rows("SELECT id FROM repository WHERE owner = ?", (owner,))}
        if not found:
            held = self._database.rows("SELECT DISTINCT owner FROM repository WHERE owner <> '' ORDER BY owner")
            names = ", ".join(name for (name,) in held[:20]) or "nobody"
            raise UsageError(f"no repository belongs to {owner}", hint=f"owners: {names}")
        return found

    def _states(self, night: Night, of: AbstractSet[int] | None) -> list[State]:
        return [s for s in read.states(self._database, night.id) if of is None or s.id in of]

    def overview(self, index: Index | None) -> Overview:
        """Return the overview; ``index`` says what no advisory can be compared with, None says nothing of it."""
        found, nights = self._found, self._nights
        parts = parts_of(self._database, (s.reading for s in self._now if s.reading))
        graphs = Graphs(self._database, self._wanted(nights.now.id, None), self._projects)
        holding = self._look(parts, graphs)
        gaps, inventory = self._said_beside(index, holding)
        telling = Telling(found, nights.now.id, self._news(), (graphs, parts, self._naming))
        for state in self._now:
            telling.add(state)
        findings = telling.told(self._extra)
        decisions = [*(found.decisions[n] for n in sorted(self._standing)), *self._extra]
        packages = {reading: len(held - self._projects) for reading, held in holding.items()}
        fresh = set(self._news().reached)
        decisive = decisions
        if self._new_only and nights.before:
            decisive = [*(found.decisions[n] for n in sorted(self._standing & fresh)), *self._extra]
        empty = bool(nights.now.shard) and not self._now
        code = code_of(decisive, gaps.gaps(), sum(packages.values()), empty_shard=empty)
        return Overview(
            SCHEMA_VERSION,
            nights.now.tool,
            nights.now.started,
            nights.before.started if nights.before else "",
            word_of(code, found=any(d.action != "allow" for d in decisions)),
            code,
            _data_note(nights.now),
            self._policy.path,
            tuple(findings),
            tuple(self._cleared()),
            todo(findings),
            self._moved(),
            self._points(),
            inventory.stock(self._naming),
            gaps.gaps(),
            members(self._database, self._now, findings, packages),
            tree(self._now, parts, graphs, self._naming),
            self._standing_count(self._turned.freed),
        )

    def _news(self) -> News:
        """Return what came to whom since the night before."""
        number = self._found.ledger.number
        reached: dict[int, set[int]] = {}
        for came in (self._turned.new, self._turned.reached):
            for own, repositories in came.items():
                reached.setdefault(number[own], set()).update(bits(repositories))
        return News({number[own] for own in self._turned.new}, reached)

    def _standing_count(self, some: Iterable[int]) -> int:
        """Return how many statements findings make that the policy does not accept."""
        numbers = {self._found.ledger.number[own] for own in some}
        return sum(self._found.decisions[n].action != "allow" for n in numbers)

    def _wanted(self, night: int, only: AbstractSet[int] | None) -> set[int]:
        """Return the packages that something is said about in a night; with ``only``, by one of these statements."""
        ledger = self._found.ledger
        wanted = set(range(len(ledger.statements))) if only is None else only
        subjects = {ledger.statements[i].subject for i in wanted}
        held = set().union(*(self._found.subjects.get(s, ()) for s in subjects))
        return held | {p for p in ledger.of_package if not wanted.isdisjoint(ledger.standing(night, p))}

    def _look(self, parts: dict[int, list[Part]], graphs: Graphs) -> dict[int, frozenset[int]]:
        """See every graph, those with findings first: they come first into the tree. Return reading to packages."""
        holding: dict[int, frozenset[int]] = {}
        shown: set[int] = set()
        for state in sorted(self._now, key=self._rank):
            if state.reading is not None and state.reading not in holding:
                seen = [graphs.see(part.graph) for part in parts.get(state.reading, ())]
                holding[state.reading] = frozenset().union(*(one.members for one in seen))
                shown.update(own for one in seen for path in one.paths.values() for own in path)
        self._naming.learn(shown)
        return holding

    def _rank(self, state: State) -> tuple[int, int, str]:
        night = self._nights.now.id
        said = set(self._found.reach.said(state.reading, night)) if state.reading is not None else set()
        blocked = sum(self._found.decisions[n].action == "block" for n in said)
        return (-blocked, -len(said), state.repository.name)

    def _said_beside(self, index: Index | None, holding: dict[int, frozenset[int]]) -> tuple[Gaps, Inventory]:
        """Return gaps and inventory; note where packages are used."""
        if "advisories" in self._policy.disabled_checks:
            index = None
        gaps, inventory = Gaps(index, self._policy.accept_unchecked), Inventory(self._special)
        gaps.add_night(self._nights.now)
        uses = self._found.uses
        for state in self._now:
            if state.reading is None:
                gaps.add_unread(state.repository.name, state.problem)
                continue
            more = read.more(self._database, state.reading)
            name = state.repository.name
            gaps.add([name], more.gaps, more.census)
            inventory.add(Holding(name, holding[state.reading], more.uses))
            places: dict[int, tuple[str, int]] = {}
            for package, path, line, _, _ in more.uses:
                places.setdefault(package, (path, line))
            uses[state.reading] = places
        return gaps, inventory

    def _cleared(self) -> list[Told]:
        """Return what the night before had and nobody has any more; what the policy accepts is left out."""
        before, found = self._nights.before, self._found
        had: dict[int, set[int]] = {}
        for own, repositories in self._turned.cleared.items():
            if found.decisions[found.ledger.number[own]].action != "allow":
                had.setdefault(found.ledger.number[own], set()).update(bits(repositories))
        if not had or before is None:
            return []
        known, whose = self._past.known(before.id), set().union(*had.values())
        held = {s.id: s._replace(reading=known.get(s.id)) for s in self._before if s.id in whose}
        parts = parts_of(self._database, (s.reading for s in held.values() if s.reading))
        graphs = Graphs(self._database, self._wanted(before.id, had.keys()), self._projects, room=0)
        seen = [graphs.see(part.graph) for own in parts.values() for part in own]
        self._naming.learn({own for one in seen for path in one.paths.values() for own in path})
        telling = Telling(found, before.id, NO_NEWS, (graphs, parts, self._naming), only=had.keys())
        for state in held.values():
            telling.add(state)
        for number, names in sorted(had.items()):
            for one in sorted(names):
                telling.add_unseen(number, held[one])
        return telling.told()

    def _moved(self) -> tuple[Moved, ...]:
        if self._nights.before is None:
            return ()
        both = {s.reading for s in (*self._before, *self._now) if s.reading}
        parts = parts_of(self._database, both)

        def packages(reading: int, without: AbstractSet[str]) -> frozenset[int]:
            graphs = {part.graph for part in parts.get(reading, ()) if part.path not in without}
            return frozenset().union(*(read.arrays(self._database, graph).nodes for graph in sorted(graphs)))

        return moved(self._before, self._now, Compared(packages, self._found.broken.paths, self._naming))


def _data_note(night: Night) -> str:
    """Return which advisories the night rests on."""
    held = night.snapshot
    if not held:
        return "no advisory data was used"
    days = counted(held.get("age_days", 0), "day")
    return f"advisories of {held.get('origin', '')}, newest of {str(held.get('newest', ''))[:10]} ({days} old)"
