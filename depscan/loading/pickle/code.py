"""Code objects inside pickles (dill, cloudpickle, ``types.CodeType``): what their names and constants say they use."""

from __future__ import annotations

from typing import NamedTuple

from depscan.loading.pickle.explain import clean
from depscan.loading.pickle.values import Call, Dict, Global, Value
from depscan.loading.steps import FOREIGN, HOSTILE

_MAKERS = frozenset({
    "types.CodeType", "types.FunctionType", "types.LambdaType", "new.code", "new.function",
    "dill._dill._create_code", "dill._dill._create_function", "dill.dill._create_code", "dill.dill._create_function",
    "cloudpickle.cloudpickle._make_function", "cloudpickle.cloudpickle._make_skel_func",
    "cloudpickle.cloudpickle._function_setstate", "cloudpickle.cloudpickle._fill_function",
    "joblib.externals.cloudpickle.cloudpickle._make_function",
    "joblib.externals.cloudpickle.cloudpickle._make_skel_func",
})  # fmt: skip
SHIPPED = ("cloudpickle.", "dill.", "joblib.externals.cloudpickle.")
"""Modules that make classes and functions from what the file ships."""

_HELPERS = frozenset({
    "_builtin_type", "_make_skeleton_class", "_make_skeleton_enum", "_class_setstate", "_make_empty_cell", "_make_cell",
    "_make_typevar", "_load_type", "_create_type", "_create_cell",
})  # fmt: skip

_BUILTIN_TYPE = "cloudpickle.cloudpickle._builtin_type"
_LOADED_TYPES = frozenset({"dill._dill._load_type", "dill.dill._load_type"})

_SHELL = frozenset({
    "system", "popen", "subprocess", "Popen", "check_output", "check_call", "execv", "execve", "execvp", "posix_spawn",
    "spawnl", "spawnv", "pty", "fork_exec", "startfile",
})  # fmt: skip
_NET = frozenset({
    "socket", "urllib", "urllib2", "urlopen", "urlretrieve", "requests", "httpx", "http.client", "ftplib", "smtplib",
    "create_connection", "aiohttp",
})  # fmt: skip
_EVAL = frozenset({"eval", "exec", "__import__", "import_module", "marshal", "runpy", "execfile", "compile", "pickle",
                   "ctypes", "CDLL"})  # fmt: skip
_FILE = frozenset({"open", "unlink", "rmtree", "write_text", "write_bytes", "remove", "chmod"})
_GROUPS = ((_SHELL, "shell.run"), (_EVAL, "code.eval"), (_NET, "net.connect"), (_FILE, "file.write"))
_WEAK = frozenset({"remove", "compile", "open"})
"""Names that harmless code uses as well (``list.remove``, ``re.compile``); alone they make no code hostile."""

_LOOK = 5_000


class Found(NamedTuple):
    """What a code object uses."""

    verdict: str
    why: str
    values: tuple[str, ...]
    does: str

    def text(self, callee: str) -> str:
        """Return the step's text."""
        return f"{callee or 'code'}(<code that uses {', '.join(self.values[:20]) or 'no names'}>)"


def makes_code(fn: Global) -> bool:
    """Return whether a name makes functions or code objects from bytecode."""
    return fn.dotted in _MAKERS


def is_helper(fn: Global) -> bool:
    """Return whether a name makes parts of what the file ships and runs nothing itself (classes, cells, types)."""
    return fn.name in _HELPERS and fn.module.endswith(("cloudpickle.cloudpickle", "dill._dill", "dill.dill"))


def is_code_type(call: Call) -> bool:
    """Return whether a call returned the type of code objects or functions."""
    if not isinstance(call.args, tuple) or not call.args:
        return False
    if call.callee.endswith(_BUILTIN_TYPE) or call.callee in _LOADED_TYPES:
        return call.args[0] in {"CodeType", "FunctionType", "LambdaType"} if isinstance(call.args[0], str) else False
    return False


def read_code(args: tuple[Value, ...]) -> Found:
    """Return what the arguments of a code maker name. Bytecode only refers to names and constants by number."""
    names: list[str] = []
    todo: list[Value] = list(reversed(args))
    seen: set[int] = set()
    while todo and len(seen) < _LOOK:
        one = todo.pop()
        if isinstance(one, str):
            if one and clean(one) not in names and len(one) <= 200 and len(names) < 200:  # noqa: PLR2004 - enough to show
                names.append(clean(one))
        elif isinstance(one, (tuple, list, Dict)) and id(one) not in seen:
            seen.add(id(one))
            todo.extend(reversed(one))
        elif isinstance(one, Call) and id(one) not in seen:
            seen.add(id(one))
            todo.extend((one.args, one.state))
    words = {part for name in names for part in (name, name.partition(".")[0])}
    does = ""
    for group, word in _GROUPS:
        if words & group - _WEAK:
            does = word
            break
    if does:
        why = "the file ships code that uses processes, the network, files or further code when it is called"
        return Found(HOSTILE, why, tuple(names), does)
    why = "the file ships code: nobody vouches for what it does when it is called"
    return Found(FOREIGN, why, tuple(names), "")
