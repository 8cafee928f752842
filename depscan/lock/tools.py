"""Agent tools in a lock: a row per server or hook that a configuration starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.lock.records import Row

if TYPE_CHECKING:
    from depscan.lock.records import Value
    from depscan.model.document import Document
    from depscan.model.use import Use

_KEYS = frozenset({"mcpServers", "mcp_servers", "servers", "mcp", "context_servers", "hooks", "skills"})
"""First keys under which configurations of agents list what they start."""


def is_tool(document: Document, use: Use) -> bool:
    """Return whether a use is that of an agent's tool: started by a command, or spoken to over a transport."""
    if use.node == document.root:
        return False
    head = use.how.partition(".")[0].partition("[")[0]
    return bool(use.get("transport")) or head in _KEYS


def tool_row(document: Document, use: Use) -> Row:
    """Return the row of one tool."""
    package = document.nodes[use.node]
    version = package.version or use.get("revision")
    fields: dict[str, Value] = {
        "how": use.how,
        "in": document.path,
        "package": f"{package.ecosystem}:{package.name}",
        "pinned": use.get("pinned") or ("yes" if package.version or package.commit or package.hashes else "no"),
    }
    known = {"version": version, "transport": use.get("transport"), "endpoint": use.get("endpoint"),
             "command": use.get("command")}  # fmt: skip
    fields |= {name: value for name, value in known.items() if value}
    return Row("tool", fields, at=(document.path, use.at), subject=use.node)
