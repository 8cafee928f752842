"""One thing that runs in an artifact."""

from __future__ import annotations

from typing import NamedTuple

ORDER = ("install", "startup", "import", "load", "call", "test")
"""The words of ``depscan.facts.fact.WHEN``, which this layer may not import."""


class Entry(NamedTuple):
    """A file that runs.

    Attributes:
        path: member path.
        when: a word of ``depscan.facts.fact.WHEN``.
        language: whose reader reads it: python, pth, start, shell, powershell, batch, vbscript, npm, javascript,
            native, notebook, bytecode, cython, json-hook, agent-text, make, cmake, gyp, meson, cargo, dockerfile,
            perl, ruby, php, or script for an unknown interpreter.
        why: what makes it run. For native binaries exactly ``extension module``, ``program``, ``library`` or
            ``object file``.
        container: archives around it, outermost first.
    """

    path: str
    when: str
    language: str
    why: str
    container: tuple[str, ...] = ()
