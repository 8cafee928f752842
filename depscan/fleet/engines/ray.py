"""A Ray cluster that runs already: ``ray://HOST:PORT`` of its Ray Client server."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from depscan.errors import EngineError, UsageError
from depscan.fleet.engines._batch import run_batch
from depscan.fleet.engines._connect import address, unreachable
from depscan.fleet.engines._identity import identity, teller
from depscan.fleet.engines._spread import spread
from depscan.fleet.engines.engine import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from depscan.fleet.engines._batch import Order, Told
    from depscan.fleet.engines.engine import Engine, Failed, Options

T = TypeVar("T")

_TALKERS = (
    "ray",
    "ray.client_builder",
    "ray.util.client",
    "ray.util.client.dataclient",
    "ray.util.client.logsclient",
    "ray.util.client.worker",
)
_FIRST = 60.0
"""Seconds for the first answer of a worker: Ray starts one for it."""


def open_ray(rest: str, options: Options, expected: str = "") -> Engine:
    """Connect to a cluster.

    Args:
        rest: HOST:PORT.
        options: see ``Options``.
        expected: what every worker must be; "" for what this process is.

    Raises:
        UsageError: ray is not installed, no cluster answers, or its workers are of another version.
    """
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"  # or Ray starts a cluster of its own where a connection was lost
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise UsageError("ray:// needs ray", hint="pip install 'depscan-ai[ray]'") from error
    where = address("ray", rest, 10001)
    for name in _TALKERS:
        logging.getLogger(name).disabled = True  # what matters is raised; Ray sets their levels itself
    context = _connected(ray, where)
    try:
        with context:
            _check(ray, expected or identity())
    except BaseException:
        context.disconnect()
        raise
    return RayEngine(context, options, expected or identity())


class RayEngine:
    """See ``Engine``."""

    remote = True

    def __init__(self, context: Any, options: Options, expected: str) -> None:  # noqa: ANN401 - untyped library
        self._context = context
        self._options = options
        self._expected = expected

    def map(self, work: Callable[[T], str], items: Iterable[T]) -> Iterator[tuple[T, str | Failed]]:
        """See ``Engine``."""
        return spread(_Ray(self._context), work, items, self._options, self._expected)

    def close(self) -> None:
        """Disconnect."""
        with suppress(ConnectionError):
            self._context.disconnect()


class _Ray:
    """See ``Cluster``; a handle is an ObjectRef."""

    def __init__(self, context: Any) -> None:  # noqa: ANN401 - untyped library
        self._ray: Any = import_module("ray")
        self._context = context
        with context:
            self._run = self._ray.remote(max_retries=0, num_cpus=1)(run_batch)

    def slots(self) -> int:
        with self._connection():
            return int(self._ray.cluster_resources().get("CPU", 0))

    def submit(self, order: Order, items: list[bytes]) -> Any:  # noqa: ANN401 - see Cluster
        with self._connection(), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of more than 10 MB in all: bytes are what we send
            return self._run.remote(order, items)

    def finished(self, handles: list[Any], seconds: float) -> list[tuple[Any, list[Told] | str]]:
        with self._connection():
            ready, _ = self._ray.wait(handles, num_returns=1, timeout=seconds)
            return [(one, self._answer(one)) for one in ready]

    def cancel(self, run: str, handles: list[Any]) -> None:  # noqa: ARG002 - see Cluster
        for one in handles:
            with suppress(Exception), self._context:  # whatever is wrong with the cluster now, the run has ended
                self._ray.cancel(one, force=True)  # ends the worker, which is ours alone, and so the process beside it

    @contextmanager
    def _connection(self) -> Iterator[None]:
        try:
            with self._context:
                yield
        except Exception as error:  # Ray tells that a connection is gone by errors of many kinds
            raise EngineError("the ray cluster is gone", hint=f"{type(error).__name__}: {error}"[:200]) from error

    def _answer(self, one: Any) -> list[Told] | str:  # noqa: ANN401 - untyped library
        try:
            told: list[Told] = self._ray.get(one)
        except self._ray.exceptions.RayError as error:
            return f"the worker that did it is gone: {type(error).__name__}"
        return told


def _connected(ray: Any, where: str) -> Any:  # noqa: ANN401 - untyped library
    """Return a connection beside those that the program may have."""
    why = ""
    for _ in range(2):  # a busy head node may not start the server of a connection in time
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ray.init(
                    f"ray://{where}", allow_multiple=True, log_to_driver=False, logging_level=logging.CRITICAL
                )
        except ConnectionAbortedError as error:
            why = str(error)
        except (ConnectionError, RuntimeError, ValueError) as error:
            if "ersion mismatch" in str(error):
                raise UsageError(f"the ray cluster at {where} is another: {' '.join(str(error).split())}") from error
            raise unreachable("ray", where, _last_line(str(error))) from error
    raise unreachable("ray", where, _last_line(why))


def _last_line(text: str) -> str:
    return (text.strip().rpartition("\n")[2] or "no answer")[:300]


def _check(ray: Any, expected: str) -> None:  # noqa: ANN401 - untyped library
    """Raise a UsageError unless a worker is as expected."""
    asked = ray.remote(max_retries=0, num_cpus=1)(teller()).remote()
    try:
        told = ray.get(asked, timeout=_FIRST)
    except ray.exceptions.RayError as error:
        ray.cancel(asked)
        raise UsageError(f"no worker of the ray cluster answers: {type(error).__name__}") from error
    if told != expected:
        raise UsageError(f"a worker of the ray cluster is {told}", hint=f"it must be {expected}")


KIND = Kind("ray", open_ray)
