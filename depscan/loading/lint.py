"""Look at every file of ``rules/loading`` strictly, without running anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from depscan.errors import InputError
from depscan.loading.known import PYTHON, ROLES, SHAPES, STATES
from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.text.source import SourceFile

_KEYS = {
    "allow": {"roles", "args", "state", "why", "names"},
    "gadget": {"does", "takes", "why", "names"},
}
_FOLDERS = ("graphs", "targets", "template")
_ENTRY = {"value", "does", "why"}
_TABLES = {PYTHON: {"standard", "python2"}, "distributions": {"names"}}


def lint(folder: str = "") -> list[str]:
    """Return every problem as ``file:line: message``: unknown words, missing reasons, names that stand twice."""
    top = folder or os.path.join(rules_folder(), "loading")
    problems: list[str] = []
    allowed: dict[str, str] = {}
    gadgets: dict[str, str] = {}
    for name in sorted(n for n in os.listdir(top) if n.endswith(".toml")):
        source = read_source(os.path.join(top, name))
        try:
            data = load_toml(source)
        except InputError as error:
            problems.append(str(error))
            continue
        look = _File(source, name[:-5], data)
        look.rows("allow", allowed)
        look.rows("gadget", gadgets)
        problems += look.problems
    problems += _tables(top)
    problems += [
        f"{gadgets[name]}: {name} is a gadget and allowed in {allowed[name]}" for name in gadgets if name in allowed
    ]
    return problems


def _tables(top: str) -> list[str]:
    """Look at the tables in folders below: names that settings give, operators of graphs, words of templates."""
    problems: list[str] = []
    for kind in _FOLDERS:
        folder = os.path.join(top, kind)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            if not name.endswith(".toml"):
                continue
            source = read_source(os.path.join(folder, name))
            try:
                data = load_toml(source)
            except InputError as error:
                problems.append(str(error))
                continue
            if kind == "targets":
                problems += [f"{source.path}:{line}: {what}" for line, what in _targets(source.text, data)]
    return problems


def _targets(text: str, data: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield line and problem of every entry of a list of dotted names."""
    starts = [i for i, line in enumerate(text.split("\n"), 1) if line == "[[entry]]"]
    seen: set[str] = set()
    for start, entry in zip(starts, data.get("entry", ()), strict=True):
        value = str(entry.get("value", ""))
        for key in set(entry) - _ENTRY:
            yield start, f"an unknown key {key!r}"
        if not value or not str(entry.get("why", "")).strip():
            yield start, "an entry needs its value and its why"
        if value in seen:
            yield start, f"{value} stands here twice"
        seen.add(value)


class _File:
    """One file, and what is wrong with it."""

    def __init__(self, source: SourceFile, package: str, data: dict[str, Any]) -> None:
        self.path = source.path
        self.lines = source.text.split("\n")
        self.package = package
        self.data = data
        self.problems: list[str] = []
        for key in set(data) - {"allow", "gadget"} - _TABLES.get(package, set()):
            self._say(f"an unknown key {key!r}", key)

    def rows(self, kind: str, seen: dict[str, str]) -> None:
        """Check every ``[[allow]]`` or ``[[gadget]]``; add its names to ``seen``."""
        starts = [i for i, line in enumerate(self.lines, 1) if line == f"[[{kind}]]"]
        for start, row in zip(starts, self.data.get(kind, ()), strict=True):
            for key in set(row) - _KEYS[kind]:
                self._say(f"an unknown key {key!r}", key, start)
            if not str(row.get("why", "")).strip():
                self._say("an entry needs its why", "", start)
            if kind == "allow":
                self._allow(row, start, seen)
            else:
                self._gadget(row, start, seen)

    def _allow(self, row: dict[str, Any], start: int, seen: dict[str, str]) -> None:
        roles = str(row.get("roles", "")).split()
        if not roles or set(roles) - set(ROLES):
            self._say(f"roles are none of {', '.join(ROLES)}", "roles", start)
        if row.get("args", "") not in SHAPES:
            self._say(f"no shape {row['args']!r}", "args", start)
        if row.get("state", "") and row["state"] not in STATES:
            self._say(f"no state {row['state']!r}", "state", start)
        names = row.get("names", {})
        if not isinstance(names, dict) or not names:
            self._say("an entry needs a table of names", "names", start)
            return
        for module, text in names.items():
            if self.package != PYTHON and module.partition(".")[0] != self.package:
                self._say(f"{module} is no module of {self.package}", module, start)
            if not text.split():
                self._say(f"no names of {module}", module, start)
            for name in text.split():
                self._once(f"{module}.{name}", seen, module, start)

    def _gadget(self, row: dict[str, Any], start: int, seen: dict[str, str]) -> None:
        if not row.get("does"):
            self._say("a gadget needs what it does", "does", start)
        for name in str(row.get("names", "")).split():
            self._once(name, seen, name, start)

    def _once(self, name: str, seen: dict[str, str], near: str, start: int) -> None:
        where = f"{self.path}:{self._line(near, start)}"
        if name in seen:
            self.problems.append(f"{where}: {name} stands in {seen[name]} too")
        seen[name] = where

    def _line(self, near: str, start: int) -> int:
        return next((i for i, line in enumerate(self.lines[start - 1 :], start) if near and near in line), start)

    def _say(self, message: str, near: str, start: int = 1) -> None:
        self.problems.append(f"{self.path}:{self._line(near, start)}: {message}")
