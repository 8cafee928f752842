"""Opcodes that move values: marks, the stack and the memo."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from depscan.loading.pickle.broken import LIE, MALFORMED, BrokenError
from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.values import SCALARS, Value

_UINT4 = Struct("<I").unpack_from
_SPARE = 1 << 20
"""Memo slots that a stream may claim beyond the bytes it has used so far."""


def _mark(m: Machine) -> None:
    m.meta.append(m.stack)
    m.stack = []


def _pop(m: Machine) -> None:
    if m.stack:
        m.stack.pop()
    else:
        m.pop_mark()


def _pop_mark(m: Machine) -> None:
    m.pop_mark()


def _dup(m: Machine) -> None:
    m.stack.append(m.stack[-1])
    m.gets += 1


def _put(m: Machine, index: int) -> None:
    if index < 0:
        raise BrokenError(MALFORMED, "a memo index is negative")
    value = m.stack[-1]
    if index > m.base + m.i + _SPARE:
        raise BrokenError(LIE, f"memo index {index} after {m.at - m.start} bytes: the memo table grows to that size")
    m.memo[index] = value


def _put_text(m: Machine) -> None:
    _put(m, int(m.line()))


def _binput(m: Machine) -> None:
    m.memo[m.data[m.i]] = m.stack[-1]
    m.i += 1


def _long_binput(m: Machine) -> None:
    index = _UINT4(m.data, m.i)[0]
    m.i += 4
    _put(m, index)


def _memoize(m: Machine) -> None:
    m.memo[len(m.memo)] = m.stack[-1]


def _get(m: Machine, index: int) -> None:
    try:
        value: Value = m.memo[index]
    except KeyError:
        raise BrokenError(MALFORMED, f"nothing was memoised under {index}") from None
    m.stack.append(value)
    if not isinstance(value, SCALARS):
        m.gets += 1


def _get_text(m: Machine) -> None:
    _get(m, int(m.line()))


def _binget(m: Machine) -> None:
    index = m.data[m.i]
    m.i += 1
    _get(m, index)


def _long_binget(m: Machine) -> None:
    index = _UINT4(m.data, m.i)[0]
    m.i += 4
    _get(m, index)


def _nothing(m: Machine) -> None:
    m.stack[-1]


HANDLERS: dict[bytes, Callable[[Machine], None]] = {
    b"(": _mark, b"0": _pop, b"1": _pop_mark, b"2": _dup, b"p": _put_text, b"q": _binput, b"r": _long_binput,
    b"\x94": _memoize, b"g": _get_text, b"h": _binget, b"j": _long_binget, b"\x98": _nothing,
}  # fmt: skip
