"""What needs doing, by owner: one deed clears everything that the same move clears."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.overview._told import severity_rank
from depscan.overview.records import Deed, Todo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.overview.records import Told

_VERSIONS = 3
_ROTATE = "remove {}, then rotate every secret that a machine with it could read"


def todo(findings: Iterable[Told]) -> tuple[Todo, ...]:
    """Return the deeds of every owner, the worst first.

    Args:
        findings: what is told, the worst first.
    """
    groups: dict[tuple[str, ...], list[Told]] = {}
    for told in findings:
        if told.action != "allow":
            groups.setdefault(_key(told), []).append(told)
    deeds: dict[str, list[Deed]] = {}
    for group in groups.values():
        blocked = [t for t in group if t.action == "block"]
        for owner in sorted({h.owner for t in blocked for h in t.hits}):
            reached = [t for t in group if any(h.owner == owner for h in t.hits)]
            if any(t.action == "block" for t in reached):
                deeds.setdefault(owner, []).append(_deed(owner, reached))
    found = [Todo(owner, tuple(sorted(own, key=_rank))) for owner, own in deeds.items()]
    return tuple(sorted(found, key=lambda t: (_rank(t.deeds[0])[0], -len(t.deeds), t.owner == "", t.owner)))


def _key(told: Told) -> tuple[str, ...]:
    """Return what clears a finding: equal keys are cleared by one deed."""
    if told.severity == "malicious":
        return ("remove", told.subject)
    if told.fixed_version:
        return ("move", told.ecosystem, told.name, told.fixed_version)
    return ("fix", told.subject, told.fix, told.rule)


def _deed(owner: str, group: Sequence[Told]) -> Deed:
    """Return what one owner has to do about findings that one deed clears."""
    blocked = [t for t in group if t.action == "block"]
    repositories = {h.repository for t in blocked for h in t.hits if h.owner == owner}
    new = all(h.new for t in blocked for h in t.hits if h.owner == owner)
    return Deed(_text(group), blocked[0].severity, tuple(t.id for t in group), tuple(sorted(repositories)), new)


def _text(group: Sequence[Told]) -> str:
    first = group[0]
    name = f"{first.name} {first.version}" if first.version else first.name
    if first.severity == "malicious":
        return _ROTATE.format(name)
    if first.fixed_version:
        versions = sorted({t.version for t in group if t.version}, key=_in_order)
        shown = ", ".join(versions[:_VERSIONS])
        more = f" and {len(versions) - _VERSIONS} more" if len(versions) > _VERSIONS else ""
        return f"move {first.name}{' ' if shown else ''}{shown}{more} to {first.fixed_version}"
    return f"{name}: {first.fix or first.message}"


def _in_order(version: str) -> tuple[list[int], str]:
    """Return by what versions are listed: by their numbers as a person reads them, whatever the ecosystem is."""
    return [int(part) for part in re.findall(r"[0-9]{1,18}", version)], version


def _rank(deed: Deed) -> tuple[object, ...]:
    return (severity_rank(deed.severity), -len(deed.repositories), -len(deed.findings), deed.text)
