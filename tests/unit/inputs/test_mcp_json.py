"""MCP server lists: launchers of packages are requests, everything else is not."""

from __future__ import annotations

import json

import pytest

from depscan.inputs.agents.mcp_json import parse
from depscan.text.source import SourceFile


def packages(command: str, *args: str) -> list[tuple[str, str, str | None, str]]:
    data = json.dumps({"mcpServers": {"one": {"command": command, "args": list(args)}}}).encode()
    document = parse(SourceFile(".mcp.json", data))
    return [(p.ecosystem, p.name, p.version, p.source) for p in document.nodes.values() if p.source != "local"]


@pytest.mark.parametrize(
    ("words", "want"),
    [
        (("npx", "-y", "@a/b@1.2.3", "x"), ("npm", "@a/b", "1.2.3", "registry")),
        (("npx", "a@latest"), ("npm", "a", None, "registry")),
        (("npx", "--package=a@2.0.0", "run-a"), ("npm", "a", "2.0.0", "registry")),
        (("C:\\bin\\npx.cmd", "-y", "a"), ("npm", "a", None, "registry")),
        (("pnpm", "dlx", "a"), ("npm", "a", None, "registry")),
        (("npx", "github:o/r"), ("npm", "github:o/r", None, "git")),
        (("uvx", "Some_Tool@1.0"), ("PyPI", "some-tool", "1.0", "registry")),
        (("uvx", "--python", "3.12", "a[b]==1.0", "--flag"), ("PyPI", "a", "1.0", "registry")),
        (("uv", "tool", "run", "a"), ("PyPI", "a", None, "registry")),
        (("uvx", "--from", "git+https://repo.example/o/a@main", "a"), ("PyPI", "a", None, "git")),
        (("pipx", "run", "a"), ("PyPI", "a", None, "registry")),
    ],
)
def test_a_launcher_asks_for_a_package(words: tuple[str, ...], want: tuple[str, str, str | None, str]) -> None:
    assert packages(*words) == [want]


@pytest.mark.parametrize(
    "words", [("python", "-m", "x"), ("uv", "run", "x"), ("npx",), ("npx", "./x"), ("npm", "start")]
)
def test_other_commands_ask_for_none(words: tuple[str, ...]) -> None:
    assert packages(*words) == []


def test_servers_may_be_rows_with_a_name() -> None:
    data = {"mcp_servers": [{"name": "fs", "command": "npx", "args": ["-y", "tool@1.0.0"]}]}
    [use] = parse(SourceFile("mcp.json", json.dumps(data).encode())).uses
    assert (use.node, use.how) == ("pkg:npm/tool@1.0.0", "mcp_servers.fs")
