"""Was a bad release ever pinned, or allowed, by a file in the history of a repository?"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError
from depscan.incident import commits
from depscan.incident.commits import Change, moment
from depscan.incident.files import Reader, Reading, concerns, is_read
from depscan.incident.records import Bad, Found, Gap, Trace
from depscan.inputs.revision import Repository
from depscan.text.source import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable


MAX_VERSIONS = 100_000
"""Distinct versions of files that are looked at in one repository."""

_FAR = 1 << 62
_EVENTS = 5
_SHOWN = 20


class Span(NamedTuple):
    """How long a version of a file was there: (since, until) in seconds; ``until`` is ``_FAR`` while it still is."""

    since: int
    until: int


class History:
    """The history of one repository.

    Args:
        place: the repository as it is shown.
        repository: it.
        reader: reads versions of files.
        wanted: tells of a path whether the user named it.

    Attributes:
        paths: of the files that it tells of.
    """

    def __init__(self, place: str, repository: Repository, reader: Reader, wanted: Callable[[str], bool]) -> None:
        self._place = place
        self._repository = repository
        self._reader = reader
        self._gaps: list[Gap] = []
        self._all = [c for c in commits.changes(repository, is_read) if wanted(c.path)]
        self._by_path: dict[str, list[Change]] = defaultdict(list)
        for change in self._all:
            self._by_path[change.path].append(change)
        self.paths = frozenset(self._by_path)
        self._tips: dict[str, dict[str, str]] = {}

    def found(self) -> Found:
        """Return what the history says."""
        self._shallow()
        paths: dict[str, list[str]] = defaultdict(list)
        for change in self._all:
            if change.new and change.path not in paths[change.new]:
                paths[change.new].append(change.path)
        held = self._held(list(paths))
        broken: list[Gap] = []
        readings: dict[tuple[str, str], Reading] = {}
        for object_id, data in commits.contents(self._repository, held):
            for path in paths[object_id]:
                made = self._reader.read(path, data)
                if made.problem and not made.said:
                    broken.append(self._broken(path, object_id, made.problem))
                if made.said or made.names:
                    readings[object_id, path] = made
        self._gaps += broken[:_SHOWN]
        if len(broken) > _SHOWN:
            self._gaps.append(Gap(self._place, f"{len(broken) - _SHOWN} more versions of files cannot be read"))
        return Found(self._traces(readings), self._gaps, len(held))

    def _shallow(self) -> None:
        if self._repository.git("rev-parse", "--is-shallow-repository").strip() == b"true":
            self._gaps.append(Gap(self._place, "is a shallow clone: older commits are not here and were not looked at"))

    def _held(self, objects: list[str]) -> dict[str, int]:
        """Return the versions that can be read, with their sizes; tell of the others."""
        if len(objects) > MAX_VERSIONS:
            why = f"has more than {MAX_VERSIONS} versions of locks and manifests; the oldest were not looked at"
            self._gaps.append(Gap(self._place, why))
            objects = objects[:MAX_VERSIONS]
        held = commits.sizes(self._repository, objects)
        missing = len(objects) - len(held)
        if missing:
            why = f"{missing} versions of locks and manifests are not in this clone (a partial one?)"
            self._gaps.append(Gap(self._place, why))
        large = [o for o, size in held.items() if size > LIMIT]
        if large:
            self._gaps.append(Gap(self._place, f"{len(large)} versions of files are over {LIMIT >> 20} MB"))
        return {o: size for o, size in held.items() if size <= LIMIT}

    def _broken(self, path: str, object_id: str, problem: str) -> Gap:
        why = f"version {object_id[:12]} of it names a bad package and cannot be read: {problem}"
        return Gap(self._shown(path), why)

    def _shown(self, path: str) -> str:
        return os.path.join(self._place, path.removeprefix(self._repository.prefix))

    def _traces(self, readings: dict[tuple[str, str], Reading]) -> list[Trace]:
        pinned: dict[tuple[str, Bad, str], set[str]] = defaultdict(set)
        allowed: dict[tuple[str, Bad, str], set[str]] = defaultdict(set)
        lines: dict[tuple[str, Bad, str], int] = {}
        for (object_id, path), reading in readings.items():
            for said, line in zip(reading.said, reading.lines, strict=True):
                key = (path, said.bad, said.version)
                (pinned if said.certain else allowed)[key].add(object_id)
                lines.setdefault(key, line)
        traces = [self._trace(key, objects, lines[key], certain=True) for key, objects in pinned.items()]
        for key, objects in allowed.items():
            if self._overlaps(key, objects) and not self._covered(key, readings):
                traces.append(self._trace(key, objects, lines[key], certain=False))
        return traces

    def _spans(self, path: str, objects: set[str]) -> list[Span]:
        """Return when the file had one of these contents: from a commit that made it to the last that changed it."""
        made, ended = self._ends(path, objects)
        if not made:
            return []
        still = bool(objects.intersection(self._tip(path).values()))
        end = _FAR if still or not ended else max(c.when for c in ended)
        return [Span(min(c.when for c in made), end)]

    def _ends(self, path: str, objects: set[str]) -> tuple[list[Change], list[Change]]:
        """Return the changes that gave a file one of these contents, and those that took it away."""
        own = self._by_path[path]
        made = [c for c in own if c.new in objects and not objects.intersection(c.old)]
        return made, [c for c in own if c.new not in objects and objects.intersection(c.old)]

    def _tip(self, path: str) -> dict[str, str]:
        if path not in self._tips:
            self._tips[path] = commits.tips(self._repository, path)
        return self._tips[path]

    def _overlaps(self, key: tuple[str, Bad, str], objects: set[str]) -> bool:
        return any(
            moment(span.since) <= key[1].last and (span.until == _FAR or moment(span.until) >= key[1].first)
            for span in self._spans(key[0], objects)
        )

    def _covered(self, key: tuple[str, Bad, str], readings: dict[tuple[str, str], Reading]) -> bool:
        """Return whether a lock in the same folder, or above, pinned the package all through the window."""
        folder = os.path.dirname(key[0])
        name = (key[1].ecosystem, key[1].name)
        by_lock: dict[str, set[str]] = defaultdict(set)
        for (object_id, path), reading in readings.items():
            above = os.path.dirname(path)
            if reading.lock and name in reading.names and (folder + "/").startswith(above + "/" if above else ""):
                by_lock[path].add(object_id)
        return any(
            moment(span.since) <= key[1].first and (span.until == _FAR or moment(span.until) >= key[1].last)
            for path, objects in by_lock.items()
            for span in self._spans(path, objects)
        )

    def _trace(self, key: tuple[str, Bad, str], objects: set[str], line: int, *, certain: bool) -> Trace:
        path, bad, version = key
        made, ended = self._ends(path, objects)
        first = min(made, key=_when, default=None)
        last = max(ended, key=_when, default=None)
        still = sorted(ref for ref, object_id in self._tip(path).items() if object_id in objects)
        verb = "pinned" if certain else "allowed"
        said = [verb if version else f"{verb} in any version"]
        if first is not None:
            said = [f"{said[0]} since commit {first.commit[:12]} by {first.author}"]
            within = commits.branches(self._repository, first.commit)
            said.append(f"which is in {', '.join(within)}" if within else "which is in no branch any more")
        text = f"{verb} {bad.name} {version}".rstrip()
        events = [_event(change, f"{path} {text}") for change in sorted(made, key=_when)[:_EVENTS]]
        events += [_event(change, f"{path} no longer {text}") for change in sorted(ended, key=_when)[-_EVENTS:]]
        until = ""
        if still:
            said.append(f"still so in {', '.join(_short(ref) for ref in still[:5])}")
        elif last is not None:
            said.append(f"until commit {last.commit[:12]} by {last.author}")
            until = moment(last.when)
        place = self._shown(path)
        when = moment(first.when) if first is not None else ""
        return Trace(
            "history", certain, place, line, bad.name, version, when, until, "; ".join(said), tuple(events)
        )  # fmt: skip


def _when(change: Change) -> int:
    return change.when


def _event(change: Change, what: str) -> tuple[str, str]:
    return moment(change.when), f"commit {change.commit[:12]} by {change.author}: {what}"


def _short(ref: str) -> str:
    return ref.split("/", 2)[2] if ref.startswith("refs/") else ref


def look(place: str, folder: str, reader: Reader, tracked: set[str], *, bare: bool = False) -> Found:
    """Return what the history of a repository says.

    Args:
        place: how it is shown.
        folder: a folder of its working tree, or a bare repository; only what is below the folder is looked at.
        reader: reads versions of files.
        tracked: gets the real paths of the files that the history tells of.
        bare: whether it is one.
    """
    try:
        repository = Repository(folder, bare=bare)
        below = repository.prefix
        history = History(
            place, repository, reader, lambda path: path.startswith(below) and concerns(path, reader.ecosystems)
        )
        tracked.update(os.path.join(repository.top, path) for path in history.paths)
        return history.found()
    except UsageError as error:
        return Found([], [Gap(place, f"its history cannot be read: {error.message}")], 0)
