"""One artifact in, what it does out: a pure function that a worker process can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.facts.inspected import CodeGap, Inspected
from depscan.facts.pause import collector_paused
from depscan.facts.read import read_artifact

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact

ENGINE = "3"
"""Version of the facts: raised when the same bytes would give other facts."""

_TYPES = {"npm": "npm", "conda": "conda"}


def inspect_path(path: str) -> Inspected:
    """Return what the artifact at a path does.

    Raises:
        ArtifactError: it cannot be opened at all.
    """
    from depscan.artifacts.open import open_artifact

    with collector_paused():
        return inspect_opened(open_artifact(path))


def inspect_data(data: bytes, name: str) -> Inspected:
    """Return what the artifact with these bytes does.

    Raises:
        ArtifactError: it cannot be opened at all.
    """
    from depscan.artifacts.artifact import Budget
    from depscan.artifacts.open import open_bytes

    with collector_paused():
        return inspect_opened(open_bytes(data, name, Budget()))


def inspect_opened(artifact: Artifact) -> Inspected:
    """Return what an opened artifact does."""
    from depscan.ecosystems import ecosystem
    from depscan.model.package import purl

    with collector_paused():
        sink, when = read_artifact(artifact)
    kind = _TYPES.get(artifact.kind, "pypi")
    rules = ecosystem("npm" if kind == "npm" else "PyPI")
    name = artifact.package or artifact.name
    if artifact.package and rules:
        name = rules.normalise(artifact.package)
    subject = purl(kind if artifact.package else "generic", name, artifact.version or None)
    gaps = tuple(CodeGap(g.path, g.why, g.line, g.when or when.get(g.path, "call"), g.fatal) for g in sink.gaps)
    models = tuple(model._replace(artifact=artifact.name) for model in sink.models)
    return Inspected(artifact.name, subject, artifact.kind, name, artifact.version, tuple(sink.facts), gaps, models)
