"""MCP server lists (.mcp.json and friends): agent tools that are fetched and started by name.

``npx -y pkg`` and ``uvx pkg`` download and run a package each time the agent starts: they are requests
like those of a manifest. Servers are never started. Format: https://modelcontextprotocol.io/docs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.ecosystems.pypi import normalise
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.lines import locate_json
from depscan.text.load import load_jsonc
from depscan.text.shape import string, strings, table

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = ".mcp.json mcp.json mcp_config.json claude_desktop_config.json"

_NODE = {"npx": (), "bunx": (), "pnpx": (), "pnpm": ("dlx",), "yarn": ("dlx",), "npm": ("exec", "x")}
_PYTHON = {"uvx": (), "pipx": ("run",), "uv": ("tool", "run")}
_SPEC_OPTIONS = ("-p", "--package", "--from", "--spec")
_VALUE_OPTIONS = ("--python", "--with", "--index", "--index-url", "--registry", "-c", "--call")
_PIN = re.compile(r"[vV]?\d[\w.+-]*")


def parse(source: SourceFile) -> Document:
    """Return the packages that the listed servers are started from.

    Raises:
        InputError: not JSON, or a value of the wrong type.
    """
    config = table(load_jsonc(source), "the file")
    if "mcpServers" not in config and "servers" not in config and config:
        raise source.error("no 'mcpServers' in it", 1)
    document = Document(source.path, "mcp-json")
    root = document.add_root(source.path)
    section = "mcpServers" if "mcpServers" in config else "servers"
    for name, value in table(config.get(section), section).items():
        server = table(value, f"server {name}")
        command = string(server.get("command"), "command").replace("\\", "/").rpartition("/")[2]
        words = strings(server.get("args"), "args")
        package = _package(command.removesuffix(".cmd").removesuffix(".exe"), words)
        if package is not None:
            at = (section, name, "args")
            child = document.add(package, at)
            document.link(root, child, requested=" ".join([command, *words])[:200], at=at)
    return document


def _package(command: str, words: list[str]) -> Package | None:
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


FORMAT = InputFormat("mcp-json", "MCP server list", "npm", parse, locate_json)
