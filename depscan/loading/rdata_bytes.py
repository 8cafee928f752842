"""Bytes of R's serialisation in its three forms: X (big-endian), B (native) and A (text)."""

from __future__ import annotations

import re
import struct

MAX_TEXT = 300
_WIDTH = {10: 4, 13: 4, 14: 8, 15: 16}
_NUMBERS = {10: 1, 13: 1, 14: 1, 15: 2}
"""Bytes and lines of one number by kind of vector: logical, integer, real, complex."""


class BrokenError(ValueError):
    """The bytes end, or are no serialisation."""


class Bytes:
    """Reads the XDR (big-endian), native or text form."""

    def __init__(self, data: bytes, at: int, form: str) -> None:
        self.data = data
        self.at = at
        self.form = form
        self._int = struct.Struct("<i" if form == "B" else ">i")

    def integer(self) -> int:
        """Read one integer."""
        if self.form == "A":
            line = self._line()
            try:
                return -(1 << 31) if line == b"NA" else int(line[:20])
            except ValueError:
                raise BrokenError("no number") from None
        if self.at + 4 > len(self.data):
            raise BrokenError("cut short")
        self.at += 4
        return int(self._int.unpack_from(self.data, self.at - 4)[0])

    def _line(self) -> bytes:
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise BrokenError("cut short")
        line = self.data[self.at : end]
        self.at = end + 1
        return line.strip()

    def length(self) -> int:
        """Read a vector's length; -1 stands before the two halves of a long one."""
        count = self.integer()
        if count == -1:
            count = (self.integer() << 32) + self.integer()
        if count < 0 or count > len(self.data) - self.at:
            raise BrokenError(f"claims {count} items in {len(self.data) - self.at} bytes")
        return count

    def skip(self, kind: int, count: int) -> None:
        """Pass over numbers."""
        if self.form == "A":
            for _ in range(count * _NUMBERS[kind]):
                self._line()
            return
        self.take(count * _WIDTH[kind])

    def take(self, count: int) -> bytes:
        """Read bytes."""
        if count < 0 or count > len(self.data) - self.at:
            raise BrokenError(f"claims {count} bytes where {len(self.data) - self.at} are left")
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self, count: int) -> str:
        """Read a text of so many bytes."""
        if self.form == "A":
            return self._line().decode("utf-8", "replace")
        return self.take(count)[: MAX_TEXT * 4].decode("utf-8", "replace")

    def raw(self, count: int) -> None:
        """Pass over raw bytes."""
        if self.form == "A":
            for _ in range(count):
                self._line()
        else:
            self.take(count)


def start_of(data: bytes) -> tuple[str, int]:
    """Return the form (X, A or B) and where the version stands; "" and 0 when it is no serialisation of R."""
    at = 5 if re.match(rb"RD[XAB][23]\n", data) else 0
    match = re.match(rb"([XAB])\n", data[at:])
    if match is None:
        return "", 0
    form = match[1].decode()
    after = data[at + 2 : at + 14]
    if form == "A":
        return (form, at + 2) if re.match(rb"[23]\n\d+\n", after) else ("", 0)
    version = struct.unpack("<i" if form == "B" else ">i", after[:4])[0] if len(after) >= 4 else 0  # noqa: PLR2004
    return (form, at + 2) if version in {2, 3} else ("", 0)
