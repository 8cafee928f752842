"""Opcodes that push a constant. Long ones are skipped by their length and stay in the file."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from depscan.loading.pickle.broken import LIE, MALFORMED, BrokenError
from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.values import BUFFER, Blob, Value
from depscan.loading.steps import HOSTILE

KEEP = 4096
"""Bytes of a constant that is held in memory."""

_PEEK = 512
_INTEGER = 1 << 16
_DIGITS = 4_000
_LIMIT = 4_300
"""Digits of a decimal number that Python reads (``sys.int_info.default_max_str_digits``)."""

_INT4 = Struct("<i").unpack_from
_UINT4 = Struct("<I").unpack_from
_UINT2 = Struct("<H").unpack_from
_UINT8 = Struct("<Q").unpack_from
_FLOAT = Struct(">d").unpack_from


def _none(m: Machine) -> None:
    m.stack.append(None)


def _true(m: Machine) -> None:
    m.stack.append(True)


def _false(m: Machine) -> None:
    m.stack.append(False)


def _binint(m: Machine) -> None:
    m.stack.append(_INT4(m.data, m.i)[0])
    m.i += 4


def _binint1(m: Machine) -> None:
    m.stack.append(m.data[m.i])
    m.i += 1


def _binint2(m: Machine) -> None:
    m.stack.append(_UINT2(m.data, m.i)[0])
    m.i += 2


def _binfloat(m: Machine) -> None:
    m.stack.append(_FLOAT(m.data, m.i)[0])
    m.i += 8


def _int(m: Machine) -> None:
    line = m.line()
    if line in {b"01", b"00"}:
        m.stack.append(line == b"01")
        return
    m.stack.append(_number(m, line))


def _long(m: Machine) -> None:
    line = m.line()
    m.stack.append(_number(m, line[:-1] if line[-1:] == b"L" else line))


def _number(m: Machine, digits: bytes) -> Value:
    """Return a number; a longer one than Python reads since 3.11 stays in the file: older ones read on behind it."""
    if len(digits) > _DIGITS and digits.strip().lstrip(b"+-").replace(b"_", b"").isdigit():
        if len(digits) > _LIMIT:
            why = "reading a decimal number takes the square of its length: Python refuses such ones since 3.11"
            text = f"a number of {len(digits)} digits"
            m.judge.step("load.bomb", HOSTILE, "integer", text, why, m.at)
        return Blob(m.at - len(digits) - 1, len(digits), b"")
    return int(digits, 0)


def _float(m: Machine) -> None:
    m.stack.append(float(m.line()))


def _long1(m: Machine) -> None:
    _integer(m, _byte(m))


def _long4(m: Machine) -> None:
    length = _INT4(m.data, m.i)[0]
    m.i += 4
    if length < 0:
        raise BrokenError(MALFORMED, "an integer has a negative length")
    _integer(m, length)


def _integer(m: Machine, length: int) -> None:
    m.claim(length, "an integer", _INTEGER)
    if length > _INTEGER:
        m.judge.odd(
            "integer", f"an integer of {length} bytes", "no model needs one: arithmetic with it takes long", m.at
        )
        m.stack.append(Blob(m.at, length, b""))
        m.seek(m.at + length)
        return
    m.stack.append(int.from_bytes(m.take(length), "little", signed=True))


def _byte(m: Machine) -> int:
    value = m.data[m.i]
    m.i += 1
    return value


def _four(m: Machine) -> int:
    value: int = _UINT4(m.data, m.i)[0]
    m.i += 4
    return value


def _four_signed(m: Machine) -> int:
    value: int = _INT4(m.data, m.i)[0]
    m.i += 4
    if value < 0:
        raise BrokenError(MALFORMED, "a text has a negative length")
    return value


def _eight(m: Machine) -> int:
    value: int = _UINT8(m.data, m.i)[0]
    m.i += 8
    return value


def _constant(m: Machine, length: int, make: Callable[[bytes], Value], text: str = "") -> None:
    if length <= KEEP and m.i + length <= len(m.data):
        i = m.i
        m.i = i + length
        value = make(m.data[i : i + length])
    else:
        m.claim(length, "a text" if text else "a byte string")
        if length <= KEEP:
            value = make(m.take(length))
        else:
            at = m.at
            value = Blob(at, length, m.source.at(at, _PEEK), text)
            m.seek(at + length)
    m.stack.append(value)
    m.judge.constant(value, m)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _old_text(raw: bytes) -> Value:
    """Python 2's str: ASCII text, or bytes to those who load it with another encoding."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _unicode1(m: Machine) -> None:
    i = m.i
    j = i + 1 + m.data[i]
    if j > len(m.data):
        m.i = i + 1
        _constant(m, j - i - 1, _text, "utf-8")
        return
    m.i = j
    value = m.data[i + 1 : j].decode("utf-8", "surrogatepass")
    m.stack.append(value)
    if j - i > 16:  # noqa: PLR2004 - shorter texts hold no pickle
        m.judge.constant(value, m)


