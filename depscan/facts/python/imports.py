"""Import statements, and which of them lead to modules of the scanned package."""

from __future__ import annotations

import ast
from collections.abc import Callable

from depscan.facts.python.machine import Machine, Module
from depscan.facts.python.names import canon
from depscan.facts.python.values import Mod, Ref, Scope, Value

Load = Callable[[str], Module | None]


def run_import(m: Machine, node: ast.Import, scope: Scope) -> None:
    """Run ``import a.b as c``."""
    for alias in node.names:
        own = m.import_name("import " + alias.name, m.module, node.lineno)
        if alias.asname:
            value: Value = own if own is not None else Ref(alias.name)
        else:
            root = alias.name.partition(".")[0]
            value = (m.import_name("import " + root, m.module, node.lineno) if own is not None else None) or Ref(root)
        _bind(alias.asname or alias.name.partition(".")[0], value, scope)


def run_import_from(m: Machine, node: ast.ImportFrom, scope: Scope) -> None:
    """Run ``from a.b import c``."""
    name = "." * node.level + (node.module or "")
    own = m.import_name("import " + name, m.module, node.lineno)
    for alias in node.names:
        if alias.name == "*":
            _star(m, own, name, scope)
            continue
        value: Value | None = None
        if isinstance(own, Mod):
            value = m.import_name(alias.name, own.module, node.lineno)
            if value is None:
                value = Ref(f"{own.module.name}.{alias.name}")
        else:
            value = Ref(canon(f"{name.lstrip('.')}.{alias.name}" if name.strip(".") else alias.name))
        _bind(alias.asname or alias.name, value, scope)


def _bind(name: str, value: Value, scope: Scope) -> None:
    if scope.far and name in scope.far:
        scope.far[name].names[name] = value
    else:
        scope.names[name] = value


_STARS = {
    "os": "system popen environ getenv listdir remove path getcwd mkdir makedirs startfile walk chmod name execv fork uname",
    "subprocess": "Popen run call check_output check_call PIPE getoutput",
    "socket": "socket AF_INET SOCK_STREAM gethostname gethostbyname create_connection",
    "base64": "b64decode b64encode b32decode b85decode a85decode b16decode urlsafe_b64decode",
    "requests": "get post put Session request",
    "urllib.request": "urlopen Request urlretrieve",
    "threading": "Thread Timer",
    "ctypes": "windll CDLL cdll c_char_p byref",
    "setuptools": "setup find_packages",
    "distutils.core": "setup",
    "zlib": "decompress compress",
    "marshal": "loads dumps load",
    "pickle": "loads dumps load",
    "cryptography.fernet": "Fernet",
    "builtins": "exec eval compile",
    "tkinter": "Tk",
    "pynput.keyboard": "Listener",
    "platform": "system node uname",
    "getpass": "getuser",
    "shutil": "copy copyfile move rmtree",
    "pathlib": "Path",
    "win32file": "CreateFile CreateFileW WriteFile",
    "win32api": "RegSetValueEx RegOpenKeyEx ShellExecute WinExec",
    "ctypes.wintypes": "DWORD",
}
"""What a star import of a foreign module brings: the names that matter."""


def _star(m: Machine, own: Value | None, name: str, scope: Scope) -> None:
    if isinstance(own, Mod):
        for key, value in list(own.module.scope.names.items()):
            if not key.startswith("__"):
                scope.names[key] = value
        return
    for key in _STARS.get(canon(name), "").split():
        scope.names[key] = Ref(canon(f"{name}.{key}"))


def absolute(name: str, module: Module) -> str:
    """Return the dotted name that a perhaps relative one means inside a module."""
    if not name.startswith("."):
        return name
    level = len(name) - len(name.lstrip("."))
    parts = module.name.split(".") if module.name else []
    if not module.is_package:
        parts = parts[:-1]
    parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
    rest = name.lstrip(".")
    return ".".join([*parts, rest] if rest else parts)
