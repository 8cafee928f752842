"""MCP server lists (.mcp.json and friends): agent tools that are fetched and started by name.

``npx -y pkg`` and ``uvx pkg`` download and run a package each time the agent starts: they are requests
like those of a manifest. Servers are never started. Format: https://modelcontextprotocol.io/docs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.agents._json_lines import JsonLines
from depscan.inputs.agents._servers import Place, Started, add_servers
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_jsonc
from depscan.text.shape import table

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = ".mcp.json mcp.json mcp_config.json mcp_settings.json cline_mcp_settings.json claude_desktop_config.json"

_SECTIONS = ("mcpServers", "servers", "mcp_servers")


def parse(source: SourceFile) -> Document:
    """Return the packages, images and services that the listed servers are, and how they are started.

    Raises:
        InputError: not JSON, or not a table with servers.
    """
    return read(source, [])


def read(source: SourceFile, started: list[Started]) -> Document:
    """Do the same, and collect the commands that are run by themselves, unmasked, for those who follow what they do."""
    config = table(load_jsonc(source), "the file")
    section = next((key for key in _SECTIONS if key in config), "")
    if not section and config:
        raise source.error("no 'mcpServers' in it", 1)
    document = Document(source.path, "mcp-json")
    root = document.add_root(source.path)
    place = Place(document, root, JsonLines(source.text).line, started)
    if section:
        held = config[section]
        if isinstance(held, list):  # of rows with a name each
            held = {str(row.get("name") or number): row for number, row in enumerate(held) if isinstance(row, dict)}
        add_servers(place, (section,), table(held, section))
    return document


FORMAT = InputFormat("mcp-json", "MCP server list", "npm", parse, locate_line)
