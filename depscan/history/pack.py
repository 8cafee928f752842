"""Arrays of node positions as compressed bytes: little-endian uint32, zlib."""

from __future__ import annotations

import sys
import zlib
from array import array

_LEVEL = 6
_TYPE = next(code for code in "IL" if array(code).itemsize == 4)  # noqa: PLR2004 - uint32


def packed(numbers: list[int]) -> bytes:
    """Return the bytes of numbers below 2**32."""
    made = array(_TYPE, numbers)
    if sys.byteorder == "big":
        made.byteswap()
    return zlib.compress(made.tobytes(), _LEVEL)


def unpacked(data: bytes) -> array[int]:
    """Return the numbers of ``packed``.

    Raises:
        ValueError: the bytes are damaged.
    """
    made = array(_TYPE)
    try:
        made.frombytes(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if sys.byteorder == "big":
        made.byteswap()
    return made
