"""A repository as an item of an engine, and the work on it: a module-level function that any process can call."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import DepscanError
from depscan.fleet.claims import claim
from depscan.fleet.sources.source import source_of
from depscan.fleet.unit import key_of, read
from depscan.history.records import decode, encode
from depscan.judging import order, order_of_gaps
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding
from depscan.model.location import Location
from depscan.policy.rules import CRASH

if TYPE_CHECKING:
    from depscan.fleet.bundle import Bundle
    from depscan.fleet.unit import Setup
    from depscan.history.records import Reading


LONGEST = 32 << 20
"""Characters of a reading. A store takes whatever is made of so many, and gives it back (``depscan.history.pack``)."""


class Task(NamedTuple):
    """What is read of a repository.

    Attributes:
        place: of the repository.
        ref: git revision by name; "" for the usual one.
        revision: full commit id, as its source told; "" where there is no git.
        bundle: the files, for workers that cannot read this machine's; None for others.
        setup: what decides over the reading beside the files.
        room: private folder of the run, for claims and temporary files; "" for workers elsewhere.
        heed: whether a reading that is there or that somebody else makes is left out.
        leave: files that end whoever reads them, and how.
        only: the one file to be read, to see whether it is such a one; "" for all.
        again: day until which a reading without those files holds.
    """

    place: str
    ref: str
    revision: str
    bundle: Bundle | None
    setup: Setup
    room: str = ""
    heed: bool = True
    leave: tuple[tuple[str, str], ...] = ()
    only: str = ""
    again: str = ""


class Answer(NamedTuple):
    """What a worker says of a repository.

    Attributes:
        key: of its reading; "" with a problem.
        problem: why there is none; "" where there is one.
        reading: as JSON; "" where it is there or being made.
    """

    key: str
    problem: str = ""
    reading: str = ""

    def made(self) -> Reading:
        """Return the reading.

        Raises:
            ValueError: another depscan made it.
        """
        return decode(self.reading)


def answer_of(text: str) -> Answer:
    """Return what ``work`` said.

    Raises:
        ValueError: another depscan said it.
    """
    head, _, reading = text.partition("\n")
    key, problem = json.loads(head)
    return Answer(key, problem, reading)


def work(task: Task) -> str:
    """Read a repository; the answer is a line of JSON, and a second one with the reading where it was made."""
    if task.room:
        tempfile.tempdir = task.room  # the run clears it away, also after a worker that could not
    try:
        return _worked(task)
    except DepscanError as error:
        return json.dumps(("", str(error)))


def _worked(task: Task) -> str:
    bundle = _loaded(task)
    key = key_of(bundle, task.setup)
    head = json.dumps((key, ""))
    if task.only:
        read(bundle._replace(files=tuple(f for f in bundle.files if f[0] == task.only)), task.setup)
        return head
    if task.room and task.heed and not claim(task.room, key, f"{task.place} {task.ref}"):
        return head
    left = dict(task.leave)
    reading = read(bundle._replace(files=tuple(f for f in bundle.files if f[0] not in left)), task.setup)
    told = encode(_without(reading, task)._replace(key=key))
    if len(told) > LONGEST:
        return json.dumps(("", f"what its files say takes more than {LONGEST >> 20} MB to be kept"))
    return f"{head}\n{told}"


def names(task: Task) -> str:
    """Return the files of a repository that are read, as JSON."""
    try:
        return json.dumps([path for path, _ in _loaded(task).files])
    except DepscanError:
        return "[]"


def _loaded(task: Task) -> Bundle:
    return task.bundle or source_of(task.place).load(task.place, task.ref, task.revision)


def _without(reading: Reading, task: Task) -> Reading:
    """Return a reading that says which files are not in it."""
    if not task.leave:
        return reading
    gaps = [Coverage(path, "failed", why, needed=True, kind="crash") for path, why in task.leave]
    told = [
        Finding(CRASH.id, CRASH.klass, CRASH.severity, Confidence.HIGH, path,
                f"nothing is known of {path}: {why}", evidence=(Evidence(Location(path)),), fix=CRASH.fix)
        for path, why in task.leave
    ]  # fmt: skip
    return reading._replace(
        findings=sorted([*reading.findings, *told], key=order),
        gaps=sorted([*reading.gaps, *gaps], key=order_of_gaps),
        until=min(filter(None, (reading.until, task.again)), default=""),
    )
