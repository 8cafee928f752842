"""What starts a module other than an import: build hooks, start-up lines, and a program run with Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts.fact import IMPORT, INSTALL, STARTUP
from depscan.facts.python.commands import run_unnamed
from depscan.facts.python.invoke import call_function
from depscan.facts.python.machine import Machine, Module
from depscan.facts.python.parse import parse_part
from depscan.facts.python.values import Class, Const, Func, Obj, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from depscan.artifacts.surface import Surface
    from depscan.facts.python.package import Package

EARLY = frozenset({INSTALL, STARTUP, IMPORT})
HOOKS = frozenset({
    "build_wheel", "build_sdist", "build_editable", "get_requires_for_build_wheel", "get_requires_for_build_sdist",
    "get_requires_for_build_editable", "prepare_metadata_for_build_wheel", "prepare_metadata_for_build_editable",
    "pdm_build_hook_enabled", "pdm_build_initialize", "pdm_build_update_files", "pdm_build_update_setup_kwargs",
    "pdm_build_finalize", "initialize", "finalize", "update", "build", "dependencies", "clean", "versions",
    "build_config", "run", "get_version",
})  # fmt: skip
"""Functions and methods that build front ends and build tools call (PEP 517, PEP 660, hatchling, pdm, poetry)."""
_WHYS = ("build back end", "hatch build hook", "pdm build hook", "poetry build script", "setuptools command")
_PROGRAMS = ("poetry build script",)
_FUEL = 60_000
_MAX_NAMES = 400
_MAX_LINES = 2000
_IMPORTED = re.compile(r"(?:\bimport|\bfrom)\s+([\w.]+)|(?:__import__|import_module)\(\s*['\"]([\w.]+)")
_SCRIPT = re.compile(
    r"(?:^|[\s\"'/\\])(?:pythonw?[\d.]*(?:\.exe)?|\{\?\})[\"']?\s+(?:-[a-zA-LN-Z]+\s+)*"
    r"(?:-m\s+([\w.]+)|[\"']?([^\s\"'|;&<>]+\.pyw?)\b)",
    re.IGNORECASE,
)


def is_hook(why: str) -> bool:
    """Whether an entry of the surface is a module whose functions a build calls."""
    return why.startswith(_WHYS) or any(f"; {start}" in why for start in _WHYS)


def is_program(path: str, why: str) -> bool:
    """Whether an entry of the surface is run as a program by an installation, and not imported."""
    return (
        path.rpartition("/")[2] == "setup.py"
        or why.startswith(_PROGRAMS)
        or any(f"; {start}" in why for start in _PROGRAMS)
    )


def run_hooks(m: Machine, module: Module) -> None:
    """Call what a build calls of a module, as an installation does."""
    for name, value in list(module.scope.names.items())[:_MAX_NAMES]:
        if isinstance(value, Func) and name in HOOKS:
            _run(m, module, INSTALL, lambda fn=value: call_function(m, fn, [], {}, fn.node))  # type: ignore[misc]
        elif isinstance(value, Class):
            _class(m, module, value)
        elif isinstance(value, Obj):
            _methods(m, module, value, value.cls)


def _class(m: Machine, module: Module, cls: Class) -> None:
    if "command" in cls.foreign():
        _run(m, module, INSTALL, lambda: run_unnamed(m, cls))
        return
    if any(isinstance(cls.find(name), Func) for name in HOOKS):
        made = cls.made = cls.made or Obj(cls)
        _methods(m, module, made, cls)


def _methods(m: Machine, module: Module, made: Obj, cls: Class) -> None:
    for name in sorted(HOOKS):
        method = cls.find(name)
        if isinstance(method, Func):
            fn = method.bind(made)
            _run(m, module, INSTALL, lambda fn=fn: call_function(m, fn, [], {}, fn.node))  # type: ignore[misc]


def _run(m: Machine, module: Module, when: str, job: Callable[[], object]) -> None:
    """Run a part of a module at a moment, with the machine's place put back afterwards."""
    held = (m.when, m.module, m.container, m.guards, m.frames)
    m.when, m.module, m.container, m.guards, m.frames = when, module, module.container, [], []
    try:
        m.granted(_FUEL, job, share=False)
    finally:
        m.when, m.module, m.container, m.guards, m.frames = held


