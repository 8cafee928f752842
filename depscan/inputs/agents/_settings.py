"""What the settings of an agent or editor say, whatever language they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from depscan.inputs.agents import _spec
from depscan.inputs.agents._approvals import approvals
from depscan.inputs.agents._hooks import add_helpers, add_hooks, dotted
from depscan.inputs.agents._servers import Place, add_servers
from depscan.text.secrets import has_secret, is_reference, is_secret_name, mask_secrets

SERVER_KEYS = frozenset(["mcpServers", "mcp_servers", "context_servers", "modelContextProtocolServers"])
_SURROUNDED = {"mcp": ("servers", "mcpServers"), "extensions": ()}
_MOST_DEPTH = 6
_MOST_CHILDREN = 5000
Route = tuple[str | int, ...]


def add_settings(place: Place, config: dict[str, Any]) -> None:
    """Add servers, hooks, helpers, approvals, variables and remote instructions of settings to a document."""
    for route, servers in _server_lists((), config, 0):
        add_servers(place, route, _flat(servers))
    hooks = config.get("hooks")
    if isinstance(hooks, (dict, list)):
        add_hooks(place, ("hooks",), hooks)
    add_helpers(place, config)
    for at, what in approvals(config):
        place.document.use(place.root, dotted(at), place.line(at), permission=f"approves:{what[:100]}")
    for section in ("env", "environment"):
        _variables(place, section, config.get(section))
    instructions = config.get("instructions")
    for index, item in enumerate(instructions if isinstance(instructions, list) else ()):
        if isinstance(item, str):
            add_remote(place, ("instructions", index), item)


def add_remote(place: Place, at: Route, url: str) -> None:
    """Add a URL whose text becomes instructions."""
    remote = _spec.service(url, "url")
    if remote is not None:
        line = place.line(at)
        child = place.document.add(remote.package, line)
        place.document.link(place.root, child, "loads", requested=mask_secrets(url)[:200], at=line)
        place.document.use(child, dotted(at), line, task="instructions", endpoint=mask_secrets(url))


def _server_lists(route: Route, value: object, depth: int) -> Iterator[tuple[Route, object]]:
    if depth > _MOST_DEPTH or not isinstance(value, dict):
        return
    for key, inner in list(value.items())[:_MOST_CHILDREN]:
        at = (*route, str(key))
        if key in SERVER_KEYS:
            yield at, inner
        elif key in _SURROUNDED and isinstance(inner, dict):
            section = next((name for name in _SURROUNDED[key] if name in inner), "")
            if section:
                yield (*at, section), inner[section]
            elif found := {name: one for name, one in inner.items() if _is_server(one)}:
                yield at, found
            else:
                yield from _server_lists(at, inner, depth + 1)
        elif isinstance(inner, dict):
            yield from _server_lists(at, inner, depth + 1)


def _is_server(value: object) -> bool:
    return isinstance(value, dict) and any(key in value for key in ("command", "cmd", "url", "uri"))


def _flat(servers: object) -> object:
    """Return servers with the fields that Continue keeps in ``transport`` beside the others."""
    if not isinstance(servers, list):
        return servers
    return [
        {**one, **one["transport"]} if isinstance(one, dict) and isinstance(one.get("transport"), dict) else one
        for one in servers
    ]


def _variables(place: Place, section: str, values: object) -> None:
    for name, value in values.items() if isinstance(values, dict) else ():
        if not isinstance(value, str):
            continue
        at = (section, str(name))
        if has_secret(value) or (is_secret_name(str(name)) and not is_reference(value)):
            place.document.use(place.root, dotted(at), place.line(at), secret=str(name)[:100])
        elif str(name).upper().endswith(("BASE_URL", "ENDPOINT", "API_BASE", "API_HOST")):
            remote = _spec.service(value, "url")
            if remote is not None:
                child = place.document.add(remote.package, place.line(at))
                place.document.link(place.root, child, "calls", requested=mask_secrets(value)[:200], at=place.line(at))
                endpoint = mask_secrets(value)
                place.document.use(child, dotted(at), place.line(at), endpoint=endpoint, endpoint_from=f"env:{name}")
