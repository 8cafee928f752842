"""Settings of agents in TOML: Codex' config.toml, and ``mcp_servers`` below ``[tool.*]`` of a pyproject.toml.

Format: https://developers.openai.com/codex (config.toml).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.agents._servers import Place, Started
from depscan.inputs.agents._settings import add_settings
from depscan.inputs.agents._text_lines import TextLines
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_toml

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "config.toml pyproject.toml *.config.toml"
BESIDE = "yes"

_MARKS = re.compile(rb"mcp_servers|mcpServers|approval_policy|sandbox_mode\s*=").search


def accepts(source: SourceFile) -> bool:
    """Whether the file lists servers or says what an agent may do."""
    return _MARKS(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return servers, helpers and approvals of settings in TOML.

    Raises:
        InputError: not TOML.
    """
    return read(source, [])


def read(source: SourceFile, started: list[Started]) -> Document:
    """Do the same, and collect the commands that are run by themselves, unmasked, for those who follow what they do."""
    config = load_toml(source)
    document = Document(source.path, "agent-toml")
    place = Place(document, document.add_root(source.path), TextLines(source.text).line, started)
    add_settings(place, config)
    if not document.uses and not document.problems:
        return Document(source.path, "agent-toml")
    return document


FORMAT = InputFormat("agent-toml", "Agent settings in TOML", "npm", parse, locate_line, accepts)
