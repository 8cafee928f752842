"""The execution surface that stands in files: start-up files, build hooks, scripts, natives, agent files, models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.artifacts.places import in_tests
from depscan.facts.fact import CALL, IMPORT, LOAD, STARTUP, TEST
from depscan.release.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.entry import Entry
    from depscan.artifacts.surface import Surface as Runs

_HOOKS = ("build back end", "hatch build hook", "pdm build hook", "poetry build script", "setuptools command",
          "setup.cfg ", "imported by the build")  # fmt: skip
_BUILD_LANGUAGES = frozenset({"make", "cmake", "meson", "cargo", "gyp"})
_STARTS_ITSELF = re.compile(rb"folderOpen|\"hooks\"|postCreateCommand|onCreateCommand|SessionStart|initializeCommand")
_TAGS = re.compile(r"\.(?:cpython|cp|pypy|abi)[\w-]*|[-_.](?:x86_64|aarch64|arm64|amd64|win32|linux|darwin)[\w-]*")
_MODELS = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".dill", ".npy", ".h5", ".keras", ".onnx", ".gguf",
           ".safetensors")  # fmt: skip
_SCRIPT_ENDS = (".py", ".pyw")
_JAVASCRIPT = (".js", ".mjs", ".cjs")
_MASKED = re.compile(rb"\b_0x[0-9a-f]{3,8}\b").findall
_MANY_MASKED = 30
"""Different names of the kind that the usual obfuscator writes; minifiers write short ones."""
_LONG = 4000
_MOST = 1 << 20


def file_surface(artifact: Artifact, runs: Runs) -> list[Surface]:
    """Return what of an artifact's files runs, is run by tools, or is loaded as a program."""
    members = {(m.path, m.container): m for m in reversed(artifact.members)}
    found = [made for entry in runs.entries for made in _entry(entry, members, artifact)]
    when = {(e.path, e.container): e.when for e in runs.entries if e.language in {"python", "javascript"}}
    real = frozenset(name.lower() for name in runs.top_level)
    for member in artifact.members:
        if not in_tests(member.path, real):
            found.extend(_member(member, when.get((member.path, member.container), "")))
    return found


def _entry(entry: Entry, members: dict[tuple[str, tuple[str, ...]], Member], artifact: Artifact) -> Iterator[Surface]:
    if entry.when == TEST or (member := members.get((entry.path, entry.container))) is None:
        return
    if entry.language == "native":
        yield _native(entry, artifact)
    elif entry.language == "json-hook":
        acts = _STARTS_ITSELF.search(member.read()[:_MOST]) is not None
        yield _made(entry, "agent-file", entry.why, loud=acts, key=(entry.path.rpartition("/")[2],))
    elif entry.language == "agent-text":
        yield _made(entry, "agent-file", entry.why, key=(entry.path.rpartition("/")[2].lower(),))
    elif entry.language == "bytecode":
        if "without source" in entry.why:
            yield _made(entry, "bytecode", entry.why, loud=entry.when != CALL, key=(_stem(entry.path),))
    elif entry.language in {"npm", "pth", "start"}:
        return  # their facts say it: hook.declare, start.line
    else:
        yield from _script(entry)


def _native(entry: Entry, artifact: Artifact) -> Surface:
    """A native file: loud where a release promises to hold none, in what is built from source or runs anywhere."""
    anywhere = artifact.kind == "sdist" or artifact.name.endswith("-none-any.whl")
    loud = anywhere and entry.why != "object file"
    return _made(entry, "native", entry.why, loud=loud, key=(entry.why, _stem(entry.path)))


def _script(entry: Entry) -> Iterator[Surface]:
    hook = next((part for part in entry.why.split("; ") if part.startswith(_HOOKS)), "")
    if hook:
        yield _made(entry, "build-backend", hook, loud=not hook.startswith("imported by"), key=(hook,))
    elif entry.when == STARTUP:
        yield _made(entry, "start-file", entry.why, loud=True)
    elif entry.why == "setup script":
        yield _made(entry, "setup-script", "setup.py runs when this is built")
    elif entry.when == "install" and entry.language in _BUILD_LANGUAGES:
        yield _made(entry, "build-file", f"{entry.language} file of the build")
    elif entry.when == "install":
        yield _made(entry, "install-hook", f"{entry.language}: {entry.why}", loud=True)
    elif "installed on the PATH" in entry.why:
        yield _made(entry, "script", entry.why, key=(entry.path.rpartition("/")[2],))


def _made(entry: Entry, kind: str, detail: str, *, loud: bool = False, key: tuple[str, ...] = ()) -> Surface:
    return Surface(
        kind, entry.when, detail, entry.path, 0, loud, (kind, entry.when, *(key or (detail,))), "", entry.container
    )


def _stem(path: str) -> str:
    """Return a file's name without the tags of interpreter and platform."""
    return _TAGS.sub("", path.rpartition("/")[2].lower())


def _member(member: Member, when: str) -> Iterator[Surface]:
    lower = member.path.lower()
    if lower.endswith(_SCRIPT_ENDS):
        if when == IMPORT and member.size > _LONG and (line := _long_line(member)):
            yield Surface("long-line", when, f"a line of more than {_LONG} characters", member.path, line, key=(
                "long-line", member.path.rpartition("/")[2]), container=member.container)  # fmt: skip
    elif lower.endswith(_JAVASCRIPT):
        if member.size > _LONG and len(set(_MASKED(member.read()[:_MOST]))) >= _MANY_MASKED:
            name = member.path.rpartition("/")[2]
            yield Surface("obfuscated", when or CALL, "names made unreadable (_0x...)", member.path, loud=bool(when),
                          key=("obfuscated", name), container=member.container)  # fmt: skip
    elif lower.endswith(_MODELS) and _is_model(member):
        detail = f"model or pickle of {member.size:,} bytes"
        name = member.path.rpartition("/")[2]
        yield Surface("model-file", LOAD, detail, member.path, key=("model-file", name), container=member.container)


def _long_line(member: Member) -> int:
    """Return the 1-based number of the first very long line; 0 when there is none."""
    return next((n for n, line in enumerate(member.read()[:_MOST].split(b"\n"), 1) if len(line) > _LONG), 0)


def _is_model(member: Member) -> bool:
    """A ``.pth`` file is a model or a list of folders: content tells."""
    from depscan.artifacts.magic import sniff
    from depscan.artifacts.members import head_of

    head = head_of(member)
    return head[:1] == b"\x80" or sniff(head) not in {"text", "empty"}
