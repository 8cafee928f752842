"""Attributes set under a condition: after the branches an attribute may be what either of them made it."""

from __future__ import annotations

from depscan.facts.python.machine import Machine
from depscan.facts.python.values import Alt, Class, Obj, Seq, Value, join

Write = tuple[Obj | Class, str, Value | None]
"""An instance or class, the attribute's name, and what it was before."""
_MOST = 500


def note_write(m: Machine, holder: Value, name: str) -> None:
    """Remember what an attribute was before it is set, when that happens inside a branch."""
    if m.writes is None or len(m.writes) >= _MOST:
        return
    for one in holder.options if isinstance(holder, Alt) else [holder]:
        if isinstance(one, Obj | Class):
            m.writes.append((one, name, one.attrs.get(name)))


def take_back(writes: list[Write]) -> list[Write]:
    """Undo the writes of one branch, so that the other starts as it did; returns what it had made of them."""
    made: dict[tuple[int, str], Write] = {}
    for holder, name, _ in writes:
        made.setdefault((id(holder), name), (holder, name, holder.attrs.get(name)))
    for holder, name, before in reversed(writes):
        if before is None:
            holder.attrs.pop(name, None)
        else:
            holder.attrs[name] = before
    return list(made.values())


def rejoin(made: list[Write]) -> None:
    """Join what one branch made of attributes with what they are now."""
    for holder, name, value in made:
        now = holder.attrs.get(name)
        if value is not None:
            holder.attrs[name] = value if now is None or isinstance(value, Seq) else join(value, now)
