"""Passwords that a user types: at a prompt that does not show them, or in a field that shows stars."""

from __future__ import annotations

import ast

from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import Machine
from depscan.facts.python.values import Const, Ref, Scope, Value

Given = dict[str, Value]
_FIELDS = ("tkinter.Entry", "tkinter.ttk.Entry", "Tkinter.Entry", "customtkinter.CTkEntry", "ttkbootstrap.Entry")
_HIDDEN = "typed unseen"


def _asked(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Return what ``getpass`` returns: a password that only matters where it goes."""
    return Ref(
        "?password", frozenset((m.token(("secret.parameter", m.line_of(node), fn.name, "password")),)), made=True
    )


def _field(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Make a field to type in; one that shows something else than what is typed holds a password."""
    made = Ref(fn.name, value=pos[0] if pos else None, made=True)
    if "show" in kw:
        made.attrs = {_HIDDEN: Const(True)}
    return made


def _typed(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Return the text of a field."""
    if fn.base is None or not (fn.base.attrs and _HIDDEN in fn.base.attrs):
        return None
    return _asked(m, fn, pos, kw, node, scope)


SPECIAL["getpass.getpass"] = SPECIAL["maskpass.askpass"] = SPECIAL["pwinput.pwinput"] = _asked
for _name in _FIELDS:
    SPECIAL[_name] = _field
    SPECIAL[f"{_name}.get"] = _typed
