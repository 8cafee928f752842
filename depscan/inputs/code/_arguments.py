"""The arguments of one call, by keyword or position, also where they come through ``**options``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from depscan.inputs.code import _names as names

if TYPE_CHECKING:
    from depscan.inputs.code._scopes import Place
    from depscan.inputs.code._table import Arguments as Wanted
    from depscan.inputs.code._table import Safe
    from depscan.inputs.code._value import Value
    from depscan.inputs.code._values import Evaluator


_NESTED = frozenset({"model_kwargs", "hub_kwargs", "from_pretrained_kwargs", "tokenizer_kwargs"})
"""Arguments that hold arguments for the loader inside."""


class Arguments:
    """Reads arguments of a call.

    Args:
        ev: evaluator of the file.
        node: the call.
        place: where it stands.
        callee: what is called; of a method its ``node`` is the call that made the object.
    """

    def __init__(self, ev: Evaluator, node: ast.Call, place: Place, callee: Value) -> None:
        self.ev = ev
        self.node = node
        self.place = place
        self.callee = callee
        self.dark = False
        self._more: dict[str, tuple[ast.expr, Place]] = {}
        ahead = [(a, where) for bound, where in callee.bound for a in bound.args[1:]]
        self._positional = [*ahead, *(pair for a in node.args for pair in self._starred(a, place))]
        self._read(node.keywords, place)
        own = (*node.args, *(k.value for k in node.keywords), *(e for e, _ in self._more.values()))
        self._own = frozenset(map(id, own))
        for bound, where in reversed(callee.bound):
            self._more.update((k.arg, (k.value, where)) for k in bound.keywords if k.arg and k.arg not in self._more)
            self._read(bound.keywords, where)

    def _read(self, keywords: list[ast.keyword], place: Place) -> None:
        for keyword in keywords:
            if keyword.arg is None or keyword.arg in _NESTED:
                self._spread(keyword.value, place, nested=keyword.arg is not None)

    def _starred(self, node: ast.expr, place: Place) -> list[tuple[ast.expr, Place]]:
        """Return what a positional argument gives: the items of ``*ITEMS`` where they are one list of the file."""
        if isinstance(node, ast.Starred):
            values = self.ev.values(node.value, place)
            inner, where = values[0].node, values[0].place
            if len(values) == 1 and isinstance(inner, (ast.List, ast.Tuple)) and where is not None:
                return [(element, where) for element in inner.elts]
        return [(node, place)]

    def _spread(self, node: ast.expr, place: Place, *, nested: bool) -> None:
        """Read ``**options``: a dict of the file; of others it is not known what they give."""
        for value in self.ev.values(node, place):
            if value.kind == "dict" and isinstance(value.node, ast.Dict) and value.place is not None:
                for key, inner in zip(value.node.keys, value.node.values, strict=False):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        self._more.setdefault(key.value, (inner, value.place))
            elif not nested:
                self.dark = True

    def _find(self, wanted: Wanted) -> tuple[ast.expr, Place] | None:
        for want in wanted:
            if isinstance(want, int):
                given = self._positional[: want + 1]
                if len(given) > want and not any(isinstance(a, ast.Starred) for a, _ in given):
                    return given[want]
                continue
            for keyword in self.node.keywords:
                if keyword.arg == want:
                    return keyword.value, self.place
            if want in self._more:
                return self._more[want]
        return None

    def gives(self, wanted: Wanted) -> bool:
        """Return whether the call itself gives one of the wanted arguments, not what was bound ahead of it."""
        found = self._find(wanted)
        return found is not None and id(found[0]) in self._own

    def given(self, wanted: Wanted) -> ast.expr | None:
        """Return the first of the wanted arguments that is given, as written."""
        found = self._find(wanted)
        return found[0] if found else None

    def get(self, wanted: Wanted) -> list[Value] | None:
        """Return what it can be; None when none of them is given."""
        found = self._find(wanted)
        return self.ev.values(*found) if found else None

    def texts(self, wanted: Wanted) -> list[Value]:
        """Return the texts it can be."""
        return [v for v in self.get(wanted) or [] if v.kind == "text"]

    def first(self, wanted: Wanted) -> str:
        """Return the first text it can be that is known; "" for none."""
        return next((v.text for v in self.texts(wanted) if not v.open), "")

    def flag(self, wanted: Wanted) -> str:
        """Return yes, no or unknown for a truth value that is no by default."""
        values = self.get(wanted)
        if values is None:
            return "unknown" if self.dark else "no"
        if any(v.kind == "constant" and v.data for v in values):
            return "yes"
        return "no" if all(v.kind == "constant" for v in values) else "unknown"

    def safe(self, safe: Safe) -> str:
        """Return yes, no or unknown: whether loading runs no code of what is loaded."""
        values = self.get(safe.argument)
        if values is None:
            return "unknown" if self.dark and safe.argument else safe.default
        answers = set()
        for value in values:
            text = str(value.data) if value.kind in {"constant", "text"} else value.text.rpartition(".")[2]
            if value.kind == "unknown" or (value.kind == "class" and not text):
                answers.add("unknown")
            elif text in safe.yes or text in safe.no:
                answers.add("yes" if text in safe.yes else "no")
            else:
                answers.add("yes" if "*" in safe.yes else "no" if "*" in safe.no else "unknown")
        return next(a for a in ("no", "unknown", "yes") if a in answers)

    def revision(self, wanted: Wanted) -> tuple[str, str]:
        """Return the revision as written and whether it pins (yes, no, unknown)."""
        values = self.get(wanted)
        if values is None:
            return "", "unknown" if self.dark else "no"
        texts = [v for v in values if v.kind == "text"]
        if texts and not texts[0].open:
            revisions = [v.text for v in texts]
            loose = next((r for r in revisions if not names.commit_of(r)), "")
            return loose or revisions[0], "no" if loose else "yes"
        return "", "no" if values and all(v.kind == "constant" for v in values) else "unknown"

    def key(self, wanted: Wanted, usual: str) -> dict[str, str]:
        """Return where the key comes from: ``key-env`` a variable, ``secret`` the argument that holds it inline."""
        node = self._find(wanted)
        if node is None:
            return {"key-env": usual} if usual and not self.dark else {}
        values = self.ev.values(*node)
        origin = next((v.origin for v in values if v.origin.startswith("env:")), "")
        if origin:
            return {"key-env": origin[4:]}
        if any(v.kind == "text" and not v.open and v.text.strip() for v in values):
            written = {k.arg for k in self.node.keywords} | set(self._more)
            return {"secret": next((str(w) for w in wanted if w in written), "api_key")}
        return {}
