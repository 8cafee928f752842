"""Modules of the same project: what a name that is imported from one of them can be.

A file sees others only through ``SourceFile.reach``, which gives what lies within the scan. They are parsed, never run.
"""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from typing import TYPE_CHECKING

from depscan.errors import InputError
from depscan.inputs.code._scopes import Walk
from depscan.inputs.code._value import Value
from depscan.text.memory import unless_nested

if TYPE_CHECKING:
    from depscan.inputs.code._scopes import Place, Scope
    from depscan.text.source import SourceFile

_LARGEST = 200_000
"""Bytes of a module that is looked into for constants."""
_MOST = 40
"""Modules looked into for one file."""
_HELD = 500_000
"""Characters of modules whose trees are held for the next file; they take about 100 times as much memory."""
_UP = 6
"""Folders above a file in which its absolute imports are looked for."""


class Modules:
    """Finds modules for one file.

    Args:
        source: the file.
        module: its outermost scope.
        libraries: first parts of names that are libraries.
    """

    def __init__(self, source: SourceFile, module: Scope, libraries: frozenset[str]) -> None:
        self._libraries = libraries
        self._from: dict[int, tuple[SourceFile, str]] = {id(module): (source, "")}
        self._alive = [module]
        self._found: dict[tuple[int, str], Scope | None] = {}

    def find(self, dotted: str, place: Place) -> list[Value]:
        """Return the module of a dotted name, as seen from a place, or what the name in it is bound to; [] for none."""
        scope = place.scope
        while scope.parent is not None:
            scope = scope.parent
        top = dotted.partition(".")[0]
        if id(scope) not in self._from or top in self._libraries or top in sys.stdlib_module_names:
            return []
        module = self._module(dotted, scope)
        if module is not None:
            return [Value("module", dotted, scope=module)]
        plain = dotted.lstrip(".")
        inner, _, name = plain.rpartition(".")
        head = dotted[: len(dotted) - len(plain)] + inner
        module = self._module(head, scope) if head else None
        if module is not None and name in module.bound:
            return [Value("member", name, f"config:{dotted.lstrip('.')}", scope=module)]
        return []

    def _module(self, dotted: str, scope: Scope) -> Scope | None:
        key = (id(scope), dotted)
        if key not in self._found:
            self._found[key] = self._read(dotted, scope) if len(self._from) < _MOST else None
        return self._found[key]

    def _read(self, dotted: str, scope: Scope) -> Scope | None:
        source, _ = self._from[id(scope)]
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        below = name.replace(".", "/")
        ups = [level - 1] if level else range(_UP)
        for up in ups:
            base = "../" * up + below
            for path in (f"{base}.py" if below else "", f"{base}/__init__.py" if below else f"{base}__init__.py"):
                found = source.reach(path) if path else None
                if found is not None and found.path != source.path:
                    return self._walked(found)
        return None

    def _walked(self, found: SourceFile) -> Scope | None:
        if len(found.data) > _LARGEST:
            return None
        try:
            walk = WALKS.get(found.text)
        except InputError:
            return None
        if walk is None:
            return None
        self._from[id(walk.module)] = (found, found.path)
        self._alive.append(walk.module)
        return walk.module


class _Walks(threading.local):
    """Walks of modules that were looked into last, of each thread: the files of a folder look into the same ones."""

    def __init__(self) -> None:
        self._held: dict[str, Walk | None] = {}
        self._size = 0

    def get(self, text: str) -> Walk | None:
        """Return the walk over a module; None when it does not parse."""
        if text in self._held:
            walk = self._held.pop(text)
        else:
            walk = _walk(text)
            self._size += len(text)
        self._held[text] = walk  # the last one used is the last one in the order
        return walk

    def trim(self) -> None:
        """Free the walks not used for longest; nobody may be using one of them."""
        while self._size > _HELD:
            text = next(iter(self._held))
            walk = self._held.pop(text)
            self._size -= len(text)
            if walk is not None:
                walk.close()


WALKS = _Walks()


def _walk(text: str) -> Walk | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Walk(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        unless_nested(error, text)
        return None
