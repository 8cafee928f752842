"""The language of a file that runs: by its name, its content and its first line."""

from __future__ import annotations

import re

from depscan.artifacts.identity import suffix
from depscan.artifacts.magic import NATIVE

_BY_SUFFIX = {
    ".py": "python", ".pyw": "python", ".pyx": "cython", ".pyc": "bytecode", ".pyo": "bytecode",
    ".sh": "shell", ".bash": "shell", ".zsh": "shell", ".ksh": "shell", ".command": "shell",
    ".ps1": "powershell", ".psm1": "powershell", ".bat": "batch", ".cmd": "batch", ".vbs": "vbscript",
    ".vbe": "vbscript", ".wsf": "vbscript", ".hta": "vbscript", ".ipynb": "notebook", ".js": "javascript",
    ".mjs": "javascript", ".cjs": "javascript", ".start": "start", ".pth": "pth",
}  # fmt: skip
_BUILD_FILES = {
    "makefile": "make", "gnumakefile": "make", "cmakelists.txt": "cmake", "binding.gyp": "gyp", "meson.build": "meson",
    "build.rs": "cargo", "configure": "shell", "dockerfile": "dockerfile",
}  # fmt: skip
_AGENT_FILES = re.compile(
    r"(?:.*/)?(?:\.vscode/(?:tasks|settings|launch|mcp)\.json|\.claude/settings(?:\.local)?\.json|\.claude\.json"
    r"|\.cursor/(?:mcp|hooks)\.json|\.gemini/settings\.json|\.codex/(?:config\.toml|hooks\.json)|\.mcp\.json"
    r"|\.kiro/(?:settings/mcp\.json|hooks/[^/]+)|\.windsurf/[^/]+\.json|\.zed/(?:tasks|settings)\.json"
    r"|\.continue/[^/]+\.(?:json|yaml)|\.devcontainer\.json|\.devcontainer/(?:[^/]+/)?devcontainer\.json"
    r"|\.idea/runConfigurations/[^/]+\.xml)"
).fullmatch
_SHEBANG = re.compile(rb"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?([A-Za-z]+)")
_INTERPRETERS = {
    b"python": "python", b"pythonw": "python", b"pypy": "python", b"sh": "shell", b"bash": "shell", b"dash": "shell",
    b"zsh": "shell", b"ksh": "shell", b"fish": "shell", b"pwsh": "powershell", b"powershell": "powershell",
    b"node": "javascript", b"nodejs": "javascript", b"deno": "javascript", b"bun": "javascript", b"perl": "perl",
    b"ruby": "ruby", b"php": "php",
}  # fmt: skip
_EXTENSION = re.compile(r".+\.(?:so|pyd|dylib)(?:\.[\d.]+)?", re.IGNORECASE).fullmatch


def by_suffix(path: str) -> str:
    """Return the language that a file name promises; "" for none."""
    return _BY_SUFFIX.get(suffix(path), "")


def by_shebang(head: bytes) -> str:
    """Return the language of a script's first line; ``script`` for an unknown interpreter, "" without a line."""
    if not head.startswith(b"#!"):
        return ""
    found = _SHEBANG.match(head)
    return _INTERPRETERS.get(found[1].lower(), "script") if found else "script"


def build_file(path: str) -> str:
    """Return the language of a build system's file (Makefile, CMakeLists.txt, binding.gyp ...); "" for others."""
    name = path.rpartition("/")[2].lower()
    return _BUILD_FILES.get(name, "") or ("meson" if name == "meson.options" else "")


def is_agent_file(path: str) -> bool:
    """Whether editors or agents act on a file when the folder is opened."""
    return "." in path and (path.startswith(".") or "/." in path) and _AGENT_FILES(path) is not None


def native_role(path: str, kind: str, head: bytes) -> str:
    """Return what a native binary is: ``extension module`` (by its name), ``object file``, ``library``, ``program``."""
    if kind == "static-library" or (kind == "elf" and head[16:18] in {b"\1\0", b"\0\1"}):
        return "object file"
    if _EXTENSION(path.rpartition("/")[2]):
        return "extension module"
    return "library" if suffix(path) == ".dll" else "program"


def is_native(kind: str) -> bool:
    """Whether content of this kind is run by the processor."""
    return kind in NATIVE
