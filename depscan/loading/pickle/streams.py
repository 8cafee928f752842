"""A file of pickles: one after the other, with raw bytes, rubbish or another file between and behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.pickle import legacy, nested
from depscan.loading.pickle.broken import BUDGET, LIE, MALFORMED
from depscan.loading.pickle.judge import Judge
from depscan.loading.pickle.render import render
from depscan.loading.pickle.search import PACKED, Search, plausible
from depscan.loading.pickle.stream import Ran, run_stream
from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.artifacts.source import Source

_STREAMS = 10_000


def read_streams(source: Source, report: Report, *, depth: int = 0, alone: bool = True) -> dict[str, tuple[str, int]]:
    """Read every pickle of a source; return the storages that it names, as ``Judge.storages``.

    Args:
        source: the bytes.
        report: gets the steps.
        depth: encodings and pickles around it.
        alone: whether damage is told as a gap: of a file, and not of a constant that may be no pickle at all.
    """
    at = 0
    search = Search(source)
    done: list[Ran] = []
    storages: dict[str, tuple[str, int]] = {}
    while 0 <= at < source.size and len(done) < _STREAMS:
        ran = run_stream(source, at, report, depth)
        done.append(ran)
        storages.update(ran.judge.storages)
        at = ran.machine.at
        report.about.setdefault("protocol", str(ran.machine.proto))
        report.about["pickles"] = str(len(done))
        if ran.broken is not None:
            _ended(ran, report, alone=alone)
            if ran.broken.kind == BUDGET:
                return storages
            at = search.find(_after(ran))
            continue
        if len(done) == legacy.STREAMS and legacy.is_legacy([one.machine.value for one in done]):
            at = legacy.skip_storages(source, at, done[-1].machine.value, done[3].judge.storages, report)
        if at < source.size and not plausible(source, at):
            at = _behind(source, at, report, search)
    if search.gave_up and alone:
        report.gap("not all that stands behind the pickles was searched for further ones")
    if len(done) >= _STREAMS:
        report.gap(f"more than {_STREAMS} pickles in one file")
    return storages


def _after(ran: Ran) -> int:
    """Return where to look for the next pickle after damage: what was hardly one stream may hide the start of one."""
    hardly = ran.machine.opcodes < 64 and not ran.judge.ran  # noqa: PLR2004 - rubbish parses for a few opcodes only
    return ran.machine.start + 1 if hardly else ran.machine.at


def _ended(ran: Ran, report: Report, *, alone: bool) -> None:
    broken, machine = ran.broken, ran.machine
    if broken is None:
        return
    text = f"stream at {machine.start:#x} ends at {machine.at:#x}: {broken.why}"
    if broken.kind == LIE:
        why = "a length or an index that no honest file could claim: the loader reserves memory for it"
        report.add(Step("load.bomb", HOSTILE, "claim", text, why, at=machine.at))
    elif alone:
        report.gap(f"pickle {text}")
        if ran.judge.ran and broken.kind == MALFORMED:
            foreign = any(step.verdict == FOREIGN and step.at >= machine.start for step in report.steps)
            why = "the unpickler fails here, after what stands before has run"
            if foreign:
                why += ", code that nobody vouches for: tools that parse the file first see nothing of it"
            report.add(Step("load.layout", HOSTILE if foreign else ODD, "broken-tail", text, why, at=machine.at))


def _behind(source: Source, at: int, report: Report, search: Search) -> int:
    """Read what follows a pickle and is none: another file, rubbish with a pickle in it, or nothing but filling."""
    rest = source.size - at
    head = source.at(at, 4096)
    if head[:4] == b"PK\x03\x04":
        _archive_behind(source, at, report)
        return -1
    if rest <= len(head) and not head.strip(b"\0\r\n\t "):
        return -1
    if head.startswith(PACKED):
        nested.packed(Judge(report, source), at, rest, head)
    text = f"{rest} bytes follow the pickle at {at:#x}: {render(head[:24])}"
    report.add(
        Step("load.layout", ODD, "trailing", text, "an unpickler does not read them; another program may", at=at)
    )
    return search.find(at)


def _archive_behind(source: Source, at: int, report: Report) -> None:
    from depscan.loading.file import File
    from depscan.loading.pickle.nested import Part
    from depscan.loading.route import read_file

    why = "one file, two contents: readers that look for a zip archive from the end load another model"
    text = f"a zip archive starts at {at:#x}, behind a pickle"
    report.add(Step("load.layout", HOSTILE, "polyglot", text, why, at=at))
    part = Part(source, at, source.size - at)
    inner = read_file(File("behind.zip", lambda: part, part.size), report.meter, layer=(f"zip @ {at:#x}",))
    if inner is not None:
        report.merge(inner)
