"""Settings of agents in YAML: Continue, Goose, LibreChat, Smithery, and whoever else lists ``mcpServers``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.agents._hooks import add_command
from depscan.inputs.agents._servers import Place, Started
from depscan.inputs.agents._settings import add_settings
from depscan.inputs.agents._text_lines import TextLines
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.shape import table
from depscan.text.yaml import load_yaml_documents

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "*.yaml *.yml"
BESIDE = "yes"

_MARKS = re.compile(
    rb"(?m)^[ \t]*[\"']?(?:mcpServers|mcp_servers|startCommand)[\"']?[ \t]*:"
    rb"|^extensions:[\s\S]{0,2000}^[ \t]+cmd:"
).search
_START = re.compile(r"command\s*:\s*[\"']([^\"']+)[\"']\s*,\s*args\s*:\s*\[([^\]]*)\]")


def accepts(source: SourceFile) -> bool:
    """Whether the file lists servers."""
    return _MARKS(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return servers of settings in YAML.

    Raises:
        InputError: not YAML.
    """
    return read(source, [])


def read(source: SourceFile, started: list[Started]) -> Document:
    """Do the same, and collect the commands that are run by themselves, unmasked, for those who follow what they do."""
    document = Document(source.path, "agent-yaml")
    place = Place(document, document.add_root(source.path), TextLines(source.text).line, started)
    for value in load_yaml_documents(source):
        if isinstance(value, dict):
            add_settings(place, value)
            _smithery(place, value.get("startCommand"))
    if not document.uses and not document.problems:
        return Document(source.path, "agent-yaml")
    return document


def _smithery(place: Place, start: object) -> None:
    """Add the command that the function of a smithery.yaml gives (JavaScript as text, which is not run)."""
    code = table(start, "startCommand").get("commandFunction") if isinstance(start, dict) else None
    found = _START.search(code) if isinstance(code, str) else None
    if found:
        words = [found[1], *re.findall(r"[\"']([^\"']*)[\"']", found[2])]
        add_command(place, ("startCommand", "commandFunction"), words, "")


FORMAT = InputFormat("agent-yaml", "Agent settings in YAML", "npm", parse, locate_line, accepts)
