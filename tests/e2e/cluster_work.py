"""What workers of the test clusters do: they import it, so it stands in a module that is no test."""

from __future__ import annotations

import os
import signal
import time
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple


class Item(NamedTuple):
    """Something to do: usually a hash.

    Attributes:
        number: what is hashed.
        does: what happens first.
        path: a file that ``hold`` writes the id of its worker to.
        data: bytes that travel along.
    """

    number: int
    does: str = ""
    path: str = ""
    data: bytes = b""


def work(item: Item) -> str:
    """Return a hash, unless something happens before."""
    match item.does:
        case "raise":
            raise ValueError("no such \N{SNOWMAN}")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "kill the worker":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
        case "hang":
            time.sleep(600)
        case "eat":
            bytearray(1 << 40)
        case "hold" if not Path(item.path).exists():
            Path(f"{item.path}.new").write_text(str(os.getppid()), "utf-8")
            Path(f"{item.path}.new").rename(item.path)
            time.sleep(600)
        case "touch":
            with Path(item.path).open("a", encoding="utf-8") as stream:
                stream.write(f"{item.number}\n")
            time.sleep(0.2)
    return sha256(f"{item.number}".encode() + item.data).hexdigest()


def trivial(item: int) -> str:
    """Return what came."""
    return str(item)


def busy(item: int) -> str:
    """Take about 20 ms of CPU time."""
    end = time.process_time() + 0.02
    while time.process_time() < end:
        item = hash((item, end))
    return str(item)
