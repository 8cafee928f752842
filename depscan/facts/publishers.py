"""Who published the pinned releases, and the releases before them, as the index vouches for it (PEP 740).

Asked of PyPI packages alone, and only of releases whose files have a provenance object. What was no answer is
coverage that is needed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import RegistryError
from depscan.facts.served import release_files
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from depscan.model.package import Package
    from depscan.registry.records import IndexFile, Project
    from depscan.registry.registry import Registry

_THREADS = 8
_EARLIER = 3


class Publishers(NamedTuple):
    """The publishers of a release.

    Attributes:
        here: file name to publishers such as ``GitHub acme/pkg release.yml``, of one wheel and one sdist.
        before: version to publishers of the newest three earlier releases that have any, newest first; no more
            than it takes to have met all that published this one.
    """

    here: tuple[tuple[str, tuple[str, ...]], ...]
    before: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def strangers(self) -> list[tuple[str, str]]:
        """Return file and publisher where no publisher of the file published an earlier release.

        The same is the same kind and repository, in whatever case; a workflow may be renamed.
        """
        known = {_source(one) for _, found in self.before for one in found}
        here = self.here if known else ()
        return [(name, found[0]) for name, found in here if found and known.isdisjoint(map(_source, found))]


def publishers(
    registry: Registry,
    nodes: Mapping[str, Package],
    projects: Mapping[str, Project | None],
    progress: Callable[[str], None],
) -> tuple[dict[str, Publishers], list[Coverage]]:
    """Return node id to publishers, where there is something to compare, and what the index did not answer.

    Args:
        registry: the client.
        nodes: of the graph.
        projects: what the index says, see ``Looked.projects``.
        progress: called with a short text.
    """
    made: dict[str, Publishers] = {}
    failed: list[Coverage] = []
    questions = []
    for key, project in projects.items():
        package = nodes[key]
        if project is not None and package.version and package.ecosystem == "PyPI":
            files = release_files(project, package)
            here, before = _one_of_a_kind(files), _earlier(project, files)
            if here and before:
                questions.append((key, here, before))
    if not questions:
        return made, failed

    def ask(question: tuple[str, list[IndexFile], list[list[IndexFile]]]) -> Publishers | RegistryError:
        try:
            return _publishers(registry, question[1], question[2])
        except RegistryError as error:
            return error

    with ThreadPoolExecutor(min(_THREADS, len(questions))) as pool:
        for at, ((key, *_), answer) in enumerate(zip(questions, pool.map(ask, questions), strict=True), 1):
            what = f"{nodes[key].name} {nodes[key].version}"
            progress(f"asked for publishers {at} of {len(questions)}: {what}")
            if isinstance(answer, Publishers):
                made[key] = answer
                continue
            why = f"{answer.message} ({answer.hint})" if answer.hint else answer.message
            why = f"the index: who published it is not known: {why}"
            failed.append(Coverage(what, "failed", why, needed=True, kind="service"))
    return made, failed


def _publishers(registry: Registry, here: list[IndexFile], earlier: list[list[IndexFile]]) -> Publishers:
    found = Publishers(tuple((file.name, registry.provenance(file)) for file in here))
    for files in earlier:
        stated = dict.fromkeys(one for file in files for one in registry.provenance(file))
        found = found._replace(before=(*found.before, (files[0].version, tuple(stated))))
        if not found.strangers():
            break  # more questions could not change the answer
    return found


def _one_of_a_kind(files: list[IndexFile]) -> list[IndexFile]:
    """Return the first wheel and the first sdist that have a provenance object."""
    kinds: dict[bool, IndexFile] = {}
    for file in sorted(files, key=lambda file: file.name):
        if file.provenance:
            kinds.setdefault(file.name.endswith(".whl"), file)
    return list(kinds.values())


def _earlier(project: Project, files: list[IndexFile]) -> list[list[IndexFile]]:
    """Return files of the newest three attested releases uploaded before, newest first; none without times."""
    since = min((f.upload_time for f in files if f.upload_time), default="")
    own = {f.version for f in files}
    releases: dict[str, list[IndexFile]] = {}
    for file in sorted(project.files, key=lambda f: f.upload_time, reverse=True):
        if file.provenance and file.version not in own and "" < file.upload_time < since:
            releases.setdefault(file.version, []).append(file)
    return [_one_of_a_kind(held) for held in list(releases.values())[:_EARLIER]]


def _source(publisher: str) -> tuple[str, ...]:
    """Return kind and repository."""
    return tuple(publisher.lower().split(" ")[:2])
