"""Everything in an artifact that runs, and when: at installation, at interpreter start, at import, when called.

Sources: PEP 517 (build back ends), PEP 427 and the binary distribution specification (``.data``), the site module
(``.pth``, sitecustomize, PEP 829 ``.start``), the entry points specification, npm's life cycle scripts, conda's
link and activation scripts.
"""

from __future__ import annotations

from typing import NamedTuple

from depscan.artifacts import identity
from depscan.artifacts.artifact import Artifact, Member
from depscan.artifacts.entry import ORDER, Entry
from depscan.artifacts.places import in_tests
from depscan.artifacts.reading import Reading

__all__ = ["Entry", "Surface", "surface"]


class Surface(NamedTuple):
    """What runs in an artifact.

    Attributes:
        entries: earliest first, then in archive order; a path may come several times with different ``when``.
        modules: dotted module name -> member path, for imports inside the artifact (not in nested archives).
        top_level: names the artifact makes importable.
    """

    entries: tuple[Entry, ...]
    modules: dict[str, str]
    top_level: tuple[str, ...]


def surface(artifact: Artifact) -> Surface:
    """Return what runs in an artifact.

    What stands in a nested archive runs only when something unpacks it: it is a ``call`` there. An archive
    that holds nothing else than one other archive is read as that one.
    """
    groups: dict[tuple[str, ...], list[Member]] = {}
    for member in artifact.members:
        groups.setdefault(member.container, []).append(member)
    main = _main(groups)
    entries: list[Entry] = []
    reading = Reading([], artifact.kind, "")
    for container, members in groups.items():
        kind = artifact.kind if not container else _nested_kind(members)
        group = Reading(members, kind, artifact.package)
        if container == main:
            reading = group
            entries.extend(e._replace(container=container) for e in group.entries())
        elif container:
            entries.extend(_inside(e, container) for e in group.entries())
    entries.sort(key=lambda e: ORDER.index(e.when))
    return Surface(tuple(entries), reading.layout.modules, reading.layout.top_level)


def _main(groups: dict[tuple[str, ...], list[Member]]) -> tuple[str, ...]:
    inside: tuple[str, ...] = ()
    while len(groups.get(inside, ())) == 1 and (deeper := (*inside, groups[inside][0].path)) in groups:
        inside = deeper
    return inside


def _nested_kind(members: list[Member]) -> str:
    paths = [m.path for m in members]
    kind = identity.kind_of(paths, zipped=True)
    return identity.kind_of(paths, zipped=False, stripped=True) if kind == identity.ARCHIVE else kind


def _inside(entry: Entry, container: tuple[str, ...]) -> Entry:
    when = "test" if entry.when == "test" or any(map(in_tests, container)) else "call"
    why = entry.why if entry.language == "native" else f"{entry.why}, in {container[-1][-200:]}"
    return entry._replace(when=when, why=why, container=container)
