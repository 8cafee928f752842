"""Folding of constants in PowerShell by rewriting, and splitting into statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from depscan.facts._fold import from_base64

_MAX_ROUNDS = 40
_Q = r"'((?:[^']|'')*)'"
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"`]|`.|\"\")*\"|@'.*?'@|@\".*?\"@|<#.*?#>|#[^\n]*|[;\n{}()]|.", re.DOTALL)


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield offset and text of each statement: split at ``;``, newlines and braces outside strings and parentheses."""
    start = depth = 0
    held = re.sub(r"`\r?\n", "  ", text)
    for match in _TOKEN.finditer(held):
        token = match[0]
        if token == "(":  # noqa: S105
            depth += 1
        elif token == ")":  # noqa: S105
            depth = max(depth - 1, 0)
        elif (
            (token in {";", "{", "}"} or (token == "\n" and depth == 0))  # noqa: S105
            and not held[  # noqa: RUF100, S105
                start : match.start()
            ]
            .rstrip()
            .endswith("|")
        ):
            piece = held[start : match.start()].strip()
            if piece:
                yield start, piece
            start = match.end()
            depth = 0 if token == ";" else depth  # noqa: S105
    piece = held[start:].strip()
    if piece:
        yield start, piece


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unquote(text: str) -> str:
    return text.replace("''", "'")


def _items(text: str) -> list[str]:
    return [_unquote(item) for item in re.findall(_Q, text)]


def _format(match: re.Match[str]) -> str:
    values = _items(match[2])
    return _quote(
        re.sub(r"\{(\d{1,3})\}", lambda m: values[int(m[1])] if int(m[1]) < len(values) else m[0], _unquote(match[1]))
    )


def _replace(match: re.Match[str]) -> str:
    return _quote(_unquote(match[1]).replace(_unquote(match[2]), _unquote(match[3] or "")))


def _reverse(match: re.Match[str]) -> str:
    return _quote(_unquote(match[1])[::-1])


def _characters(match: re.Match[str]) -> str:
    codes = [int(code, 0) for code in re.findall(r"0x[0-9a-fA-F]{1,5}|\d{1,7}", match[1])]
    return _quote("".join(chr(code) for code in codes if code < 0x110000))  # noqa: PLR2004


_LIST = rf"\(?\s*({_Q}(?:\s*,\s*{_Q})+)\s*\)?"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?i)\[(?:string)\]\s*(?=['(\[])"), lambda _m: ""),
    (re.compile(r"(?i)\[char\]\s*\(?\s*(0x[0-9a-f]{1,5}|\d{1,7})\s*\)?"), _characters),
    (re.compile(r"(?i)\(?\s*\[char\[\]\]\s*\(((?:\s*(?:0x[0-9a-f]+|\d+)\s*,?)+)\)\s*\)?\s*(?:-join\s*(?:''|\"\"))?"), _characters),  # noqa: E501
    (re.compile(r"(?i)-join\s*\(\s*((?:(?:0x[0-9a-f]+|\d+)\s*,\s*)+\d+)\s*\|\s*%?\s*(?:foreach(?:-object)?)?\s*\{\s*\[char\]\s*\$_\s*\}\s*\)"), _characters),  # noqa: E501
    (re.compile(rf"(?<![\w\]'])\(\s*{_Q}\s*\)(?!\s*-f)"), lambda m: f"'{m[1]}'"),
    (re.compile(rf"{_Q}\s*\+\s*{_Q}"), lambda m: f"'{m[1]}{m[2]}'"),
    (re.compile(rf"(?i)\(?\s*{_Q}\s*\)?\s*-f\s*({_Q}(?:\s*,\s*{_Q})*)"), _format),
    (re.compile(rf"(?i){_Q}\s*-[ci]?replace\s*{_Q}\s*(?:,\s*{_Q})?"), _replace),
    (re.compile(rf"(?i){_Q}\s*\.\s*'?Replace'?\s*\(\s*{_Q}\s*,\s*{_Q}\s*\)"), _replace),
    (re.compile(rf"(?i)-join\s*{_LIST}"), lambda m: _quote("".join(_items(m[1])))),
    (re.compile(rf"(?i){_LIST}\s*-join\s*(?:''|\"\")"), lambda m: _quote("".join(_items(m[1])))),
    (re.compile(rf"(?i)\[string\]::join\(\s*'',\s*{_LIST}\s*\)"), lambda m: _quote("".join(_items(m[1])))),
    (re.compile(rf"(?i)\(?\s*{_Q}\s*\[\s*-1\s*\.\.\s*-\(?[^\]]*\]\s*-join\s*(?:''|\"\")\s*\)?"), _reverse),
    (re.compile(rf"(?i){_Q}\s*\.\s*(?:Trim|ToString|Normalize)\(\s*\)"), lambda m: f"'{m[1]}'"),
)  # fmt: skip
_DECODE = re.compile(
    rf"(?i)(?:\[[\w.]*Encoding\]::(\w+)\s*\.\s*GetString\s*\(\s*)?\[(?:System\.)?Convert\]::'?FromBase64String'?\s*\(\s*{_Q}\s*\)\s*(\))?"
)


def fold(statement: str, variables: dict[str, str]) -> tuple[str, list[str]]:
    """Return a statement with constants folded to single-quoted strings, and the texts that were decoded.

    Args:
        statement: PowerShell text.
        variables: known texts by lower-case name.
    """
    text = re.sub(r"`(?=[A-Za-z])(?![nrt0]\b)", "", statement)
    text = re.sub(r"(?<![\w\"'])\"((?:[^\"$`]|\"\")*)\"", lambda m: _quote(m[1].replace('""', '"')), text)
    text = _variables(text, variables)
    layers: list[str] = []

    def decode(match: re.Match[str]) -> str:
        decoded = from_base64(match[2])
        if decoded is None:
            return match[0]
        if match[1] and match[1].lower() == "unicode":
            decoded = decoded.encode("latin-1", "ignore").decode("utf-16-le", "ignore")
        layers.append(decoded)
        return _quote(decoded)

    for _ in range(_MAX_ROUNDS):
        before = text
        for pattern, change in _RULES:
            text = pattern.sub(change, text)
        text = _DECODE.sub(decode, text)
        if text == before or len(text) > 4 * len(statement) + 1_000_000:
            break
    return text, layers


def _variables(text: str, variables: dict[str, str]) -> str:
    if not variables or "$" not in text:
        return text
    head, equals, body = "", "", text
    if match := re.match(r"\s*\$\w+\s*\+?=(?!=)", text):
        head, equals, body = match[0], "", text[match.end() :]

    def inside(match: re.Match[str]) -> str:
        filled = re.sub(r"\$\{?(\w+)\}?", lambda m: variables.get(m[1].lower(), m[0]), match[1])
        return _quote(filled) if "$" not in filled else f'"{filled}"'

    body = re.sub(r"\"((?:[^\"`])*)\"", inside, body)
    body = re.sub(
        r"\$(\w+)\b(?!\s*=[^=])", lambda m: _quote(variables[m[1].lower()]) if m[1].lower() in variables else m[0], body
    )
    return head + equals + body
