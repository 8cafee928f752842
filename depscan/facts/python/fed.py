"""Text fed to a started interpreter (``Popen([python, "-"]).stdin.write(text)``): it is code that runs."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.effects import shown
from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.layers import run_code
from depscan.facts.python.machine import Machine
from depscan.facts.python.values import Ref, Scope, Value

_READS_PYTHON = re.compile(
    r"(?:^|[/\\])pythonw?[\d.]*(?:\.exe)?[\"']?(?:\s+-[a-zA-Z]+)*(?:\s+-)?\s*$|^\{\?\}\s+-$", re.IGNORECASE
)


def _feed(m: Machine, fn: Ref, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope) -> Value | None:
    """Read what is written to the standard input of an interpreter that was given no script."""
    text = pos[0] if pos else kw.get("input")
    command = _command(fn)
    if text is None or not any(_READS_PYTHON.search(line) for line in command):
        return None
    return run_code(m, fn.name, text, node, scope)


def _command(fn: Ref) -> tuple[str, ...]:
    """Return the command line of the process a method belongs to."""
    where: Ref | None = fn.base
    for _ in range(3):
        if where is None:
            return ()
        if where.value is not None:
            return shown([where.value])
        where = where.base
    return ()


for _name in ("subprocess.Popen", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"):
    SPECIAL[f"{_name}.stdin.write"] = SPECIAL[f"{_name}.communicate"] = _feed
