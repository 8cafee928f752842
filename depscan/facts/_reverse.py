"""What makes a shell a reverse shell: its input and output are a connection to somewhere else."""

from __future__ import annotations

import re

_SHELLS = frozenset(
    ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "csh", "tcsh", "rbash", "mksh", "cmd", "powershell", "pwsh"]
)
_PIPES = frozenset(["nc", "ncat", "netcat", "telnet", "socat", "openssl", "nc.traditional", "nc.openbsd", "nc64"])
_CODE = re.compile(
    r"(?is)(?:socket|TCPSocket|fsockopen|IO::Socket|net\.connect|TCPClient|net\.Socket|/inet/tcp/).{0,2000}?"
    r"(?:dup2|exec|spawn|/bin/(?:ba|z|da)?sh|popen|system|cmd\.exe|iex|Invoke-Expression|getline)"
)


def base_name(word: str) -> str:
    """Return a program's name without folder and ``.exe``, in lower case."""
    return re.split(r"[/\\]", word.strip("\"'"))[-1].lower().removesuffix(".exe")


def is_shell(word: str) -> bool:
    """Whether the word starts an interactive shell."""
    return base_name(word) in _SHELLS


def pipe_is_reverse_shell(stages: list[tuple[str, ...]]) -> bool:
    """Whether a pipeline joins a bare shell to a network pipe: ``sh -i | nc host port``, ``... | sh | nc ...``."""
    names = [base_name(stage[0]) if stage else "" for stage in stages]
    shells = [
        position
        for position, stage in enumerate(stages)
        if names[position] in _SHELLS
        and not any(word in {"-c", "/c"} or not word.startswith("-") for word in _plain(stage))
    ]
    return any(name in _PIPES for name in names[min(shells) + 1 :]) if shells else False


def _plain(stage: tuple[str, ...]) -> list[str]:
    return [word for word in stage[1:] if not re.fullmatch(r"\d*[<>]&?.*", word)]


def code_is_reverse_shell(code: str) -> bool:
    """Whether a perl, ruby, php, awk or node one-liner opens a socket and starts a shell."""
    return bool(_CODE.search(code))
