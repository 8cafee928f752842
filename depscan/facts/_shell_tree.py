"""The syntax tree of shell text (POSIX Shell Command Language, with the common bash additions)."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """A piece of a word.

    ``kind`` is lit, var (``text`` = name, ``op`` and ``arg`` = what ``${}`` does with it), cmd (a command
    substitution, ``body``) or proc (a process substitution).
    """

    kind: str
    text: str = ""
    quoted: bool = False
    op: str = ""
    arg: tuple[Part, ...] = ()
    body: tuple[Node, ...] = ()


class Redirect:
    """A redirection; the body of a here-document is filled in when its lines have been read."""

    __slots__ = ("fd", "op", "target")

    def __init__(self, fd: str, op: str, target: tuple[Part, ...] = ()) -> None:
        self.fd = fd
        self.op = op
        self.target = target


class Simple(NamedTuple):
    """Assignments and a command with its words and redirections; ``offset`` into the text."""

    offset: int
    assigns: tuple[tuple[str, tuple[Part, ...]], ...]
    words: tuple[tuple[Part, ...], ...]
    redirects: tuple[Redirect, ...] = ()


class Pipe(NamedTuple):
    """Two or more commands joined by ``|``."""

    stages: tuple[Node, ...]


class Loop(NamedTuple):
    """``for name in words; do body; done``."""

    name: str
    words: tuple[tuple[Part, ...], ...]
    body: tuple[Node, ...]
    redirects: tuple[Redirect, ...] = ()


class Block(NamedTuple):
    """Any other compound command: everything in it is read in order."""

    body: tuple[Node, ...]
    redirects: tuple[Redirect, ...] = ()


class Function(NamedTuple):
    """``name() { body; }``."""

    name: str
    body: tuple[Node, ...]


Node = Simple | Pipe | Loop | Block | Function
Word = tuple[Part, ...]
