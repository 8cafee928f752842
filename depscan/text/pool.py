"""Read many artifacts in worker processes: one that crashes, hangs or eats memory loses nothing of the others.

Each worker reads one artifact at a time under a limit of address space; the parent ends it when it takes too long.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from depscan.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.process import BaseProcess


T = TypeVar("T")
R = TypeVar("R")


class Limits(NamedTuple):
    """What one artifact may cost.

    Attributes:
        memory: bytes of address space of the worker; 0 for no limit. Not enforced on Windows.
        seconds: time on the clock.
    """

    memory: int = 2 << 30
    seconds: float = 180.0


_LIMITS = Limits()


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection
    at: int
    deadline: float


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
    free: list[tuple[BaseProcess, Connection]] = []
    busy: dict[Connection, _Worker] = {}
    waiting = iter(range(len(targets)))
    following = next(waiting, None)
    shown = 0
    try:
        while shown < len(targets):
            while following is not None and len(busy) < jobs:
                process, pipe = free.pop() if free else _start(read, limits)
                pipe.send(targets[following])
                busy[pipe] = _Worker(process, pipe, following, time.monotonic() + limits.seconds)
                following = next(waiting, None)
            for worker, result in _finished(busy, limits):
                done[worker.at] = result
                del busy[worker.pipe]
                if worker.process.is_alive():
                    free.append((worker.process, worker.pipe))
            while shown in done:
                yield targets[shown], done.pop(shown)
                shown += 1
    finally:
        for process in [w.process for w in busy.values()] + [process for process, _ in free]:
            process.kill()
            process.join()


def _start(read: Callable[[T], R | ArtifactError], limits: Limits) -> tuple[BaseProcess, Connection]:
    # A fork of a process without threads is cheap; elsewhere workers begin anew.
    threads = sys.modules.get("threading")
    alone = sys.platform == "linux" and (threads is None or threads.active_count() == 1)
    context = multiprocessing.get_context("fork") if alone else multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, read, limits.memory), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _finished(busy: dict[Connection, _Worker], limits: Limits) -> list[tuple[_Worker, Any]]:
    """Wait for a worker to answer, to die or to be late; return who did and with what."""
    first = min(worker.deadline for worker in busy.values())
    ready = wait(list(busy), max(0.0, first - time.monotonic()))
    found: list[tuple[_Worker, Any]] = []
    for pipe in ready:
        worker = busy[pipe]  # type: ignore[index] # wait() gives back what it was given
        try:
            found.append((worker, worker.pipe.recv()))
        except (EOFError, OSError):
            worker.process.join()
            code = worker.process.exitcode
            found.append((worker, ArtifactError(f"the process that read it ended with status {code}")))
    now = time.monotonic()
    for worker in [w for w in busy.values() if w.deadline <= now and w.pipe not in ready]:
        worker.process.kill()
        worker.process.join()
        found.append((worker, ArtifactError(f"reading it took more than {limits.seconds:g} seconds")))
    return found


def _work(pipe: Connection, read: Callable[[T], R | ArtifactError], memory: int) -> None:
    """Answer targets until the parent is gone."""
    _limit(memory)
    while True:
        try:
            target = pipe.recv()
        except EOFError:
            return
        try:
            answer = read(target)
        except MemoryError:
            answer = ArtifactError(f"reading it takes more than {memory >> 20} MiB of memory")
        except Exception as error:  # noqa: BLE001 - a defect met in one artifact must not hide the others
            answer = ArtifactError(f"a defect of depscan stopped the reading: {type(error).__name__}: {error}"[:300])
        pipe.send(answer)


def _limit(memory: int) -> None:
    if sys.platform == "win32" or not memory:
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
