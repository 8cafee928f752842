"""The pickle machine: stack, marks, memo and a window on the bytes; runs one stream to its STOP or its damage.

Source: ``pickletools.opcodes`` and ``Modules/_pickle.c`` of CPython 3.11 to 3.14. Values are symbolic
(``depscan.loading.pickle.values``), and all that would run goes to a judge.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from depscan.loading.pickle.broken import BUDGET, LIE, MALFORMED, TRUNCATED, BrokenError

if TYPE_CHECKING:
    from depscan.artifacts.source import Source
    from depscan.loading.pickle.judge import Judge
    from depscan.loading.pickle.values import Value
    from depscan.loading.steps import Meter

WINDOW = 1 << 20
FIRST = 1 << 10
"""A quarter of the first window: a file may have many small streams."""

MARGIN = 16
"""Bytes that any opcode with arguments of a fixed length has left in a window that is not the last."""

SLICE = 256
"""Opcodes between two looks at the meter."""

_ABSURD = 1 << 30


class Machine:
    """One stream.

    Args:
        source: the bytes of the whole file.
        start: offset of the stream's first opcode.
        judge: told what the stream does.
        meter: opcodes and time of the artifact.
    """

    __slots__ = (
        "base", "data", "done", "gets", "i", "judge", "links", "memo", "meta", "meter", "opcodes", "proto",
        "size", "soft", "source", "stack", "start", "value", "window",
    )  # fmt: skip

    def __init__(self, source: Source, start: int, judge: Judge, meter: Meter) -> None:
        self.source = source
        self.size = source.size
        self.start = start
        self.judge = judge
        self.meter = meter
        self.data = b""
        self.base = start
        self.i = 0
        self.soft = 0
        self.stack: list[Value] = []
        self.meta: list[list[Value]] = []
        self.memo: dict[int, Value] = {}
        self.proto = 0
        self.done = False
        self.value: Value = None
        self.opcodes = 0
        self.gets = 0
        self.window = FIRST
        self.links = 0

    @property
    def at(self) -> int:
        """Return the offset of the next byte."""
        return self.base + self.i

    def run(self, limit: int = -1) -> BrokenError | None:
        """Run to STOP; return why it ended before, None when it did not.

        Args:
            limit: opcodes after which it ends as if the budget were used up; -1 for the meter's own limit.
        """
        from depscan.loading.pickle.opcodes import TABLE

        budget = self.meter.budget.opcodes
        try:
            while not self.done:
                if self.i >= self.soft:
                    self.fill(0)
                    if not self.data:
                        return BrokenError(TRUNCATED, "it ends without STOP")
                ran = self._slice(TABLE)
                self.opcodes += ran
                self.meter.opcodes += ran
                spent = self.meter.opcodes > budget or self.meter.late or 0 <= limit <= self.opcodes
                if spent and not self.done:
                    return BrokenError(BUDGET, f"it is longer than the budget ({self.opcodes} opcodes read)")
        except BrokenError as broken:
            return broken
        except (IndexError, struct.error):
            kind = TRUNCATED if self.at >= self.size else MALFORMED
            return BrokenError(kind, "it ends in an opcode" if kind == TRUNCATED else "it takes from an empty stack")
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            return BrokenError(MALFORMED, f"an opcode has no proper argument ({type(error).__name__})")
        return None

    def _slice(self, table: tuple[Callable[[Machine], None], ...]) -> int:
        for n in range(SLICE):
            i = self.i
            if i >= self.soft:
                return n
            self.i = i + 1
            table[self.data[i]](self)
        return SLICE

    def fill(self, need: int) -> None:
        """Move the window so that it starts at the next byte and holds ``need`` bytes, or all there are."""
        at = self.base + self.i
        self.window = min(self.window * 4, WINDOW)
        wanted = max(self.window, need)
        self.data = self.source.at(at, wanted)
        self.base = at
        self.i = 0
        length = len(self.data)
        ended = length < wanted or at + length >= self.size  # packed data may be shorter than an archive says
        self.soft = length if ended else length - MARGIN

    def seek(self, at: int) -> None:
        """Go on at an offset."""
        i = at - self.base
        if 0 <= i <= len(self.data):
            self.i = i
        else:
            self.base, self.i, self.data, self.soft = at, 0, b"", 0

    def claim(self, length: int, what: str, absurd: int = _ABSURD) -> None:
        """Check a claimed length against the bytes that are left.

        Raises:
            BrokenError: there are fewer: LIE when no honest file could have claimed so much.
        """
        left = self.size - self.base - self.i
        if length <= left:
            return
        text = f"{what} claims {length} bytes, {max(left, 0)} are left"
        raise BrokenError(LIE if length >= absurd and length > left * 64 else TRUNCATED, text)

    def take(self, length: int) -> bytes:
        """Return the next bytes, whose number was checked by ``claim``."""
        i = self.i
        j = i + length
        if j > len(self.data):
            self.fill(length + MARGIN)
            i, j = 0, length
        self.i = j
        return self.data[i:j]

    def line(self) -> bytes:
        """Return the bytes up to the next line feed, without it, and go behind it.

        Raises:
            BrokenError: there is none, or only after 1 MiB.
        """
        end = self.data.find(b"\n", self.i)
        if end < 0:
            at, length = self.line_ahead()
            if length > WINDOW:
                raise BrokenError(MALFORMED, f"a number or name of {length} bytes at {at:#x}")
            line = self.take(length)
            self.seek(at + length + 1)
            return line
        line = self.data[self.i : end]
        self.i = end + 1
        return line

    def line_ahead(self) -> tuple[int, int]:
        """Return offset and length of the bytes up to the next line feed, and stay where they start.

        Raises:
            BrokenError: there is none.
        """
        start = at = self.base + self.i
        end = self.data.find(b"\n", self.i)
        if end >= 0:
            return start, end - self.i
        while at < self.size:
            piece = self.source.at(at, WINDOW)
            end = piece.find(b"\n")
            if end >= 0:
                return start, at + end - start
            if not piece:
                break
            at += len(piece)
        raise BrokenError(TRUNCATED, "a line does not end")

    def pop_mark(self) -> list[Value]:
        """Return what stands above the last mark, and go back below it."""
        items = self.stack
        if not self.meta:
            raise BrokenError(MALFORMED, "it needs a mark where there is none")
        self.stack = self.meta.pop()
        return items
