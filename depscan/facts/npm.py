"""``package.json``: the life-cycle scripts that npm runs at installation (npm's "scripts" page), with what they start."""  # noqa: E501

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from depscan.facts.fact import CALL, INSTALL
from depscan.facts.place import Place
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Surface

LANGUAGE = "npm"
HOOKS = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish", "dependencies")
"""Scripts that run on ``npm install`` of the package itself or, for the later ones, of its repository."""

_SCRIPT = re.compile(
    r"(?:^|[\s;&|(])(?:node|nodejs|bun|deno run|tsx|ts-node)\s+(?:--?[\w-]+(?:=\S+)?\s+)*([^\s;&|<>]+)"
)
_SHELL = re.compile(
    r"(?:^|[\s;&|(])(?:(?:ba|z|da)?sh|source|\.)\s+((?!-)[^\s;&|<>]+)|(?:^|[\s;&|(])(\./[^\s;&|<>]+\.sh)"
)
_PYTHON = re.compile(r"(?:^|[\s;&|(])python[\d.]*\s+((?!-)[^\s;&|<>]+\.py)")


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every ``package.json`` of the surface, and the members its hooks start."""
    from depscan.facts._entries import entries

    members = {member.path: member for member in artifact.members}
    seen: dict[str, str] = {}
    for text, entry, member in entries(artifact, surface, LANGUAGE):
        place = Place(sink, entry.path, 1, entry.when, container=member.container)
        _manifest(text, place, members, seen)


def read_npm(text: str, *, path: str, sink: Sink, members: dict[str, Member] | None = None) -> list[int]:
    """Lower a ``package.json`` to facts.

    Args:
        text: the manifest.
        path: where it stands in the artifact.
        sink: where the facts go.
        members: the artifact's members by path; scripts that hooks start are read from it.

    Returns:
        Indices of the facts that were added.
    """
    before = len(sink.facts)
    _manifest(text, Place(sink, path, 1, INSTALL), members or {}, {})
    return list(range(before, len(sink.facts)))


def _manifest(text: str, place: Place, members: dict[str, Member], seen: dict[str, str]) -> None:
    import json

    try:
        manifest = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        place.sink.gap(place.path, "package.json that is not JSON: its life-cycle scripts cannot be read")
        return
    if not isinstance(manifest, dict):
        place.sink.gap(place.path, "package.json that is not an object")
        return
    folder = posixpath.dirname(place.path)
    scripts = manifest.get("scripts")
    scripts = scripts if isinstance(scripts, dict) else {}
    for hook in HOOKS:
        command = scripts.get(hook)
        if isinstance(command, str) and command.strip():
            _hook(hook, command, _at(place, text, hook), members, seen)
    gyp = members.get(posixpath.join(folder, "binding.gyp"))
    if gyp is not None:
        _build(gyp, scripts, place, manifest)
    for path in _called(manifest):
        _module(posixpath.normpath(posixpath.join(folder, path)), CALL, place.sink, members, seen)


def _at(place: Place, text: str, key: str) -> Place:
    match = re.search(rf'"{key}"\s*:\s*"', text)
    line = text.count("\n", 0, match.start()) + 1 if match else 1
    return place._replace(line=line, when=INSTALL, text=text.splitlines()[line - 1] if text else "")


def _hook(hook: str, command: str, place: Place, members: dict[str, Member], seen: dict[str, str]) -> None:
    from depscan.facts.command import read_command

    index = place.add("hook.declare", "npm", (f"{hook}: {command}",))
    read_command(
        command, path=place.path, line=place.line, when=INSTALL, layer=(), sink=place.sink, sources=(index,) if index >= 0 else (),  # noqa: E501
        text=place.text, container=place.container,
    )  # fmt: skip
    folder = posixpath.dirname(place.path)
    for name in _SCRIPT.findall(command):
        _module(posixpath.normpath(posixpath.join(folder, name.strip("\"'"))), INSTALL, place.sink, members, seen)
    for names in _SHELL.findall(command):
        _script(posixpath.normpath(posixpath.join(folder, (names[0] or names[1]).strip("\"'"))), place, members)
    for name in _PYTHON.findall(command):
        _python(posixpath.normpath(posixpath.join(folder, name)), place, members)


def _module(path: str, when: str, sink: Sink, members: dict[str, Member], seen: dict[str, str]) -> None:
    from depscan.facts.javascript import read_modules

    read_modules(members, path, when, sink, seen)


def _script(path: str, place: Place, members: dict[str, Member]) -> None:
    from depscan.facts._entries import as_text
    from depscan.facts.shell import read_shell

    member = members.get(path)
    if member is not None:
        read_shell(
            as_text(member.read()),
            path=path,
            line=1,
            when=INSTALL,
            layer=(),
            sink=place.sink,
            container=member.container,
        )


def _python(path: str, place: Place, members: dict[str, Member]) -> None:
    from depscan.facts._entries import as_text
    from depscan.facts._other_code import read_python_at

    member = members.get(path)
    if member is not None:
        read_python_at(as_text(member.read()), Place(place.sink, path, 1, INSTALL, container=member.container))


def _build(gyp: Member, scripts: dict[str, object], place: Place, manifest: dict[str, object]) -> None:
    """Npm runs ``node-gyp rebuild`` where a binding.gyp stands and no install script says otherwise."""
    from depscan.facts._entries import as_text
    from depscan.facts.gyp import read_gyp

    if "install" in scripts or "preinstall" in scripts or manifest.get("gypfile") is False:
        return
    place.add("hook.declare", "npm", ("install: node-gyp rebuild",))
    read_gyp(
        as_text(gyp.read()), path=gyp.path, line=1, when=INSTALL, layer=(), sink=place.sink, container=gyp.container
    )


def _called(manifest: dict[str, object]) -> list[str]:
    """Return the scripts that run when the package is used: ``main``, ``module``, ``bin``."""
    found: list[str] = []
    for key in ("main", "module", "bin"):
        value = manifest.get(key)
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            found.extend(inner for inner in value.values() if isinstance(inner, str))
    return found or ["index.js"]
