"""Where something stands in a file, cheap to record and made concrete only when reported."""

from typing import NamedTuple

Route = int | tuple[str | int, ...]
"""A 1-based line number, or the keys and indices that lead to a value in a structured file."""


class Location(NamedTuple):
    """A place in a scanned file.

    Attributes:
        path: the file as the user named it.
        line: 1-based; 0 when the file has no lines or the place is not known.
        text: the line, bounded and unescaped (reports escape); may be empty.
        container: archives around the file, outermost first.
        offset: byte in a binary file; -1 where lines say it, or nothing does.
    """

    path: str
    line: int = 0
    text: str = ""
    container: tuple[str, ...] = ()
    offset: int = -1

    @property
    def shown(self) -> str:
        """Return the path with its line (``setup.py:3``) or byte (``model.pkl @ 0x1f2``)."""
        if self.line:
            return f"{self.path}:{self.line}"
        return f"{self.path} @ {self.offset:#x}" if self.offset >= 0 else self.path
