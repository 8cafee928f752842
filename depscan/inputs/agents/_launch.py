"""Commands that fetch a package and start it: ``npx -y pkg``, ``uvx pkg``, ``pipx run pkg``."""

from __future__ import annotations

import re

from depscan.ecosystems.pypi import normalise
from depscan.model.package import Package

_NODE = {"npx": (), "bunx": (), "pnpx": (), "pnpm": ("dlx",), "yarn": ("dlx",), "npm": ("exec", "x")}
_PYTHON = {"uvx": (), "pipx": ("run",), "uv": ("tool", "run")}
_SPEC_OPTIONS = ("-p", "--package", "--from", "--spec")
_VALUE_OPTIONS = ("--python", "--with", "--index", "--index-url", "--registry", "-c", "--call")
_PIN = re.compile(r"[vV]?\d[\w.+-]*")


def launched(command: str, words: list[str]) -> Package | None:
    """Return the package that a launcher command runs, or None for other commands."""
    node = command in _NODE
    verbs: tuple[str, ...] | None = _NODE.get(command, _PYTHON.get(command))
    if verbs is None:
        return None
    rest = list(words)
    if verbs:
        if not rest or rest.pop(0) not in verbs:
            return None
        if command == "uv" and (not rest or rest.pop(0) != "run"):
            return None
    spec = _spec(rest)
    if not spec or spec.startswith((".", "/", "-")):
        return None
    return _npm(spec) if node else _pypi(spec)


def _spec(words: list[str]) -> str:
    todo = iter(words)
    for word in todo:
        option, equals, value = word.partition("=")
        if option in _SPEC_OPTIONS:
            return value if equals else next(todo, "")
        if option in _VALUE_OPTIONS and not equals:
            next(todo, "")
        elif not word.startswith("-"):
            return word
    return ""


def _npm(spec: str) -> Package:
    name, _, version = spec[1:].partition("@")
    name = spec[:1] + name
    if ":" in spec or (name.count("/") and not name.startswith("@")):
        return Package("npm", name, None, "git", url=spec)
    return Package("npm", name, version if _PIN.fullmatch(version) else None)


def _pypi(spec: str) -> Package:
    if "://" in spec:
        kind = "git" if spec.startswith("git+") else "url"
        return Package("PyPI", normalise(spec.rstrip("/").rpartition("/")[2].partition("@")[0]), None, kind, url=spec)
    name, _, version = spec.replace("==", "@", 1).partition("@")
    return Package("PyPI", normalise(name.partition("[")[0]), version if _PIN.fullmatch(version) else None)
