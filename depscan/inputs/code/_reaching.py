"""Which of the bindings of a name are in force at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.code._value import MOST

if TYPE_CHECKING:
    from depscan.inputs.code._scopes import Binding, Block, Place


def reaching(bindings: list[Binding], place: Place) -> list[Binding]:
    """Return the bindings that can be in force at a place: the last one on the way there, and those in branches.

    Of another scope than the place's: what is in force at its end.
    """
    if not bindings:
        return []
    same = bindings[0].place.scope is place.scope
    before = [b for b in bindings if b.place.at < place.at] if same else bindings
    found: list[Binding] = []
    for binding in reversed(before or bindings):
        block = binding.place.block
        if same and _apart(block, place.block):
            continue
        found.append(binding)
        if block == (place.block[: len(block)] if same else ()):
            break
    return found[::-1][-MOST:]


def _apart(one: Block, other: Block) -> bool:
    """Return whether two places stand in different branches of the same statement."""
    for (a, branch), (b, other_branch) in zip(one, other, strict=False):
        if a != b:
            return False
        if branch != other_branch:
            return True
    return False
