"""A command's words to facts: finds the program, looks through wrappers, and asks the table of programs."""

from __future__ import annotations

import re
from collections.abc import Callable

from depscan.facts._call import Call, Session, split_options
from depscan.facts._reverse import base_name
from depscan.facts.place import UNKNOWN, Place, Val

Handler = Callable[[Call], Val]

_SILENT = frozenset(
    [
        ":",
        "true",
        "false",
        "test",
        "[",
        "cd",
        "exit",
        "return",
        "shift",
        "trap",
        "wait",
        "local",
        "umask",
        "pwd",
        "ls",
        "dir",
        "date",
        "mkdir",
        "rmdir",
        "alias",
        "unalias",
        "type",
        "which",
        "pushd",
        "popd",
        "break",
        "continue",
        "getopts",
        "let",
        "readonly",
        "typeset",
        "touch",
        "basename",
        "dirname",
        "realpath",
        "readlink",
        "seq",
        "wc",
        "uniq",
        "diff",
        "cmp",
        "stty",
        "tput",
        "clear",
        "logger",
        "sync",
        "shopt",
        "ulimit",
        "hash",
        "fold",
        "column",
        "true",
        "jobs",
        "bg",
        "fg",
        "disown",
        "expr",
        "yes",
        "rem",
        "title",
        "mode",
        "color",
        "pause",
    ]
)
_WRAPPERS = {
    "sudo": "-u -g -p -C -D -h -R -T -U", "doas": "-u -C", "nohup": "", "setsid": "", "command": "", "builtin": "", "exec": "-a", "time": "-o -f",  # noqa: E501
    "nice": "-n", "ionice": "-c -n -p", "stdbuf": "-i -o -e", "busybox": "", "unbuffer": "", "chronic": "", "proxychains": "-f", "torsocks": "",  # noqa: E501
    "proxychains4": "-f", "eatmydata": "", "caffeinate": "-t -w", "setarch": "", "start": "", "call": "", "winpty": "", "coproc": "", "daemonize": "",  # noqa: E501
    "timeout": "-k -s", "watch": "-n -d", "chroot": "", "unshare": "", "flock": "-w -E", "then": "", "do": "", "else": "", "!": "", "source": "",  # noqa: E501
}  # fmt: skip
_TAKES_ONE = frozenset({"timeout", "chroot", "flock"})
_MAX_WRAPPERS = 12


def _table() -> dict[str, Handler]:
    """Return the handler of each program that is understood."""
    from depscan.facts import _programs_code, _programs_files, _programs_net, _programs_system, _programs_text

    if not _HANDLERS:
        for module in (_programs_net, _programs_code, _programs_system, _programs_text, _programs_files):
            _HANDLERS.update({name: handler for names, handler in module.HANDLERS.items() for name in names.split()})
    return _HANDLERS


_HANDLERS: dict[str, Handler] = {}


def run_words(words: tuple[Val, ...], stdin: Val, place: Place, session: Session) -> Val:
    """Add the facts of one command and return what it prints, as far as it is known."""
    for _ in range(_MAX_WRAPPERS):
        words = _skip_assignments(words, session)
        if not words:
            return Val()
        name = _program(words[0].text)
        if name not in _WRAPPERS or (name == "exec" and len(words) == 1):
            break
        words = _unwrap(name, words)
    if not words:
        return Val()
    name = _program(words[0].text)
    call = Call(name, words, stdin, place, session)
    handler = _table().get(name)
    if handler is not None:
        return handler(call)
    return _unknown(call)


def _program(word: str) -> str:
    name = base_name(word)
    numbered = re.fullmatch(r"(python|pypy|pip|perl|ruby|php|lua|node)[\d.]+w?", name)
    return numbered[1] if numbered else name


def _skip_assignments(words: tuple[Val, ...], session: Session) -> tuple[Val, ...]:
    while words and (match := re.match(r"([A-Za-z_]\w*)=", words[0].text)):
        session.variables[match[1]] = words[0]._replace(text=words[0].text[match.end() :])
        words = words[1:]
    return words


def _unwrap(name: str, words: tuple[Val, ...]) -> tuple[Val, ...]:
    options = _WRAPPERS[name].split()
    flags = ("-", "/") if name == "start" else ("-",)
    at = 1
    while at < len(words) and (words[at].text.startswith(flags) or (name == "start" and not words[at].text)):
        at += 2 if words[at].text in options else 1  # (start's empty word is the title of a window)
    if name == "source":  # a sourced file is started like a script
        return (Val("sh"), *words[at:])
    return words[at + (name in _TAKES_ONE) :]


def _unknown(call: Call) -> Val:
    """A program nobody knows: what was downloaded or written before, network data as a command, or just a process."""
    if call.name in _SILENT:
        return Val()
    program, whole = call.words[0], call.whole
    written = call.session.written(program.text)
    sources = set(whole.sources)
    if written is not None:
        sources.update(written.sources)
        _follow(call, written)
    if program.text == UNKNOWN and program.sources:
        call.place.add("code.eval", "sh", (), program.sources)
    quiet, call.session.quiet = call.session.quiet, False
    if quiet and written is None:
        return Val(UNKNOWN, program.sources)
    if whole.text == UNKNOWN and not sources:
        return Val(UNKNOWN)
    facts = call.place.sink.facts
    linked = any(facts[index].what == "net.connect" for index in sources)
    index = call.place.add(
        "process.spawn", call.name, (whole.text,), tuple(sorted(sources)), ("reverse",) if linked else ()
    )
    return Val(UNKNOWN, (index,) if sources else ())


def _follow(call: Call, written: Val) -> None:
    """Read a script that this text itself wrote and now starts."""
    from depscan.facts.shell import run_text

    if written.known and call.session.fuel > 0:
        run_text(written.text, call.place.deeper(*written.layer, sources=written.sources), call.session)


def run_again(call: Call, words: tuple[Val, ...], stdin: Val | None = None) -> Val:
    """Run other words in the place of a command (``xargs sh``, ``find -exec``)."""
    return run_words(words, call.stdin if stdin is None else stdin, call.place, call.session) if words else Val()


__all__ = ["Handler", "run_again", "run_words", "split_options"]
