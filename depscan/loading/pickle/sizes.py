"""How large and how deep a pickled value is when everything shared is counted again: it is a graph, never unfolded."""

from __future__ import annotations

from typing import cast

from depscan.loading.pickle.values import Bag, Call, Dict, Value

LARGEST = 100_000_000
"""Items that printing, comparing or copying a value may touch."""

DEEPEST = 20_000
"""Containers inside each other; a pickler reaches about 1,000 before Python's own limit stops it."""

_MOST = 1 << 62
_KINDS = frozenset({list, tuple, Dict, Bag})


def measure(value: Value) -> tuple[int, int]:
    """Return the unfolded items and the depth of the largest and deepest containers in a value.

    Containers in the arguments or state of an object count for themselves: nothing prints through an object.
    A container that holds itself counts as one item there, as Python prints it.
    """
    measured = _Measured()
    roots: list[Value] = [value]
    seen: set[int] = set()
    while roots and not measured.depths.get(0):
        root = roots.pop()
        if isinstance(root, Call):
            if id(root) not in seen:
                seen.add(id(root))
                roots.extend((root.args, root.state, root.items, root.named))
        elif type(root) in _KINDS and id(root) not in measured.sizes:
            measured.unfold(cast("list[Value]", root), roots)
    return max(measured.sizes.values(), default=0), max(measured.depths.values(), default=0)


class _Measured:
    """Sizes and depths by identity; a size of 0 is that of a container whose items are not all measured yet."""

    def __init__(self) -> None:
        self.sizes: dict[int, int] = {}
        self.depths: dict[int, int] = {}
        self._inside = 0

    def unfold(self, root: list[Value], roots: list[Value]) -> None:
        """Measure a container and all below it, or until it is too deep; objects in it are added to ``roots``."""
        sizes = self.sizes
        stack = [root]
        while stack and self._inside <= DEEPEST:
            one = stack[-1]
            size = sizes.get(id(one))
            if size is None:
                sizes[id(one)] = 0
                self._inside += 1
                self._open(one, stack, roots)
                continue
            if size == 0:
                self._inside -= 1
                self._close(one)
            stack.pop()
        if stack:
            self.depths[0] = self._inside

    def _open(self, one: list[Value], stack: list[list[Value]], roots: list[Value]) -> None:
        for item in one:
            kind = type(item)
            if kind in _KINDS:
                if id(item) not in self.sizes:
                    stack.append(cast("list[Value]", item))
            elif kind is Call:
                roots.append(item)

    def _close(self, one: list[Value]) -> None:
        size, depth = len(one) or 1, 0
        for item in one:
            if type(item) in _KINDS:
                size += self.sizes.get(id(item)) or 1
                below = self.depths.get(id(item), 0)
                depth = max(depth, below)
        self.sizes[id(one)] = min(size, _MOST)
        self.depths[id(one)] = depth + 1
