"""Tokens of JavaScript and TypeScript text (ECMA-262 chapter 12), tolerant: what does not fit is one character."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+|//[^\n]*|/\*.*?(?:\*/|\Z)|\#![^\n]*|<!--[^\n]*)
    |(?P<name>(?:[A-Za-z_$\u0080-\uffff]|\\u[0-9a-fA-F]{4})(?:[\w$\u0080-\uffff]|\\u[0-9a-fA-F]{4})*|\#\w+)
    |(?P<number>0[xX][0-9a-fA-F_]+n?|0[bB][01]+|0[oO][0-7]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?n?)
    |(?P<string>'(?:[^'\\\n]|\\.|\\\r?\n)*'?|"(?:[^"\\\n]|\\.|\\\r?\n)*"?)
    |(?P<template>`(?:[^`\\]|\\.)*`?)
    |(?P<mark>\.\.\.|=>|\?\.(?!\d)|===|!==|==|!=|\*\*|&&=|\|\|=|\?\?=|&&|\|\||\?\?|<<=|>>>=|>>=|<<|>>>|>>|<=|>=|\+\+|--|[-+*/%&|^]=|.)""",
    re.DOTALL | re.VERBOSE,
)
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield"}
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{1,3})|(\r?\n)|(.))", re.DOTALL
)
MAX_TOKENS = 400_000


class Token(NamedTuple):
    """One token: its kind (name, number, string, template, regex, mark), its text, its offset."""

    kind: str
    text: str
    offset: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text``, at most ``MAX_TOKENS``; comments and blanks are left out."""
    found: list[Token] = []
    at = 0
    while at < len(text) and len(found) < MAX_TOKENS:
        if text[at] == "/" and _starts_regex(found):
            regex = _REGEX.match(text, at)
            if regex is not None:
                found.append(Token("regex", regex[0], at))
                at = regex.end()
                continue
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            at += 1
            continue
        end = match.end()
        if match.lastgroup == "template":
            end = _template_end(text, at)
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup, text[at:end], at))
        at = end
    return found


def _starts_regex(found: list[Token]) -> bool:
    if not found:
        return True
    last = found[-1]
    return (
        last.text in _BEFORE_REGEX if last.kind == "name" else last.kind == "mark" and last.text not in {")", "]", "}"}
    )


def _template_end(text: str, start: int) -> int:
    """Return where a template literal ends; ``${}`` may hold templates of its own."""
    at = start + 1
    depth = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == "`" and depth == 0:
            return at + 1
        elif text.startswith("${", at):
            depth += 1
            at += 1
        elif character == "}" and depth:
            depth -= 1
        at += 1
    return len(text)


def string_text(token: str) -> str:
    """Return what a string literal holds."""
    body = token[1:]
    if body.endswith(token[0]):
        body = body[:-1]
    return unescape(body)


def unescape(body: str) -> str:
    r"""Return text with JavaScript's ``\x41``, ``\u0041``, ``\n`` resolved."""
    if "\\" not in body:
        return body

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            number = int(code, 16)
            return chr(number) if number < 0x110000 else ""  # noqa: PLR2004
        if match[4]:
            return chr(int(match[4], 8) & 0xFF)
        return "" if match[5] else {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": ""}.get(match[6], match[6])

    return _ESCAPE.sub(one, body)


def template_parts(token: str) -> list[tuple[bool, str]]:
    """Return the pieces of a template literal: (is code, text)."""
    body = token[1:-1] if token.endswith("`") and len(token) > 1 else token[1:]
    parts: list[tuple[bool, str]] = []
    at = start = 0
    while (at := body.find("${", at)) >= 0:
        depth, end = 1, at + 2
        while end < len(body) and depth:
            depth += {"{": 1, "}": -1}.get(body[end], 0)
            end += 1
        parts += [(False, unescape(body[start:at])), (True, body[at + 2 : end - 1])]
        at = start = end
    parts.append((False, unescape(body[start:])))
    return parts
