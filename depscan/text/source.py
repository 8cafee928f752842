"""A scanned file: bytes with a limit, text on demand, lines by number."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable

from depscan.errors import InputError

LIMIT = 64 << 20
"""Largest input file read, in bytes. The largest real lock known to us has 8.6 MB."""

_FEW = 64
"""Lines asked for by counting; whoever asks for more, as a bill of materials does, is answered from a table."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class SourceFile:
    """One input file.

    Args:
        path: the name shown to the user.
        data: the raw bytes.

    Attributes:
        name: last part of the path.
        reach: a path relative to this file's folder to another file of the same scan; None where there is none. Files
            that are read alone reach nothing.
    """

    __slots__ = ("_asked", "_ends", "_lines", "_text", "data", "name", "path", "reach")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.name = path.replace("\\", "/").rpartition("/")[2]
        self.data = data
        self.reach: Callable[[str], SourceFile | None] = _nothing
        self._text: str | None = None
        self._lines: list[str] | None = None
        self._ends: list[int] = []
        self._asked = 0

    @property
    def text(self) -> str:
        r"""Return the decoded text with ``\n`` line ends and without a byte order mark.

        Raises:
            InputError: the bytes are not UTF-8 (or UTF-16 with a mark), or hold NUL bytes.
        """
        if self._text is None:
            self._text = self._decode()
        return self._text

    def _decode(self) -> str:
        data, encoding = self.data, "utf-8"
        for bom, name in _BOMS:
            if data.startswith(bom):
                data, encoding = data[len(bom) :], name
                break
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if declared := _declared(data):
                return declared
            line = data.count(b"\n", 0, error.start) + 1
            message = f"not valid {encoding.upper()} text (byte 0x{data[error.start]:02x} at offset {error.start})"
            raise InputError(message, path=self.path, line=line) from None
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise InputError("binary file, not text (NUL byte)", path=self.path, line=line)
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def forget(self) -> None:
        """Drop what can be made of the bytes again: most files that were read are never shown."""
        self._text = self._lines = None
        self._ends = []

    def line(self, number: int) -> str:
        """Return the text of a 1-based line, at most 500 characters; "" when there is none."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines[number - 1][:500] if 0 < number <= len(self._lines) else ""

    def line_of(self, offset: int) -> int:
        """Return the 1-based line of a character offset in ``text``."""
        self._asked += 1
        if self._asked <= _FEW:
            return self.text.count("\n", 0, offset) + 1
        if not self._ends:
            self._ends = [at for at, c in enumerate(self.text) if c == "\n"] or [len(self.text)]
        return bisect_left(self._ends, offset) + 1

    def error(self, message: str, line: int = 0, hint: str = "") -> InputError:
        """Return an InputError that names this file."""
        return InputError(message, path=self.path, line=line, hint=hint)

    def conflict_line(self) -> int:
        """Return the line of the first merge-conflict marker, or 0."""
        text = "\n" + self.text
        at = text.find("\n<<<<<<< ")
        return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _nothing(path: str) -> SourceFile | None:  # noqa: ARG001 - the common signature
    return None


def _declared(data: bytes) -> str:
    """Return the text in the one-byte or Asian encoding that a cookie in the first two lines names (PEP 263).

    pip honours it in requirements files, too. "" when there is none or it does not fit.
    """
    import re

    head = b"\n".join(data[:400].split(b"\n")[:2])
    found = re.search(rb"(?m)^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", head)
    name = found[1].decode("ascii", "replace").lower().replace("_", "-") if found else ""
    if not re.fullmatch(r"latin-?1|iso-?8859-\d+|(cp|windows-)\d+|koi8-[ru]|gbk|gb18030|big5|euc-\w+|shift-jis", name):
        return ""
    try:
        text = data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def read_source(path: str, shown: str = "") -> SourceFile:
    """Read a regular file of at most ``LIMIT`` bytes.

    Raises:
        InputError: missing, unreadable, not a regular file, or larger than the limit.
    """
    shown = shown or path
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with open(descriptor, "rb") as stream:
            import stat

            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise InputError("not a regular file", path=shown)
            if status.st_size > LIMIT:
                megabytes = status.st_size >> 20
                raise InputError(f"file of {megabytes} MB is over the limit of {LIMIT >> 20} MB", path=shown)
            data = stream.read(LIMIT + 1)
    except OSError as error:
        raise InputError(f"cannot read: {(error.strerror or str(error)).lower()}", path=shown) from None
    if len(data) > LIMIT:
        raise InputError(f"file is over the limit of {LIMIT >> 20} MB", path=shown)
    return SourceFile(shown, data)
