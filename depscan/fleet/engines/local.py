"""Worker processes of this machine: what every run uses unless it is told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from depscan.errors import UsageError
from depscan.fleet.engines.engine import Failed, Kind, Options
from depscan.text.pool import Limits, Lost, work_each

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

T = TypeVar("T")


class Local:
    """Processes that live as long as a call of ``map``: a worker that dies takes only its own item with it.

    The item is worked on once more when all others are done, alone and in a fresh worker.
    """

    remote = False

    def __init__(self, options: Options) -> None:
        self._jobs = max(1, options.jobs)
        self._limits = Limits(options.memory, options.seconds)
        self._running: list[Generator[Any]] = []

    def map(self, work: Callable[[T], str], items: Iterable[T]) -> Iterator[tuple[T, str | Failed]]:
        """Yield each item with its result, as they come; see ``Engine``."""
        made = work_each(items, work, self._jobs, self._limits, twice=True)
        self._running.append(made)
        for _, item, result in made:
            yield item, Failed(result.why, fatal=result.died) if isinstance(result, Lost) else result
        self._running = [one for one in self._running if one is not made]

    def close(self) -> None:
        """End the workers that are still at something."""
        while self._running:
            self._running.pop().close()


def _open(rest: str, options: Options) -> Local:
    if rest:
        raise UsageError("the engine of this machine has no address", path=f"local://{rest}")
    return Local(options)


KIND = Kind("local", _open)
