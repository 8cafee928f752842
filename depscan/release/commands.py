"""What a release's metadata make callable: entry points, console scripts, npm's ``bin``, and its build back end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.facts.fact import CALL, INSTALL
from depscan.release.people import backend
from depscan.release.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from depscan.artifacts.artifact import Member

_MOST = 1 << 20


def command_surface(members: Mapping[str, Member], kind: str) -> list[Surface]:
    """Return entry points and the build back end of an artifact."""
    found = [_entry_point(path, why) for path, why in _declared(members, kind)]
    named = backend(members) if kind in {"sdist", "folder"} else ()
    if named:
        inside = f" from {', '.join(named[1:])} of the release itself" if len(named) > 1 else ""
        detail = f"built by {named[0]}{inside}"
        loud = len(named) > 1
        found.append(Surface("build-backend", INSTALL, detail, "pyproject.toml", 0, loud, ("build-backend", *named)))
    return found


def _entry_point(path: str, why: str) -> Surface:
    return Surface("entry-point", CALL, why, path, key=("entry-point", why))


def _declared(members: Mapping[str, Member], kind: str) -> Iterator[tuple[str, str]]:
    from depscan.artifacts import hooks

    held = [p for p in members if p.endswith(".dist-info/entry_points.txt") and p.count("/") == 1]
    held = held or [p for p in members if p.endswith("-info/entry_points.txt") or p == "EGG-INFO/entry_points.txt"]
    for path in held[:1]:
        for hook in hooks.entry_point_hooks(members[path].read()[:_MOST]):
            yield path, hook.why
    if not held and kind in {"sdist", "folder"} and (member := members.get("pyproject.toml")) is not None:
        for hook in hooks.pyproject_hooks(member.read()[:_MOST]):
            if hook.when == CALL:
                yield "pyproject.toml", hook.why
    if kind == "npm" and (member := members.get("package.json")) is not None:
        for hook in hooks.npm_files(member.read()[:_MOST]):
            if hook.when == CALL:
                yield "package.json", f"npm bin {hook.file}"
