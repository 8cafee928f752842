"""What package metadata makes run: build back ends, build hooks, entry points, lifecycle scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from depscan.artifacts.identity import load_json
from depscan.artifacts.text import decode

LIFECYCLE = (
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
    "dependencies",
)
"""npm runs these on ``npm install`` (npm documentation, scripts); ``prepare`` for git sources."""

_MOST = 1 << 20
_REFERENCE = re.compile(r"[ \t]*([\w.]+)[ \t]*(?::[ \t]*([\w.]+))?").match
_ATTRIBUTE = re.compile(r"attr:[ \t]*([\w.]+)").match


class Hook(NamedTuple):
    """Something metadata declares to run.

    Attributes:
        when: install, call.
        module: dotted name it lives in; "" when ``file`` says it.
        file: path relative to the project; "" when ``module`` says it.
        why: shown to people.
        paths: folders put on the import path for it.
        attribute: the build needs this name of the module, and runs it only where that is no plain literal.
    """

    when: str
    module: str
    file: str
    why: str
    paths: tuple[str, ...] = ()
    attribute: str = ""


def pyproject_hooks(data: bytes) -> list[Hook]:
    """Return what a pyproject.toml makes run (PEP 517, PEP 621, and the build tools' own tables)."""
    table = _toml(data)
    tool, project = _table(table, "tool"), _table(table, "project")
    hooks = [*_backend(_table(table, "build-system")), *_build_hooks(tool)]
    for section, label in (("scripts", "console script"), ("gui-scripts", "gui script")):
        hooks.extend(_references(_table(project, section), label))
    for group, points in _table(project, "entry-points").items():
        hooks.extend(_references(points, f"entry point of {group[:60]}"))
    hooks.extend(_references(_table(_table(tool, "poetry"), "scripts"), "console script"))
    return hooks


def _toml(data: bytes) -> dict[str, Any]:
    import tomli

    text = decode(data[:_MOST])
    if text is None:
        return {}
    try:
        return tomli.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return _rough(text)


def _rough(text: str) -> dict[str, Any]:
    """Return the build back end of a pyproject.toml that is no TOML: an installer might be less strict."""
    backend = re.search(r"(?m)^[ \t]*build-backend[ \t]*=[ \t]*['\"]([^'\"\n]+)", text)
    paths = re.search(r"(?m)^[ \t]*backend-path[ \t]*=[ \t]*\[([^\]]*)\]", text)
    found = re.findall(r"['\"]([^'\"\n]+)['\"]", paths[1]) if paths else []
    return {"build-system": {"build-backend": backend[1] if backend else "", "backend-path": found}}


def _table(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _backend(build: dict[str, Any]) -> Iterator[Hook]:
    backend, paths = build.get("build-backend"), build.get("backend-path")
    folders = tuple(p for p in paths if isinstance(p, str)) if isinstance(paths, list) else ()
    if isinstance(backend, str) and backend:
        # Without backend-path the project is not on the import path; a module of that name in the tree is still
        # worth reading as the back end: front ends differ, and no honest tree holds its back end's namesake.
        module = backend.partition(":")[0].strip()
        yield Hook("install", module, "", f"build back end {backend[:100]}", folders or ("",))


def _build_hooks(tool: dict[str, Any]) -> Iterator[Hook]:
    hatch = _table(tool, "hatch")
    build = _table(hatch, "build")
    targets = [_table(t, "hooks") for t in _table(build, "targets").values() if isinstance(t, dict)]
    for hooks in (_table(build, "hooks"), _table(_table(hatch, "metadata"), "hooks"), *targets):
        if isinstance(custom := hooks.get("custom"), dict):
            yield _file(custom.get("path"), "hatch_build.py", "hatch build hook")
    if isinstance(pdm := tool.get("pdm"), dict):
        yield _file(_table(pdm, "build").get("custom-hook"), "pdm_build.py", "pdm build hook")
    poetry_build = _table(tool, "poetry").get("build")
    script = poetry_build.get("script") if isinstance(poetry_build, dict) else poetry_build
    if isinstance(script, str):
        yield _file(script, script, "poetry build script")
    setuptools = _table(tool, "setuptools")
    for name, target in _table(setuptools, "cmdclass").items():
        if isinstance(target, str):
            yield Hook("install", target.rpartition(".")[0], "", f"setuptools command {name[:60]}", ("", "src"))
    for value in _table(setuptools, "dynamic").values():
        if isinstance(value, dict) and isinstance(attribute := value.get("attr"), str):
            yield _attribute(attribute)


def _attribute(dotted: str) -> Hook:
    module, _, name = dotted.rpartition(".")
    return Hook("install", module, "", f"imported by the build for {dotted[:100]}", ("", "src"), name)


def is_literal(data: bytes, name: str) -> bool:
    """Whether every assignment to a name at the top of a module is one plain string: setuptools reads it then."""
    assigned = rb"(?m)^" + re.escape(name.encode("utf-8", "replace")) + rb"[ \t]*(?::[^=\r\n]*)?=(?!=)"
    every = len(re.findall(assigned, data))
    plain = re.findall(assigned + rb"[ \t]*(?:\"[^\"\\\r\n]*\"|'[^'\\\r\n]*')[ \t]*(?:#[^\r\n]*)?\r?$", data)
    return every > 0 and len(plain) == every


def _file(value: object, default: str, why: str) -> Hook:
    return Hook("install", "", value if isinstance(value, str) else default, why)


def _references(points: object, label: str) -> Iterator[Hook]:
    if not isinstance(points, dict):
        return
    for name, target in points.items():
        if isinstance(target, dict):
            target = target.get("callable") or target.get("reference")  # noqa: PLW2901 - poetry's long form
        if isinstance(target, str):
            yield from _reference(str(name), target, label)


def _reference(name: str, target: str, label: str) -> Iterator[Hook]:
    found = _REFERENCE(target)
    if found:
        yield Hook("call", found[1], "", f"{label} {name[:60]} = {target.strip()[:100]}")


def _ini(data: bytes) -> dict[str, dict[str, str]]:
    """Return the sections of an ini file; of broken ones what can be read. Keys keep their case."""
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    key = ""
    for line in (decode(data[:_MOST]) or "").splitlines():
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if text[0] == "[" and "]" in text and line[0] == "[":
            current = sections.setdefault(text[1 : text.index("]")].strip(), {})
            key = ""
        elif line[0] in " \t" and key:
            current[key] += f"\n{text}"
        else:
            at = min((i for i in (text.find("="), text.find(":")) if i > 0), default=-1)
            key = text[:at].strip() if at > 0 else ""
            if key:
                current[key] = text[at + 1 :].strip()
    return sections


def entry_point_hooks(data: bytes) -> list[Hook]:
    """Return what entry_points.txt declares
    (https://packaging.python.org/specifications/entry-points/).
    """  # noqa: D205 - the address is long
    hooks: list[Hook] = []
    for group, points in _ini(data).items():
        hooks.extend(_references(points, _label(group)))
    return hooks


def _label(group: str) -> str:
    return {"console_scripts": "console script", "gui_scripts": "gui script"}.get(group, f"entry point of {group[:60]}")


def setup_cfg_hooks(data: bytes) -> list[Hook]:
    """Return what a setup.cfg makes run: entry points, command classes, pbr's hooks, ``attr:`` values."""
    sections = _ini(data)
    hooks: list[Hook] = []
    for group, points in sections.get("options.entry_points", {}).items():
        for line in points.splitlines():
            name, equals, target = line.partition("=")
            if equals:
                hooks.extend(_reference(name.strip(), target, _label(group)))
    for section in ("options", "global", "metadata"):
        for key, value in sections.get(section, {}).items():
            hooks.extend(_setup_cfg_value(key, value))
    return hooks


def _setup_cfg_value(key: str, value: str) -> Iterator[Hook]:
    attribute = _ATTRIBUTE(value)
    if attribute:
        yield _attribute(attribute[1])
    elif key in {"cmdclass", "setup-hooks", "setup_hooks", "command-packages", "command_packages"}:
        for line in value.splitlines():
            target = line.rpartition("=")[2].strip()
            module = target if key.startswith("command") else target.rpartition(".")[0]
            if module:
                yield Hook("install", module, "", f"setup.cfg {key}: {target[:100]}", ("", "src"))


def lifecycle(data: bytes) -> list[str]:
    """Return the names of the scripts that npm runs when a package is installed."""
    scripts = load_json(data[:_MOST]).get("scripts")
    return [name for name in LIFECYCLE if name in scripts] if isinstance(scripts, dict) else []


def npm_files(data: bytes) -> list[Hook]:
    """Return the files a package.json gives to node: ``main`` and friends at import, ``bin`` when called."""
    manifest = load_json(data[:_MOST])
    hooks: list[Hook] = []
    for key in ("main", "module", "browser", "exports"):
        hooks.extend(Hook("import", "", value, f"package.json {key}") for value in _texts(manifest.get(key)))
    hooks.extend(Hook("call", "", value, "package.json bin") for value in _texts(manifest.get("bin")))
    return hooks


def _texts(value: object, depth: int = 4) -> Iterator[str]:
    if isinstance(value, str):
        yield value.removeprefix("./")
    elif isinstance(value, (dict, list)) and depth:
        for inner in list(value.values() if isinstance(value, dict) else value)[:200]:
            yield from _texts(inner, depth - 1)
