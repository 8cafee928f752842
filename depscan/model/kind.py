"""What kind of thing a node is: a package, a model, a data set, a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.model.package import Package

KINDS = ("model", "data set", "model file", "hosted model", "service", "agent tool", "agent instructions",
         "action", "image", "repository", "package", "project")  # fmt: skip
"""Kinds in the order in which they are shown."""

DATASETS = "datasets/"
"""What hubs write before the name of a data set; people do not."""

_BY_ECOSYSTEM = {"huggingface": "model", "model-file": "model file", "hosted-model": "hosted model",
                 "library-model": "model", "service": "service", "agent-tool": "agent tool",
                 "agent-instructions": "agent instructions", "GitHub Actions": "action", "image": "image",
                 "repository": "repository", "project": "project"}  # fmt: skip


def kind_of(package: Package, *, tool: bool = False) -> str:
    """Return the kind of a node; ``tool`` says that something runs it or it is started by an agent."""
    if package.ecosystem == "huggingface" and package.name.startswith(DATASETS):
        return "data set"
    if kind := _BY_ECOSYSTEM.get(package.ecosystem):
        return kind
    if package.source == "hub":  # whichever hub it is
        return "model"
    if package.source == "local":
        return "project"
    return "agent tool" if tool else "package"
