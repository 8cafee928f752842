"""Settings that let an agent act without asking: one row per key and value, by the products' own documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_SWITCHES: tuple[tuple[str, object, str], ...] = (
    ("permissions.defaultMode", "bypassPermissions", "*"),  # Claude Code
    ("enableAllProjectMcpServers", True, "*"),
    ("skipDangerousModePermissionPrompt", True, "*"),
    ("chat.tools.autoApprove", True, "*"),  # VS Code
    ("chat.tools.global.autoApprove", True, "*"),
    ("chat.agent.autoApprove", True, "*"),
    ("security.workspace.trust.enabled", False, "*"),
    ("task.allowAutomaticTasks", "on", "*"),
    ("approval_policy", "never", "*"),  # Codex
    ("sandbox_mode", "danger-full-access", "*"),
    ("autoAccept", True, "*"),  # Gemini
    ("tools.autoAccept", True, "*"),
    ("general.defaultApprovalMode", "yolo", "*"),
    ("security.disableYoloMode", False, ""),
    ("agent.always_allow_tool_actions", True, "*"),  # Zed
    ("always_allow_tool_actions", True, "*"),
    ("permission", "allow", "*"),  # opencode
    ("permission.*", "allow", "*"),
    ("permission.bash", "allow", "bash"),
    ("yoloMode", True, "*"),
    ("roo-cline.alwaysAllowExecute", True, "*"),
    ("windsurf.cascadeCommandsExecution", "turbo", "*"),
)
_LISTS = (
    "permissions.allow", "coreTools", "tools.core", "tools.allowed", "allowedTools", "roo-cline.allowedCommands",
    "windsurf.cascadeCommandsAllowList", "kiroAgent.trustedCommands", "amp.commands.allowlist",
)  # fmt: skip
_TABLES = ("chat.tools.terminal.autoApprove", "permission.bash")
Route = tuple[str | int, ...]


def approvals(config: dict[str, Any]) -> Iterator[tuple[Route, str]]:
    """Yield (route, what is approved) for every approval that settings give; ``*`` for everything."""
    for dotted, bad, what in _SWITCHES:
        route, value = _lookup(config, dotted)
        if what and route and type(value) is type(bad) and value == bad:
            yield route, what
    for dotted in _LISTS:
        route, value = _lookup(config, dotted)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, str):
                yield (*route, index), item
    for dotted in _TABLES:
        route, value = _lookup(config, dotted)
        for key, item in value.items() if isinstance(value, dict) else ():
            if item is True or item == "allow":
                yield (*route, key), key


def _lookup(config: dict[str, Any], dotted: str) -> tuple[Route, object]:
    """Return the route and value of a key that stands with its dots (VS Code) or as tables in tables."""
    if dotted in config:
        return (dotted,), config[dotted]
    value: object = config
    route = tuple(dotted.split("."))
    for part in route:
        if not isinstance(value, dict) or part not in value:
            return (), None
        value = value[part]
    return route, value
