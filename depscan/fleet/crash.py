"""A repository that ends whoever reads it: find the files that do so, and read the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from depscan.fleet.engines.engine import Failed
from depscan.fleet.task import names, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from depscan.fleet.engines.engine import Engine
    from depscan.fleet.task import Task


def mended(
    engine: Engine,
    task: Task,
    work: Callable[[Task], str] = work,
    names: Callable[[Task], str] = names,
) -> str | Failed:
    """Return what the repository says without the files that end their reader; those become gaps and findings of it.

    Where no file does so alone, the whole is tried once more: somebody else may have ended its workers.

    Args:
        engine: where it is read.
        task: what failed; it has to say until when the answer holds.
        work: as in ``depscan.fleet.task``.
        names: as in ``depscan.fleet.task``.
    """
    task = task._replace(heed=False)
    listed = _one(engine, names, task)
    if isinstance(listed, Failed):
        return listed
    alone = (task._replace(only=path) for path in json.loads(listed))
    guilty = sorted((item.only, result.why) for item, result in engine.map(work, alone) if isinstance(result, Failed))
    return _one(engine, work, task._replace(leave=tuple(guilty)))


def _one(engine: Engine, work: Callable[[Task], str], task: Task) -> str | Failed:
    items: Iterable[Task] = [task]
    return next(result for _, result in list(engine.map(work, items)))
