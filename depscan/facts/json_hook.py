"""Settings that editors and agents act on: hooks, tasks, helpers and servers, as the commands they start.

They run on the machine of whoever opens the folder or works with the agent in it, not when a package is installed or
imported: their facts are of the moment ``call``, under the guard ``agent``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from depscan.errors import InputError
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface
    from depscan.inputs.agents._servers import Started
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

LANGUAGE = "json-hook"

_MOST_COMMANDS = 200


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every such file of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_json_hook(text, path=entry.path, when=entry.when, sink=sink, container=member.container)


def read_json_hook(text: str, *, path: str, when: str, sink: Sink, container: tuple[str, ...] = ()) -> list[int]:
    """Lower the commands in a settings file of an agent or editor to facts.

    Args:
        text: the file.
        path: its path in the artifact; it says which product reads the file.
        when: when it runs.
        sink: where the facts go.
        container: archives around it.

    Returns:
        Indices of the facts that were added.
    """
    from depscan.facts.command import read_command
    from depscan.text.source import SourceFile

    if path.endswith(".xml"):
        return []  # run configurations wait until somebody starts them
    before = len(sink.facts)
    lines = text.split("\n")
    commands: list[Started] = []
    try:
        _reader(path)(SourceFile(path, text.encode("utf-8", "surrogateescape")), commands)
    except InputError as error:
        sink.gap(path, f"settings of an agent or editor that cannot be read: {error.message}", error.line)
        return []
    for line, trigger, command in commands[:_MOST_COMMANDS]:
        shown = lines[line - 1][:500] if 0 < line <= len(lines) else ""
        read_command(
            command, path=path, line=line, when=when, layer=(), sink=sink, guards=("agent",), scope=trigger, text=shown,
            container=container,
        )  # fmt: skip
    if len(commands) > _MOST_COMMANDS:
        sink.gap(path, f"more than {_MOST_COMMANDS} commands; the rest was not followed")
    return list(range(before, len(sink.facts)))


def _reader(path: str) -> Callable[[SourceFile, list[Started]], Document]:
    """Return the function that knows the file's format by its name."""
    from depscan.inputs.agents import agent_settings, agent_toml, agent_yaml, devcontainer_json, mcp_json, tasks_json

    name = path.rpartition("/")[2].lower()
    if name.endswith((".yaml", ".yml")):
        return agent_yaml.read
    if name.endswith(".toml"):
        return agent_toml.read
    if name in {"mcp.json", ".mcp.json"}:
        return mcp_json.read
    if name == "tasks.json":
        return tasks_json.read
    if name in {"devcontainer.json", ".devcontainer.json"}:
        return devcontainer_json.read
    return agent_settings.read
