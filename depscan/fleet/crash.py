"""A repository that ends whoever reads it: find the files that do so, and read the others."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from depscan.fleet.engines.engine import Failed
from depscan.fleet.task import names, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from depscan.fleet.engines.engine import Engine
    from depscan.fleet.task import Task


_MOST = 5
"""Files that are left out of a repository; one with more of them is not worth the time of all others."""


def mended(
    engine: Engine,
    task: Task,
    work: Callable[[Task], str] = work,
    names: Callable[[Task], str] = names,
    seconds: float = 600.0,
    clock: Callable[[], float] = time.monotonic,
) -> str | Failed:
    """Return what the repository says without the files that end their reader; those become gaps and findings of it.

    Where no file does so alone, the whole is tried once more: somebody else may have ended its workers.

    Args:
        engine: where it is read.
        task: what failed; it has to say until when the answer holds.
        work: as in ``depscan.fleet.task``.
        names: as in ``depscan.fleet.task``.
        seconds: after so long no further file is tried alone.
        clock: seconds that never go back.
    """
    until = clock() + seconds
    task = task._replace(heed=False)
    listed = _one(engine, names, task)
    if isinstance(listed, Failed):
        return listed
    every: list[str] = json.loads(listed)
    tried: dict[str, str] = {}

    def alone() -> Iterator[Task]:
        for path in every:
            if clock() > until or sum(map(bool, tried.values())) > _MOST:
                return
            yield task._replace(only=path)

    for item, result in engine.map(work, alone()):
        tried[item.only] = result.why if isinstance(result, Failed) else ""
    guilty = sorted((path, why) for path, why in tried.items() if why)
    if len(guilty) > _MOST:
        return Failed(f"more than {_MOST} of its files end whoever reads them, {guilty[0][0]} among them")
    if len(tried) < len(every):
        return Failed(f"reading it ends its reader, and {seconds:.0f} seconds were too few to find out which file does")
    return _one(engine, work, task._replace(leave=tuple(guilty)))


def _one(engine: Engine, work: Callable[[Task], str], task: Task) -> str | Failed:
    items: Iterable[Task] = [task]
    return next(result for _, result in list(engine.map(work, items)))
