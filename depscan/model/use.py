"""How one place in a project uses a node of the graph: pinned or not, with its code or without, from which endpoint."""

from typing import NamedTuple

from depscan.model.location import Route

FACTS = frozenset({
    "attests", "base-model", "code", "command", "endpoint", "endpoint-from", "format", "hidden", "key-env", "licence",
    "model-from", "open", "permission", "pinned", "release", "revision", "runner", "safe", "secret", "split", "stage",
    "subset", "task", "tools", "transport", "trigger", "untrusted",
})  # fmt: skip
"""Keys a use may have (docs/decisions/0018 says what each means)."""


class Use(NamedTuple):
    """One use of a model, data set, hosted model, service, agent tool, action or image.

    Attributes:
        node: node id in the same document.
        how: dotted call or key: ``transformers.AutoModel.from_pretrained``, ``jobs.test.steps[2].uses``, ``FROM``.
        at: place in the document's file.
        facts: sorted pairs of a key of ``FACTS`` and its text; what is not known is left out.
    """

    node: str
    how: str
    at: Route
    facts: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str:
        """Return a fact; "" when it is not known."""
        return next((value for name, value in self.facts if name == key), "")
