"""Windows batch text and ``cmd /c`` command lines lowered to facts (cmd.exe's own rules, as far as they matter)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts._call import Call, Session
from depscan.facts.place import UNKNOWN, Place, Val, join_vals
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "batch"
_MAX_LINES = 4000
_MAX_LINE = 200_000
_IDENTITY = frozenset(
    ["USERNAME", "COMPUTERNAME", "USERDOMAIN", "USERDNSDOMAIN", "LOGONSERVER", "PROCESSOR_IDENTIFIER"]
)
_SECRET = re.compile(r"(?i)(?:^|_)(?:TOKEN|SECRET|PASS(?:WORD|WD)?|API_?KEY|KEY|CREDENTIALS?|AUTH)(?:_|$)")
_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_REDIRECT = re.compile(r'(\d?)(>>|>|<)\s*(&\d|"[^"]*"|[^\s&|<>()]+)')
_CONDITION = re.compile(
    r"(?i)if\s+(?:/i\s+)?(?:not\s+)?(?:exist\s+(?:\"[^\"]*\"|\S+)|defined\s+\S+|errorlevel\s+\d+"
    r"|(?:\"[^\"]*\"|[^\s=]+)\s*(?:==|\s(?:equ|neq|lss|leq|gtr|geq)\s)\s*(?:\"[^\"]*\"|\S+))\s*"
)
_FOR = re.compile(r"(?is)for\s+(?:/\w\s+)?(?:\"[^\"]*\"\s+)?%%?(\w)\s+in\s+\((.*?)\)\s+do\s+(.*)")


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every batch file of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_batch(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_batch(  # noqa: PLR0913
    text: str, *, path: str, line: int, when: str, layer: tuple[str, ...], sink: Sink, sources: tuple[int, ...] = (),
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower batch text to facts; see ``depscan.facts.shell.read_shell``.

    Returns:
        Indices of the facts that were added.
    """
    place = Place(sink, path, line, when, layer, (), guards, scope, text_line, container)
    before = len(sink.facts)
    run_batch(text, place if UNKNOWN in text else place._replace(sources=sources), Session(sources))
    return list(range(before, len(sink.facts)))


def run_batch(text: str, place: Place, session: Session) -> Val:
    """Follow batch text and return what it prints, as far as it is known."""
    if place.too_deep():
        return Val(UNKNOWN)
    return _Batch(place, session).run(text)