def _unicode4(m: Machine) -> None:
    _constant(m, _four(m), _text, "utf-8")


def _unicode8(m: Machine) -> None:
    _constant(m, _eight(m), _text, "utf-8")


def _bytes1(m: Machine) -> None:
    _constant(m, _byte(m), bytes)


def _bytes4(m: Machine) -> None:
    _constant(m, _four(m), bytes)


def _bytes8(m: Machine) -> None:
    _constant(m, _eight(m), bytes)


def _string1(m: Machine) -> None:
    _constant(m, _byte(m), _old_text, "utf-8")


def _string4(m: Machine) -> None:
    _constant(m, _four_signed(m), _old_text, "utf-8")


def _string(m: Machine) -> None:
    at, length = m.line_ahead()
    if length > KEEP:
        value: Value = Blob(at, length, m.source.at(at, _PEEK), "escape")
    else:
        line = m.take(length).rstrip()
        if len(line) < 2 or line[0] != line[-1] or line[:1] not in {b"'", b'"'}:  # noqa: PLR2004 - two quotes
            raise BrokenError(MALFORMED, "the argument of STRING is not quoted")
        value = _old_text(_unescaped(line[1:-1]))
    m.seek(at + length + 1)
    m.stack.append(value)
    m.judge.constant(value, m)


def _unescaped(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    import codecs
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unknown escape is one warning of the file's, not of ours
        return codecs.escape_decode(text)[0]


def _unicode(m: Machine) -> None:
    at, length = m.line_ahead()
    if length > KEEP:
        value: Value = Blob(at, length, m.source.at(at, _PEEK), "raw-unicode-escape")
    else:
        value = m.take(length).decode("raw-unicode-escape")
    m.seek(at + length + 1)
    m.stack.append(value)
    m.judge.constant(value, m)


def _buffer(m: Machine) -> None:
    m.stack.append(BUFFER)


def _frame(m: Machine) -> None:
    length = _UINT8(m.data, m.i)[0]
    m.i += 8
    left = m.size - m.at
    if length > left:
        if length > 1 << 40:
            raise BrokenError(LIE, f"a frame claims {length} bytes, {left} are left")
        m.judge.short = f"a frame claims {length} bytes, {left} are left"


def _proto(m: Machine) -> None:
    m.proto = _byte(m)
    if m.proto > 5:  # noqa: PLR2004 - the highest there is
        m.judge.odd("protocol", f"protocol {m.proto}", "it does not exist: Python refuses it, others read on", m.at)
        m.judge.report.gap(f"protocol {m.proto} does not exist")


def _stop(m: Machine) -> None:
    if not m.stack:
        raise BrokenError(MALFORMED, "it stops with nothing on the stack")
    m.value = m.stack.pop()
    m.done = True
    m.soft = -1


HANDLERS: dict[bytes, Callable[[Machine], None]] = {
    b"N": _none, b"\x88": _true, b"\x89": _false, b"J": _binint, b"K": _binint1, b"M": _binint2, b"G": _binfloat,
    b"I": _int, b"L": _long, b"F": _float, b"\x8a": _long1, b"\x8b": _long4, b"\x8c": _unicode1, b"X": _unicode4,
    b"\x8d": _unicode8, b"C": _bytes1, b"B": _bytes4, b"\x8e": _bytes8, b"\x96": _bytes8, b"U": _string1,
    b"T": _string4, b"S": _string, b"V": _unicode, b"\x97": _buffer, b"\x95": _frame, b"\x80": _proto, b".": _stop,
}  # fmt: skip
