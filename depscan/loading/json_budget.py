"""Say before JSON is parsed whether its values would take far more memory than its text."""

from __future__ import annotations

_SMALL = 1 << 20
_BYTES_PER_VALUE = 6
"""Headers and graphs that tools write have 10 to 30 bytes of text per value; a value takes 60 bytes in memory."""


def too_dense(raw: bytes) -> bool:
    """Return whether a JSON text past 1 MiB has more values than files of its kind have: it would be a bomb."""
    return len(raw) > _SMALL and sum(map(raw.count, (b"[", b"{", b","))) * _BYTES_PER_VALUE > len(raw)
