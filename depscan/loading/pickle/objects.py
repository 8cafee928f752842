"""Opcodes that import, call, construct and set state: what is judged."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from depscan.loading.pickle.broken import MALFORMED, BrokenError
from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.values import Call, Extension, Global, Persistent, Value

_JOBLIB = ("joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle")
_UINT2 = Struct("<H").unpack_from
_INT4 = Struct("<i").unpack_from


def _global(m: Machine) -> None:
    at = m.at - 1
    module = m.line().decode("utf-8")
    m.stack.append(m.judge.name(module, m.line().decode("utf-8"), at))


def _stack_global(m: Machine) -> None:
    at = m.at - 1
    name = m.stack.pop()
    module = m.stack.pop()
    if isinstance(name, str) and isinstance(module, str):
        m.stack.append(m.judge.name(module, name, at))
        return
    if isinstance(name, (Call, Persistent, Global, Extension)) or isinstance(
        module, (Call, Persistent, Global, Extension)
    ):
        m.stack.append(m.judge.computed(module, name, at))
        return
    raise BrokenError(MALFORMED, "STACK_GLOBAL needs two texts")


def _inst(m: Machine) -> None:
    at = m.at - 1
    module = m.line().decode("utf-8")
    cls = m.judge.name(module, m.line().decode("utf-8"), at)
    args = tuple(m.pop_mark())
    m.stack.append(m.judge.call(cls, args, at))


def _obj(m: Machine) -> None:
    args = m.pop_mark()
    if not args:
        raise IndexError
    m.stack.append(m.judge.call(args[0], tuple(args[1:]), m.at - 1))


def _reduce(m: Machine) -> None:
    args = m.stack.pop()
    m.stack[-1] = m.judge.call(m.stack[-1], args, m.at - 1)


def _newobj(m: Machine) -> None:
    args = m.stack.pop()
    m.stack[-1] = m.judge.construct(m.stack[-1], args, m.at - 1)


def _newobj_ex(m: Machine) -> None:
    named = m.stack.pop()
    args = m.stack.pop()
    m.stack[-1] = m.judge.construct(m.stack[-1], args, m.at - 1, named)


def _build(m: Machine) -> None:
    state = m.stack.pop()
    target = m.stack[-1]
    m.judge.build(target, state, m.at - 1)
    if isinstance(target, Call) and target.callee.startswith(
        ("joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle")
    ):
        from depscan.loading.pickle.arrays import after_build

        m.stack[-1] = after_build(m, target)


def _ext(m: Machine, code: int) -> None:
    if code <= 0:
        raise BrokenError(MALFORMED, "an extension code is not positive")
    m.stack.append(m.judge.extension(code, m.at))


def _ext1(m: Machine) -> None:
    code = m.data[m.i]
    m.i += 1
    _ext(m, code)


def _ext2(m: Machine) -> None:
    code = _UINT2(m.data, m.i)[0]
    m.i += 2
    _ext(m, code)


def _ext4(m: Machine) -> None:
    code = _INT4(m.data, m.i)[0]
    m.i += 4
    _ext(m, code)


def _persid(m: Machine) -> None:
    at = m.at - 1
    ident: Value = m.line().decode("ascii")
    m.stack.append(m.judge.persistent(ident, at))


def _binpersid(m: Machine) -> None:
    m.stack[-1] = m.judge.persistent(m.stack[-1], m.at - 1)


HANDLERS: dict[bytes, Callable[[Machine], None]] = {
    b"c": _global, b"\x93": _stack_global, b"i": _inst, b"o": _obj, b"R": _reduce, b"\x81": _newobj,
    b"\x92": _newobj_ex, b"b": _build, b"\x82": _ext1, b"\x83": _ext2, b"\x84": _ext4, b"P": _persid, b"Q": _binpersid,
}  # fmt: skip