class _Batch:
    def __init__(self, place: Place, session: Session) -> None:
        self._outer = place
        self._place = place
        self._session = session

    def run(self, text: str) -> Val:
        lines = re.sub(r"\^\r?\n", "", text).splitlines()
        if len(lines) > _MAX_LINES:
            self._place.sink.gap(self._place.path, f"batch text of more than {_MAX_LINES} lines: the rest was not read")
        out = Val()
        for number, line in enumerate(lines[:_MAX_LINES]):
            if not self._outer.layer:
                self._place = self._outer._replace(line=self._outer.line + number)
            self._place = self._place._replace(text=line)
            out = self._line(line[:_MAX_LINE].strip(), Val())
        return out

    def _line(self, line: str, stdin: Val) -> Val:
        self._session.fuel -= 1
        line = line.lstrip("@( \t").strip()
        if not line or self._session.fuel < 0 or re.match(r"(?i)(?:rem\b|::|:\w+\s*$|\)\s*$)", line):
            return Val()
        match = _FOR.match(line)
        if match is not None:
            return self._for(match)
        condition = _CONDITION.match(line)
        if condition is not None:
            return self._line(re.sub(r"(?i)\)\s*else\s*\(?", " & ", line[condition.end() :]), stdin)
        out = Val()
        for command in _split(line, "&"):
            out = stdin
            for stage in _split(command, "|"):
                out = self._command(stage.strip(), out)
        return out

    def _for(self, match: re.Match[str]) -> Val:
        inner = match[2].strip()
        if inner.startswith(("'", "`")):
            value = self._line(inner.strip("'`"), Val())
            values = [value._replace(text=value.text.strip() or UNKNOWN)]
        else:
            values = [Val(word.strip('"')) for word in inner.split()[:12]] or [Val(UNKNOWN)]
        out = Val()
        for value in values:
            self._session.variables["%" + match[1].lower()] = value
            out = self._line(match[3], Val())
        return out

    def _command(self, command: str, stdin: Val) -> Val:
        from depscan.facts._run import run_words

        command = command.strip("@() \t")
        if match := re.match(r'(?is)set\s+(?:/[ap]\s+)?"?([^=\s"]+)=([^"]*)"?', command):
            value = self._expand(match[2])
            self._session.variables[match[1].lower()] = value
            return Val()
        targets: list[tuple[str, str]] = []

        def cut(match: re.Match[str]) -> str:
            targets.append((match[1] + match[2], match[3].strip('"')))
            return " "

        words: list[Val] = []
        for word in _WORD.findall(_REDIRECT.sub(cut, command)):
            words.extend(self._word(word, first=not words))
        if not words:
            return Val()
        out = run_words(tuple(words), self._stdin(targets, stdin), self._place, self._session)
        for operator, target in targets:
            if (
                operator in {">", ">>", "1>", "1>>"}
                and target.lower() not in {"nul", "con"}
                and not target.startswith("&")
            ):
                Call(words[0].text, tuple(words), stdin, self._place, self._session).write(self._expand(target), out)
                out = Val()
        return out

    def _stdin(self, targets: list[tuple[str, str]], stdin: Val) -> Val:
        for operator, target in targets:
            if operator == "<":
                return Call("<", (Val("<"),), stdin, self._place, self._session).read(self._expand(target))
        return stdin

    def _word(self, word: str, *, first: bool) -> list[Val]:
        value = self._expand(word)
        if first and '"' not in word and " " in value.text:  # a variable held a whole command
            return [value._replace(text=piece.strip('"')) for piece in _WORD.findall(value.text)]
        return [value._replace(text=value.text.replace('"', ""))]

    def _expand(self, text: str) -> Val:
        """Return text with ``%name%``, ``%name:~start,count%``, ``!name!``, ``%%i`` filled in and ``^`` removed."""
        parts: list[Val] = []
        last = 0
        for match in re.finditer(r"%([A-Za-z_][^%:=\s]*)(:[^%]*)?%|!([A-Za-z_]\w*)!|%%?(?:~\w*)?([A-Za-z])\b", text):
            parts.append(self._session.lit(text[last : match.start()]))
            parts.append(self._variable(match))
            last = match.end()
        parts.append(self._session.lit(text[last:]))
        whole = join_vals(parts)
        return whole._replace(text=re.sub(r"\^(.)", r"\1", whole.text)[:_MAX_LINE])

    def _variable(self, match: re.Match[str]) -> Val:
        from depscan.facts._fold import fold_expansion

        if match[4]:
            return self._session.variables.get("%" + match[4].lower(), Val(match[0]))
        name = match[1] or match[3]
        held = self._session.variables.get(name.lower())
        if held is None:
            return self._environment(name)
        change = match[2] or ""
        if change.startswith(":~"):
            return fold_expansion(held, ":", Val(change[2:].replace(",", ":")))
        if "=" in change:
            old, _, new = change[1:].partition("=")
            return held._replace(text=held.text.replace(old, new) if old else held.text)
        return held

    def _environment(self, name: str) -> Val:
        if name.upper() in _IDENTITY:
            return Val(UNKNOWN, (self._place.add("host.identify", f"%{name}%", (name.upper(),)),))
        if _SECRET.search(name):
            return Val(UNKNOWN, (self._place.add("env.read", f"%{name}%", (name,)),))
        return Val(
            {"comspec": "cmd", "systemroot": "C:\\Windows", "windir": "C:\\Windows"}.get(name.lower(), f"%{name}%")
        )


def _split(text: str, operator: str) -> list[str]:
    """Split at an operator (``&``, ``|``; doubled too) outside quotes; ``^`` takes its meaning away."""
    found: list[str] = []
    start = at = 0
    quoted = False
    while at < len(text):
        character = text[at]
        if character == '"':
            quoted = not quoted
        elif character == "^" and not quoted:
            at += 1
        elif (
            character == operator
            and not quoted
            and text[at - 1 : at] != ">"
            and not (operator == "|" and text[at + 1 : at + 2] == "|")
        ):
            found.append(text[start:at])
            start = at + 1
        at += 1
    found.append(text[start:])
    return [piece.strip("&|") for piece in found if piece.strip("&| ")]
