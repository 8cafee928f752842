"""How far a run is: a line on a terminal, nothing off one, a line per repository for who asks."""

from __future__ import annotations

import io

from depscan.cli._nightly_progress import Watch
from depscan.fleet.harvest import Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def steps(watch: Watch) -> None:
    for at in range(3):
        watch.step(Step(at + 1, 40, f"repo{at}\x1b[31m", "unchanged" if at else "read 2 packages in 0.10 s"))


def test_off_a_terminal_nothing_is_shown() -> None:
    stream = io.StringIO()
    steps(Watch(stream, verbose=False))
    assert stream.getvalue() == ""


def test_each_repository_has_a_line_for_who_asks_and_no_name_reaches_the_terminal_raw() -> None:
    stream = io.StringIO()
    watch = Watch(stream, verbose=True)
    steps(watch)
    assert stream.getvalue().splitlines()[0] == r"repo0\x1b[31m: read 2 packages in 0.10 s"
    assert (watch.done, watch.all) == (3, 40)


def test_a_terminal_has_one_line_that_is_taken_away() -> None:
    stream, now = Terminal(), iter(range(0, 1000, 100))
    watch = Watch(stream, verbose=False, clock=lambda: float(next(now)))
    steps(watch)
    watch.clear()
    shown = stream.getvalue().split("\r\x1b[K")
    assert shown[1].startswith("1/40, 0.0/s, ")
    assert shown[1].endswith(r" left repo0\x1b[31m")
    assert shown[-1] == ""
    assert "\n" not in stream.getvalue()


def test_a_closed_standard_error_is_no_trouble() -> None:
    watch = Watch(None, verbose=True)
    steps(watch)
    watch.clear()
