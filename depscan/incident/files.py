"""What one lock or manifest says of an incident, from its bytes: a version of a history or a file of today."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import InputError
from depscan.incident.matching import may_hide
from depscan.inputs.discover import candidates, format_of
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.inputs.revision import entries_once
from depscan.text.source import SourceFile

if TYPE_CHECKING:
    from depscan.incident.matching import Matching, Said
    from depscan.inputs.discover import Entry

_WORLDS = frozenset({"ci", "conda", "container", "javascript", "python", "sbom"})
"""Formats that state packages of indexes. Code and models are not read: they name no versions of packages."""


class Reading(NamedTuple):
    """What a file says.

    Attributes:
        said: of the bad packages.
        names: (ecosystem, name) of the bad packages that it pins to any version.
        lock: whether it fixes a whole resolution.
        problem: why it says nothing, or not everything; "" where it was read whole.
        lines: of ``said``.
    """

    said: tuple[Said, ...] = ()
    names: frozenset[tuple[str, str]] = frozenset()
    lock: bool = False
    problem: str = ""
    lines: tuple[int, ...] = ()


_NOTHING = Reading()
_ALONE = frozenset({"PyPI", "npm"})
"""Ecosystems whose formats hold no packages of the other one."""
_NEAR, _FAR = 400, 8192
"""Bytes behind a package's name in which locks, and other files, state its version."""
_REACH = (("pipfile", 8192), ("pnpm-", 32))
"""Pipfile.lock has all hashes between them, pnpm's lock nothing but a mark."""
_LOCK = re.compile(
    r"(?:.*/)?(?:(?:.*[-.])?lockb?|pylock(?:\.[^/]+)?|npm-shrinkwrap|.*[-.]lock\.[^/]+)(?:\.(?:json|ya?ml|toml))?"
).fullmatch
"""File names of locks: uv.lock, Pipfile.lock, bun.lockb, package-lock.json, npm-shrinkwrap.json, pylock.dev.toml."""


def is_read(path: str) -> bool:
    """Return whether a file, by its path written with ``/``, is a lock or a manifest."""
    folder, _, name = path.rpartition("/")
    if not SKIPPED_FOLDERS.isdisjoint(folder.split("/")):
        return False
    named = folder.rpartition("/")[2] == "requirements"
    return any(_states(entry) for _, entry in candidates(name, entries_once(), named=named))


def concerns(path: str, ecosystems: frozenset[str]) -> bool:
    """Return whether a lock or manifest can hold packages of some ecosystems, as far as its name tells."""
    folder, _, name = path.rpartition("/")
    return _concerns(name, folder.rpartition("/")[2] == "requirements", ecosystems)


@lru_cache(maxsize=4096)
def _concerns(name: str, named: bool, ecosystems: frozenset[str]) -> bool:  # noqa: FBT001 - a key of the cache
    found = {e.load().ecosystem for _, e in candidates(name, entries_once(), named=named) if _states(e)}
    return not found <= _ALONE - ecosystems


def _states(entry: Entry) -> bool:
    return not entry.beside and entry.module.split(".")[-2] in _WORLDS and "*.py" not in entry.patterns


def _reach(path: str) -> int:
    lowered = path.lower()
    return next((n for word, n in _REACH if word in lowered), _NEAR if _LOCK(path) else _FAR)


class Reader:
    """Reads files, each distinct one once.

    Args:
        matching: what is looked for.

    Attributes:
        ecosystems: whose packages are looked for.
        parsed: how many files were parsed; the others name no bad package, or say what another one says.
    """

    def __init__(self, matching: Matching) -> None:
        self._matching = matching
        self.ecosystems = matching.ecosystems
        self._known: dict[tuple[str, bytes], Reading] = {}
        self._pinned: dict[tuple[str, bytes, frozenset[tuple[str, str]]], Reading] = {}
        self.parsed = 0

    def read(self, path: str, data: bytes) -> Reading:
        """Return what a file says; ``path`` tells the format and is shown."""
        from hashlib import sha256

        if not concerns(path, self._matching.ecosystems):
            return _NOTHING
        reach = _reach(path)
        near = self._matching.neighbourhoods(data, reach)
        if near is None:
            return _NOTHING
        key = (path, sha256(near).digest())
        if key not in self._known:
            self._known[key] = (
                self._lock(path, data, near, reach) if _LOCK(path) else self._parse(path, data, near, reach)
            )
        return self._known[key]

    def guessed(self, path: str, data: bytes) -> Reading | None:
        """Return what a file says that a person named, such as ``deps.txt``; None where no format takes it even so."""
        name = path.rpartition("/")[2]
        if not any(_states(entry) for _, entry in candidates(name, entries_once(), named=True)):
            return None
        near = self._matching.neighbourhoods(data, _FAR)
        return _NOTHING if near is None else self._parse(path, data, near, _FAR, named=True)

    def _lock(self, path: str, data: bytes, near: bytes, reach: int) -> Reading:
        """Read a lock, of which only exact versions matter: those that name the same ones say the same."""
        from hashlib import sha256

        if may_hide(data):
            return self._parse(path, data, near, reach)
        pins, names = self._matching.pins(near, reach), self._matching.mentioned(near)
        if not pins:
            # What it names, and in no bad version, it pins to another one.
            return Reading(names=names, lock=True)
        key = (path, sha256(pins).digest(), names)
        if key not in self._pinned:
            self._pinned[key] = self._parse(path, data, near, reach)
        return self._pinned[key]

    def _parse(self, path: str, data: bytes, near: bytes, reach: int, *, named: bool = False) -> Reading:
        pins = may_hide(data) or bool(self._matching.pins(near, reach))
        self.parsed += 1
        source = SourceFile(path, data)
        try:
            made = format_of(source, entries_once(), named=named or path.split("/")[-2:-1] == ["requirements"])
            if made is None:
                return _NOTHING
            document = made.parse(source)
        except InputError as error:
            return Reading(problem=error.message) if pins else _NOTHING
        said = tuple(self._matching.said(document))
        lines = tuple(made.locate(source, one.at) if one.at else 0 for one in said)
        names = frozenset(
            (p.ecosystem, p.name)
            for p in document.nodes.values()
            if p.version is not None and self._matching.named(p.ecosystem, p.name)
        )
        lost = pins and not said and not names and self._matching.mentioned(near)
        problem = document.problems[0].message if document.problems and lost else ""
        return Reading(said, names, document.lock, problem, lines)
