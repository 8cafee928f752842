"""Work in processes of their own: one that crashes, hangs or eats memory loses nothing of the others.

Each worker has one item at a time, under a limit of address space; the parent ends it when it takes too long. Workers
end by themselves as soon as their parent is gone, whatever they are at.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from depscan.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from multiprocessing.process import BaseProcess


T = TypeVar("T")
R = TypeVar("R")

_GRACE = 5.0
"""Seconds after its time in which the parent ends a worker; then it ends itself."""
_STARTS = 3
"""Workers that are tried for an item where they die before they have it."""


class Limits(NamedTuple):
    """What one item may cost.

    Attributes:
        memory: bytes of address space of the worker, beside what a fork has from its parent; 0 for no limit. Not
            enforced on Windows.
        seconds: time on the clock.
    """

    memory: int = 2 << 30
    seconds: float = 180.0


_LIMITS = Limits()


class Lost(NamedTuple):
    """Why there is no result.

    Attributes:
        why: in words.
        died: its worker is gone or of no more use, and not only an exception was raised.
        late: it was ended because it took too long.
    """

    why: str
    died: bool = True
    late: bool = False


class _Worker(NamedTuple):
    """A process, the pipe for its items, and the one that nothing is sent through: its end tells of the parent's.

    ``born``: bytes of address space that it had from its parent.
    """

    process: BaseProcess
    pipe: Connection
    life: Connection
    born: int

    def end(self) -> None:
        if hasattr(os, "killpg") and self.process.pid and self.process.exitcode is None:
            with suppress(OSError):  # it has not got as far as to lead a group
                os.killpg(self.process.pid, signal.SIGKILL)  # with what it started: a git that waits for ever, say
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.life.close()


class _Busy(NamedTuple):
    worker: _Worker
    at: int
    target: Any
    deadline: float


class _Birth(NamedTuple):
    """What a worker is started with; ``others`` are the parent's ends of pipes that a fork has inherited."""

    limits: Limits
    life: Connection
    others: tuple[Connection, ...]


def read_each(
    targets: Sequence[T], read: Callable[[T], R | ArtifactError], jobs: int, limits: Limits = _LIMITS
) -> Iterator[tuple[T, R | ArtifactError]]:
    """Yield each target with what was read of it, in the order given.

    Args:
        targets: what ``read`` takes; sent to the workers, so picklable.
        read: a module-level function; it returns an ArtifactError for what cannot be opened.
        jobs: worker processes at a time, at least 1.
        limits: of each artifact.
    """
    done: dict[int, R | ArtifactError] = {}
    shown = 0
    for at, _, result in work_each(targets, read, jobs, limits):
        done[at] = ArtifactError(result.why) if isinstance(result, Lost) else result
        while shown in done:
            yield targets[shown], done.pop(shown)
            shown += 1


def work_each(
    targets: Iterable[T], work: Callable[[T], R], jobs: int, limits: Limits = _LIMITS, *, twice: bool = False
) -> Generator[tuple[int, T, R | Lost]]:
    """Yield position, target and result of each target, as they come.

    Args:
        targets: picklable; taken one by one as workers become free.
        work: a module-level function.
        jobs: worker processes at a time, at least 1.
        limits: of each target.
        twice: a target whose worker died is tried once more when all others are done, alone and in a fresh worker;
            one that took too long is not: somebody may have many of them.
    """
    crew = _Crew(work, limits)
    waiting = enumerate(targets)
    following = next(waiting, None)
    again: list[tuple[int, T]] = []
    try:
        while following is not None or crew.working:
            while following is not None and crew.working < jobs:
                crew.give(*following)
                following = next(waiting, None)
            for at, target, result in crew.finished():
                if twice and isinstance(result, Lost) and result.died and not result.late:
                    again.append((at, target))
                else:
                    yield at, target, result
        for at, target in again:
            crew.end()
            crew.give(at, target)
            yield from crew.finished()
    finally:
        crew.end()


