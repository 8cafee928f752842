"""A use as the whole answer knows it: the node of the merged graph, and the line it stands on."""

from typing import NamedTuple


class Usage(NamedTuple):
    """One use of a node, made concrete (``depscan.model.use.Use`` is how one file states it).

    Attributes:
        node: node id in the merged graph.
        path: file as the user named it.
        line: 1-based; 0 where it is not known.
        how: dotted call or key.
        facts: sorted pairs, as in ``Use``.
    """

    node: str
    path: str
    line: int
    how: str
    facts: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str:
        """Return a fact; "" when it is not known."""
        return next((value for name, value in self.facts if name == key), "")

    @property
    def shown(self) -> str:
        """Return the path with its line (``app.py:3``)."""
        return f"{self.path}:{self.line}" if self.line else self.path
