"""Which repositories changed since the night before, and what moved in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.overview.records import Moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from depscan.history.read import State
    from depscan.overview._naming import Naming


def moved(
    before: Sequence[State], now: Sequence[State], members: Callable[[int], AbstractSet[int]], naming: Naming
) -> tuple[Moved, ...]:
    """Return the repositories that changed, sorted by name; those whose packages are the same are left out.

    Args:
        before: states of the night before.
        now: states of the night.
        members: reading id to the ids of its packages.
        naming: names of packages.
    """
    was = {s.id: s for s in before}
    found = list(_moves(was, now, members, naming))
    here = {s.id for s in now}
    found += [Moved(s.repository.name, s.repository.owner, "gone") for s in before if s.id not in here]
    return tuple(sorted(found))


def _moves(
    was: Mapping[int, State], now: Sequence[State], members: Callable[[int], AbstractSet[int]], naming: Naming
) -> Iterator[Moved]:
    for state in now:
        old, own = was.get(state.id), state.repository
        if old is None:
            yield Moved(own.name, own.owner, "new", problem=state.problem)
        elif state.reading is None:
            if old.reading is not None:
                yield Moved(own.name, own.owner, "unreadable", problem=state.problem)
        elif old.reading is None:
            yield Moved(own.name, own.owner, "readable")
        elif old.reading != state.reading:
            change = _compared(members(old.reading), members(state.reading), naming)
            if any(change):
                yield Moved(own.name, own.owner, "changed", *change)


def _compared(
    before: AbstractSet[int], now: AbstractSet[int], naming: Naming
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    """Return what joined, what left, and what has one other version now."""
    gone, come = _by_name(before - now, naming), _by_name(now - before, naming)
    added, removed, moves = [], [], []
    for key in gone.keys() | come.keys():
        old, new = gone.get(key, {}), come.get(key, {})
        if len(old) == len(new) == 1:
            (first, _), (last, _) = *old.items(), *new.items()
            if first != last:
                moves.append((key[-1], first, last))
            continue
        removed += [label for version, label in old.items() if version not in new]
        added += [label for version, label in new.items() if version not in old]
    return tuple(sorted(added)), tuple(sorted(removed)), tuple(sorted(moves))


def _by_name(ids: AbstractSet[int], naming: Naming) -> dict[tuple[str, str, str], dict[str, str]]:
    """Return kind, ecosystem and name to version to label; projects are no packages."""
    naming.learn(ids)
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for own in sorted(ids):
        node = naming.nodes[own]
        if node.kind != "project":
            held = found.setdefault((node.kind, node.ecosystem, node.name), {})
            held[node.version] = naming.label(own)
    return found
