"""A Dask cluster that runs already: ``dask://HOST:PORT`` of its scheduler (tcp)."""

from __future__ import annotations

import logging
import queue
import warnings
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from depscan.errors import EngineError, UsageError
from depscan.fleet.engines._batch import run_batch, stop
from depscan.fleet.engines._connect import SECONDS, address, unreachable
from depscan.fleet.engines._identity import identity, teller
from depscan.fleet.engines._spread import spread
from depscan.fleet.engines.engine import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from depscan.fleet.engines._batch import Order, Told
    from depscan.fleet.engines.engine import Engine, Failed, Options

T = TypeVar("T")


def open_dask(rest: str, options: Options, expected: str = "") -> Engine:
    """Connect to a scheduler.

    Args:
        rest: HOST:PORT.
        options: see ``Options``.
        expected: what every worker must be; "" for what this process is.

    Raises:
        UsageError: distributed is not installed, no cluster answers, it has no workers, or they are of another version.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise UsageError("dask:// needs distributed", hint="pip install 'depscan-ai[dask]'") from error
    where = address("dask", rest, 8786, speaks_first=True)
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is raised
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of other versions, which are an error below
            client = distributed.Client(f"tcp://{where}", timeout=SECONDS, set_as_default=False, name="depscan")
    except (OSError, ValueError, TimeoutError) as error:
        raise unreachable("dask", where, str(error) or "no answer") from error
    try:
        _check(client, distributed.__version__, expected or identity())
    except BaseException:
        client.close(timeout=SECONDS)
        raise
    return DaskEngine(client, options, expected or identity())


class DaskEngine:
    """See ``Engine``."""

    remote = True

    def __init__(self, client: Any, options: Options, expected: str) -> None:  # noqa: ANN401 - untyped library
        self._client = client
        self._options = options
        self._expected = expected

    def map(self, work: Callable[[T], str], items: Iterable[T]) -> Iterator[tuple[T, str | Failed]]:
        """See ``Engine``."""
        return spread(_Dask(self._client), work, items, self._options, self._expected)

    def close(self) -> None:
        """Disconnect."""
        self._client.close(timeout=SECONDS)


class _Dask:
    """See ``Cluster``; a handle is a Future."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - untyped library
        self._client = client
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def slots(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise EngineError("the dask scheduler is gone") from error

    def submit(self, order: Order, items: list[bytes]) -> Any:  # noqa: ANN401 - see Cluster
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of the size of the arguments, which is bounded
            future = self._client.submit(run_batch, order, items, pure=False, key=f"depscan-{uuid4().hex}")
        future.add_done_callback(self._done.put)
        return future

    def finished(self, handles: list[Any], seconds: float) -> list[tuple[Any, list[Told] | str]]:
        found = []
        with suppress(queue.Empty):
            found.append(self._done.get(timeout=seconds) if seconds else self._done.get_nowait())
            while True:
                found.append(self._done.get_nowait())
        if self._client.status != "running":
            raise EngineError("the dask scheduler is gone")
        return [(future, _answer(future)) for future in found if future in handles]

    def cancel(self, run: str, handles: list[Any]) -> None:
        if not handles:
            return
        with suppress(Exception):  # whatever is wrong with the cluster now, the run has ended
            self._client.cancel(handles, force=True)
            self._client.run(stop, run, on_error="ignore")


def _answer(future: Any) -> list[Told] | str:  # noqa: ANN401 - untyped library
    if future.status == "finished":
        told: list[Told] = future.result(timeout=SECONDS)
        return told
    if future.status == "error":
        return f"the worker that did it is gone: {type(future.exception(timeout=SECONDS)).__name__}"
    return "the scheduler lost it"


def _check(client: Any, version: str, expected: str) -> None:  # noqa: ANN401 - untyped library
    """Raise a UsageError unless there are workers and all of them are as expected."""
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError as error:
        raise UsageError("the dask cluster has no workers") from error
    for where, told in client.get_versions()["workers"].items():
        there = told["packages"]["distributed"]
        if there != version:
            raise UsageError(f"the dask worker {where} has distributed {there}", hint=f"here it is {version}")
    for where, told in client.run(teller(), on_error="return").items():
        if told != expected:
            raise UsageError(f"the dask worker {where} is {told}", hint=f"it must be {expected}")


KIND = Kind("dask", open_dask)
