"""From statements and readings to what is told: each statement once, with every repository that it reaches."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from depscan.overview._naming import name_of
from depscan.overview.records import Hit, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from depscan.history.broken import Broken
    from depscan.history.read import State
    from depscan.model.decision import Decision
    from depscan.overview._graphs import Graphs, Part
    from depscan.overview._ledger import Ledger, Place
    from depscan.overview._naming import Naming
    from depscan.overview._reach import Reach
    from depscan.overview._spans import Nights, Past

_ACTIONS = ("block", "warn", "allow")


class Found(NamedTuple):
    """What is known when hits are made.

    Attributes:
        ledger, reach, nights, past, broken: see their classes.
        decisions: one for each statement.
        subjects: subject of a finding to the ids of the packages it means.
        uses: reading id to package id to the file and line that use it first.
        titles: id of a rule to its title.
    """

    ledger: Ledger
    reach: Reach
    nights: Nights
    past: Past
    broken: Broken
    decisions: Sequence[Decision]
    subjects: Mapping[str, AbstractSet[int]]
    uses: dict[int, Mapping[int, tuple[str, int]]]
    titles: Mapping[str, str]


class News(NamedTuple):
    """What came to whom.

    Attributes:
        new: statements that nobody had in the night before.
        reached: statement to the ids of the repositories that have it now and did not.
    """

    new: AbstractSet[int]
    reached: Mapping[int, AbstractSet[int]]


NO_NEWS = News(frozenset(), {})


class Telling:
    """Makes what is told of one night.

    Args:
        found: what is known.
        night: id of the night.
        news: statements that are new, and for each statement the repositories (ids) to which it came.
        parts: graphs and parts of the readings of that night, and names.
        only: statements that are told; None for everything.
    """

    def __init__(
        self,
        found: Found,
        night: int,
        news: News,
        parts: tuple[Graphs, Mapping[int, list[Part]], Naming],
        only: AbstractSet[int] | None = None,
    ) -> None:
        self._found = found
        self._night = night
        self._news = news
        self._only = only
        self._graphs, self._parts, self._naming = parts
        self._about: dict[int, int] = {}
        self._hits: dict[int, dict[tuple[str, str, int], Hit]] = {}
        self._texts: dict[int, str] = {}
        self._first: dict[tuple[int, int, int, str], int] = {}

    def add(self, state: State) -> None:
        """Add what reaches a repository."""
        if state.reading is None:
            return
        ledger = self._found.ledger
        where: dict[int, tuple[str, tuple[int, ...]]] = {}
        for part in self._parts.get(state.reading, ()):
            for package, path in self._graphs.see(part.graph).paths.items():
                where.setdefault(package, (part.path, path))
                for number in ledger.standing(self._night, package):
                    self._about[number] = package
                    file, line = self._place(state.reading, package, part.path)
                    self._put(number, state, (file, line), path, self._since(state.id, number, package, part.path))
        for number, place in ledger.of_reading.get(state.reading, ()):
            self._add_own(state, number, place, where)

    def _add_own(
        self, state: State, number: int, place: Place, where: Mapping[int, tuple[str, tuple[int, ...]]]
    ) -> None:
        """Add what the reading says itself."""
        subject = self._found.ledger.statements[number].subject
        held = [package for package in sorted(self._found.subjects.get(subject, ())) if package in where]
        path = where[held[0]][1] if held else ()
        if held:
            self._about.setdefault(number, held[0])
        self._texts.setdefault(number, place.text)
        self._put(number, state, place[:2], path, self._since(state.id, number, None, place.path))

    def add_unseen(self, number: int, state: State) -> None:
        """Add a repository that had something which its reading does not say: its file could not be read any more."""
        name = state.repository.name
        if any(place[0] == name for place in self._hits.get(number, ())):
            return
        for package, said in self._found.ledger.of_package.items():
            if any(own == number for own, _, _ in said):
                self._about.setdefault(number, package)
                self._naming.learn([package])
        self._put(number, state, ("", 0), (), self._night)

    def _place(self, reading: int, package: int, path: str) -> tuple[str, int]:
        """Return the lock, or for what code and settings name the file that does."""
        return (path, 0) if path else self._found.uses.get(reading, {}).get(package, ("", 0))

    def _put(self, number: int, state: State, place: tuple[str, int], path: Iterable[int], since: int) -> None:
        if self._only is not None and number not in self._only:
            return
        name = state.repository.name
        own = self._hits.setdefault(number, {})
        if (name, *place) not in own:
            new = state.id in self._news.reached.get(number, ())
            day = self._found.nights.day(since)
            own[name, *place] = Hit(name, state.repository.owner, *place, self._naming.path(path), day, new)

    def _since(self, repository: int, number: int, package: int | None, path: str) -> int:
        """Return the first night since which something reaches a repository; ``path`` is the file that says it."""
        key = (repository, number, -1 if package is None else package, path)
        if key not in self._first:
            found, night = self._found, self._night
            readings = found.reach.saying(number) if package is None else found.reach.readings.get(package, set())
            there = found.past.since(repository, night, readings, lambda r: path in found.broken.paths(r))
            said = 0 if package is None else found.ledger.since(night, package, number)
            self._first[key] = max(there, said)
        return self._first[key]

    def told(self, extra: Iterable[Decision] = ()) -> list[Told]:
        """Return everything, worst first, what is blocked before what warns.

        Args:
            extra: decisions about the policy itself, which reach no repository.
        """
        made = [self._told(self._found.decisions[n], n) for n in self._hits]
        made += [self._told(decision, None) for decision in extra]
        made.sort(key=_rank)
        return _distinct(made)

    def _told(self, decision: Decision, number: int | None) -> Told:
        finding = decision.finding
        hits = tuple(sorted(self._hits.get(number, {}).values())) if number is not None else ()
        package = self._about.get(number) if number is not None else None
        node = self._naming.nodes[package] if package is not None else None
        text = self._texts.get(number, "") if number is not None else finding.primary.text
        today = self._found.nights.day(self._night)
        return Told(
            _mark(finding.rule, finding.subject, *(finding.ids[:1] or (finding.message,))),
            finding.rule,
            self._found.titles.get(finding.rule, finding.rule),
            finding.klass,
            finding.severity.word,
            finding.confidence.word,
            decision.action,
            decision.because,
            finding.subject,
            name_of(node) if node else finding.subject,
            node.version if node else "",
            node.ecosystem if node else "",
            node.kind if node else "",
            finding.message,
            finding.ids,
            finding.fix,
            finding.fixed_version,
            finding.references,
            text,
            min((h.since for h in hits), default=today),
            self._is_new(number),
            hits,
            finding.status,
        )

    def _is_new(self, number: int | None) -> bool:
        return number is not None and number in self._news.new


_WORDS = ("malicious", "critical", "high", "medium", "low", "unknown")


def severity_rank(word: str) -> int:
    """Return 0 for the worst severity."""
    return _WORDS.index(word) if word in _WORDS else len(_WORDS)


def _rank(told: Told) -> tuple[object, ...]:
    return (_ACTIONS.index(told.action), severity_rank(told.severity), -len({h.repository for h in told.hits}),
            told.name, told.version, told.rule, told.ids, told.message, told.because)  # fmt: skip


def _mark(*parts: str) -> str:
    return "f" + sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:15]


def _distinct(every: list[Told]) -> list[Told]:
    """Return them with ids that are unique: the same said in other words has the words in its id."""
    used: set[str] = set()
    made = []
    for told in every:
        own = told.id
        for salt in range(len(every)):
            if own not in used:
                break
            own = _mark(told.id, told.message, told.action, told.severity, told.fix, str(salt))
        used.add(own)
        made.append(told._replace(id=own))
    return made
