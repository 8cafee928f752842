"""Opcodes that make and fill containers."""

from __future__ import annotations

from collections.abc import Callable

from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.values import Bag, Dict, Value


def _empty_list(m: Machine) -> None:
    m.stack.append([])
    m.links += 1


def _empty_dict(m: Machine) -> None:
    m.stack.append(Dict())
    m.links += 1


def _empty_tuple(m: Machine) -> None:
    m.stack.append(())


def _empty_set(m: Machine) -> None:
    m.stack.append(Bag())
    m.links += 1


def _list(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append(items)
    m.links += 1


def _dict(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append(_pairs(items))
    m.links += 1


def _pairs(items: list[Value]) -> Dict:
    if len(items) % 2:
        raise IndexError
    return Dict(items)


def _tuple(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append(tuple(items))
    m.links += 1


def _tuple1(m: Machine) -> None:
    m.stack[-1] = (m.stack[-1],)
    m.links += 1


def _tuple2(m: Machine) -> None:
    m.stack[-2:] = [(m.stack[-2], m.stack[-1])]
    m.links += 1


def _tuple3(m: Machine) -> None:
    m.stack[-3:] = [(m.stack[-3], m.stack[-2], m.stack[-1])]
    m.links += 1


def _frozenset(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append(Bag(items))
    m.links += 1


def _append(m: Machine) -> None:
    item = m.stack.pop()
    target = m.stack[-1]
    if type(target) is list:
        target.append(item)
    else:
        m.judge.fill(target, "append", [item], m.at - 1)


def _appends(m: Machine) -> None:
    items = m.pop_mark()
    target = m.stack[-1]
    if type(target) is list:
        target += items
    else:
        m.judge.fill(target, "extend", items, m.at - 1)


def _setitem(m: Machine) -> None:
    value = m.stack.pop()
    key = m.stack.pop()
    _set(m, [key, value])


def _setitems(m: Machine) -> None:
    items = m.pop_mark()
    if items:
        _set(m, _pairs(items))


def _set(m: Machine, items: list[Value]) -> None:
    target = m.stack[-1]
    if type(target) is Dict:
        target += items
    else:
        m.judge.fill(target, "__setitem__", items, m.at - 1)


def _additems(m: Machine) -> None:
    items = m.pop_mark()
    target = m.stack[-1]
    if type(target) is Bag:
        target += items
    else:
        m.judge.fill(target, "add", items, m.at - 1)


HANDLERS: dict[bytes, Callable[[Machine], None]] = {
    b"]": _empty_list, b"}": _empty_dict, b")": _empty_tuple, b"\x8f": _empty_set, b"l": _list, b"d": _dict,
    b"t": _tuple, b"\x85": _tuple1, b"\x86": _tuple2, b"\x87": _tuple3, b"\x91": _frozenset, b"a": _append,
    b"e": _appends, b"s": _setitem, b"u": _setitems, b"\x90": _additems,
}  # fmt: skip
