"""From an artifact to facts: what runs is given to the reader of its language."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from depscan.facts.fact import IMPORT, INSTALL, LOAD, STARTUP, TEST, WHEN, Fact
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface
    from depscan.loading.file import File


_HIDDEN_LIMIT = 1 << 18
_WATCHED = (INSTALL, STARTUP)


def read_artifact(artifact: Artifact) -> tuple[Sink, dict[str, str]]:
    """Return the facts and gaps of everything in an artifact that would run, and when each path first runs.

    A language is read by ``depscan/facts/<language>.py`` (or a package of that name) with a function
    ``read_entries(artifact, surface, sink)``; a language without a reader is listed by the surface only.
    """
    from depscan.artifacts.surface import surface
    from depscan.facts.model import files_of, read_models

    sink = Sink()
    files = files_of(artifact)
    shape = _with_loading(surface(artifact), files, artifact)
    when = _languages(artifact, shape, sink)
    read_models(artifact, files, sink, frozenset(name.lower() for name in shape.top_level))
    _hidden(artifact, when, sink)
    _structure(artifact, shape, sink, when)
    return sink, when


def read_loading(artifact: Artifact) -> tuple[Sink, dict[str, str]]:
    """Return the same of loading the models in an artifact alone: its other code is not looked at."""
    from depscan.artifacts.surface import surface
    from depscan.facts.model import files_of, read_models

    sink = Sink()
    files = files_of(artifact)
    shape = _with_loading(surface(artifact), files, artifact)
    shape = shape._replace(entries=tuple(e for e in shape.entries if e.when == LOAD))
    when = _languages(artifact, shape, sink)
    read_models(artifact, files, sink)
    return sink, when


def _with_loading(shape: Surface, files: Mapping[tuple[str, ...], Mapping[str, File]], artifact: Artifact) -> Surface:
    """Return the surface with the code that runs when a model beside it is loaded."""
    from depscan.artifacts.entry import Entry
    from depscan.artifacts.languages import by_suffix
    from depscan.facts.model import OPEN_KINDS
    from depscan.loading.repository import code_at_load

    if artifact.kind not in OPEN_KINDS:
        return shape
    more = {
        (path, container): Entry(path, LOAD, by_suffix(path) or "python", why, container)
        for container, beside in files.items()
        for path, why in code_at_load(beside, artifact.name).items()
    }
    if not more:
        return shape
    kept = (entry for entry in shape.entries if (entry.path, entry.container) not in more or entry.when == INSTALL)
    return shape._replace(entries=(*kept, *more.values()))


def _languages(artifact: Artifact, shape: Surface, sink: Sink) -> dict[str, str]:
    """Have each language's entries read; returns when each path first runs."""
    when: dict[str, str] = {}
    for entry in shape.entries:
        held = when.get(entry.path)
        if held is None or WHEN.index(entry.when) < WHEN.index(held):
            when[entry.path] = entry.when
    for language in dict.fromkeys(entry.language for entry in shape.entries):
        name = f"{__package__}.{language.replace('-', '_')}"
        if find_spec(name) is not None:
            try:
                import_module(name).read_entries(artifact, shape, sink)
            except Exception as error:  # noqa: BLE001 - a defect of one reader must not hide what the others see
                why = f"the reader of {language} failed ({type(error).__name__}): a defect of depscan, please report it"
                for path in {e.path for e in shape.entries if e.language == language}:
                    sink.gap(path, why, fatal=True)
    return when


def _hidden(artifact: Artifact, when: dict[str, str], sink: Sink) -> None:
    """Look for text that deceives people and AI reviewers in whatever runs."""
    from depscan.facts.hidden_text import read_hidden_text

    for member in artifact.members:
        first = when.get(member.path)
        if first in _WATCHED and member.size <= _HIDDEN_LIMIT:
            read_hidden_text(member.read(), path=member.path, when=first, sink=sink, container=member.container)


def _structure(artifact: Artifact, shape: Surface, sink: Sink, when: dict[str, str]) -> None:
    """Add what the structure itself says: its shape, oddities, and native binaries that come along."""
    from depscan.artifacts.open import oddities_of
    from depscan.artifacts.places import in_tests
    from depscan.facts.misspelt import read_misspelt
    from depscan.facts.shape import read_shape

    read_shape(artifact, shape, sink)
    read_misspelt(artifact, shape, sink)

    for oddity in oddities_of(artifact):  # damage and met budgets show only after reading
        what = "file.disguised" if oddity.kind == "disguised" else "archive.odd"
        first = when.get(oddity.path, TEST if in_tests(oddity.path) else IMPORT)
        sink.add(Fact(what, first, oddity.path, values=(oddity.kind, oddity.detail[:300])))
        if oddity.kind in {"broken", "encrypted", "unreadable", "budget", "nested-too-deep"}:
            sink.gap(oddity.path, f"{oddity.kind}: {oddity.detail[:300]}")
    for entry in shape.entries:
        if entry.language == "native":
            sink.add(Fact("native.binary", entry.when, entry.path, values=(entry.path, entry.why)))
