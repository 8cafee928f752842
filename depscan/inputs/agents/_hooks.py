"""Commands that agents and editors run by themselves: hooks, helpers, status lines, tasks of an opened folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from depscan.inputs.agents._launch import launches, launches_in_text
from depscan.inputs.agents._servers import Place, Started
from depscan.text.secrets import mask_secrets
from depscan.text.shape import tables

HELPERS = (
    "apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper",
    "statusLine.command", "subagentStatusLine.command", "fileSuggestion.command", "notify",
)  # fmt: skip
"""Settings whose value is a command (Claude Code, Codex)."""

_COMMAND_KEYS = ("command", "bash", "powershell", "windows", "linux", "osx")
_SYSTEMS = ("windows", "linux", "osx")
_MOST_DEPTH = 8
_SHOWN = 1000
Route = tuple[str | int, ...]


def add_hooks(place: Place, route: Route, hooks: object) -> None:
    """Add a use per command below ``hooks`` (a table of events, as Claude, Cursor, Gemini, Codex and Copilot have)."""
    for at, command in _commands(route, hooks, 0):
        event = next((str(p) for p in at[len(route) :] if isinstance(p, str)), "")
        add_command(place, at, command, event or "hook")


def add_helpers(place: Place, config: dict[str, Any]) -> None:
    """Add a use per helper command of settings."""
    for dotted in HELPERS:
        value: object = config
        route = tuple(dotted.split("."))
        for part in route:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, (str, list)):
            add_command(place, route, value, route[0])


def add_command(place: Place, at: Route, command: str | list[Any], trigger: str) -> None:
    """Add the use of a command (a line of shell, or an argument list) and edges to what it fetches."""
    words = [word for word in command if isinstance(word, str)] if isinstance(command, list) else []
    text = command if isinstance(command, str) else " ".join(words)
    if not text.strip():
        return
    line = place.line(at)
    how = dotted(at)
    place.started.append(Started(line, trigger, words or text))
    shown = mask_secrets(text)[:_SHOWN]
    place.document.use(place.root, how, line, command=shown, trigger=trigger)
    found = launches(words) if words else launches_in_text(text)
    for launch in found:
        if launch.package.ecosystem == "agent-tool":
            continue
        child = place.document.add(launch.package, line)
        label = "calls" if launch.package.ecosystem == "service" else "runs"
        place.document.link(place.root, child, label, requested=shown[:200], at=line)
        place.document.use(
            child, how, line, command=shown, runner=launch.runner, revision=launch.revision, pinned=launch.pinned,
            endpoint=mask_secrets(launch.endpoint),
        )  # fmt: skip


def add_tasks(place: Place, route: Route, tasks: object) -> None:
    """Add a use per task of VS Code that starts when the folder is opened; the others wait until somebody asks.

    Raises:
        InputError: tasks that are no tables.
    """
    for index, task in enumerate(tables(tasks, "tasks")):
        options = task.get("runOptions")
        if not isinstance(options, dict) or options.get("runOn") != "folderOpen":
            continue
        for system in ("", *_SYSTEMS):
            part = task.get(system) if system else task
            at = (*route, index, system, "command") if system else (*route, index, "command")
            if isinstance(part, dict) and (command := _task_command(part)):
                add_command(place, at, command, "folderOpen")


def _task_command(part: dict[str, Any]) -> str | list[Any]:
    command, arguments = part.get("command"), part.get("args")
    if isinstance(command, dict):
        command = command.get("value")
    if not isinstance(command, str):
        return ""
    words = [w.get("value") if isinstance(w, dict) else w for w in (arguments if isinstance(arguments, list) else [])]
    return [command, *words] if words else command


def dotted(route: Route) -> str:
    """Return a route as people write it: ``hooks.PreToolUse[0].command``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in route)
    return text.removeprefix(".")


def _commands(route: Route, value: object, depth: int) -> Iterator[tuple[Route, str | list[Any]]]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _commands((*route, index), item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            at = (*route, str(key))
            if key in _COMMAND_KEYS and isinstance(item, (str, list)):
                yield at, _with_arguments(item, value.get("args"))
            elif isinstance(item, (dict, list)):
                yield from _commands(at, item, depth + 1)


def _with_arguments(command: str | list[Any], arguments: object) -> str | list[Any]:
    if isinstance(command, str) and isinstance(arguments, list) and arguments:
        return [command, *arguments]
    return command
