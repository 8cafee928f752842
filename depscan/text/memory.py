"""Tell a process that has no memory left from a text that Python's parser will not have.

CPython raises a MemoryError for both: for real, and where a text nests deeper than its parser's own stack
(``MAXSTACK`` in Parser/pegen.h). The first says nothing about the text, so nothing may be kept of it.
"""

from __future__ import annotations

_PER_CHARACTER = 1200
"""Bytes that a tree takes at most for a character of its text; ``a;`` repeated takes 930 (measured, Python 3.11)."""
_LEAST = 1 << 20


def unless_nested(error: BaseException, text: str) -> None:
    """Return where a parser refused a text for its nesting; raise its error again where memory was lacking.

    Args:
        error: what the parser raised; anything but a MemoryError is no matter of this.
        text: what it was to parse.
    """
    if isinstance(error, MemoryError) and _is_limited() and not _has(_LEAST + _PER_CHARACTER * len(text)):
        raise error


def _has(size: int) -> bool:
    try:
        bytearray(size)  # of pages that nobody touches
    except MemoryError:
        return False
    return True


def _is_limited() -> bool:
    """Return whether this process has a limit, as those have that read many repositories one after another."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return False
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
