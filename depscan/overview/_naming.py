"""Packages of the store by their id, as a report names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history.read import packages
from depscan.model.kind import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database
    from depscan.history.records import Node


class Naming:
    """Names of packages, each looked up once.

    Attributes:
        nodes: package id to package, as far as ``learn`` was asked.
    """

    def __init__(self, database: Database) -> None:
        self.nodes: dict[int, Node] = {}
        self._database = database
        self._labels: dict[int, str] = {}

    def learn(self, wanted: Iterable[int]) -> None:
        """Look up packages."""
        self.nodes.update(packages(self._database, set(wanted) - self.nodes.keys()))

    def label(self, package: int) -> str:
        """Return name and version of a package that was learnt: ``torch 2.4.0``."""
        found = self._labels.get(package)
        if found is None:
            node = self.nodes[package]
            found = self._labels[package] = f"{name_of(node)} {node.version}" if node.version else name_of(node)
        return found

    def path(self, ids: Iterable[int]) -> tuple[str, ...]:
        """Return the labels of packages on a path."""
        return tuple(map(self.label, ids))


def name_of(node: Node) -> str:
    """Return what people call a node: a data set without the hub's prefix, a project without a name "this project"."""
    if node.kind == "data set":
        return node.name.removeprefix(DATASETS)
    return node.name or "this project"
