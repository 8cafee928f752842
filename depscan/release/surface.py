"""One piece of a release's execution surface: something that runs, or that something else runs."""

from __future__ import annotations

from typing import NamedTuple


class Surface(NamedTuple):
    """Something of a release that runs or is made to run.

    Attributes:
        kind: process, network, eval, decode, file-write, file-delete, persist, env-dump, install-packages, load,
            spy, identify, start-line, start-file, install-hook, setup-script, build-backend, build-file,
            entry-point, script, native, agent-file, model-file, bytecode, long-line, obfuscated, disguised or
            address (a host that is talked to when called).
        when: a word of ``depscan.facts.fact.WHEN``.
        detail: what it does, in the words of code: ``subprocess.Popen('curl ...')``; unescaped.
        path: member it stands in.
        line: 1-based; 0 when it is about the whole file.
        loud: it runs without being called (at install, start or import) and honest releases seldom add it: one
            that is added makes a release ``worse``.
        key: what makes it the same in another release: no path and no line, versions replaced.
        text: the source line, at most 300 characters, unescaped.
        container: archives around the member, outermost first.
    """

    kind: str
    when: str
    detail: str
    path: str
    line: int = 0
    loud: bool = False
    key: tuple[str, ...] = ()
    text: str = ""
    container: tuple[str, ...] = ()