def call_point(m: Machine, module: Module, dotted: str) -> None:
    """Call an entry point of a started module at every interpreter start (PEP 829)."""
    value: Value | None = module.scope.names.get(dotted.partition(".")[0])
    for part in dotted.split(".")[1:]:
        value = value.find(part) if isinstance(value, Class) else None
    if isinstance(value, Func):
        fn = value
        _run(m, module, STARTUP, lambda: call_function(m, fn, [], {}, fn.node))


def start_points(text: str) -> list[tuple[str, str]]:
    """Return module and callable of the lines of a ``.start`` file."""
    found = []
    for line in text.removeprefix("\ufeff").splitlines()[:_MAX_LINES]:
        entry = line.split("#", 1)[0].rpartition("=")[2].strip()
        module, _, name = entry.partition(":")
        if re.fullmatch(r"[\w.]+", module):
            found.append((module, name.strip()))
    return found


def start_lines(text: str, path: str, container: tuple[str, ...], names: Iterable[str]) -> list[Module]:
    """Return the ``import`` lines of a ``.pth`` file that name a module of the package, as modules to start."""
    found = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))[:_MAX_LINES]):
        if not line.startswith(("import ", "import\t")):
            continue
        roots = {(a or b).partition(".")[0] for a, b in _IMPORTED.findall(line)}
        if any(root in names for root in roots):
            module = Module("", path, "\n" * number + line.rstrip(), container)
            module.tree = parse_part(module.text)
            if module.tree is not None:
                found.append(module)
    return found


def named_script(command: str) -> tuple[str, str]:
    """Return what a command makes Python run: a module's dotted name or a file; "" for what it is not."""
    found = _SCRIPT.search(command[:4000])
    return (found[1] or "", (found[2] or "").replace("\\", "/")) if found else ("", "")


def script_paths(file: str, beside: str) -> list[str]:
    """Return where in the package a started file may lie, the likeliest first.

    Args:
        file: as the command names it; unknown parts are ``{?}``.
        beside: path of the module that starts it.
    """
    known = re.sub(r"^.*\{\?\}/?", "", file)
    while known.startswith(("./", "/")):
        known = known[2:] if known.startswith("./") else known[1:]
    folder = beside.rpartition("/")[0]
    return [p for p in dict.fromkeys((f"{folder}/{known}" if folder else known, known)) if p]


def as_program(module: Module) -> None:
    """Let a module know that it runs as a program: what stands under its main guard runs too."""
    module.scope.names["__name__"] = Const("__main__")


def run_started(package: Package, listed: tuple[str, ...]) -> None:
    """Read a program of the package that a command starts, as code that runs at that moment."""
    m = package.machine
    if m.when not in EARLY:
        return
    for command in listed[:4]:
        dotted, file = named_script(command)
        named = [package.names.get(f"{dotted}.__main__", ""), package.names.get(dotted, "")] if dotted else []
        paths = named or script_paths(file, m.module.path)
        path = next((p for p in paths if p in package.members), "") or _only(package, file)
        module = package.load_early(path) if path else None
        if module is not None:
            as_program(module)
            package.start(module, m.when)


def _only(package: Package, file: str) -> str:
    """Return the one module of the package with the file's name: folders are renamed, and paths computed."""
    ending = "/" + file.rpartition("/")[2]
    found = [p for p in package.names.values() if f"/{p}".endswith(ending)] if len(ending) > 1 else []
    return found[0] if len(set(found)) == 1 else ""


def run_start_files(package: Package, surface: Surface) -> None:
    """Start what ``.pth`` lines import and ``.start`` lines name, at every interpreter start."""
    for entry in surface.entries:
        if entry.when != STARTUP or entry.language not in {"pth", "start"} or entry.container:
            continue
        text = package.read(entry.path).decode("utf-8", "replace")
        if entry.language == "pth":
            for line in start_lines(text, entry.path, entry.container, package.names):
                package.start(line, STARTUP)
            continue
        for dotted, name in start_points(text):
            path = package.names.get(dotted)
            module = package.load_early(path) if path else None
            if module is not None:
                package.start(module, STARTUP)
                call_point(package.machine, module, name)
