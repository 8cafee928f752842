"""Shell command lines that install packages, download models, pull images or run what they fetch.

Shared by every format that holds shell text: notebooks (``!pip install``), Dockerfiles (``RUN``), workflows (``run:``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.code import _fetches, _installs
from depscan.inputs.code._shell import SUBSTITUTED, Command, commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.model.document import Document

_WORDS = re.compile(
    r"\b(?:pip|pip3|uv|uvx|pipx|conda|mamba|micromamba|npm|npx|pnpm|pnpx|yarn|bun|bunx|poetry|pdm|huggingface-cli|hf"
    r"|ollama|docker|podman|git|curl|wget)\b"
)
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*(?:\.exe)?|\{?sys\.executable\}?|\$\{?PYTHON\}?").fullmatch
_KEYWORDS = frozenset({
    "then", "do", "else", "if", "elif", "while", "until", "!", "{", "time", "exec", "command", "nohup", "env", "sudo",
    "eval", "xargs", "nice", "@", "builtin",
})  # fmt: skip
_VALUED_PREFIX = frozenset({"-u", "-g", "-n", "-C"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=").match
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ash", "ksh"})
_DEPTH = 4

_READERS: dict[str, Callable[[Document, str, list[str], int, str], None]] = {
    "pip": _installs.pip, "pip3": _installs.pip, "uv": _installs.uv, "uvx": _installs.launch, "pipx": _installs.pipx,
    "conda": _installs.conda, "mamba": _installs.conda, "micromamba": _installs.conda,
    "poetry": _installs.add, "pdm": _installs.add,
    "npm": _installs.npm, "pnpm": _installs.npm, "yarn": _installs.npm, "bun": _installs.npm,
    "npx": _installs.launch, "bunx": _installs.launch, "pnpx": _installs.launch,
    "huggingface-cli": _fetches.hub, "hf": _fetches.hub, "ollama": _fetches.ollama,
    "docker": _fetches.image, "podman": _fetches.image, "git": _fetches.git,
    "curl": _fetches.url, "wget": _fetches.url,
}  # fmt: skip


def read_command(text: str, document: Document, root: str, line: int, stage: str = "build") -> None:
    """Add what the commands of a shell text install, download and run to ``document``, as nodes, edges and uses.

    Nothing is expanded: what a variable stands for stays unknown. Text that is no shell adds nothing.

    Args:
        text: one or more shell lines; a line may go on behind a backslash.
        document: gets nodes, edges below ``root``, uses and index uses.
        root: node id that asks.
        line: 1-based line of the file on which ``text`` starts; it is the route of what is added.
        stage: the fact ``stage`` of the uses: build (an image, an environment) or run.
    """
    if _WORDS.search(text):
        _read(text, document, root, line, (stage, 0))


def _read(text: str, document: Document, root: str, line: int, how: tuple[str, int]) -> None:
    stage, depth = how
    found = commands(text, line)
    for i, command in enumerate(found):
        words = _bare(command.words)
        if not words:
            continue
        name = words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
        inner = _inner(name, words)
        if inner and depth < _DEPTH:
            _read(inner, document, root, command.line, (stage, depth + 1))
        if _runs_fetched(found, i):
            _fetches.piped(document, root, words, command.line, stage)
            continue
        if _PYTHON(name) and words[1:2] == ["-m"]:
            name, words = words[2] if len(words) > 2 else "", words[2:]  # noqa: PLR2004 - python -m NAME
        reader = _READERS.get(name.lower())
        if reader is not None:
            reader(document, root, [name.lower(), *words[1:]], command.line, stage)


def _bare(words: list[str]) -> list[str]:
    """Return a command without the keywords, settings of variables and ``sudo -E`` before it."""
    rest = list(words)
    wrapped = False
    while rest:
        if rest[0] in _KEYWORDS:
            wrapped = True
        elif wrapped and rest[0] in _VALUED_PREFIX and len(rest) > 1:
            del rest[0]
        elif not (_ASSIGNMENT(rest[0]) or (wrapped and rest[0].startswith("-"))):
            break
        del rest[0]
    return rest


def _inner(name: str, words: list[str]) -> str:
    """Return the shell text that a command hands to a shell: ``bash -c TEXT``, ``eval "$(TEXT)"``."""
    text = ""
    if name in _SHELLS:
        at = next((i for i, w in enumerate(words[1:-1], 1) if re.fullmatch(r"-[a-z]*c", w)), 0)
        text = words[at + 1] if at else ""
    elif words[0].startswith(("$(", "`")):
        text = words[0]
    if text.startswith("$(") and text.endswith(")"):
        return f"{text[2:-1]} | sh"
    return f"{text[1:-1]} | sh" if text.startswith("`") else text


def _runs_fetched(found: list[Command], i: int) -> bool:
    """Return whether what command ``i`` downloads is run by the command behind or before it."""
    words = _bare(found[i].words)
    name = words[0].rpartition("/")[2] if words else ""
    if name not in {"curl", "wget"}:
        return False
    if i and found[i - 1].words[-1] == SUBSTITUTED:
        before = _bare(found[i - 1].words)
        return before[0].rpartition("/")[2] in {*_SHELLS, "source", "."} or bool(_PYTHON(before[0].rpartition("/")[2]))
    for later in found[i + 1 :]:
        if not later.piped:
            return False
        name = (_bare(later.words) or [""])[0].rpartition("/")[2]
        if name in _SHELLS or _PYTHON(name) or name in {"perl", "ruby", "node"}:
            return True
    return False
