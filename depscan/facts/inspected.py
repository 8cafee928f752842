"""An artifact after reading: its facts, and what could not be followed."""

from typing import NamedTuple

from depscan.facts.fact import Fact
from depscan.model.modelfile import ModelFile


class CodeGap(NamedTuple):
    """Code that could not be read or followed; ``when`` says when it would run; see ``Gap.fatal``."""

    path: str
    why: str
    line: int
    when: str
    fatal: bool = False


class Inspected(NamedTuple):
    """What the engine knows of one artifact.

    Attributes:
        name: as the user named it.
        subject: node id (purl) of the package in the graph.
        kind, package, version: see ``Artifact``.
        facts, gaps: what it does, and what could not be followed.
        models: what loading each model file in it does.
    """

    name: str
    subject: str
    kind: str
    package: str
    version: str
    facts: tuple[Fact, ...]
    gaps: tuple[CodeGap, ...]
    models: tuple[ModelFile, ...] = ()
