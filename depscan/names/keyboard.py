"""Which keys lie beside each other on a QWERTY keyboard."""

from __future__ import annotations

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHIFT = (0.0, 0.5, 0.75, 1.25)
"""How far each row is moved to the right, in keys."""
_REACH = 1.1


def _around(key: str, row: int, at: float) -> frozenset[str]:
    found = set()
    for other in range(max(0, row - 1), min(len(_ROWS), row + 2)):
        for i, letter in enumerate(_ROWS[other]):
            if letter != key and abs(i + _SHIFT[other] - at) <= _REACH:
                found.add(letter)
    return frozenset(found)


_BESIDE = {
    letter: _around(letter, row, i + _SHIFT[row])
    for row, letters in enumerate(_ROWS)
    for i, letter in enumerate(letters)
}


def neighbours(key: str) -> frozenset[str]:
    """Return the keys beside a key; none for what is no key."""
    return _BESIDE.get(key, frozenset())
