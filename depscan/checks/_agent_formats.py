"""The input formats whose files say what agents do."""

AGENT_FORMATS = frozenset([
    "mcp-json", "agent-settings", "agent-toml", "agent-yaml", "mcp-registry-manifest", "editor-tasks", "devcontainer",
    "agent-instructions",
])  # fmt: skip
