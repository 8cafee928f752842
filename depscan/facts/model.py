"""Model files of an artifact: each is read by its format, and what loading it does becomes facts like any other.

A hostile call is told in the ordinary words too (``shell.run``), and the text it would run is read by the reader of
its language, so that every rule about commands and code holds for what a checkpoint starts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from depscan.artifacts.members import head_of, source_of
from depscan.ecosystems.pypi import normalise
from depscan.facts.fact import LOAD, TEST, Fact
from depscan.facts.place import Place
from depscan.model.modelfile import ModelFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.artifacts.artifact import Artifact
    from depscan.facts.sink import Sink
    from depscan.loading.file import File
    from depscan.loading.steps import Meter, Report, Step

OPEN_KINDS = frozenset({"script", "folder", "archive"})
"""Kinds of artifacts that are model files, or hold them for their own sake; in packages they come along."""

CODE_ENDINGS = frozenset({
    "py", "pyi", "js", "ts", "c", "h", "cc", "cpp", "hpp", "cu", "rst", "html", "css", "svg", "po", "mo", "so", "pyd",
    "dll", "dylib", "png", "jpg", "jpeg", "gif", "pyc", "map", "woff",
})  # fmt: skip
_PROGRAM = 200
_PROGRAM_TITLE = "native program"
"""What a model's name on a program or script is called; in a package such files are its scripts, read as those."""

_FOLLOWED = frozenset({"shell.run", "process.spawn", "code.eval"})


def read_models(
    artifact: Artifact,
    files: Mapping[tuple[str, ...], Mapping[str, File]],
    sink: Sink,
    real: frozenset[str] = frozenset(),
) -> None:
    """Add what loading each model file of an artifact does.

    Args:
        artifact: opened.
        files: by container, the members as ``files_of`` gives them.
        sink: where facts, gaps and ``ModelFile`` records go.
        real: lower-cased top-level names that are the product itself: see ``in_tests``.
    """
    from depscan.loading.steps import Meter

    meter = Meter()
    own = artifact.kind in OPEN_KINDS
    for file in (file for beside in files.values() for file in beside.values()):
        opened = (*file.container, file.path) in files
        if own:
            report = _read(file, meter, sink, ask=not opened, opened=opened)
            if report is not None:
                _lower(report, file, sink, LOAD, needed=True)
        elif _ending(file.path) not in CODE_ENDINGS:
            report = _read(file, meter, sink, ask=False, opened=opened)
            if report is not None and report.format != _PROGRAM_TITLE:
                _lower_in_package(report, file, sink, artifact.package, real)
    if own:
        _read_around(artifact, sink)


def _lower_in_package(report: Report, file: File, sink: Sink, package: str, real: frozenset[str]) -> None:
    """Add the facts of a model file that comes along with a package."""
    from depscan.artifacts.places import in_tests

    report.steps = [_of_package(step, package) for step in report.steps]
    tests = in_tests("/".join((*file.container, file.path)), real)
    _lower(report, file, sink, TEST if tests else LOAD, needed=False)


def _read_around(artifact: Artifact, sink: Sink) -> None:
    """Add what is wrong with the archives around the model files that were read."""
    from depscan.facts.model_layout import read_layout
    from depscan.loading.file import file_of

    for path, report in read_layout(artifact, sink):
        report.format = "archive"
        _lower(report, file_of(b"", path), sink, LOAD, needed=True)


def _of_package(step: Step, package: str) -> Step:
    """Return a step as known where it needs no more than the package that brings the file: its code is read with it."""
    if step.verdict != "foreign" or not step.package or normalise(step.package) != normalise(package):
        return step
    return step._replace(verdict="known", why="a class of the package that brings the file", package="")


def _read(file: File, meter: Meter, sink: Sink, *, ask: bool, opened: bool) -> Report | None:
    from depscan.artifacts.source import cut
    from depscan.loading.route import read_file
    from depscan.loading.torch_zip import is_storage

    try:
        if is_storage(file):
            return None  # raw numbers, of many gigabytes in a large model
        report = read_file(file, meter, ask=ask, opened=opened)
    except Exception as error:  # noqa: BLE001 - a defect of one format's reader must not hide what the others see
        why = f"the reader of model files failed ({type(error).__name__}): a defect of depscan, please report it"
        sink.gap(file.path, why, fatal=True)
        return None
    if report is not None and (missing := cut(file.source)):
        report.gap(missing)
    return report


def files_of(artifact: Artifact) -> dict[tuple[str, ...], dict[str, File]]:
    """Return the members of an artifact as files, by container and path; a path that comes twice keeps both."""
    from depscan.loading.file import File

    made: dict[tuple[str, ...], dict[str, File]] = {}
    for member in artifact.members:
        beside = made.setdefault(member.container, {})
        path = member.path
        while path in beside:
            path += "'"
        beside[path] = File(
            member.path, partial(source_of, member), member.size, member.container, beside, partial(head_of, member)
        )
    return made


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _lower(report: Report, file: File, sink: Sink, when: str, *, needed: bool) -> None:
    """Add the facts of one file's report, and its record."""
    for step in report.steps:
        if step.verdict != "known":
            _fact(step, file, sink, when)
    for why in report.gaps:
        sink.gap(file.path, why, when=when if needed else "call")
    program = tuple(_line(step) for step in report.steps[:_PROGRAM])
    needs = tuple(sorted({s.package for s in report.steps if s.package and s.verdict == "foreign"}))
    about = tuple(sorted(report.about.items()))
    sink.models.append(
        ModelFile(file.path, file.container, report.format, report.verdict, file.size, program, needs, about)
    )


def _line(step: Step) -> tuple[str, str, str, str]:
    place = f"{step.line}" if step.line else f"{step.at:#x}" if step.at >= 0 else ""
    layers = "".join(f"{name} > " for name in step.layer)
    return f"{layers}{place}", step.text, step.verdict, step.why


def _fact(step: Step, file: File, sink: Sink, when: str) -> None:
    values = (step.slug, *step.values)
    guards = (step.verdict, f"package:{normalise(step.package)}") if step.package else (step.verdict,)
    text = step.text[:300]
    sink.add(
        Fact(
            step.what, when, file.path, step.line, step.callee, values, (), step.layer, guards, "", text,
            file.container, step.at,
        )
    )  # fmt: skip
    if step.does and step.verdict != "odd":
        place = Place(sink, file.path, step.line, when, step.layer, text=text, container=file.container)
        index = place.add(step.does, step.callee, step.values)
        if step.does in _FOLLOWED and step.values and index >= 0:
            _follow(step, place, index)


def _follow(step: Step, place: Place, index: int) -> None:
    """Read the command or code that a call would run."""
    if step.does == "code.eval":
        from depscan.facts._other_code import read_python_at

        read_python_at(step.values[0], place.deeper("exec", sources=(index,)))
        return
    from depscan.facts._call import Session
    from depscan.facts.shell import run_text

    run_text(step.values[0], place.deeper("shell", sources=(index,)), Session())
