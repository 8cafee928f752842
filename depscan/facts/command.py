"""Commands that other code starts: an argument list or a command line, with the interpreters inside it."""

from __future__ import annotations

import re

from depscan.facts._call import Session
from depscan.facts.place import UNKNOWN, Place, Val
from depscan.facts.sink import Sink

_WINDOWS = re.compile(
    r"(?i)%[A-Za-z_]\w*%|^\s*@?(?:start|reg|schtasks|cmd|bitsadmin|certutil|wmic|taskkill|attrib|del|rundll32|icacls|netsh|mshta)(?:\.exe)?\s|[A-Z]:\\"
    r"|^\s*powershell(?:\.exe)?\s|>\s*nul\b"
)


def read_command(  # noqa: PLR0913
    command: str | list[str] | tuple[str, ...], *, path: str, line: int, when: str, layer: tuple[str, ...], sink: Sink,
    sources: tuple[int, ...] = (), guards: tuple[str, ...] = (), scope: str = "", text: str = "", container: tuple[str, ...] = (),  # noqa: E501
) -> list[int]:  # fmt: skip
    """Lower a command that code starts to facts: the start itself, and what the command does (layer ``shell``).

    Args:
        command: a command line (as for ``os.system``) or an argument list (as for ``subprocess.run``); unknown
            parts are ``{?}``.
        path: see ``Fact``; likewise the other arguments.
        line: 1-based line of the starting code.
        when: when it starts.
        layer: decodings around the starting code.
        sink: where the facts go.
        sources: facts whose data is in the command (in its unknown parts, if it has any).
        guards: conditions it stands under.
        scope: function it stands in.
        text: source line of the starting code.
        container: archives around the member.

    Returns:
        Indices of the added facts, the start itself first.
    """
    from depscan.facts.place import MAX_LAYERS

    place = Place(sink, path, line, when, layer, (), guards, scope, text, container)
    before = len(sink.facts)
    if not isinstance(command, str) and len(command) == 1 and " " in command[0].strip():
        command = command[0]  # a list of one whole command line, as for shell=True
    listed = not isinstance(command, str)
    whole = command if isinstance(command, str) else " ".join(command)
    outer = place.add("process.spawn" if listed else "shell.run", _first(whole), (whole,), sources)
    if len(layer) < MAX_LAYERS and whole.strip() and whole != UNKNOWN:
        inner = place.deeper("shell", sources=() if UNKNOWN in whole else sources)._replace(text=whole)
        session = Session(sources)
        try:
            _inside(command, whole, inner, session)
        except RecursionError:
            sink.gap(path, "a command nested too deeply to follow", line)
    return list(dict.fromkeys([outer, *range(before, len(sink.facts))]))


def _first(whole: str) -> str:
    from depscan.facts._reverse import base_name

    words = whole.split(None, 1)
    return base_name(words[0]) if words else ""


def _inside(command: str | list[str] | tuple[str, ...], whole: str, place: Place, session: Session) -> None:
    if isinstance(command, str):
        if _WINDOWS.search(whole):
            from depscan.facts.batch import run_batch

            run_batch(whole, place, session)
            return
        from depscan.facts.shell import run_text

        run_text(whole, place, session)
        return
    from depscan.facts._run import run_words

    session.quiet = True
    run_words(tuple(session.lit(word) for word in command), Val(), place, session)
