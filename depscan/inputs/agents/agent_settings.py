"""Settings of agents and editors in JSON: servers, hooks, permissions and variables.

Claude Code (.claude/settings.json, .claude.json, hooks/hooks.json), Cursor (.cursor/hooks.json), VS Code and Zed
(settings.json), Gemini (.gemini/settings.json), opencode (opencode.json), Continue (config.json), workspaces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.agents._hooks import add_tasks
from depscan.inputs.agents._json_lines import JsonLines
from depscan.inputs.agents._servers import Place, Started
from depscan.inputs.agents._settings import add_settings
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_jsonc
from depscan.text.shape import table

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "settings.json settings.local.json .claude.json hooks.json config.json opencode.json opencode.jsonc *.code-workspace gemini-extension.json plugin.json"  # noqa: E501
BESIDE = "yes"

_MARKS = re.compile(
    rb'"(?:mcpServers|mcp_servers|context_servers|modelContextProtocolServers|enableAllProjectMcpServers'
    rb"|runOn|apiKeyHelper|statusLine|[A-Za-z_.-]*[aA]utoApprove|PreToolUse|PostToolUse|SessionStart|UserPromptSubmit"
    rb"|before[A-Z]\w+|after[A-Z]\w+|[A-Z_]+_BASE_URL|defaultMode|autoAccept|always_allow_tool_actions|yoloMode"
    rb'|security\.workspace\.trust\.enabled|task\.allowAutomaticTasks)"\s*:'
    rb'|"(?:permissions?|hooks|mcp)"\s*:\s*[{"](?=[^}]{0,4000}"(?:allow|command|url|bash|servers)")'
).search


def accepts(source: SourceFile) -> bool:
    """Whether the file speaks of servers, hooks or permissions: many other programs have a settings.json."""
    return source.name.startswith("opencode.json") or _MARKS(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return servers, hooks, approvals and variables of settings.

    Raises:
        InputError: not JSON, or not a table.
    """
    return read(source, [])


def read(source: SourceFile, started: list[Started]) -> Document:
    """Do the same, and collect the commands that are run by themselves, unmasked, for those who follow what they do."""
    config = table(load_jsonc(source), "the file")
    document = Document(source.path, "agent-settings")
    place = Place(document, document.add_root(source.path), JsonLines(source.text).line, started)
    if source.name.endswith(".code-workspace"):
        inner = table(config.get("settings"), "settings")
        add_settings(place._replace(line=lambda route: place.line(("settings", *route))), inner)
        tasks = config.get("tasks")
        add_tasks(place, ("tasks", "tasks"), tasks.get("tasks") if isinstance(tasks, dict) else None)
    else:
        add_settings(place, config)
    if not document.uses and not document.edges and not document.problems:
        document.nodes.clear()
        document.at.clear()
        document.root = ""
    return document


FORMAT = InputFormat("agent-settings", "Agent or editor settings", "npm", parse, locate_line, accepts)
