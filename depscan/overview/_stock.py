"""The inventory of the fleet: models, data sets, vendors, tools, actions and images, and who uses each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.model.kind import KINDS
from depscan.overview._naming import name_of
from depscan.overview.records import Stock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.history.records import Node, Use
    from depscan.overview._naming import Naming

_PLACES = 3
_ORDER = {kind: at for at, kind in enumerate(KINDS)}
_IN_VERSION = {"model", "data set", "agent tool"}
"""Kinds whose version is a pin by itself (see ``depscan.reports._inventory.Entry.pin``)."""


class Holding(NamedTuple):
    """What of the inventory a repository holds: package ids, and where they are used."""

    repository: str
    members: Iterable[int]
    uses: Sequence[Use]


class Inventory:
    """Collects the inventory; ``special`` are the ids of everything that is no package and no project."""

    def __init__(self, special: frozenset[int]) -> None:
        self._special = special
        self._repositories: dict[int, set[str]] = {}
        self._places: dict[int, list[str]] = {}
        self._facts: dict[int, set[tuple[str, str]]] = {}

    def add(self, holding: Holding) -> None:
        """Add what a repository holds."""
        for package in self._special.intersection(holding.members):
            self._repositories.setdefault(package, set()).add(holding.repository)
        for package, path, line, _, facts in holding.uses:
            if package in self._special:
                self._repositories.setdefault(package, set()).add(holding.repository)
                places = self._places.setdefault(package, [])
                if len(places) < _PLACES:
                    places.append(f"{holding.repository}: {path}:{line}" if line else f"{holding.repository}: {path}")
                self._facts.setdefault(package, set()).update(facts)

    def stock(self, naming: Naming) -> tuple[Stock, ...]:
        """Return everything, by kind and name."""
        naming.learn(self._repositories)
        found = [self._entry(own, naming.nodes[own]) for own in self._repositories]
        return tuple(sorted(found, key=lambda s: (_ORDER.get(s.kind, len(_ORDER)), s)))

    def _entry(self, own: int, node: Node) -> Stock:
        facts = self._facts.get(own, set())
        endpoints = {value for key, value in facts if key == "endpoint"}
        if node.kind == "service" and "." in node.name and not endpoints:
            endpoints = {node.name}
        return Stock(
            node.kind,
            name_of(node),
            node.version or node.commit,
            _pin(node, {value for key, value in facts if key == "pinned"}),
            tuple(sorted(endpoints)),
            tuple(sorted(self._repositories[own])),
            tuple(dict.fromkeys(self._places.get(own, ()))),
        )


def _pin(node: Node, said: set[str]) -> str:
    if "no" in said:
        return "floating"
    pinned = "yes" in said or node.commit or (node.version and node.kind in _IN_VERSION)
    return "pinned" if pinned else ""
