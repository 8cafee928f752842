"""One status line on a terminal, only when something takes longer than a second."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 1.0
_INTERVAL = 0.1


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done; it stays silent off a terminal and in the first second."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    started = last = time.monotonic()
    shown = False

    def step(text: str) -> None:
        nonlocal last, shown
        now = time.monotonic()
        if now - started > _PATIENCE and now - last > _INTERVAL:
            from depscan.text.escape import terminal

            sys.stderr.write(f"\r\x1b[K{terminal(text, 70)}")
            sys.stderr.flush()
            last, shown = now, True

    try:
        yield step
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
