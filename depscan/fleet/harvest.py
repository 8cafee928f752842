"""Read what changed: tasks go to an engine, readings come back and are stored in batches while the run goes on.

Nothing here holds more than a batch of readings; what is kept for each repository is its ``Visit``.
"""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import DepscanError
from depscan.fleet.claims import prepare
from depscan.fleet.crash import mended
from depscan.fleet.engines.engine import Failed
from depscan.fleet.sources.source import Look, source_of
from depscan.fleet.task import Task, answer_of, work
from depscan.fleet.unit import key_of
from depscan.history.records import Visit
from depscan.text.count import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from depscan.fleet.bundle import Bundle
    from depscan.fleet.engines.engine import Engine
    from depscan.fleet.unit import Setup
    from depscan.history.records import Reading, Repository
    from depscan.history.store import Store

_BATCH = 50
_BYTES = 4 << 20
"""Readings, and characters of their JSON, that are held at most; as objects they take some ten times as much."""
_SECONDS = 5.0
"""After so long what was read is stored, however little it is."""
_MENDING = 3600.0
"""Seconds that a night spends on looking for files that end their readers; one repository may have a sixth of it."""
_DAYS = 7
"""After so many days a file that ended its reader is tried again."""


class Step(NamedTuple):
    """What was just settled: how many of how many repositories are, which one this was, and what became of it."""

    done: int
    all: int
    name: str
    what: str


class _Left(NamedTuple):
    """A repository that has to be read, and what was seen of it; let go of when it is settled."""

    seen: Look
    repository: Repository


class _Unreadable(Exception):  # noqa: N818 - a state of a repository
    """Why nothing can be read of a repository."""


@contextmanager
def _told() -> Iterator[None]:
    """Let whatever is wrong with one repository be a problem of that one."""
    try:
        yield
    except (DepscanError, OSError) as error:
        raise _Unreadable(str(error)) from None
    except Exception as error:
        why = f"a defect of depscan stopped the reading: {type(error).__name__}: {error}"
        raise _Unreadable(why[:300]) from error


def _loaded(task: Task) -> Bundle:
    with _told():
        return source_of(task.place).load(task.place, task.ref, task.revision)


