"""What a package is as a whole: without any code of its own, or with nothing but code that nobody can read."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from depscan.artifacts.identity import EGG, FOLDER, SDIST, WHEEL, suffix
from depscan.artifacts.places import in_tests
from depscan.facts.fact import IMPORT, INSTALL, Fact

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Surface
    from depscan.facts.sink import Sink

_KINDS = frozenset({SDIST, WHEEL, EGG, FOLDER})
_MOST_MEMBERS = 40
_MOST_BYTES = 1 << 16
_EXTENSIONS = (".so", ".pyd", ".dylib")
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".pyx", ".rs", ".go", ".f", ".f90", ".cu", ".h", ".zig", ".swift", ".m")
_TEXTS = (".md", ".rst", ".txt", ".cfg", ".toml", ".in", ".typed", ".lock", "")
_PROTECTED = re.compile(
    rb"\A(?:[ \t]*(?:#[^\r\n]*|(?:from|import)[^\r\n]*|pyarmor_runtime\(\))?\r?\n)*[ \t]*__pyarmor__\("
)
_COMMENT = re.compile(rb"#[^\n]*?https?:/{1,2}([\w.-]{4,120})")
_ARMED = re.compile(rb"(?m)^[ \t]*import[ \t]+(requests|socket|urllib|urllib3|http|httpx|subprocess|ctypes)\b")
_DECLARED = re.compile(
    rb"dependency[ -]confusion|proof[ -]of[ -]concept|\bsafe dummy\b|\bharmless poc\b|security research"
    rb"|code execution via [\w ]*install",
    re.IGNORECASE,
)
_METADATA = ("PKG-INFO", "METADATA", "setup.py", "setup.cfg", "pyproject.toml", "README.md", "README.rst", "README.txt")
_SETUP = "setup.py"


def read_shape(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Add a fact ``package.shape`` where a small package is empty, protected or native only.

    Values: ``empty`` (every module holds imports of nothing, constants and comments only), with ``idle-hook``
    when its setup.py takes over a command to do nothing there and ``armed`` when it imports without use what only
    network and processes need; ``protected`` (every module is a PyArmor body);
    ``native`` (compiled modules without their source in something that is built from source or claims to run
    everywhere, and no Python code beside them), with ``started`` when a module calls into them at import.
    """
    if artifact.kind not in _KINDS or not 0 < len(artifact.members) <= _MOST_MEMBERS:
        return
    real = frozenset(name.lower() for name in surface.top_level)
    members = [m for m in artifact.members if not m.container and not in_tests(m.path, real)]
    modules = [m for m in members if suffix(m.path) == ".py" and m.path != _SETUP]
    protected = [m for m in modules if m.size and _PROTECTED.match(m.read()[:_MOST_BYTES])]
    if protected:
        _protected(modules, protected, sink)
    elif any(suffix(m.path) in _EXTENSIONS for m in members):
        _native(artifact, members, modules, sink)
    elif any(e.path == _SETUP for e in surface.entries) or artifact.kind == WHEEL:
        _empty(members, modules, sink)


def _protected(modules: list[Member], protected: list[Member], sink: Sink) -> None:
    rest = [m for m in modules if m not in protected]
    if all(_is_bare(m, thin=True) or "pytransform" in m.path or "pyarmor_runtime" in m.path for m in rest):
        _add(sink, IMPORT, protected[0].path, "protected")


def _native(artifact: Artifact, members: list[Member], modules: list[Member], sink: Sink) -> None:
    anywhere = artifact.kind == SDIST or artifact.name.endswith("-none-any.whl")
    if not anywhere or any(suffix(m.path) in _SOURCES for m in members):
        return
    trees = [_tree(m) for m in modules]
    if any(tree is None or _defines(tree) for tree in trees):
        return
    first = next(m.path for m in members if suffix(m.path) in _EXTENSIONS)
    started = any(_starts(tree) for tree in trees if tree is not None)
    _add(sink, IMPORT, first, "native", *(("started",) if started else ()))


def _empty(members: list[Member], modules: list[Member], sink: Sink) -> None:
    others = [m for m in members if suffix(m.path) != ".py" and not _is_text(m.path)]
    if others or not all(map(_is_bare, modules)):
        return
    setup = next((m for m in members if m.path == _SETUP), None)
    source = setup.read()[:_MOST_BYTES] if setup else b""
    path = setup.path if setup else members[0].path
    marks = (
        ("idle-hook", setup is not None and b"cmdclass" in source and _is_idle(setup)),
        ("armed", _is_armed(source)),
    )
    _add(sink, INSTALL, path, "empty", *(word for word, holds in marks if holds))
    for found in list(_COMMENT.finditer(source))[:10]:
        host = found[1].decode("ascii", "replace")
        line = source.count(b"\n", 0, found.start()) + 1
        sink.add(Fact("literal", INSTALL, path, line, "comment", (f"https://{host}/",)))
    for member in members:
        if member.path.rpartition("/")[2] in _METADATA and (told := _DECLARED.search(member.read()[:_MOST_BYTES])):
            sink.add(Fact("literal", INSTALL, member.path, 1, "declared", (told[0].decode().lower(),)))
            break


def _is_idle(setup: Member) -> bool:
    """Whether a command of setup.py has a ``run`` of its own that only prints and goes on."""
    tree = _tree(setup)
    classes = [n for n in (tree.body if tree else ()) if isinstance(n, ast.ClassDef)]
    runs = [f for c in classes for f in c.body if isinstance(f, ast.FunctionDef) and f.name == "run"]
    return any(all(map(_does_nothing, f.body)) for f in runs)


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Try):
        parts = [*node.body, *node.orelse, *node.finalbody, *(s for h in node.handlers for s in h.body)]
        return all(map(_does_nothing, parts))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        return called.id == "print" if isinstance(called, ast.Name) else getattr(called, "attr", "") == "run"
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _is_armed(source: bytes) -> bool:
    """Whether something is imported that only network or processes need, and nothing uses it (any more)."""
    code = re.sub(rb"#[^\n]*", b"", source)
    return any(code.count(name) == 1 for name in _ARMED.findall(code))


def _add(sink: Sink, when: str, path: str, *values: str) -> None:
    sink.add(Fact("package.shape", when, path, 1, "", values))


def _is_text(path: str) -> bool:
    name = path.rpartition("/")[2]
    ending = suffix(name)
    known = ending in _TEXTS or name.startswith((".git", ".editorconfig", "LICENSE", "LICENCE", "COPYING"))
    return known or ".egg-info/" in path or ".dist-info/" in path


def _tree(member: Member) -> ast.Module | None:
    from depscan.facts.python.parse import decode_source, parse_part

    return parse_part(decode_source(member.read())) if member.size <= _MOST_BYTES else None


def _is_bare(member: Member, *, thin: bool = False) -> bool:
    """Whether a module holds only constants, comments and text; a thin one may import as well."""
    if not member.size:
        return True
    tree = _tree(member)
    imports = (ast.Import, ast.ImportFrom) if thin else ()
    return tree is not None and all(isinstance(node, imports) or _is_constant(node) for node in tree.body)


def _is_constant(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return node.value is None or not any(isinstance(n, (ast.Call, ast.Lambda)) for n in ast.walk(node.value))
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return future or isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _defines(tree: ast.Module) -> bool:
    return any(isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)) for n in ast.walk(tree))


def _starts(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in tree.body)
