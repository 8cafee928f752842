"""MCP server lists (.mcp.json and friends): agent tools that are fetched and started by name.

``npx -y pkg`` and ``uvx pkg`` download and run a package each time the agent starts: they are requests
like those of a manifest. Servers are never started. Format: https://modelcontextprotocol.io/docs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.agents._launch import launches
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_json
from depscan.text.load import load_jsonc
from depscan.text.shape import string, strings, table

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = ".mcp.json mcp.json mcp_config.json claude_desktop_config.json"


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
        words = [string(server.get("command"), "command"), *strings(server.get("args"), "args")]
        at = (section, name, "args")
        for launch in launches([word for word in words if word]):
            if launch.package.source not in {"local", "service"}:
                child = document.add(launch.package, at)
                document.link(root, child, requested=" ".join(words)[:200], at=at)
    return document


FORMAT = InputFormat("mcp-json", "MCP server list", "npm", parse, locate_json)
