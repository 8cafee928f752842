"""How large and how deep a pickled value is when everything shared is counted again: it is a graph, never unfolded."""

from __future__ import annotations

from depscan.loading.pickle.values import Bag, Call, Dict, Value

LARGEST = 100_000_000
"""Items that printing, comparing or copying a value may touch."""

DEEPEST = 20_000
"""Containers inside each other; a pickler reaches about 1,000 before Python's own limit stops it."""

_KINDS = frozenset({list, tuple, Dict, Bag})


def measure(value: Value) -> tuple[int, int]:
    """Return the unfolded items and the depth of the largest and deepest containers in a value.

    Containers in the arguments or state of an object count for themselves: nothing prints through an object.
    A container that holds itself counts as one item there, as Python prints it.
    """
    sizes: dict[int, tuple[int, int]] = {}
    roots: list[Value] = [value]
    seen: set[int] = set()
    largest = deepest = 0
    while roots:
        root = roots.pop()
        if isinstance(root, Call):
            if id(root) not in seen:
                seen.add(id(root))
                roots.extend((root.args, root.state, root.items, root.named))
            continue
        if type(root) not in _KINDS or id(root) in sizes:
            continue
        _unfold(root, sizes, roots)
        size, depth = sizes[id(root)]
        largest, deepest = max(largest, size), max(deepest, depth)
    return largest, deepest


def _unfold(root: Value, sizes: dict[int, tuple[int, int]], roots: list[Value]) -> None:
    stack: list[tuple[list[Value] | tuple[Value, ...], bool]] = [(root, False)]  # type: ignore[list-item]
    while stack:
        one, ready = stack.pop()
        if ready:
            size, depth = len(one), 0
            for item in one:
                if type(item) in _KINDS:
                    inner, below = sizes.get(id(item), (1, 0))
                    size += inner
                    depth = max(depth, below)
            sizes[id(one)] = (min(size, 1 << 62), depth + 1)
            continue
        if id(one) in sizes:
            continue
        sizes[id(one)] = (1, 0)
        stack.append((one, True))
        for item in one:
            if type(item) in _KINDS:
                if id(item) not in sizes:
                    stack.append((item, False))  # type: ignore[arg-type]
            elif isinstance(item, Call):
                roots.append(item)
