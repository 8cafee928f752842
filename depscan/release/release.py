"""One release as far as a comparison needs it: plain data, made once from an opened artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.release.behaviour import Behaviour
from depscan.release.requirements import Requirement
from depscan.release.surface import Surface

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Surface as Runs
    from depscan.facts.inspected import Inspected


class ReleaseGap(NamedTuple):
    """Something of a release that was not read; ``size`` of the member (-1 unknown) helps to know it again."""

    path: str
    why: str
    when: str
    fatal: bool = False
    size: int = -1


class Module(NamedTuple):
    """An importable module: its path, and the SHA-256 of its source with plain line ends."""

    path: str
    digest: str


class Release(NamedTuple):
    """What is known of one archive or folder.

    Attributes:
        name: file or folder as the user gave it.
        kind, package, version: see ``Artifact``; package is normalised; "" unknown.
        surface: what runs, or is made to run.
        behaviour: rules that call it malicious or suspicious.
        requires: requirements of its metadata.
        people: author, maintainer, publisher, repository, home page as stated.
        files: path to unpacked bytes, without what stands in nested archives.
        modules: by dotted name; only of what is importable, without tests.
        gaps: what was not read.
    """

    name: str
    kind: str
    package: str
    version: str
    surface: tuple[Surface, ...]
    behaviour: tuple[Behaviour, ...]
    requires: tuple[Requirement, ...]
    people: dict[str, str]
    files: dict[str, int]
    modules: dict[str, Module]
    gaps: tuple[ReleaseGap, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all files when unpacked."""
        return sum(self.files.values())


def read_release(artifact: Artifact, item: Inspected | None = None) -> Release:
    """Return what an opened artifact runs, needs and weighs. Nothing of it is executed.

    Args:
        artifact: as opened.
        item: what the engine knows of it, where it was inspected already.
    """
    from depscan.artifacts.surface import surface
    from depscan.facts.engine import inspect_opened
    from depscan.release.behaviour import behaviour
    from depscan.release.code import code_surface
    from depscan.release.commands import command_surface
    from depscan.release.files import file_surface
    from depscan.release.people import people
    from depscan.release.requirements import requirements

    item = item or inspect_opened(artifact)
    runs = surface(artifact)
    members = {m.path: m for m in reversed(artifact.members) if not m.container}
    found = [*code_surface(item), *file_surface(artifact, runs), *command_surface(members, artifact.kind)]
    return Release(
        artifact.name,
        artifact.kind,
        item.package if artifact.package else "",
        artifact.version,
        tuple(found),
        tuple(behaviour(item)),
        tuple(requirements(members, artifact.kind)),
        people(members),
        {path: member.size for path, member in members.items()},
        _modules(members, runs),
        _gaps(item, members),
    )


def _modules(members: dict[str, Member], runs: Runs) -> dict[str, Module]:
    """Return the importable modules, each under its longest name: layouts do not always say which is meant."""
    from hashlib import sha256

    early = {e.path for e in runs.entries if e.language == "python" and e.when in {"startup", "import"}}
    names: dict[str, str] = {}
    for dotted, path in runs.modules.items():
        if path in early and len(dotted) > len(names.get(path, "")):
            names[path] = dotted
    found: dict[str, Module] = {}
    for path, dotted in names.items():
        if path in members:
            found[dotted] = Module(path, sha256(members[path].read().replace(b"\r\n", b"\n")).hexdigest())
    return found


def _gaps(item: Inspected, members: dict[str, Member]) -> tuple[ReleaseGap, ...]:
    if not members:
        return (ReleaseGap(item.name, "holds no files", "install", fatal=True),)
    return tuple(
        ReleaseGap(g.path, g.why, g.when, g.fatal, members[g.path].size if g.path in members else -1) for g in item.gaps
    )
