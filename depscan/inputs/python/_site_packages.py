"""Where an environment keeps its packages, found by layout alone: no interpreter is started.

Sources: https://docs.python.org/3/library/venv.html (pyvenv.cfg), https://docs.python.org/3/library/site.html
and the install schemes of sysconfig, Debian, conda and pyenv.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from depscan.errors import InputError
from depscan.text.source import read_source

_ENDS = {"site-packages", "dist-packages"}
_LIBRARIES = ("lib", "lib64", os.path.join("local", "lib"))
_VERSION = re.compile(r"3\.\d+").search
_PYTHON = re.compile(r"(?:python|pypy)3?(?:\.\d+)?t?", re.IGNORECASE).fullmatch
_METADATA = (".dist-info", ".egg-info", ".egg-link", ".egg")


def find_site_packages(target: str) -> list[str]:
    """Return the folders of installed packages of an environment, in import order.

    Args:
        target: a python executable (path or name), a virtual environment or other prefix, a site-packages
            folder, a project with a virtual environment in it, or "" for the running interpreter.
    """
    if not target:
        import sys

        return _distinct(p for p in sys.path if os.path.basename(p) in _ENDS)
    if not os.path.exists(target) and not os.path.dirname(target):
        import shutil

        target = shutil.which(target) or target
    if os.path.isdir(target):
        return _of_folder(target)
    return _of_executable(target) if os.path.isfile(target) else []


def _of_folder(folder: str) -> list[str]:
    if os.path.basename(os.path.abspath(folder)) in _ENDS or any(n.endswith(_METADATA) for n in _names(folder)):
        return [folder]
    found = _of_prefix(folder)
    for name in (".venv", "venv", "env"):
        inner = os.path.join(folder, name)
        if not found and os.path.isfile(os.path.join(inner, "pyvenv.cfg")):
            found = _of_prefix(inner)
    return found


def _of_executable(path: str) -> list[str]:
    """Return the folders of ``prefix/bin/python``: as it is named first, then where its links end."""
    for executable in dict.fromkeys((os.path.abspath(path), os.path.realpath(path))):
        folder, name = os.path.split(executable)
        if os.path.basename(folder) == "shims":
            return _of_pyenv(os.path.dirname(folder))
        for prefix in (os.path.dirname(folder), folder):
            is_prefix = os.path.isfile(os.path.join(prefix, "pyvenv.cfg"))
            version = _VERSION(name) or _VERSION(os.path.basename(os.path.realpath(executable)))
            found = _of_prefix(prefix, version[0] if version else "")
            if found and (is_prefix or _PYTHON(name.removesuffix(".exe"))):
                return found
    return []


def _of_pyenv(root: str) -> list[str]:
    """Return the folders of the version that pyenv's ``version`` file names."""
    text = _read(os.path.join(root, "version"))
    names = text.split()
    if not names or names[0] == "system" or "/" in names[0] or names[0].startswith("."):
        return []
    return _of_prefix(os.path.join(root, "versions", names[0]))


def _of_prefix(prefix: str, version: str = "") -> list[str]:
    """Return the folders below a prefix, of one Python version ("3.12") if it is known."""
    settings = _settings(prefix)
    stated = _VERSION(settings.get("version", "") or settings.get("version_info", ""))
    version = stated[0] if stated else version
    found = [os.path.join(prefix, "Lib", "site-packages")]
    for library in _LIBRARIES:
        base = os.path.join(prefix, library)
        for name in sorted(_names(base), key=_natural):
            if _PYTHON(name) and (not version or _digits(name) in {"", version}):
                found.extend(os.path.join(base, name, end) for end in sorted(_ENDS, reverse=True))
    if settings.get("include-system-site-packages", "").lower() == "true" and settings.get("home"):
        home = settings["home"]
        base = os.path.dirname(home) if os.path.basename(home.rstrip("/\\")) in {"bin", "Scripts"} else home
        if os.path.realpath(base) != os.path.realpath(prefix):
            found.extend(_of_prefix(base, version))
    return _distinct(found)


def _digits(name: str) -> str:
    """Return "3.12" of "python3.12t" and "" of "python3"."""
    found = _VERSION(name)
    return found[0] if found else ""


def _natural(name: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d{1,9}", name)]


def _settings(prefix: str) -> dict[str, str]:
    """Return the keys of a pyvenv.cfg; {} when there is none."""
    pairs = (line.partition("=") for line in _read(os.path.join(prefix, "pyvenv.cfg")).split("\n"))
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _read(path: str) -> str:
    if not os.path.isfile(path):
        return ""
    try:
        return read_source(path).text
    except InputError:
        return ""


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _distinct(folders: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for folder in folders:
        if os.path.isdir(folder):
            found.setdefault(os.path.normcase(os.path.realpath(folder)), folder)
    return list(found.values())
