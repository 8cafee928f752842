"""A file of pickles: one after the other, with raw bytes, rubbish or another file between and behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.pickle import legacy, sizes
from depscan.loading.pickle.broken import BUDGET, LIE, MALFORMED, BrokenError
from depscan.loading.pickle.judge import Judge
from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.render import render
from depscan.loading.steps import HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.artifacts.source import Source
    from depscan.loading.pickle.values import Value

_GRAPH = 5_000
"""Containers or uses of the memo from which on the size of the unfolded value is worth its time."""

_SHARED = 8
_STREAMS = 10_000
_TRIES = 2_000
_SEARCH = 64 << 20
_TRIAL = 200_000
_WARM = 16
"""Opcodes that a stream must survive to count as one when nothing else speaks for it."""


class Ran(NamedTuple):
    """One stream that was run."""

    machine: Machine
    judge: Judge
    broken: BrokenError | None


def run_stream(source: Source, start: int, report: Report, depth: int = 0, limit: int = -1) -> Ran:
    """Run one stream and report what it does and how it ends."""
    judge = Judge(report, source, depth)
    machine = Machine(source, start, judge, report.meter)
    broken = machine.run(limit)
    judge.finish()
    _bombs(machine, report)
    return Ran(machine, judge, broken)


def read_streams(source: Source, report: Report, *, depth: int = 0, alone: bool = True) -> None:
    """Read every pickle of a source.

    Args:
        source: the bytes.
        report: gets the steps.
        depth: encodings and pickles around it.
        alone: whether damage is told as a gap: of a file, and not of a constant that may be no pickle at all.
    """
    at = 0
    done: list[Ran] = []
    while at < source.size and len(done) < _STREAMS:
        ran = run_stream(source, at, report, depth)
        done.append(ran)
        at = ran.machine.at
        if ran.broken is not None:
            _ended(ran, report, alone=alone)
            if ran.broken.kind == BUDGET:
                return
            at = resync(source, ran.machine.start + 1, report)
            if at < 0:
                return
            continue
        if len(done) == legacy.STREAMS and legacy.is_legacy([one.machine.value for one in done]):
            at = legacy.skip_storages(source, at, done[-1].machine.value, done[3].judge.storages, report)
        if at < source.size and not plausible(source, at):
            at = _behind(source, at, report)
            if at < 0:
                return
    if len(done) >= _STREAMS:
        report.gap(f"more than {_STREAMS} pickles in one file")


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
            why = "the unpickler fails here, after what stands before has run"
            report.add(Step("load.layout", ODD, "broken-tail", text, why, at=machine.at))


def _bombs(machine: Machine, report: Report) -> None:
    """Measure what the stream made, where it shares or nests enough to matter."""
    if machine.gets < _SHARED and machine.links < _GRAPH:
        return
    top: list[Value] = [machine.value, *machine.stack[-100:]]
    largest, deepest = sizes.measure(top)
    if largest > sizes.LARGEST:
        text = f"{machine.at - machine.start} bytes make a value of {largest:.3g} items"
        why = "containers share each other so that printing, comparing or copying the value never ends"
        report.add(Step("load.bomb", HOSTILE, "expansion", text, why, at=machine.start))
    if deepest > sizes.DEEPEST:
        text = f"{deepest} containers inside each other"
        why = "freeing, comparing or printing the value overflows the stack"
        report.add(Step("load.bomb", HOSTILE, "nesting", text, why, at=machine.start))


def plausible(source: Source, at: int) -> bool:
    """Return whether a pickle starts at an offset: it runs to STOP or a while without an error."""
    head = source.at(at, 2)
    if head[:1] == b"\x80":
        return len(head) == 2 and head[1] <= 5 and _trial(source, at)  # noqa: PLR2004 - protocols 0 to 5
    return head[:1] in _FIRST and _trial(source, at)


_FIRST = frozenset(bytes([byte]) for byte in b"c(]}lIFLSVNXKJMGUTi)\x88\x89\x8a\x8cCB\x82\x83\x84P\x95\x8e\x8f\x8d")


def _trial(source: Source, at: int) -> bool:
    from depscan.loading.steps import Budget, Meter

    meter = Meter(Budget(opcodes=_TRIAL, depth=0))
    report = Report(meter)
    ran = run_stream(source, at, report, limit=4096)
    names = [name for name in ran.judge.names.values() if _is_name(name.module) and _is_name(name.name)]
    marked = source.at(at, 1) == b"\x80"
    if len(names) < len(ran.judge.names):
        return False
    if ran.broken is None:
        return marked or bool(names) or (ran.machine.opcodes > 1 and _rest_is_empty(source, ran.machine.at))
    if ran.broken.kind != MALFORMED:
        return marked or bool(names)
    return (marked and ran.machine.opcodes > _WARM) or (bool(names) and ran.judge.ran)


def _rest_is_empty(source: Source, at: int) -> bool:
    return source.size - at < 64 and not source.at(at, 64).strip()  # noqa: PLR2004 - white space at the end


def _is_name(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def resync(source: Source, at: int, report: Report) -> int:
    """Return the offset of the next pickle behind damage or rubbish; -1 for none.

    A stream counts that runs to STOP and imports a well-formed name: raw numbers do not.
    """
    import re

    candidates = re.compile(rb"\x80[\x02-\x05]|c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n|\(i?[SVc(]")
    end = min(source.size, at + _SEARCH)
    tries = 0
    while at < end:
        piece = source.at(at, (1 << 20) + 256)
        for match in candidates.finditer(piece):
            start = at + match.start()
            if match.start() >= 1 << 20:
                break
            tries += 1
            if tries > _TRIES or report.meter.late:
                return -1
            if _certain(source, start):
                return start
        at += 1 << 20
    return -1


def _certain(source: Source, at: int) -> bool:
    from depscan.loading.steps import Budget, Meter

    ran = run_stream(source, at, Report(Meter(Budget(opcodes=_TRIAL, depth=0))))
    names = ran.judge.names.values()
    return ran.broken is None and bool(names) and all(_is_name(one.module) and _is_name(one.name) for one in names)


def _behind(source: Source, at: int, report: Report) -> int:
    """Read what follows a pickle and is none: another file, rubbish with a pickle in it, or nothing but filling."""
    rest = source.size - at
    head = source.at(at, 4096)
    if head[:4] == b"PK\x03\x04":
        _archive_behind(source, at, report)
        return -1
    if rest <= len(head) and not head.strip(b"\0\r\n\t "):
        return -1
    text = f"{rest} bytes follow the pickle at {at:#x}: {render(head[:24])}"
    report.add(
        Step("load.layout", ODD, "trailing", text, "an unpickler does not read them; another program may", at=at)
    )
    return resync(source, at, report)


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


_PROMISED = (".pkl", ".pickle", ".pck", ".pcl", ".dill", ".cloudpickle", ".joblib", ".pt", ".pth", ".ckpt")
_OTHERS = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x89HDF", b"GGUF", b"\x93NUMPY", b"x\x9c", b"x\xda",
           b"x\x01", b"x^", b"x\x5e", b"\x04\x22\x4d\x18", b"]\0\0", b"ZF", b"{")  # fmt: skip
"""Starts of files that are not searched for a pickle, whatever their name: other readers know them."""


def found_in(file: File) -> bool:
    """Return whether a file is a pickle, or is named like one and has one somewhere."""
    first = file.head[:1]
    if first != b"\x80" and first not in _FIRST and not file.name.endswith(_PROMISED):
        return False
    source = file.source
    if plausible(source, 0):
        return True
    if not file.name.endswith(_PROMISED) or not file.size or file.head.startswith(_OTHERS):
        return False
    return first == b"\x80" or resync(source, 0, Report()) >= 0
