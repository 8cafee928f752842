"""What builtins look like as text: obfuscators take single letters from it (``oct.__str__()[-3]``)."""

from __future__ import annotations

import builtins
import types

_COPYRIGHT = (
    "Copyright (c) 2001-2023 Python Software Foundation.\nAll Rights Reserved.\n\n"
    "Copyright (c) 2000 BeOpen.com.\nAll Rights Reserved.\n\n"
    "Copyright (c) 1995-2001 Corporation for National Research Initiatives.\nAll Rights Reserved.\n\n"
    "Copyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.\nAll Rights Reserved."
)
_FIXED = {
    "copyright": _COPYRIGHT,
    "exit": "Use exit() or Ctrl-D (i.e. EOF) to exit",
    "quit": "Use quit() or Ctrl-D (i.e. EOF) to exit",
    "license": "Type license() to see the full license text",
    "help": "Type help() for interactive help, or help(object) for help about object.",
}
_PLAIN = (types.BuiltinFunctionType, type)


def text_of_builtin(name: str, kind: str = "__str__") -> str | None:
    """Return ``str()``, ``__name__`` or ``__doc__`` of a builtin function or class; None when it is not known."""
    if kind in {"__str__", "__repr__"} and name in _FIXED:
        return _FIXED[name]
    found = vars(builtins).get(name)
    if not isinstance(found, _PLAIN):
        return None
    if kind in {"__str__", "__repr__"}:
        return f"<class '{name}'>" if isinstance(found, type) else f"<built-in function {name}>"
    if kind in {"__name__", "__qualname__"}:
        return name
    if kind == "__module__":
        return "builtins"
    return found.__doc__ if kind == "__doc__" else None
