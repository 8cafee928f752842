"""From text to a tree: ``ast.parse`` only, with repairs for Python 2 and for what is broken on purpose."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from depscan.facts.python.salvage import salvage
from depscan.text.memory import unless_nested

MAX_SOURCE = 4 << 20
"""Characters of one module that are parsed."""


class Parsed(NamedTuple):
    """A tree, or why there is none; ``repaired`` when the text had to be changed, ``partial`` when parts were left out."""

    tree: ast.Module | None
    why: str = ""
    repaired: bool = False
    partial: bool = False


def decode_source(data: bytes) -> str:
    """Return the text of a source file: its declared encoding, UTF-8 or Latin-1; NUL bytes are left out."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    match = re.match(rb"(?:[^\n]*\n)?[^\n]*coding[:=][ \t]*([-\w.]+)", data[:200])
    names = ["utf-8", "latin-1"]
    if match and match[1].lower() not in {b"utf-8", b"utf8"} and b"#" in match[0]:
        names.insert(0, match[1].decode())
    for name in names:
        try:
            text = data.decode(name)
        except (LookupError, ValueError):
            continue
        if isinstance(text, str):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    return data.decode("latin-1")


def _try(text: str) -> ast.Module | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        unless_nested(error, text)
        return type(error).__name__


def parse_part(text: str) -> ast.Module | None:
    """Return the tree of a text that was cut out of a larger one; None when it does not parse as it stands."""
    found = _try(text)
    return found if isinstance(found, ast.Module) else None


def parse(text: str) -> Parsed:
    """Return the tree of a Python text; never runs any of it."""
    if len(text) > MAX_SOURCE:
        return Parsed(None, f"longer than {MAX_SOURCE >> 20} MB")
    if "\0" in text:
        text = text.replace("\0", "")
    found = _try(text)
    if isinstance(found, ast.Module):
        return Parsed(found)
    why = found
    if "unicode error" in why:
        text = _whole_escapes(text)
        found = _try(text)
        if isinstance(found, ast.Module):
            return Parsed(found, why, repaired=True)
    for repair in (_python2, _dedented, _python2_dedented):
        changed = repair(text)
        if changed == text:
            continue
        found = _try(changed)
        if isinstance(found, ast.Module):
            return Parsed(found, why, repaired=True)
    return Parsed(salvage(text, _python2), why, repaired=True, partial=True)


_PRINT = re.compile(
    r"^([ \t]*(?:(?:if|else|elif|for|while|try|except|with)\b[^\n]{0,200}?:[ \t]*)?)print(?![\w(=.,)\]])"
    r"(?: *>> *[\w.]+ *,?)?[ \t]*([^\n;#]*?),?[ \t]*(?=$|;|#)",
    re.MULTILINE,
)
_PRINT_LONG = re.compile(
    r"""^([ \t]*)print[ \t]+([rRuUbB]{0,2}(?:\"{3}(?:(?!\"{3}).)*\"{3}|'{3}(?:(?!'{3}).)*'{3}))""", re.M | re.S
)
_PRINT_PAREN = re.compile(r"^([ \t]*)print +(\([^\n]*\)[^\n]+)$", re.MULTILINE)
_EXCEPT = re.compile(r"^([ \t]*except[ \t]+[^\n:,]*?(?:\([^\n)]*\))?)[ \t]*,[ \t]*(\w+)[ \t]*:", re.MULTILINE)
_EXEC = re.compile(
    r"^([ \t]*(?:[^\n#]{0,200}?[:;][ \t]*)?)exec[ \t]+(?![=.(])([^\n;#]+?)(?:[ \t]+in[ \t]+([^\n;#]+))?[ \t]*(?=$|;|#)",
    re.MULTILINE,
)
_RAISE = re.compile(r"^([ \t]*raise[ \t]+[\w.]+)[ \t]*,[ \t]*([^\n]+)$", re.MULTILINE)
_OCTAL = re.compile(r"(?<![\w.])0([0-7]{2,})(?![\w.])")
_LONG = re.compile(r"(?<![\w.])(\d+|0[xX][0-9a-fA-F]+)[lL](?!\w)")
_BACKTICK = re.compile(r"`([^`\n]+)`")
_UR = re.compile(r"(?<!\w)[uU][rR](?=['\"])")


def _python2(text: str) -> str:
    text = text.replace("<>", "!=").expandtabs(8)
    text = _PRINT_LONG.sub(r"\1print(\2)", text)
    text = _PRINT.sub(lambda k: f"{k[1]}print({k[2].strip()})", text)
    text = _PRINT_PAREN.sub(r"\1print((\2))", text)
    text = _EXCEPT.sub(r"\1 as \2:", text)
    text = _EXEC.sub(lambda k: f"{k[1]}exec({k[2].strip()})", text)
    text = _RAISE.sub(r"\1(\2)", text)
    text = _UR.sub("r", text)
    text = _BACKTICK.sub(r"repr(\1)", text)
    return _LONG.sub(r"\1", _OCTAL.sub(r"0o\1", text))


_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:x(?![0-9a-fA-F]{2})[0-9a-fA-F]?|u(?![0-9a-fA-F]{4})|N(?!\{))")


def _whole_escapes(text: str) -> str:
    """Return the text with escapes that are cut short in a literal (no Python reads them) made one character."""
    return _ESCAPE.sub(r"\1?", text)


def _dedented(text: str) -> str:
    import textwrap

    return textwrap.dedent(text.expandtabs(4)).lstrip("\ufeff \n")


def _python2_dedented(text: str) -> str:
    return _python2(_dedented(text))
