"""The model files of a project's folders: found by name or by their first bytes, and read like any other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.facts.inspected import CodeGap, Inspected
from depscan.facts.model import CODE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.document import Document
    from depscan.model.modelfile import ModelFile

KIND = "project"
_MOST = 20_000
_START = 16
_NEVER = CODE_ENDINGS - {"py"} | {"md", "txt", "lock", "toml", "cfg", "ini", "sh", "csv", "tsv", "ipynb", "whl", "egg",
                                  "tgz", "jar", "deb", "rpm"}  # fmt: skip
"""Endings of what is no model, and of packages: those are inspected when they are named."""


def read_project(top: str) -> Inspected | None:
    """Return what loading the model files below a folder does; None when there are none.

    The record's ``subject`` is "": each finding is about its file. Python files are looked at only where a model
    beside them has them run.

    Args:
        top: a folder; installed packages, caches and version control in it are left out.
    """
    from depscan.artifacts.open import open_files
    from depscan.facts.pause import collector_paused
    from depscan.facts.read import read_loading

    wanted = _candidates(top)
    if all(path.endswith(".py") for path, _ in wanted):
        return None
    with collector_paused():
        sink, when = read_loading(open_files(top, wanted))
    if not sink.models:
        return None
    models = tuple(model._replace(artifact=_outer(top, model.path, model.container)) for model in sink.models)
    gaps = tuple(CodeGap(g.path, g.why, g.line, g.when or when.get(g.path, "call"), g.fatal) for g in sink.gaps)
    return Inspected(top, "", KIND, "", "", tuple(sink.facts), gaps, models)


def _outer(top: str, path: str, container: tuple[str, ...]) -> str:
    return os.path.normpath(os.path.join(top, container[0] if container else path))


def _candidates(top: str) -> list[tuple[str, str]]:
    """Return the path inside the folder and the path on disk of what may be a model file, and of Python files."""
    from depscan.artifacts.magic import ARCHIVES, sniff
    from depscan.inputs.gather import SKIPPED_FOLDERS
    from depscan.loading.route import declared

    formats = declared()
    starts = tuple(start for one in formats for start in one.starts)
    wanted: list[tuple[str, str]] = []
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(n for n in folders if n not in SKIPPED_FOLDERS)
        inside = os.path.relpath(folder, top).replace(os.sep, "/")
        for name in sorted(files):
            path = os.path.join(folder, name)
            ending = name.rpartition(".")[2].lower()
            if ending in _NEVER:
                continue
            start = b"" if ending == "py" else _start(path)
            model = start.startswith(starts) or sniff(start) in ARCHIVES
            if ending == "py" or model or any(one.promised(name.lower()) for one in formats):
                wanted.append((name if inside == "." else f"{inside}/{name}", path))
    return wanted


def _start(path: str) -> bytes:
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return b""
        with open(path, "rb") as stream:
            return stream.read(_START)
    except OSError:
        return b""


def needed_packages(models: Iterable[ModelFile], documents: Iterable[Document]) -> list[Document]:
    """Return a document per model file that needs foreign code: an edge to each package, as pinned where it is.

    Args:
        models: of ``read_project``.
        documents: what the project's files state.
    """
    from depscan.ecosystems.pypi import normalise
    from depscan.model.document import Document
    from depscan.model.package import Package

    pinned = {p.name: p for d in documents for p in d.nodes.values() if p.ecosystem == "PyPI" and p.version}
    made = []
    for model in models:
        if not model.needs:
            continue
        document = Document(model.artifact, "model-file")
        root = document.add_root(model.artifact)
        for name in map(normalise, model.needs):
            document.link(root, document.add(pinned.get(name) or Package("PyPI", name, None)), "loads")
        made.append(document)
    return made
