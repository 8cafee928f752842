"""What a worker of a cluster does with a batch: its items, in a process beside it.

The worker is shared with other people's work: an item that crashes, hangs or eats memory must end a process of ours,
not the worker. It also works where workers are threads.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory
from typing import NamedTuple

from depscan.fleet.engines._child import CANNOT, DONE, FULL, RAISED

_SLICE = 0.5
"""Seconds between looks at whether the run was called off."""

Told = tuple[str, str]
"""What became of an item: ``done`` with its result, or ``failed``, ``fatal``, ``differs``, ``stopped`` with why."""


class Order(NamedTuple):
    """How the items of a run are done.

    Attributes:
        run: names the run.
        identity: what the worker must be.
        start: pickle of the pickled work function, the bytes of memory and the seconds that an item may take.
        seconds: the same seconds.
    """

    run: str
    identity: str
    start: bytes
    seconds: float


def run_batch(order: Order, items: list[bytes]) -> list[Told]:
    """Return what became of each item, in order; of the first only when this worker cannot do them.

    Args:
        order: how.
        items: pickled.
    """
    process = _Process(order)
    told: list[Told] = []
    try:
        for item in items:
            told.append(process.ask(item))
            if told[-1][0] in {"differs", "stopped"}:
                return told[-1:]
    finally:
        process.end()
    return told


def stop(run: str) -> None:
    """End what this worker does for a run."""
    with _LOCK:
        _STOPPED.add(run)
        for process in _RUNNING:
            if process.order.run == run:
                process.kill()


class _Differs(Exception):  # noqa: N818 - an answer
    """The worker is not what it must be."""


class _Process:
    """A process that does items; started again after it died."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._pipe: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._room: TemporaryDirectory[str] | None = None

    def ask(self, item: bytes) -> Told:
        """Return what became of an item. One that ended the process is tried once more in a new one.

        The words are those of the engine of one machine: they stand in findings.
        """
        why = ""
        for _ in range(2):
            if self.order.run in _STOPPED:
                return "stopped", "the run was called off"
            try:
                answer = self._exchange(item)
            except _Differs as error:
                return "stopped" if self.order.run in _STOPPED else "differs", str(error)
            except (EOFError, OSError):
                why = f"the process that read it ended with status {self.end()}"
                continue
            if answer[:1] in {DONE, RAISED}:
                return "done" if answer[:1] == DONE else "failed", answer[1:].decode("utf-8", "surrogatepass")
            self.end()
            why = answer[1:].decode()
        return "fatal", why

    def end(self) -> int:
        """End the process; return its status."""
        if self._process is None or self._pipe is None:
            return 0
        self._pipe.close()
        try:
            status = self._process.wait(_SLICE)  # it may have died by itself: of what?
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        with _LOCK:
            _RUNNING.discard(self)
        if self._room is not None:
            self._room.cleanup()  # one that was ended could not clear up itself
        self._process = self._pipe = self._room = None
        return status

    def kill(self) -> None:
        """End the process, from another thread."""
        if self._process is not None:
            self._process.kill()

    def _exchange(self, item: bytes) -> bytes:
        """Send an item and return the answer, or in its place that none came in time."""
        pipe = self._pipe or self._start()
        pipe.send_bytes(item)
        end = time.monotonic() + self.order.seconds
        while not pipe.poll(max(0.0, min(_SLICE, end - time.monotonic()))):
            if time.monotonic() >= end:
                return FULL + f"reading it took more than {self.order.seconds:g} seconds".encode()
        return pipe.recv_bytes()

    def _start(self) -> Connection:
        self._pipe, theirs = Pipe()
        self._room = TemporaryDirectory(prefix="depscan-", ignore_cleanup_errors=True)
        path = os.pathsep.join(p for p in sys.path if p)
        with _LOCK, theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, this module
                [sys.executable, "-P", "-m", "depscan.fleet.engines._child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, "TMPDIR": self._room.name},
            )
            _RUNNING.add(self)
        try:
            told = self._pipe.recv_bytes().decode()
            if told != self.order.identity:
                raise _Differs(f"it is {told}")
            self._pipe.send_bytes(self.order.start)
            ready = self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise _Differs(f"a Python process there ended with status {self.end()} before it did anything") from error
        if ready[:1] == CANNOT:
            raise _Differs(f"it cannot load the work: {ready[1:].decode('utf-8', 'replace')}")
        return self._pipe


_LOCK = threading.Lock()
_RUNNING: set[_Process] = set()
_STOPPED: set[str] = set()
