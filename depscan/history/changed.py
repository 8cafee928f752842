"""What changed between two nights. Only states that changed are read; graphs of unchanged repositories never."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems import ecosystem
from depscan.history.presence import Presence
from depscan.history.read import changed_states, kept_from, nights, packages, pruned_away
from depscan.history.turned import turned
from depscan.history.turns import Turns, turns
from depscan.policy.policy import Policy

if TYPE_CHECKING:
    from depscan.history.database import Database
    from depscan.history.read import State
    from depscan.history.records import Night, Node, Repository


class Move(NamedTuple):
    """A package whose version moved."""

    ecosystem: str
    name: str
    before: str
    now: str


class Change(NamedTuple):
    """What changed of a repository.

    Attributes:
        repository: which.
        what: new, gone, unreadable, readable (it was not), changed, or revision: its commits say the same.
        revisions: full commit ids before and now; "" where there is none.
        problem: why it cannot be read.
        added, removed: packages.
        moved: versions before and now.
    """

    repository: Repository
    what: str
    revisions: tuple[str, str]
    problem: str = ""
    added: tuple[Node, ...] = ()
    removed: tuple[Node, ...] = ()
    moved: tuple[Move, ...] = ()


class Arrival(NamedTuple):
    """A package that nobody had on the night before; ``again`` where somebody had it on an earlier one."""

    package: Node
    again: bool
    repositories: tuple[str, ...]


class Changes(NamedTuple):
    """What changed for the fleet.

    Attributes:
        before: the night compared with; None where ``now`` is the first one: then everything is new, and nothing
            is told.
        now: the night looked at.
        repositories: by what happened, owner and name.
        arrived: packages that nobody had before.
        left: packages that nobody has any more.
        findings: see ``turned``; what the policy accepts is left out.
    """

    before: Night | None
    now: Night
    repositories: tuple[Change, ...] = ()
    arrived: tuple[Arrival, ...] = ()
    left: tuple[Node, ...] = ()
    findings: Turns = Turns()


WHAT = ("new", "gone", "unreadable", "readable", "changed", "revision")
"""In the order in which they are told."""


def changed(
    database: Database, now: Night, before: Night | None = None, policy: Policy | None = None, today: str = ""
) -> Changes:
    """Return what changed since the night before, or since another one.

    Args:
        database: of the store.
        now: the night looked at.
        before: the night compared with; None for the one before.
        policy: what blocks and what is accepted; None for the default.
        today: the day exceptions are measured against; "" for that of the night.

    Raises:
        StoreError: the store is damaged.
    """
    if before is None:
        before = next((night for night in reversed(nights(database)) if night.id < now.id), None)
        if before is not None and before.id < kept_from(database):
            raise pruned_away(database, f"the night before night {now.id}")
    if before is None:
        return Changes(None, now)
    then, here = changed_states(database, before.id, now.id)
    difference = _Difference(database, Presence(database, before.id), Presence(database, now.id))
    found = []
    for own in sorted(then.keys() | here.keys()):
        was, new = then.get(own), here.get(own)
        what = _what(was, new)
        if what:
            difference.compare(was, new)
            found.append(difference.change(was, new, what))
    order = sorted(found, key=lambda c: (WHAT.index(c.what), c.repository.owner, c.repository.name))
    came = turned(database, before.id, now.id)
    told = turns(database, came, policy or Policy(), today or now.started[:10])
    return Changes(before, now, tuple(order), difference.arrived(), difference.left(), told)


def _what(was: State | None, now: State | None) -> str:
    """Return what happened to a repository; "" for nothing that is told."""
    if was is None or now is None:
        return "new" if was is None else "gone"
    if was.reading is None or now.reading is None:
        return "readable" if now.reading is not None else "unreadable" if was.reading is not None else ""
    if was.reading != now.reading:
        return "changed"
    return "revision" if was.revision != now.revision else ""


class _Difference:
    """Packages of the readings that changed.

    A repository that cannot be read counts with what it said when it was read last: not looked at is not gone.
    """

    def __init__(self, database: Database, before: Presence, now: Presence) -> None:
        self._database = database
        self._before, self._now = before, now
        self._came: dict[int, set[str]] = {}
        self._went: dict[int, set[str]] = {}

    def compare(self, was: State | None, now: State | None) -> None:
        """Remember which packages come to a repository and which go."""
        state = now or was
        if state is None:
            return
        name = state.repository.name
        old, new = self._before.packages(was), self._now.packages(now)
        for moved, own in ((self._came, new - old), (self._went, old - new)):
            for package in own:
                moved.setdefault(package, set()).add(name)

    def change(self, was: State | None, now: State | None, what: str) -> Change:
        """Return what is told of a repository; packages only of one that was read before and is read now."""
        state = now or was
        assert state is not None  # noqa: S101 - one of them is there
        revisions = (was.revision if was else "", now.revision if now else "")
        if what not in {"changed", "readable"}:
            return Change(state.repository, what, revisions, now.problem if now else "")
        old, new = self._before.packages(was), self._now.packages(now)
        named = packages(self._database, old ^ new)
        added, removed, moved = _moved([named[own] for own in new - old], [named[own] for own in old - new])
        return Change(state.repository, what, revisions, "", added, removed, moved)

    def arrived(self) -> tuple[Arrival, ...]:
        """Return the packages that nobody had on the night before."""
        new = {own for own in self._came if not self._before.has(own)}
        found = [
            Arrival(node, self._before.had(own), tuple(sorted(self._came[own])))
            for own, node in packages(self._database, new).items()
            if node.kind != "project"
        ]
        return tuple(sorted(found, key=lambda one: _place(one.package)))

    def left(self) -> tuple[Node, ...]:
        """Return the packages that nobody has any more."""
        named = packages(self._database, {own for own in self._went if not self._now.has(own)})
        return tuple(sorted((node for node in named.values() if node.kind != "project"), key=_place))


def _moved(added: list[Node], removed: list[Node]) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[Move, ...]]:
    """Tell versions that moved from packages that came and went.

    Versions of a name are paired in their order where as many came as went; otherwise nobody can say which became
    which, and they are told as added and removed.
    """
    groups: dict[tuple[str, str], tuple[list[Node], list[Node]]] = {}
    for at, nodes in enumerate((removed, added)):
        for node in nodes:
            if node.kind != "project":
                groups.setdefault((node.ecosystem, node.name), ([], []))[at].append(node)
    came: list[Node] = []
    went: list[Node] = []
    moved: list[Move] = []
    for (world, name), (old, new) in sorted(groups.items()):
        if len(old) == len(new):
            pairs = zip(sorted(old, key=_by_version), sorted(new, key=_by_version), strict=True)
            moved += [Move(world, name, *_told_apart(was, now)) for was, now in pairs]
        else:
            went += sorted(old, key=_by_version)
            came += sorted(new, key=_by_version)
    return tuple(came), tuple(went), tuple(moved)


def _version(node: Node) -> str:
    """Return what tells a package from one of the same name: version, release or commit."""
    return node.version or node.release or node.commit or node.url or node.registry


def _told_apart(was: Node, now: Node) -> tuple[str, str]:
    """Return versions; with where they come from where only that moved, as when somebody else's index answers."""
    old, new = _version(was), _version(now)
    if old != new:
        return old, new
    places = [one.url or one.registry or one.commit or one.source for one in (was, now)]
    return (f"{old} from {places[0]}", f"{new} from {places[1]}") if places[0] != places[1] else (was.purl, now.purl)


def _by_version(node: Node) -> tuple[bool, object, str]:
    facts = ecosystem(node.ecosystem)
    key = facts.order(node.version) if facts else None
    return (key is None, key if key is not None else (), node.purl)


def _place(node: Node) -> tuple[str, str, str]:
    return (node.ecosystem, node.name, node.purl)
