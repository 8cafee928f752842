"""What an engine is, and the one that a text names (``local``, ``ray://HOST``, ``dask://HOST``)."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from depscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


class Failed(NamedTuple):
    """Why an item has no result: its worker died, was ended, or raised something; ``fatal`` says it died twice."""

    why: str
    fatal: bool = False


class Engine(Protocol):
    """Something that does work elsewhere. Close it when done.

    Attributes:
        remote: whether workers cannot read this machine's files: items then carry the bytes.
    """

    remote: bool

    def map(self, work: Callable[[T], str], items: Iterable[T]) -> Iterator[tuple[T, str | Failed]]:
        """Yield each item with its result once, in any order.

        Args:
            work: a module-level function without side effects: an item may be worked on more than once.
            items: taken one by one as workers become free, never all at once; they can be pickled.
        """

    def close(self) -> None:
        """End the workers that this engine started; a cluster it only connected to goes on."""


class Options(NamedTuple):
    """How engines work.

    Attributes:
        jobs: worker processes of ``local``.
        seconds: an item may take on the clock.
        memory: bytes of address space that a local worker may use; 0 for no limit.
        batch: items that a cluster takes at once.
    """

    jobs: int = 1
    seconds: float = 180.0
    memory: int = 2 << 30
    batch: int = 50


class Kind(NamedTuple):
    """An engine module: ``open`` takes what stands behind ``://`` and the options.

    ``open`` raises a UsageError where the library is not installed or the cluster does not answer.
    """

    id: str
    open: Callable[[str, Options], Engine]


def open_engine(named: str, options: Options) -> Engine:
    """Return the engine of ``local``, ``ray://HOST:PORT`` or ``dask://HOST:PORT``.

    Raises:
        UsageError: there is none of that name, or it cannot be used.
    """
    scheme, _, rest = named.partition("://")
    modules = sorted(n[:-3] for n in os.listdir(os.path.dirname(__file__)) if n.endswith(".py") and n[0] != "_")
    known = [name for name in modules if name != "engine"]
    if scheme not in known:
        raise UsageError(f"no engine {scheme!r}", hint=f"one of: {', '.join(known)}")
    kind: Any = import_module(f"{__package__}.{scheme}").KIND
    made: Engine = kind.open(rest, options)
    return made