class Harvest:
    """The readings of one run.

    Args:
        store: where they go.
        engine: where they are made.
        setup: what decides over them beside the files.
        room: empty private folder that workers of this machine share; "" for engines that are remote.
        told: called for each repository that is settled.
        work: as in ``depscan.fleet.task``.

    Attributes:
        visits: name to what was found there.
        read: how many readings were made.
        cpu: seconds of CPU that they took.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        setup: Setup,
        room: str,
        told: Callable[[Step], None] = lambda _: None,
        work: Callable[[Task], str] = work,
    ) -> None:
        self.visits: dict[str, Visit] = {}
        self.read = 0
        self.cpu = 0.0
        self._store, self._engine, self._setup = store, engine, setup
        self._room = "" if engine.remote else room
        self._told, self._work = told, work
        self._known = store.keys(setup.today)
        self._marks = store.marks()
        if self._room:
            prepare(self._room, self._known)
        self._batch: list[Reading] = []
        self._held, self._since = 0, time.monotonic()
        self._left: dict[tuple[str, str], _Left] = {}
        self._awaited: dict[tuple[str, str], str] = {}
        self._failed: list[Task] = []
        self._mending = _MENDING
        self._all = 0

    def run(self, fleet: Sequence[Repository]) -> None:
        """Visit every repository; no two are of one place and revision."""
        self._all = len(fleet)
        try:
            self._round(self._tasks(fleet))
            # Readings that the worker of an equal repository was to make and did not: that one failed.
            lost = [at for at, key in self._awaited.items() if key not in self._known]
            self._round(self._task(*at, heed=False) for at in lost)
        finally:
            self._engine.close()
            self._keep()
            for held in (self._left, self._awaited, self._marks, self._known):
                held.clear()

    def _tasks(self, fleet: Sequence[Repository]) -> Iterator[Task]:
        """Look at each repository when a worker is free; yield those that have to be read."""
        for one in fleet:
            at = one.place, one.ref
            seen = self._look(one)
            if seen is not None:
                self._left[at] = _Left(seen, one)
                yield self._task(*at)

    def _look(self, one: Repository) -> Look | None:
        """Settle what is unchanged or cannot be read; return what was seen of everything else."""
        try:
            with _told():
                seen = source_of(one.place).look(one.place, one.ref)
        except _Unreadable as error:
            self._visited(Visit(one, "", problem=str(error)), f"unreadable: {error}")
            return None
        mark, revision, key = self._marks.get(one.name, ("", "", ""))
        if not seen.mark or mark != self._mark(seen, one.ref) or key not in self._known:
            return seen
        self._visited(Visit(one, key, revision, mark), "unchanged")
        return None

    def _mark(self, seen: Look, ref: str) -> str:
        return f"{self._setup.engine} {' '.join(self._setup.disabled)} {ref} {seen.mark}" if seen.mark else ""

    def _task(self, place: str, ref: str, *, heed: bool = True) -> Task:
        again = (date.fromisoformat(self._setup.today) + timedelta(_DAYS)).isoformat()
        revision = self._left[place, ref].seen.revision
        return Task(place, ref, revision, None, self._setup, self._room, heed, again=again)

    def _round(self, tasks: Iterable[Task]) -> None:
        for task, result in self._engine.map(self._work, self._sent(tasks)):
            if isinstance(result, Failed):
                self._failed.append(task._replace(bundle=None))
            else:
                self._settle(task, result)
        while self._failed:
            task = self._failed.pop(0)
            self._settle(task, self._mended(task))

    def _sent(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Yield tasks as workers want them, with the files where those cannot read them and they are not known."""
        claimed: set[str] = set()
        for task in tasks:
            if not self._engine.remote:
                yield task
                continue
            try:
                bundle = _loaded(task)
            except _Unreadable as error:
                self._problem(task, str(error))
                continue
            key = key_of(bundle, self._setup)
            if task.heed and (key in self._known or key in claimed):
                self._found(task, key, "unchanged")
                continue
            claimed.add(key)
            yield task._replace(bundle=bundle)

    def _mended(self, task: Task) -> str | Failed:
        """Read what is left of a repository that ends its readers, as long as the night has time for such."""
        begun = time.monotonic()
        if self._mending <= 0:
            return Failed("reading it ends its reader, and this night has spent its time on others like it")
        try:
            if self._engine.remote:
                task = task._replace(bundle=_loaded(task))
            return mended(self._engine, task, self._work, seconds=min(self._mending, _MENDING / 6))
        except _Unreadable as error:
            return Failed(str(error))
        finally:
            self._mending -= time.monotonic() - begun

    def _settle(self, task: Task, result: str | Failed) -> None:
        """Take what a worker said of a repository."""
        if isinstance(result, Failed):
            self._problem(task, result.why)
            return
        try:
            answer = answer_of(result)
            reading = answer.made() if answer.reading else None
        except ValueError as error:
            self._problem(task, f"another depscan answered: {error}")
            return
        if answer.problem:
            self._problem(task, answer.problem)
        elif reading is None:
            self._found(task, answer.key, "unchanged")
        else:
            self._take(reading, len(result))
            packages = sum(part.packages for part in reading.parts)
            self._found(task, answer.key, f"read {counted(packages, 'package')} in {reading.seconds:.2f} s")

    def _take(self, reading: Reading, size: int) -> None:
        self._batch.append(reading)
        self._held += size
        self._known.add(reading.key)
        self.read += 1
        self.cpu += reading.seconds
        if len(self._batch) >= _BATCH or self._held > _BYTES or time.monotonic() - self._since > _SECONDS:
            self._keep()

    def _found(self, task: Task, key: str, what: str) -> None:
        at = task.place, task.ref
        if key in self._known:
            left = self._left.pop(at)
        else:
            left, self._awaited[at] = self._left[at], key
        self._visited(Visit(left.repository, key, left.seen.revision, self._mark(left.seen, task.ref)), what)

    def _problem(self, task: Task, why: str) -> None:
        left = self._left.pop((task.place, task.ref))
        self._visited(Visit(left.repository, "", left.seen.revision, "", why), f"unreadable: {why}")

    def _visited(self, visit: Visit, what: str) -> None:
        self.visits[visit.repository.name] = visit
        self._told(Step(len(self.visits), self._all, visit.repository.name, what))

    def _keep(self) -> None:
        """Store the batch; one that could not be stored is not tried again."""
        batch, self._batch = self._batch, []
        self._held, self._since = 0, time.monotonic()
        if batch:
            with uninterrupted():
                self._store.add(batch)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a key press or a polite end of the process wait until what is inside is done: a transaction is short."""
    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover - Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
