"""Texts, lists and dicts of a Python file as far as they can be known without running it.

An evaluator of very few forms with a budget: what it does not understand is reported as dynamic.
All nodes of a syntax tree are visited with ``ast.walk``, which does not recurse.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

_DEPTH = 40
_STEPS = 200_000
_TEXT = 1 << 20
_FILES = (".txt", ".in", ".pip")
_PERCENT, _BRACES = r"%(?:\(\w+\))?[sdrif]", r"\{[^{}]*\}"
_COPIES = {"list", "sorted", "set", "tuple", "dict"}


class Text(NamedTuple):
    """A text and the line it is written on; ``rows`` when its lines are lines of the file."""

    text: str
    line: int
    rows: bool = False

    def parts(self) -> list[Text]:
        """Return its lines, each with its own line number where that is known."""
        lines = self.text.split("\n")
        return [Text(part, self.line + i * self.rows) for i, part in enumerate(lines)]


Row = tuple[str, ast.expr, int]
Result = tuple[list[Text], list[tuple[str, int]], bool]


class Reader:
    """Looks values up in one parsed file.

    Args:
        tree: the module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = list(ast.walk(tree))
        self.steps = _STEPS
        self.size = _TEXT
        self.bound: dict[str, list[ast.AST]] = {}
        self.grown: dict[str, list[ast.expr]] = {}
        self.items: dict[str, list[Row]] = {}
        self.odd: set[str] = set()
        self.known: dict[str, Result] = {}
        for node in self.nodes:
            self._bind(node)

    def calls(self, name: str) -> list[ast.Call]:
        """Return the calls of ``name(...)`` and ``anything.name(...)``."""
        return [n for n in self.nodes if isinstance(n, ast.Call) and _called(n) == name]

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.grown.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            self.bound.setdefault(node.optional_vars.id, []).append(node.context_expr)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.bound.setdefault(node.name, []).append(node)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) and isinstance(node.target, ast.Name):
            self.bound.setdefault(node.target.id, []).append(node.iter)
            self.odd.add(node.target.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            self._method(node, node.func)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.bound.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self.items.setdefault(target.value.id, []).append((key.value, value, target.lineno))
            else:
                self.odd.add(target.value.id)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.odd.update(e.id for e in target.elts if isinstance(e, ast.Name))

    def _method(self, node: ast.Call, func: ast.Attribute) -> None:
        """Note ``name.append(x)``, ``name.extend(x)`` and ``name.update(x)``."""
        if isinstance(func.value, ast.Name) and len(node.args) == 1:
            if func.attr == "append":
                self.grown.setdefault(func.value.id, []).append(ast.List([node.args[0]], ast.Load()))
            elif func.attr in {"extend", "update"}:
                self.grown.setdefault(func.value.id, []).append(node.args[0])

    def texts(self, node: ast.AST, depth: int = 0) -> Result:
        """Return (texts, requirements files read, dynamic): dynamic when something stays unknown."""
        self.steps -= 1
        if depth > _DEPTH or self.steps < 0 or self.size < 0:
            return [], [], True
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._join([self.texts(e, depth + 1) for e in node.elts])
        if isinstance(node, ast.Starred):
            return self.texts(node.value, depth + 1)
        if isinstance(node, ast.IfExp):
            return self._join([self.texts(node.body, depth + 1), self.texts(node.orelse, depth + 1)])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._sum(self.texts(node.left, depth + 1), self.texts(node.right, depth + 1), node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._template(node.left, _PERCENT)
        return self._looked_up(node, depth)

    def _looked_up(self, node: ast.AST, depth: int) -> Result:
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        if isinstance(node, ast.JoinedStr):
            return self._format(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            rows, dynamic = self.table(node.value, depth + 1)
            found = [self.texts(value, depth + 1) for key, value, _ in rows if key == node.slice.value]
            return self._join([*found, ([], [], dynamic or not found)])
        return self._files(node)

    def _constant(self, node: ast.Constant) -> Result:
        if isinstance(node.value, str):
            self.size -= len(node.value)
            return [Text(node.value, node.lineno, (node.end_lineno or 0) > node.lineno)], [], False
        return [], [], node.value is not None

    def _join(self, parts: list[Result]) -> Result:
        self.steps -= sum(len(part[0]) for part in parts)
        if self.steps < 0:
            return [], [], True
        texts = [t for part in parts for t in part[0]]
        return texts, [f for part in parts for f in part[1]], any(part[2] for part in parts)

    def _sum(self, left: Result, right: Result, node: ast.BinOp) -> Result:
        """Add two values: texts that are written as texts become one, lists are chained."""
        one = len(left[0]) == 1 and len(right[0]) == 1 and not left[2] and not right[2]
        if one and self._is_text(node.left) and self._is_text(node.right):
            text = left[0][0].text + right[0][0].text
            self.size -= len(text)
            return [Text(text, left[0][0].line)], [], False
        if self._is_text(node.left) or self._is_text(node.right):
            return [], [], True
        return self._join([left, right])

    def _is_text(self, node: ast.AST, depth: int = 0) -> bool:
        if isinstance(node, ast.Name) and depth < _DEPTH:
            bound = self.bound.get(node.id, [])
            return len(bound) == 1 and self._is_text(bound[0], depth + 1)
        if isinstance(node, ast.BinOp) and depth < _DEPTH:
            return self._is_text(node.left, depth + 1)
        return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))

    def _name(self, node: ast.Name, depth: int) -> Result:
        if node.id not in self.known:
            self.known[node.id] = ([], [], True)  # what it holds while it is asked for itself
            bound = [n for n in self.bound.get(node.id, []) if isinstance(n, ast.expr)]
            if not bound or node.id in self.odd:
                self.known[node.id] = self._files(node)
            else:
                parts = [self.texts(n, depth + 1) for n in [*bound, *self.grown.get(node.id, [])]]
                self.known[node.id] = self._join(parts)
        texts, files, dynamic = self.known[node.id]
        self.steps -= len(texts)
        return texts, files, dynamic

    def _format(self, node: ast.JoinedStr, depth: int) -> Result:
        """Read an f-string: unknown parts become ``${...}``, a version that is not known."""
        text = ""
        for value in node.values:
            inner = value.value if isinstance(value, ast.FormattedValue) else value
            found = self.texts(inner, depth + 1)
            text += found[0][0].text if len(found[0]) == 1 and not found[2] else "${...}"
        self.size -= len(text)
        return [Text(text, node.lineno)], [], False

    def _template(self, node: ast.expr, holes: str) -> Result:
        """Read a text with holes that are filled when it runs: each becomes ``${...}``."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return [], [], True
        text = re.sub(holes, "${...}", node.value[:_TEXT])
        self.size -= len(text)
        return [Text(text, node.lineno)], [], False

    def _call(self, node: ast.Call, depth: int) -> Result:
        name = _called(node)
        if isinstance(node.func, ast.Attribute) and name == "format":
            return self._template(node.func.value, _BRACES)
        if isinstance(node.func, ast.Name) and name in _COPIES and len(node.args) == 1:
            return self.texts(node.args[0], depth + 1)
        if isinstance(node.func, ast.Attribute) and name in {"split", "splitlines", "strip"}:
            texts, files, dynamic = self.texts(node.func.value, depth + 1)
            if not files and not dynamic:
                lines = name != "split" or any(isinstance(a, ast.Constant) and a.value == "\n" for a in node.args)
                parts = [p for t in texts for p in (t.parts() if lines else [Text(w, t.line) for w in t.text.split()])]
                return parts, [], False
        return self._files(node)

    def _files(self, node: ast.AST) -> Result:
        """Return the requirements files that ``node`` mentions, through the names and functions it uses."""
        found: dict[str, int] = {}
        queue, seen = [node], set()
        while queue and self.steps > 0:
            for part in ast.walk(queue.pop()):
                self.steps -= 1
                if isinstance(part, ast.Name) and part.id not in seen:
                    seen.add(part.id)
                    queue.extend(self.bound.get(part.id, ()))
                elif isinstance(part, ast.Call) and _called(part) in {"join", "joinpath"}:
                    words = [a.value for a in part.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                    if words and words[-1].endswith(_FILES):
                        found["/".join(words)] = part.lineno
                elif isinstance(part, ast.Constant) and isinstance(part.value, str) and _is_file(part.value):
                    found.setdefault(part.value, part.lineno)
        joined = {path.rpartition("/")[2] for path in found if "/" in path}
        return [], [(path, line) for path, line in found.items() if path not in joined], not found

    def table(self, node: ast.AST, depth: int = 0) -> tuple[list[Row], bool]:
        """Return (key, value, line) rows of a dict expression, and whether some stay unknown."""
        self.steps -= 1
        if depth > _DEPTH or self.steps < 0:
            return [], True
        if isinstance(node, ast.Dict):
            return self._dict(node, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            rows = [(k.arg, k.value, k.value.lineno) for k in node.keywords if k.arg is not None]
            return rows, bool(node.args) or len(rows) < len(node.keywords)
        if isinstance(node, ast.Name):
            rows, dynamic = list(self.items.get(node.id, [])), node.id in self.odd
            bound = self.bound.get(node.id, [])
            for value in [*bound, *self.grown.get(node.id, [])]:
                more, unknown = self.table(value, depth + 1)
                rows, dynamic = [*more, *rows], dynamic or unknown
            return rows, dynamic or not bound
        return [], True

    def _dict(self, node: ast.Dict, depth: int) -> tuple[list[Row], bool]:
        rows: list[Row] = []
        dynamic = False
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                more, unknown = self.table(value, depth + 1)
                rows, dynamic = rows + more, dynamic or unknown
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                rows.append((key.value, value, key.lineno))
            else:
                dynamic = True
        return rows, dynamic


def _called(node: ast.Call) -> str:
    func = node.func
    if isinstance(func, ast.Attribute) and not (isinstance(func.value, ast.Name) and func.value.id == "self"):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _is_file(text: str) -> bool:
    return text.endswith(_FILES) and len(text) < 200 and "\n" not in text  # noqa: PLR2004 - longer is no file name
