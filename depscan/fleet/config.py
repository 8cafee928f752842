"""The configuration of a fleet: a TOML file that lists repositories, whose they are, and where nights are kept.

A key that is not known is an error with file and line: a mistyped one would leave repositories out without a word.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from depscan.errors import InputError, PolicyError, UsageError
from depscan.fleet.repositories import Fleet, below
from depscan.fleet.sources.archive import stem
from depscan.history.records import Repository
from depscan.model.decision import Coverage
from depscan.policy.reader import Reader
from depscan.text.load import load_toml
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACTS = ("ref", "owner", "team", "tags")
_MAGIC = frozenset("*?[")


def read_config(path: str) -> Fleet:
    """Return what a configuration says; the repositories in its order, each ``[[repository]]`` before every glob.

    Paths and globs in it are relative to its folder.

    Raises:
        PolicyError: it cannot be read, has a key that is not known, or a value that makes no sense.
    """
    try:
        source = read_source(path)
        data = load_toml(source)
    except InputError as error:
        raise PolicyError(error.message, path=error.path or path, line=error.line, hint=error.hint) from None
    reading = _Reading(Reader(source, ()), os.path.dirname(path))
    return reading.fleet(data)


class _Reading:
    def __init__(self, reader: Reader, folder: str) -> None:
        self._reader = reader
        self._folder = folder
        self._gaps: list[Coverage] = []

    def fleet(self, data: dict[str, Any]) -> Fleet:
        top = self._reader.table(data, (), ("store", "policy", "repository", "repositories"))
        found = [self._one(row, ("repository", i)) for i, row in enumerate(self._rows(top, "repository"))]
        named = {os.path.realpath(one.place) for one in found}
        for i, row in enumerate(self._rows(top, "repositories")):
            many = self._many(row, ("repositories", i))
            found += (one for one in many if os.path.realpath(one.place) not in named)
        if not found:
            self._reader.fail((), "lists no repository", "[[repository]] with a path, or [[repositories]] with a glob")
        return Fleet(found, tuple(self._gaps), self._place(top, "store"), self._place(top, "policy"))

    def _rows(self, top: dict[str, Any], key: str) -> list[Any]:
        rows = top.get(key, [])
        if not isinstance(rows, list):
            self._reader.fail((key,), f"should be written [[{key}]]")
        return rows

    def _place(self, top: dict[str, Any], key: str) -> str:
        value = self._reader.text(top.get(key), (key,), needed=key in top)
        return self._on_disk(value) if value and "://" not in value else value

    def _on_disk(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._folder, path))

    def _one(self, value: Any, route: tuple[str | int, ...]) -> Repository:  # noqa: ANN401 - TOML
        row = self._reader.table(value, route, ("path", "name", *_FACTS))
        place = self._on_disk(self._reader.text(row.get("path"), (*route, "path"), needed=True))
        name = self._reader.text(row.get("name"), (*route, "name"), needed="name" in row)
        return self._with(Repository(name or _called(os.path.basename(place)), place), row, route)

    def _many(self, value: Any, route: tuple[str | int, ...]) -> Iterator[Repository]:  # noqa: ANN401 - TOML
        row = self._reader.table(value, route, ("glob", "exclude", *_FACTS))
        glob = os.path.normpath(self._reader.text(row.get("glob"), (*route, "glob"), needed=True))
        leave = self._reader.words(row.get("exclude"), (*route, "exclude")) or ()
        matches = self._matches(glob)
        if not matches:
            self._reader.fail((*route, "glob"), "fits nothing", f"it is relative to {self._folder or '.'}")
        head = _head(glob)
        for path in matches:
            if not _excluded(path, leave):
                yield from (self._with(one, row, route) for one in self._found(path, head, leave))

    def _matches(self, pattern: str) -> list[str]:
        from glob import glob

        return sorted(glob(pattern, root_dir=self._folder or None, recursive=True))

    def _found(self, path: str, head: str, leave: tuple[str, ...]) -> Iterator[Repository]:
        """Yield the repositories at a path that a glob fits, called by their path below the glob's fixed part."""
        place = self._on_disk(path)
        shown = _called(os.path.relpath(path, head) if head else path)
        try:
            part = below(place, shown)
        except UsageError as error:
            self._gaps.append(
                Coverage(place, "skipped", f"fits a glob and was not read: {error.message}", kind="input")
            )
            return
        self._gaps += part.gaps
        if not part.repositories:
            self._gaps.append(Coverage(place, "skipped", "fits a glob and holds no repository", kind="input"))
        for one in part.repositories:
            inside = os.path.relpath(one.place, self._folder or ".")
            if one.place == place:
                yield one
            elif not _excluded(inside, leave):
                yield one._replace(name=f"{shown}/{one.name}")

    def _with(self, one: Repository, row: dict[str, Any], route: tuple[str | int, ...]) -> Repository:
        read = self._reader
        return one._replace(
            ref=read.text(row.get("ref"), (*route, "ref"), needed="ref" in row),
            owner=read.text(row.get("owner"), (*route, "owner"), needed="owner" in row),
            team=read.text(row.get("team"), (*route, "team"), needed="team" in row),
            tags=read.words(row.get("tags"), (*route, "tags")) or (),
        )


def _called(path: str) -> str:
    """Return the name for a path: without ``.git`` or the ending of an archive."""
    return stem(path) or path.removesuffix(".git") or path


def _head(pattern: str) -> str:
    """Return the folders of a glob before its first ``*``, ``?`` or ``[``."""
    parts = pattern.split(os.sep)
    at = next((i for i, part in enumerate(parts) if _MAGIC.intersection(part)), len(parts) - 1)
    return os.sep.join(parts[:at]) or (os.sep if pattern.startswith(os.sep) and at else "")


def _excluded(path: str, leave: tuple[str, ...]) -> bool:
    """Return whether a path, or a folder that it lies in, fits one of the globs; ``*`` fits a slash, too."""
    parts = path.split(os.sep)
    every = [os.sep.join(parts[:end]) for end in range(1, len(parts) + 1)]
    return any(fnmatchcase(folder, os.path.normpath(pattern)) for pattern in leave for folder in every)
