"""What a run over a fleet shows while it runs, and how it takes a polite request to end."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from depscan.fleet.harvest import Step

_INTERVAL = 0.1
_NAME = 30
_MINUTE, _HOUR = 60, 3600


class Watch:
    """One status line on a terminal; one line per repository where somebody asks for them.

    Args:
        stream: standard error; None where it is closed.
        verbose: whether every repository has a line.
        clock: seconds that never go back.

    Attributes:
        done, all: how many repositories are settled, and how many there are.
    """

    def __init__(self, stream: TextIO | None, *, verbose: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.done = self.all = 0
        self._stream, self._verbose = stream, verbose
        self._status = stream is not None and stream.isatty() and not verbose
        self._clock = clock
        self._begun = self._last = clock()
        self._unchanged, self._shown = 0, False

    def step(self, step: Step) -> None:
        """Show that a repository is settled."""
        self.done, self.all = step.done, step.all
        self._unchanged += step.what == "unchanged"
        if self._verbose and self._stream is not None:
            from depscan.text.escape import terminal

            self._stream.write(f"{terminal(step.name, 200)}: {terminal(step.what, 300)}\n")
        elif self._status:
            self.say(f"{step.done}/{step.all}{self._pace()} {step.name[:_NAME]}")

    def say(self, text: str) -> None:
        """Show what is being done."""
        now = self._clock()
        if self._status and self._stream is not None and now - self._last > _INTERVAL:
            from depscan.text.escape import terminal

            self._stream.write(f"\r\x1b[K{terminal(text, 78)}")
            self._stream.flush()
            self._last, self._shown = now, True

    def clear(self) -> None:
        """Take the status line away."""
        if self._shown and self._stream is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def _pace(self) -> str:
        """Return rate and time left, of the repositories that have to be read: the others take no time."""
        read, seconds = self.done - self._unchanged, self._clock() - self._begun
        if not read or seconds < 1:
            return ""
        left = (self.all - self.done) * seconds / read
        told = f"{left:.0f} s" if left < _MINUTE else f"{left / _MINUTE:.0f} min" if left < _HOUR else (
            f"{left / _HOUR:.1f} h")  # fmt: skip
        return f", {read / seconds:.1f}/s, {told} left"


@contextmanager
def watching(*, verbose: bool) -> Iterator[Watch]:
    """Give what shows how far a run is; SIGTERM ends the run like a key press, with everything kept."""
    watch = Watch(sys.stderr, verbose=verbose)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGTERM, before)
        watch.clear()
