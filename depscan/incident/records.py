"""What an incident is, what is found of it, and what could not be looked at."""

from __future__ import annotations

from typing import NamedTuple

RUNS = ("install", "start", "import")
"""When the code of a bad release ran: while it was installed, at every start of the interpreter, when it was used."""

PHASES = ("isolate", "stop", "remove", "rotate", "check")
"""The order in which one cleans up. What waits for a revoked token is stopped before any is revoked."""


class Bad(NamedTuple):
    """The bad releases of one package.

    Attributes:
        ecosystem: OSV's name of it.
        name: normalised by the ecosystem's rules.
        versions: exact versions as written.
        ranges: pairs of the first bad version and the first good one after it ("" for none).
        first: since when the bad releases could be had, RFC 3339 in UTC.
        last: until when.
        runs: one of ``RUNS``.
        hashes: ``algorithm:hex`` of bad archives.
    """

    ecosystem: str
    name: str
    versions: tuple[str, ...]
    ranges: tuple[tuple[str, str], ...]
    first: str
    last: str
    runs: str
    hashes: tuple[str, ...]


class Words(NamedTuple):
    """Texts that the incident leaves in files: globs of the files, and the texts of which any counts."""

    files: tuple[str, ...]
    texts: tuple[str, ...]


class Markers(NamedTuple):
    """What the incident leaves behind; globs are told apart in ``depscan.incident.markers``."""

    files: tuple[str, ...] = ()
    strings: tuple[Words, ...] = ()
    hosts: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()


class Steal(NamedTuple):
    """What the incident takes: a kind of ``depscan.incident.rotation`` and, where it is known, from where."""

    kind: str
    detail: str


class Step(NamedTuple):
    """A step of the clean-up: one of ``PHASES``, what to do, and why it stands where it stands."""

    phase: str
    do: str
    why: str


class Incident(NamedTuple):
    """One incident; see ``depscan.incident.read`` for its file. ``partial`` says what the file does not list."""

    id: str
    title: str
    published: str
    references: tuple[str, ...]
    partial: str
    packages: tuple[Bad, ...]
    markers: Markers
    steal: tuple[Steal, ...]
    clean: tuple[Step, ...]


class Trace(NamedTuple):
    """Something that was found. All texts are those of files and may be hostile.

    Attributes:
        kind: locked, allowed, history, installed, cached, stored or marker.
        certain: False where a range only allowed a bad version.
        place: file, folder or repository.
        line: 1-based line; 0 when unknown.
        package: ``name`` of a bad package; "" for markers.
        version: the bad version; of a range, the text of it.
        first: since when, RFC 3339 in UTC; "" when unknown.
        last: until when; "" when it is so still or unknown.
        said: what there is to know about it.
        events: (time, what happened) of which a timeline is made.
    """

    kind: str
    certain: bool
    place: str
    line: int = 0
    package: str = ""
    version: str = ""
    first: str = ""
    last: str = ""
    said: str = ""
    events: tuple[tuple[str, str], ...] = ()


class Gap(NamedTuple):
    """Something that was not looked at.

    Attributes:
        place: which.
        why: a sentence.
        failed: True where it was asked for and could not be done: the answer is incomplete then.
    """

    place: str
    why: str
    failed: bool = True


class Found(NamedTuple):
    """What one way of looking found, and how many things it looked at."""

    traces: list[Trace]
    gaps: list[Gap]
    looked: int
