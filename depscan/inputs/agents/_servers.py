"""Lists of MCP servers, whatever the agent calls their fields: what is started, from where, with which rights.

Fields as documented by Claude, Cursor, VS Code, Windsurf, Cline, Roo, Kiro, Zed, Gemini, Codex, Continue and opencode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from depscan.errors import InputError
from depscan.inputs.agents import _spec
from depscan.inputs.agents._container import CONTAINERS, container_arguments
from depscan.inputs.agents._launch import base, launches, unwrapped
from depscan.inputs.agents._roots import is_wide
from depscan.inputs.agents._spec import Launch
from depscan.model.document import Document
from depscan.text.secrets import has_secret, is_reference, is_secret_name, mask_secrets
from depscan.text.shape import array, string, table

_URLS = ("url", "serverUrl", "httpUrl", "uri", "endpoint")
_HEADERS = ("headers", "http_headers", "env", "environment", "envs")
_APPROVALS = ("alwaysAllow", "autoApprove", "autoApproved", "auto_approve", "alwaysAllowTools")
_COMMAND_LENGTH = 300
Line = Callable[[tuple[str | int, ...]], int]


class Started(NamedTuple):
    """A command that an agent or editor runs: 1-based line, what makes it run, and the command as it is written.

    It is not masked: it is for those who follow what the command does.
    """

    line: int
    trigger: str
    command: str | list[str]


class Place(NamedTuple):
    """Where settings stand: the document, the node of its file, how routes become lines, and what is started."""

    document: Document
    root: str
    line: Line
    started: list[Started]


def add_servers(place: Place, route: tuple[str | int, ...], value: object) -> None:
    """Add nodes, edges and uses of a list of servers (a table by name, or an array of tables with names).

    A server that is not understood becomes a problem of the document; the others are read.
    """
    for key, name, server in _named(place, route, value):
        at = (*route, key)
        try:
            _Server(place, at, f"{'.'.join(str(p) for p in route)}.{name}", table(server, f"server {name}")).add()
        except InputError as error:
            place.document.problem(error.message, place.line(at))


def _named(place: Place, route: tuple[str | int, ...], value: object) -> Iterator[tuple[str | int, str, object]]:
    if isinstance(value, dict):
        for name, server in value.items():
            yield name, str(name), server
    elif isinstance(value, list):
        for index, server in enumerate(value):
            name = server.get("name") if isinstance(server, dict) else None
            yield index, name if isinstance(name, str) else str(index), server
    elif value is not None:
        place.document.problem(f"{route[-1]} should be a table of servers", place.line(route))


class _Server:
    """One server while it is read."""

    def __init__(self, place: Place, at: tuple[str | int, ...], how: str, server: dict[str, Any]) -> None:
        self._place = place
        self._at = at
        self._how = how
        self._server = server

    def add(self) -> None:
        words, key = self._words()
        url, url_key = self._url()
        found = list(launches(words))
        remote = _spec.service(url, "url") if url else None
        if remote:
            found.append(remote)
        if not found:
            return
        if words:
            self._place.started.append(Started(self._line(key), "server", words))
        first = self._nodes(found, words, key, url_key)
        self._secrets(first, words, key)
        if url and has_secret(url):
            self._secret(first, (url_key,), url_key)
        for option, value in self._given(words):
            if is_wide(value):
                self._use(first, (key,), option, permission=f"files:{value[:100]}")
        self._endpoints(words, key, {launch.endpoint for launch in found})
        self._approvals(first)

    def _words(self) -> tuple[list[str], str]:
        """Return the command as words, and the key whose line shows it best."""
        command, arguments = self._server.get("command"), self._server.get("args")
        if isinstance(command, dict):  # Zed's older form
            arguments = command.get("args")
            command = command.get("path")
        elif isinstance(command, list):  # opencode
            arguments = command[1:]
            command = command[0] if command else None
        command = string(command if command is not None else self._server.get("cmd"), "command")
        rest = [
            string(word, "args") if not isinstance(word, (int, float)) else str(word)
            for word in array(arguments, "args")
        ]
        words = [word for word in (*(command.split() if _is_line(command, rest) else [command]), *rest) if word]
        return words, "args" if self._server.get("args") else "command"

    def _url(self) -> tuple[str, str]:
        for key in _URLS:
            if self._server.get(key) is not None:
                return string(self._server[key], key), key
        return "", ""

    def _nodes(self, found: list[Launch], words: list[str], key: str, url_key: str) -> str:
        document, first = self._place.document, ""
        for launch in found:
            near = url_key if launch.runner == "url" else key
            at = self._line(near)
            child = document.add(launch.package, at)
            service = launch.package.ecosystem == "service"
            requested = launch.endpoint or " ".join(words)
            document.link(
                self._place.root, child, "calls" if service else "runs",
                requested=mask_secrets(requested)[:200], at=at,
            )  # fmt: skip
            self._use(
                child, (near,), "", runner=launch.runner, command=" ".join(words), transport=self._transport(launch),
                endpoint=launch.endpoint, revision=launch.revision, pinned=launch.pinned,
            )  # fmt: skip
            first = first or child
        return first

    def _transport(self, launch: Launch) -> str:
        if launch.package.ecosystem != "service":
            return "stdio"
        kind = next((self._server[k] for k in ("type", "transport", "transportType") if k in self._server), "")
        sse = (isinstance(kind, str) and kind.lower() == "sse") or launch.endpoint.rstrip("/").endswith("/sse")
        return "sse" if sse else "http"

    def _secrets(self, node: str, words: list[str], key: str) -> None:
        for section in _HEADERS:
            values = self._server.get(section)
            for name, value in values.items() if isinstance(values, dict) else ():
                if isinstance(value, str) and _inline(str(name), value):
                    self._secret(node, (section, str(name)), str(name))
        for option, value in self._given(words):
            name, equals, rest = value.partition("=")
            if equals and _inline(name, rest):
                self._secret(node, (key,), name)
            elif _inline(option, value):
                self._secret(node, (key,), option or "args")

    def _given(self, words: list[str]) -> Iterator[tuple[str, str]]:
        """Yield the arguments as (option before it, value); ``Name: value`` of a header is split."""
        plain = unwrapped(words)
        if plain and base(plain[0]) in CONTAINERS and "run" in plain:
            options, rest = container_arguments(plain[plain.index("run") + 1 :])
            for name, value in options:
                yield name, value.partition(":")[0] if name in {"-v", "--volume"} else _source(name, value)
            words = rest
        before = ""
        for word in words[1:]:
            if word.startswith("-") and "=" in word:
                name, _, value = word.partition("=")
                yield name, value
            elif not word.startswith("-"):
                header, colon, value = word.partition(":")
                yield (header, value.strip()) if colon and is_secret_name(header) else (before, word)
            before = word if word.startswith("-") else ""
        if self._server.get("env") is None:
            for word in words[: len(words) - len(plain)]:
                name, equals, value = word.partition("=")
                if equals:
                    yield name, value

    def _endpoints(self, words: list[str], key: str, known: set[str]) -> None:
        """Add the services that a tool is told to talk to: ``--server https://...``, ``API_URL`` in its variables."""
        values = self._server.get("env")
        told: list[tuple[str, str, tuple[str, ...]]] = [(option, value, (key,)) for option, value in self._given(words)]
        for name, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, str) and str(name).upper().endswith(("URL", "URI", "ENDPOINT", "HOST", "API_BASE")):
                told.append((f"env.{name}", value, ("env", str(name))))
        for option, value, keys in told:
            remote = _spec.service(value, "argument") if value not in known else None
            if remote is not None:
                line = self._line(*keys)
                child = self._place.document.add(remote.package, line)
                self._place.document.link(
                    self._place.root, child, "calls", requested=mask_secrets(value)[:200], at=line
                )
                self._use(child, keys, option, runner="argument", endpoint=value)

    def _approvals(self, node: str) -> None:
        for key in _APPROVALS:
            value = self._server.get(key)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str):
                    self._use(node, (key,), key, permission=f"approves:{item[:100]}")
                elif item is True:
                    self._use(node, (key,), key, permission="approves:*")
        if self._server.get("trust") is True:
            self._use(node, ("trust",), "trust", permission="approves:*")

    def _secret(self, node: str, keys: tuple[str, ...], name: str) -> None:
        self._use(node, keys, ".".join(keys), secret=name[:100])

    def _use(self, node: str, keys: tuple[str, ...], more: str, *, command: str = "", **facts: str) -> None:
        facts["command"] = mask_secrets(command)[:_COMMAND_LENGTH]
        facts["endpoint"] = mask_secrets(facts.get("endpoint", ""))
        how = f"{self._how}.{more}" if more else self._how
        self._place.document.use(node, how, self._line(*keys), **facts)

    def _line(self, *keys: str) -> int:
        return self._place.line((*self._at, *keys))


def _is_line(command: str, arguments: list[str]) -> bool:
    """Whether a command is a whole command line: it has blanks, no arguments beside it, and is no path with blanks."""
    first = command.split(" ", 1)[0]
    return not arguments and " " in command and "/" not in first and "\\" not in first


def _inline(name: str, value: str) -> bool:
    return has_secret(value) or (is_secret_name(name) and not is_reference(value))


def _source(name: str, value: str) -> str:
    """Return the folder of the machine that ``--mount type=bind,src=/,dst=/x`` shows."""
    if name != "--mount":
        return value
    parts = dict(part.partition("=")[::2] for part in value.split(","))
    return parts.get("source") or parts.get("src") or ""
