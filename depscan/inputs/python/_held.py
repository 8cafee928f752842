"""What a Python lock holds under a name, and which of it a dependency can mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from depscan.ecosystems.pypi import normalise
from depscan.errors import InputError
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.text.lines import locate_toml
from depscan.text.source import SourceFile

T = TypeVar("T")

LIMIT = 100
"""Most entries of one name that are kept apart: real forks stay below twenty, and every
dependency is held against all of them."""

_DECISIONS = 20_000
"""Most comparisons of a version with a constraint per lock; a comparison costs about 20 microseconds."""

_EDGES = 1_000_000
"""Edges from which on a name means only its first entry; the largest lock known to us has 20,000."""

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL)


class Entry(NamedTuple):
    """One package of a lock: node id, version and the row as written."""

    key: str
    version: str
    row: dict[str, Any]


class Held:
    """The packages of a lock by normalised name."""

    __slots__ = ("_decisions", "_document", "_entries", "_said")

    def __init__(self, document: Document) -> None:
        self._document = document
        self._entries: dict[str, list[Entry]] = {}
        self._decisions = 0
        self._said = False

    def add(self, key: str, row: dict[str, Any], at: Route) -> None:
        """Remember the package that stands under node id ``key``."""
        package = self._document.nodes[key]
        same = self._entries.setdefault(package.name, [])
        if len(same) < LIMIT:
            same.append(Entry(key, package.version or "", row))
        elif len(same) == LIMIT:
            same.append(Entry("", "", {}))
            self._document.problem(f"{package.name} stands more than {LIMIT} times in the lock", at)

    def named(self, name: str) -> list[Entry]:
        """Return the entries of a name, normalised or not; empty when the lock has none."""
        entries = [entry for entry in self._entries.get(normalise(name), ()) if entry.key]
        if len(entries) > 1 and len(self._document.edges) > _EDGES:
            self._bound(f"more than {_EDGES} dependencies: forks of a name are no longer told apart")
            return entries[:1]
        return entries

    def allows(self, constraint: str, version: str) -> bool:
        """Return what ``allows`` says, and True once the budget of comparisons is used up."""
        self._decisions += 1
        if self._decisions > _DECISIONS:
            self._bound("too many forks: dependencies are linked to every version of a name")
            return True
        return allows(constraint, version)

    def _bound(self, message: str) -> None:
        if not self._said:
            self._said = True
            self._document.problem(message)

    def fitting(self, name: str, constraint: str) -> list[str]:
        """Return the node ids a dependency can mean.

        Where a lock holds a name in several versions (forks), those that the constraint excludes are
        left out; all of them stay where it excludes all or cannot be decided.
        """
        entries = self.named(name)
        if constraint and len({entry.version for entry in entries}) > 1:
            entries = [entry for entry in entries if self.allows(constraint, entry.version)] or entries
        return list(dict.fromkeys(entry.key for entry in entries))


def top(source: SourceFile, lock: dict[str, Any], key: str, read: Callable[[Any, str], T]) -> T:
    """Return a top-level value of a TOML lock, read by one of ``depscan.text.shape``'s functions.

    Raises:
        InputError: the value has another type; the error names file and line.
    """
    try:
        return read(lock.get(key), key)
    except InputError as error:
        raise source.error(error.message, locate_toml(source, (key,))) from None


def allows(constraint: str, version: str) -> bool:
    """Return whether a version fits a PEP 440 or Poetry constraint; True where that cannot be decided.

    Poetry adds ``^1.2``, ``~1.2``, a bare version and alternatives with ``||``
    (https://python-poetry.org/docs/dependency-specification/).
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return any(
            SpecifierSet(",".join(_clauses(part))).contains(version, prereleases=True)
            for part in re.split(r"\|\|?", constraint[:1000])
        )
    except (InvalidSpecifier, InvalidVersion, ValueError):
        return True


def _clauses(alternative: str) -> list[str]:
    made = []
    joined = re.sub(r"([<>=!~^])\s+", r"\1", alternative)
    for clause in filter(None, re.split(r"[,\s]+", joined)):
        if clause == "*":
            continue
        if clause[0] == "^" or re.fullmatch(r"~[^=].*", clause):
            made += _range(clause[1:], caret=clause[0] == "^")
        else:
            made.append(f"=={clause}" if clause[0].isalnum() else clause)
    return made


def _range(text: str, *, caret: bool) -> list[str]:
    """Return ``>=low`` and ``<high`` of a caret or tilde requirement."""
    from packaging.version import Version

    release = Version(text).release
    last = len(release) - 1
    at = next((i for i, part in enumerate(release) if part), last) if caret else min(1, last)
    high = [*release[:at], release[at] + 1]
    return [f">={text}", f"<{'.'.join(map(str, high))}"]


def requirement(text: str) -> tuple[str, str, str]:
    """Split a PEP 508 requirement into name, what is requested of it and marker.

    ``"a[b]>=1; python_version<'3'"`` gives ``("a", "[b]>=1", "python_version<'3'")``. The name is "" where
    there is none; nothing is checked beyond that.
    """
    found = _NAME.match(text[:5000])
    if found is None:
        return "", "", ""
    name, extras, rest = found[1], found[2] or "", found[3].strip()
    divider = r"\s;" if rest.startswith("@") else ";"
    wanted, _, marker = re.sub(divider, "\0", rest, count=1).partition("\0")
    wanted = wanted.strip()
    if wanted.startswith("(") and wanted.endswith(")"):
        wanted = wanted[1:-1].strip()
    return name, extras.replace(" ", "") + wanted, marker.strip()
