"""One command with its arguments, and what is remembered between the commands of a text."""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.facts._shell_tree import Node
from depscan.facts.place import UNKNOWN, Place, Val, join_vals

FUEL = 6000
_AUTOSTART = re.compile(
    r"(?i)/etc/(?:cron|systemd/system|init\.d|rc\.local|profile|ld\.so\.preload|crontab|xdg/autostart|udev/rules|update-motd|sudoers)"
    r"|/var/spool/cron|\.config/(?:autostart|systemd/user|fish/config)|Library/Launch(?:Agents|Daemons)|authorized_keys"
    r"|(?:^|[/~\\])\.(?:bashrc|bash_profile|bash_login|bash_aliases|profile|zshrc|zprofile|zshenv|zlogin|xinitrc|xprofile|vimrc|pythonrc(?:\.py)?)$"
    r"|\\Start Menu\\Programs\\Startup|CurrentVersion\\Run|(?:site|user)customize\.py$|site-packages/[^/]+\.pth$"
    r"|\.git/hooks/|\.vscode/tasks\.json|\.claude/settings|\.cursor/(?:mcp|rules|hooks)|/PowerShell/.*profile\.ps1$"
)


def is_autostart(path: str) -> bool:
    """Whether what is written to ``path`` runs at a later login, boot, shell, interpreter or tool start."""
    return bool(_AUTOSTART.search(path))


class Body(NamedTuple):
    """A shell function: its commands, and the text and place its offsets count from."""

    nodes: tuple[Node, ...]
    text: str
    place: Place


class Session:
    """What one text remembers: variables, functions, files written, open network streams, and fuel left."""

    def __init__(self, unknown: tuple[int, ...] = ()) -> None:
        self.variables: dict[str, Val] = {}
        self.functions: dict[str, Body] = {}
        self.called: set[str] = set()
        self.files: dict[str, Val] = {}
        self.streams: dict[str, Val] = {}
        self.unknown = unknown
        self.fuel = FUEL
        self.quiet = False
        """Whether the process.spawn fact of the next command stands already (an argument list)."""

    def lit(self, text: str) -> Val:
        """Return the value of text as written; its unknown parts come from ``unknown``."""
        return Val(text, self.unknown if UNKNOWN in text else ())

    def written(self, path: str) -> Val | None:
        """Return what was written to ``path`` before, if it was."""
        return self.files.get(path.removeprefix("./")) or self.files.get(path.rsplit("/", 1)[-1]) if path else None


class Call(NamedTuple):
    """A command about to be understood.

    Attributes:
        name: the program without folder, ``.exe`` and in lower case.
        words: the program as written, then its arguments.
        stdin: what is piped in.
        place: where it stands.
        session: what the text remembers.
    """

    name: str
    words: tuple[Val, ...]
    stdin: Val
    place: Place
    session: Session

    @property
    def args(self) -> tuple[Val, ...]:
        """The arguments."""
        return self.words[1:]

    @property
    def whole(self) -> Val:
        """The whole command as one text."""
        return join_vals(list(self.words), " ")

    def add(self, what: str, *values: str, sources: tuple[int, ...] = (), guards: tuple[str, ...] = ()) -> int:
        """Add a fact whose callee is the program."""
        return self.place.add(what, self.name, values, sources, guards)

    def write(self, path: Val, content: Val) -> None:
        """Remember and report that ``content`` goes to a file."""
        if not path.text or path.text.startswith("/dev/"):
            return
        self.session.files[path.text.removeprefix("./")] = content
        self.session.files[path.text.rsplit("/", 1)[-1]] = content
        sources = tuple(sorted({*content.sources, *path.sources}))
        values = (path.text, content.text) if content.known else (path.text,)
        self.add("file.write", *values, sources=sources)
        if is_autostart(path.text):
            self.add("persist", *values, sources=sources)

    def read(self, path: Val) -> Val:
        """Report that a file is read and return its content: what this text wrote there, or unknown."""
        held = self.session.written(path.text)
        if held is not None:
            return held
        if path.text in {"/dev/null", "/dev/stdin", "-", ""}:
            return self.stdin if path.text in {"/dev/stdin", "-"} else Val()
        index = self.add("file.read", path.text, sources=path.sources)
        return Val(UNKNOWN, (*path.sources, index))


class Options(NamedTuple):
    """Arguments taken apart: values by option, and the rest."""

    named: dict[str, list[Val]]
    rest: list[Val]

    def all(self, *names: str) -> list[Val]:
        """Return the values of any of the options, in no special order."""
        return [value for name in names for value in self.named.get(name, ())]

    def has(self, *names: str) -> bool:
        """Whether any of the options is given."""
        return any(name in self.named for name in names)


def split_options(args: tuple[Val, ...], valued: str) -> Options:
    """Take arguments apart the getopt way.

    Args:
        args: the arguments.
        valued: options that take a value, separated by blanks (``-o --output``).
    """
    takes = frozenset(valued.split())
    named: dict[str, list[Val]] = {}
    rest: list[Val] = []
    queue = list(reversed(args))
    while queue:
        arg = queue.pop()
        text = arg.text
        if text == "--":
            rest.extend(reversed(queue))
            break
        if text.startswith("--"):
            name, equals, value = text.partition("=")
            if not equals and name in takes and queue:
                named.setdefault(name, []).append(queue.pop())
            else:
                named.setdefault(name, []).append(arg._replace(text=value))
        elif text.startswith("-") and len(text) > 1:
            _short(arg, takes, named, queue)
        else:
            rest.append(arg)
    return Options(named, rest)


def _short(arg: Val, takes: frozenset[str], named: dict[str, list[Val]], queue: list[Val]) -> None:
    """Take ``-sSLo file`` or ``-ofile`` apart; a one-dash word in ``takes`` (``-enc``) stands for itself."""
    text = arg.text
    if text in takes:
        named.setdefault(text, []).append(queue.pop() if queue else Val())
        return
    for position in range(1, len(text)):
        name = "-" + text[position]
        if name in takes:
            value = arg._replace(text=text[position + 1 :]) if position + 1 < len(text) else None
            named.setdefault(name, []).append(value or (queue.pop() if queue else Val()))
            return
        named.setdefault(name, []).append(Val())
