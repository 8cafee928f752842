"""Which repositories changed since the night before, and what moved in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.overview.records import Moved

_FILES = 3

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from depscan.history.read import State
    from depscan.overview._naming import Naming


class Compared(NamedTuple):
    """By what readings are compared.

    Attributes:
        packages: reading id, and files that are left out, to the ids of its packages.
        broken: reading id to the files that could not be read: what they asked for has not left.
        naming: names of packages.
    """

    packages: Callable[[int, AbstractSet[str]], AbstractSet[int]]
    broken: Callable[[int], AbstractSet[str]]
    naming: Naming


def moved(before: Sequence[State], now: Sequence[State], by: Compared) -> tuple[Moved, ...]:
    """Return the repositories that changed, sorted by name; those whose packages are the same are left out.

    Args:
        before: states of the night before.
        now: states of the night.
        by: what of them is compared.
    """
    was = {s.id: s for s in before}
    here = {s.id for s in now}
    found = [move for s in now if (move := _move(was.get(s.id), s, by)) is not None]
    found += [Moved(s.repository.name, s.repository.owner, "gone") for s in before if s.id not in here]
    return tuple(sorted(found))


def _move(old: State | None, state: State, by: Compared) -> Moved | None:
    own = state.repository
    made = Moved(own.name, own.owner, "changed", problem=state.problem)
    if old is None:
        return made._replace(what="new")
    if state.reading is None:
        return made._replace(what="unreadable") if old.reading is not None else None
    if old.reading is None:
        return made._replace(what="readable")
    if old.reading == state.reading:
        return None
    lost, missing = by.broken(state.reading), by.broken(old.reading)
    change = _compared(by.packages(old.reading, lost), by.packages(state.reading, missing), by.naming)
    names = sorted(lost - missing)
    more = f" and {len(names) - _FILES} more" if len(names) > _FILES else ""
    problem = f"cannot be read any more: {', '.join(names[:_FILES])}{more}" if names else ""
    return Moved(own.name, own.owner, "changed", *change, problem) if any(change) or problem else None


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