class _Crew:
    """The workers of one call."""

    def __init__(self, work: Callable[[Any], Any], limits: Limits) -> None:
        self._work = work
        self._limits = limits
        # A fork of a process without threads is cheap; elsewhere workers begin anew.
        threads = sys.modules.get("threading")
        self._forks = sys.platform == "linux" and (threads is None or threads.active_count() == 1)
        self._context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._free: list[_Worker] = []
        self._busy: dict[Connection, _Busy] = {}
        self._stillborn: list[tuple[int, Any, Lost]] = []

    @property
    def working(self) -> int:
        """Return how many workers have something to do, or had."""
        return len(self._busy) + len(self._stillborn)

    def give(self, at: int, target: Any) -> None:  # noqa: ANN401 - whatever the work takes
        """Give a target to a worker that has nothing to do, or to a new one."""
        tries = 0
        while tries < _STARTS:
            tries += not self._free
            worker = self._free.pop() if self._free else self._start()
            try:
                worker.pipe.send(target)
            except OSError:  # it was ended from outside while it had nothing to do
                worker.end()
                continue
            self._busy[worker.pipe] = _Busy(worker, at, target, time.monotonic() + self._limits.seconds)
            return
        self._stillborn.append((at, target, Lost("no process could be started to read it")))

    def finished(self) -> Iterator[tuple[int, Any, Any]]:
        """Wait for a worker to answer, to die or to be late; yield position, target and result of those that did."""
        while self._stillborn:
            yield self._stillborn.pop()
        if not self._busy:
            return
        first = min(one.deadline for one in self._busy.values())
        ready = wait(list(self._busy), max(0.0, first - time.monotonic()))
        now = time.monotonic()
        late = [pipe for pipe, one in self._busy.items() if one.deadline <= now and pipe not in ready]
        for pipe in [*ready, *late]:
            one = self._busy[pipe]  # type: ignore[index] # what wait() was given
            result = _answer(one.worker) if pipe in ready else Lost(
                f"reading it took more than {self._limits.seconds:g} seconds", late=True)  # fmt: skip
            del self._busy[one.worker.pipe]
            if (isinstance(result, Lost) and result.died) or _is_bloated(one.worker, self._limits.memory):
                one.worker.end()
            else:
                self._free.append(one.worker)
            yield one.at, one.target, result

    def end(self) -> None:
        """End all workers."""
        for worker in self._workers():
            worker.end()
        self._busy.clear()
        self._free.clear()

    def _workers(self) -> list[_Worker]:
        return [one.worker for one in self._busy.values()] + self._free

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        end, life = self._context.Pipe(duplex=False)
        held = [pipe for worker in self._workers() for pipe in (worker.pipe, worker.life)]
        birth = _Birth(self._limits, end, (*held, ours, life) if self._forks else ())
        process: BaseProcess = self._context.Process(target=_serve, args=(theirs, self._work, birth), daemon=True)
        process.start()
        theirs.close()
        end.close()
        return _Worker(process, ours, life, _size() if self._forks else 0)


def _is_bloated(worker: _Worker, memory: int) -> bool:
    """Return whether a worker kept so much of one item that the next would lack it."""
    return bool(memory) and _size(str(worker.process.pid)) > worker.born + memory // 2


def _size(process: str = "self") -> int:
    """Return the bytes of address space of a process; 0 where nobody says it."""
    if sys.platform != "linux":
        return 0
    try:
        with open(f"/proc/{process}/statm", "rb") as stream:
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _answer(worker: _Worker) -> Any:  # noqa: ANN401 - whatever the work returns
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(_GRACE)
        return Lost(f"the process that read it ended with status {worker.process.exitcode}")


def _serve(pipe: Connection, work: Callable[[Any], Any], birth: _Birth) -> None:
    """Answer targets until the parent is gone."""
    for other in birth.others:  # as long as anybody holds them nobody sees that the parent is gone
        other.close()
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    _end_with(birth.life)
    memory, seconds = birth.limits
    _limit(memory)
    while True:
        try:
            target = pipe.recv()
        except (EOFError, OSError):
            return
        answer: Any
        _alarm(seconds + _GRACE)
        try:
            answer = work(target)
        except MemoryError:
            answer = Lost(f"reading it takes more than {memory >> 20} MiB of memory")
        except Exception as error:  # noqa: BLE001 - a defect met in one item must not hide the others
            why = f"a defect of depscan stopped the reading: {type(error).__name__}: {error}"[:300]
            answer = Lost(why, died=False)
        _alarm(0.0)
        try:
            pipe.send(answer)
        except OSError:
            return


def _end_with(life: Connection) -> None:
    """Let the end of the parent end this process, whatever it is at; a key press for the parent is no matter of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "win32":
        return
    import fcntl

    # The kernel tells the reader of a pipe when its last writer is gone (fcntl(2), O_ASYNC); SIGIO ends a process.
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(life.fileno(), fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(life.fileno(), fcntl.F_GETFL)
    fcntl.fcntl(life.fileno(), fcntl.F_SETFL, flags | getattr(fcntl, "FASYNC", 0))
    if life.poll(0):  # it was gone before
        raise SystemExit(1)


def _alarm(seconds: float) -> None:
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit(memory: int) -> None:
    if sys.platform == "win32" or not memory:
        return
    import resource

    memory += _size()  # a fork of a large process, a notebook with models in it, has all of that
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
