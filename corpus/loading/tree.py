"""The classes and functions of a library as its source text says: read by ``ast``, never imported."""

from __future__ import annotations

import ast
import os
from functools import cached_property
from typing import NamedTuple

_BLOCKS = (ast.If, ast.Try, ast.With)


class Class(NamedTuple):
    """One class at the top level of a module."""

    module: str
    name: str
    node: ast.ClassDef

    @property
    def dotted(self) -> str:
        """Return module and name."""
        return f"{self.module}.{self.name}"

    def methods(self) -> dict[str, ast.AST]:
        """Return what the body defines, assignments included; a property's setter as ``name=``."""
        found: dict[str, ast.AST] = {}
        for node in _flat(self.node.body):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                setter = any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in node.decorator_list)
                found[node.name + "=" * setter] = node
            elif isinstance(node, ast.Assign):
                found.update((t.id, node) for t in node.targets if isinstance(t, ast.Name))
        return found


class Module:
    """One module: its classes, functions and what its imports bind."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        with open(path, "rb") as stream:
            tree = ast.parse(stream.read())
        self.package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
        self.classes: dict[str, Class] = {}
        self.functions: set[str] = set()
        self.bound: dict[str, str] = {}
        self.stars: list[str] = []
        for node in _flat(tree.body):
            self._take(node)

    def _take(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ClassDef):
            self.classes[node.name] = Class(self.name, node.name, node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.functions.add(node.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                self.bound[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            self._from(node)
        elif isinstance(node, ast.Assign) and (value := dotted_of(node.value)):
            self.bound.update((t.id, f"{self.name}.{value}") for t in node.targets if isinstance(t, ast.Name))

    def _from(self, node: ast.ImportFrom) -> None:
        parts = self.package.split(".")
        base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
        source = ".".join(filter(None, (base, node.module or "")))
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(source)
            else:
                self.bound[alias.asname or alias.name] = f"{source}.{alias.name}"


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with those of ``if``, ``try`` and ``with`` in line."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, _BLOCKS):
            inner = [*node.body, *getattr(node, "orelse", ())]
            for handler in getattr(node, "handlers", ()):
                inner += handler.body
            found += _flat(inner)
        else:
            found.append(node)
    return found


def dotted_of(node: ast.AST) -> str:
    """Return ``a.b.c`` of a name or attribute, or of what is subscripted; "" for anything else."""
    if isinstance(node, ast.Subscript):
        node = node.value
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join((node.id, *parts)) if isinstance(node, ast.Name) else ""


class Library:
    """A package's folder of source files.

    Args:
        folder: of the package.
        package: its import name.
    """

    def __init__(self, folder: str, package: str) -> None:
        self.package = package
        self.modules: dict[str, Module] = {}
        for base, folders, names in os.walk(folder):
            folders[:] = sorted(f for f in folders if f not in ("tests", "test", "testing", "__pycache__"))
            inner = os.path.relpath(base, folder)
            prefix = package if inner == "." else f"{package}.{inner.replace(os.sep, '.')}"
            for name in sorted(n for n in names if n.endswith(".py")):
                dotted = prefix if name == "__init__.py" else f"{prefix}.{name[:-3]}"
                if "test" not in dotted.split(".")[-1]:
                    self._read(dotted, os.path.join(base, name))

    def _read(self, dotted: str, path: str) -> None:
        try:
            self.modules[dotted] = Module(dotted, path)
        except SyntaxError as error:
            print(f"# {path}: {error}")

    @cached_property
    def classes(self) -> list[Class]:
        """Return every class at the top level of a module."""
        return [c for module in self.modules.values() for c in module.classes.values()]

    def resolve(self, module: str, name: str, depth: int = 0) -> Class | str:
        """Return the class a name means inside a module, or its full dotted name when it is of elsewhere."""
        held = self.modules.get(module)
        head, _, rest = name.partition(".")
        if held is None or depth > 12:  # noqa: PLR2004 - imports in a circle
            return f"{module}.{name}"
        if not rest and head in held.classes:
            return held.classes[head]
        if head in held.bound and held.bound[head] != f"{module}.{name}":
            return self.find(f"{held.bound[head]}.{rest}" if rest else held.bound[head], depth + 1)
        for star in held.stars:
            if star in self.modules and isinstance(got := self.resolve(star, name, depth + 1), Class):
                return got
        if f"{module}.{head}" in self.modules and rest:
            return self.resolve(f"{module}.{head}", rest, depth + 1)
        return name

    def find(self, dotted: str, depth: int = 0) -> Class | str:
        """Return the class of a full dotted name, or the name."""
        parts = dotted.split(".")
        for end in range(len(parts) - 1, 0, -1):
            if ".".join(parts[:end]) in self.modules:
                return self.resolve(".".join(parts[:end]), ".".join(parts[end:]), depth + 1)
        return dotted
