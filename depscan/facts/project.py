"""The model files of a project's folders: found by name or by their first bytes, and read like any other."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from depscan.facts.inspected import CodeGap, Inspected
from depscan.facts.model import CODE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.artifacts.artifact import Artifact
    from depscan.facts.digests import Digests
    from depscan.facts.sink import Sink
    from depscan.model.document import Document
    from depscan.model.modelfile import ModelFile
    from depscan.model.package import Package

KIND = "project"
START = 16
"""Bytes of a file that tell whether it may be a model."""
CODE_OR_PACKAGE = CODE_ENDINGS - {"py"} | {"whl", "egg", "tgz", "jar", "deb", "rpm"}
"""Endings of code, and of packages: those are inspected when they are named."""

TEXTS = frozenset({"md", "txt", "lock", "toml", "cfg", "ini", "sh", "csv", "tsv", "ipynb"})
"""Endings of texts: only what begins like no text is a model under such a name."""


class DigestedProject(NamedTuple):
    """The model files of a folder with their digests, and the Python files that come along with them.

    Attributes:
        item: what loading does; None where there are no models.
        code: path, when it runs and SHA-256; see ``depscan.facts.digests.code_beside``.
        archives: path, size and SHA-256 of the archives around model files.
    """

    item: Inspected | None
    code: tuple[tuple[str, str, str], ...] = ()
    archives: tuple[tuple[str, int, str], ...] = ()


def digest_project(top: str, digests: Digests) -> DigestedProject:
    """Return what ``read_project`` does, with digests in ``ModelFile.about``, and the code beside the models."""
    from depscan.facts.digests import archives, code_beside
    from depscan.facts.fact import LOAD
    from depscan.facts.model import files_of

    wanted = _candidates(top)
    if all(path.endswith(".py") for path, _ in wanted):
        return DigestedProject(None)
    opened, sink, when = _read(top, wanted, digests)
    loaded = (path for path, word in when.items() if word == LOAD)
    files = files_of(opened).get((), {})
    outer = {model.container[0] for model in sink.models if model.container}
    outer -= {model.path for model in sink.models if not model.container and model.format != "archive"}
    held = tuple(archives(files, outer, digests))
    return DigestedProject(_inspected(top, sink, when), tuple(code_beside(files, loaded)), held)


def read_project(top: str) -> Inspected | None:
    """Return what loading the model files below a folder does; None when there are none.

    The record's ``subject`` is "": each finding is about its file. Python files are looked at only where a model
    beside them has them run.

    Args:
        top: a folder; installed packages, caches and version control in it are left out.
    """
    wanted = _candidates(top)
    if all(path.endswith(".py") for path, _ in wanted):
        return None
    _, sink, when = _read(top, wanted, None)
    return _inspected(top, sink, when)


def _read(top: str, wanted: list[tuple[str, str]], digests: Digests | None) -> tuple[Artifact, Sink, dict[str, str]]:
    from depscan.artifacts.open import open_files
    from depscan.facts.pause import collector_paused
    from depscan.facts.read import read_loading

    opened = open_files(top, wanted)
    with collector_paused():
        return opened, *read_loading(opened, digests)


def _inspected(top: str, sink: Sink, when: dict[str, str]) -> Inspected | None:
    if not sink.models:
        return None
    models = tuple(model._replace(artifact=_outer(top, model.path, model.container)) for model in sink.models)
    gaps = tuple(CodeGap(g.path, g.why, g.line, g.when or when.get(g.path, "call"), g.fatal) for g in sink.gaps)
    return Inspected(top, "", KIND, "", "", tuple(sink.facts), gaps, models)


def _outer(top: str, path: str, container: tuple[str, ...]) -> str:
    return os.path.normpath(os.path.join(top, container[0] if container else path))


def _candidates(top: str) -> list[tuple[str, str]]:
    """Return the path inside the folder and the path on disk of what may be a model file, and of Python files."""
    from depscan.inputs.gather import SKIPPED_FOLDERS

    wanted: list[tuple[str, str]] = []
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(n for n in folders if n not in SKIPPED_FOLDERS)
        inside = os.path.relpath(folder, top).replace(os.sep, "/")
        for name in sorted(files):
            path = os.path.join(folder, name)
            ending = name.rpartition(".")[2].lower()
            if ending in CODE_OR_PACKAGE:
                continue
            if ending == "py" or may_be_model(name, _start(path)):
                wanted.append((name if inside == "." else f"{inside}/{name}", path))
    return wanted


def may_be_model(name: str, start: bytes) -> bool:
    """Return whether a file is looked at as a model: by its name, or whatever its name by its first 16 bytes."""
    from depscan.artifacts.magic import ARCHIVES, sniff
    from depscan.loading.route import TEXT_STARTS, promises

    ending = name.rpartition(".")[2].lower()
    if ending in CODE_OR_PACKAGE:
        return False
    model = start.startswith(_starts()) or sniff(start) in ARCHIVES
    if ending in TEXTS:
        return model and start[:1] not in TEXT_STARTS
    return model or promises(name)


@lru_cache(maxsize=1)
def _starts() -> tuple[bytes, ...]:
    from depscan.loading.route import declared

    return tuple(start for one in declared() for start in one.starts)


def _start(path: str) -> bytes:
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return b""
        with open(path, "rb") as stream:
            return stream.read(START)
    except OSError:
        return b""


def needed_packages(models: Iterable[ModelFile], documents: Iterable[Document]) -> list[Document]:
    """Return a document per model file that needs foreign code: an edge to each package, as pinned where it is.

    Args:
        models: of ``read_project``.
        documents: what the project's files state.
    """
    from depscan.model.document import Document

    pinned = {p.name: p for d in documents for p in d.nodes.values() if p.ecosystem == "PyPI" and p.version}
    made = []
    for model in models:
        if not model.needs:
            continue
        document = Document(model.artifact, "model-file")
        root = document.add_root(model.artifact)
        for need in map(needed_package, model.needs):
            child = document.add(pinned.get(need.name, need))
            document.link(root, child, "loads")
            if need.ecosystem == "huggingface":
                document.use(child, "auto_map", code="yes", pinned="no")
        made.append(document)
    return made


def needed_package(need: str) -> Package:
    """Return the node for what a model file needs: a repository of a hub (``org/name``) or a distribution."""
    from depscan.ecosystems.pypi import normalise
    from depscan.model.package import Package

    return Package("huggingface", need, None, "hub") if "/" in need else Package("PyPI", normalise(need), None)
