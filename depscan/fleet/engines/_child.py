"""The process on a cluster's machine that does items one by one: what an item does to it, it does to nothing else.

    python -P -m depscan.fleet.engines._child DESCRIPTOR

It ends when the process that started it is gone: Linux is asked for that, elsewhere it meets a closed pipe after the
item, and a limit of CPU time stops an item that never ends.
"""

from __future__ import annotations

import math
import pickle
import resource
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from depscan.fleet.engines._identity import identity

READY, CANNOT, DONE, RAISED, FULL = b"+", b"?", b"=", b"!", b"#"


def main() -> None:
    """Say who this is, take the work, answer items until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started this process ends it
    if sys.platform == "linux":
        _end_with_the_parent()
    pipe = Connection(int(sys.argv[1]))
    try:
        pipe.send_bytes(identity().encode())
        work, memory, seconds = _start(pipe)
        while True:
            _limit(resource.RLIMIT_CPU, math.ceil(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) + seconds) + 1)
            pipe.send_bytes(_answer(work, pipe.recv_bytes(), memory))
    except (EOFError, OSError):
        return


def _end_with_the_parent() -> None:
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: of the thread that started this, which waits for it


def _start(pipe: Connection) -> tuple[Any, int, float]:
    function, memory, seconds = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from the process that started this one
    try:
        work = pickle.loads(function)  # noqa: S301 - a name in a module
    except Exception as error:  # importing may raise anything
        pipe.send_bytes(CANNOT + _told(error))
        raise EOFError from error
    pipe.send_bytes(READY)
    if memory:
        _limit(resource.RLIMIT_AS, memory)
    return work, memory, seconds


def _answer(work: Any, item: bytes, memory: int) -> bytes:  # noqa: ANN401 - any function
    try:
        text: str = work(pickle.loads(item))  # noqa: S301 - from the process that started this one
        return DONE + text.encode("utf-8", "surrogatepass")
    except MemoryError:
        return FULL + f"reading it takes more than {memory >> 20} MiB of memory".encode()
    except Exception as error:  # noqa: BLE001 - a defect met in one item must not hide the others
        return RAISED + b"a defect of depscan stopped the reading: " + _told(error)


def _told(error: Exception) -> bytes:
    return f"{type(error).__name__}: {error}"[:300].encode("utf-8", "surrogatepass")


def _limit(what: int, amount: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


if __name__ == "__main__":
    main()
