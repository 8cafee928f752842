"""Command classes of a setup.py: which run when a package is installed, and which only when a developer asks.

Source: setuptools' ``build_meta`` (pip asks it for egg_info or dist_info and bdist_wheel, which run the build and
install_lib commands; older installers run install or develop).
"""

from __future__ import annotations

import ast
import re

from depscan.facts.fact import CALL, INSTALL
from depscan.facts.python.machine import Machine, Module
from depscan.facts.python.values import Alt, Class, Dict, Func, Obj, Value, text_of

AT_INSTALL = frozenset({
    "install", "develop", "egg_info", "dist_info", "build", "build_py", "build_ext", "build_clib", "build_scripts",
    "bdist", "bdist_wheel", "bdist_egg", "editable_wheel", "easy_install", "install_lib", "install_scripts",
    "install_data", "install_headers", "install_egg_info", "sdist", "config",
})  # fmt: skip
"""Commands that an installer or a build front end runs by itself."""
_KNOWN = "every command class is known"
_DYNAMIC = re.compile(
    r"(?:run_command|get_finalized_command|reinitialize_command|get_command_obj)\(\s*(?!['\"][\w-]+['\"]\s*[,)])"
    r"|sys\.argv\s*(?:\[[^\]]*\]\s*)?(?:\+?=[^=]|\.\s*(?:append|insert|extend)\b)|script_args|\[aliases\]"
)
"""What can make any command run without naming it."""


def run_setup(m: Machine, kw: dict[str, Value], node: ast.AST) -> None:
    """Run what ``setup()`` is given: the command classes, each at its time and under the guard ``command:NAME``."""
    held, m.when = m.when, INSTALL if m.when in {INSTALL, "import", CALL} else m.when
    known = (
        m.memo.get(_KNOWN, (True,))[0] and isinstance(given := kw.get("cmdclass", Dict({})), Dict) and not given.open
    )
    m.memo[_KNOWN] = (known and "**" not in kw,)
    for word in ("cmdclass", "distclass"):
        value = kw.get(word)
        if isinstance(value, Dict):
            for key, item in value.items.items():
                name = text_of(key) if isinstance(key, Value) else key
                run_named(m, name if isinstance(name, str) else "", item, node, dynamic="script_args" in kw)
        else:
            run_command(m, value, node)
    m.when = held


def run_named(m: Machine, name: str, value: Value | None, node: ast.AST, *, dynamic: bool = False) -> None:
    """Run a command class under the name it is registered by; "" where that is not known."""
    held = m.when
    if name and not dynamic and held == INSTALL and not starts_alone(name, m.module):
        m.when = CALL
    m.guards.append(f"command:{name[:40]}")
    try:
        run_command(m, value, node)
    finally:
        m.guards.pop()
        m.when = held


def starts_alone(name: str, module: Module) -> bool:
    """Whether an installation may run the command of that name.

    Args:
        name: the key in ``cmdclass``.
        module: the setup script; a name that stands in it more than once may be started by another command.
    """
    if name in AT_INSTALL or module.tree is None:
        return True
    named = sum(isinstance(node, ast.Constant) and node.value == name for node in ast.walk(module.tree))
    return named != 1 or _DYNAMIC.search(module.text) is not None


def run_command(m: Machine, value: Value | None, node: ast.AST) -> None:
    """Run all methods of a command class."""
    from depscan.facts.python.invoke import call_function, call_value, instantiate

    if isinstance(value, Alt):
        for option in value.options[:4]:
            run_command(m, option, node)
    if isinstance(value, Func):
        result = call_value(m, value, [], {}, node)
        if isinstance(result, Class):
            run_command(m, result, node)
    if not isinstance(value, Class):
        return
    made = instantiate(m, value, [], {}, node)
    names: dict[str, Value] = {}
    for base in value.bases:
        if isinstance(base, Class):
            names.update(base.attrs)
    names.update(value.attrs)
    for name in sorted(names, key=lambda n: n == "run"):
        method = names[name]
        if isinstance(method, Func) and name not in {"__init__", "__new__"} and isinstance(made, Obj):
            call_function(m, method.bind(made), [], {}, node)


def run_unnamed(m: Machine, cls: Class) -> None:
    """Run a command class that no ``setup()`` call was seen to take: its base says what it stands for.

    A plain ``Command`` beside a ``setup()`` whose command classes are all known is never run by an installation.
    """
    base = cls.foreign().rpartition(".")[2]
    held = m.when
    if base == "Command" and m.memo.get(_KNOWN, (False,))[0] and not _DYNAMIC.search(m.module.text):
        m.when = CALL
    run_named(m, f"{base.lower()}?", cls, cls.node or ast.Constant(0))
    m.when = held
