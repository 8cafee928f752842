"""What reports and checks may ask of a graph, without knowing how it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from depscan.model.document import Edge
    from depscan.model.location import Location
    from depscan.model.package import Package


class GraphView(Protocol):
    """The reading side of ``DependencyGraph``."""

    @property
    def nodes(self) -> dict[str, Package]:
        """Node id to package."""

    @property
    def edges(self) -> list[Edge]:
        """Every request."""

    @property
    def roots(self) -> list[str]:
        """Node ids where paths start."""

    def places(self, key: str) -> tuple[Location, ...]:
        """Return where a node stands."""

    def edge_place(self, edge: Edge) -> Location:
        """Return where a request stands."""

    def requests(self, key: str) -> list[Edge]:
        """Return the edges to what a node asks for."""

    def requested_by(self, key: str) -> list[Edge]:
        """Return the edges from those who ask for a node."""

    def why(self, key: str, limit: int = 10) -> list[list[str]]:
        """Return shortest paths from a root to a node."""
