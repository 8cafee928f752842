"""The table of handlers: one per opcode byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from depscan.loading.pickle import constants, containers, objects, stacking
from depscan.loading.pickle.broken import MALFORMED, BrokenError
from depscan.loading.pickle.machine import Machine

Handler: TypeAlias = Callable[[Machine], None]


def _unknown(m: Machine) -> None:
    raise BrokenError(MALFORMED, f"byte 0x{m.data[m.i - 1]:02x} at {m.at - 1:#x} is no opcode")


def _table() -> tuple[Handler, ...]:
    table: list[Handler] = [_unknown] * 256
    for module in (constants, containers, objects, stacking):
        for opcode, handler in module.HANDLERS.items():
            table[opcode[0]] = handler
    return tuple(table)


TABLE = _table()
