"""Text transformations of shell commands and expansions that can be folded without running anything."""

from __future__ import annotations

import re
from collections.abc import Callable

from depscan.facts.place import UNKNOWN, Val

_MAX_BYTES = 4 << 20


def decoded(data: bytes) -> str:
    """Return bytes as text: UTF-8, else one character per byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def from_base64(text: str) -> str | None:
    """Return what ``base64 -d`` prints; None when it is no base64."""
    import binascii

    compact = re.sub(r"[^A-Za-z0-9+/=_-]", "", text).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return decoded(binascii.a2b_base64(compact + "=" * (-len(compact) % 4)))
    except (binascii.Error, ValueError):
        return None


def from_hex(text: str) -> str | None:
    """Return what ``xxd -r -p`` prints; None when it is no hex."""
    try:
        return decoded(bytes.fromhex(re.sub(r"(?i)0x|\\x|[^0-9a-f]", "", text)))
    except ValueError:
        return None


def decompress(text: str) -> str | None:
    """Return what ``gunzip``, ``bunzip2`` or ``unxz`` prints, at most 4 MiB; None when it is not compressed."""
    import bz2
    import lzma
    import zlib

    data = text.encode("latin-1", "ignore")
    makers: tuple[Callable[[], bytes], ...] = (
        lambda: zlib.decompressobj(47).decompress(data, _MAX_BYTES),
        lambda: bz2.BZ2Decompressor().decompress(data, _MAX_BYTES),
        lambda: lzma.LZMADecompressor().decompress(data, _MAX_BYTES),
    )
    for make in makers:
        try:
            return decoded(make())
        except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError):
            continue
    return None


def _character_set(text: str) -> str:
    classes = {
        "upper": "A-Z",
        "lower": "a-z",
        "digit": "0-9",
        "alpha": "A-Za-z",
        "alnum": "A-Za-z0-9",
        "space": " \t\n",
    }
    text = re.sub(r"\[:(\w+):\]", lambda match: classes.get(match[1], ""), text)

    def run(match: re.Match[str]) -> str:
        first, last = ord(match[1]), ord(match[2])
        return "".join(map(chr, range(first, min(last, first + 300) + 1)))

    return re.sub(r"(.)-(.)", run, text, flags=re.DOTALL)


def translate(text: str, arguments: list[str]) -> str:
    """Return what ``tr`` makes of ``text`` (rot13 and the like)."""
    from depscan.facts._shell_words import unescape

    flags = [argument for argument in arguments if argument.startswith("-") and len(argument) > 1]
    sets = [_character_set(unescape(argument)) for argument in arguments if argument not in flags]
    if not sets:
        return text
    if any("d" in flag for flag in flags):
        return "".join(character for character in text if character not in sets[0])
    if len(sets) == 1 or not sets[1]:
        return text
    target = sets[1] + sets[1][-1] * (len(sets[0]) - len(sets[1]))
    return text.translate(dict(zip(map(ord, sets[0]), target, strict=False)))


def substitute(text: str, script: str) -> str | None:
    """Return what ``sed 's/a/b/g'`` makes of ``text``, for patterns that are plain text; None for others."""
    match = re.fullmatch(r"s(.)(.*?)\1(.*?)\1([gI]*)", script, re.DOTALL)
    if match is None or re.search(r"[\\^$.*\[\]+?(){}|]", match[2]):
        return None
    return text.replace(match[2], match[3], -1 if "g" in match[4] else 1)


def print_format(arguments: list[Val]) -> str:
    """Return what ``printf`` prints."""
    from depscan.facts._shell_words import unescape

    pattern = unescape(arguments[0].text) if arguments else ""
    values = [argument.text for argument in arguments[1:]]

    def once(match: re.Match[str]) -> str:
        if match[1] == "%":
            return "%"
        value = values.pop(0) if values else ""
        return unescape(value) if match[1] == "b" else value

    printed = ""
    while True:
        left = len(values)
        printed += re.sub(r"%[-0-9.]*([%a-zA-Z])", once, pattern)
        if not values or len(values) == left:
            return printed


def fold_expansion(value: Val, operator: str, argument: Val) -> Val:
    """Return ``${value operator argument}`` (POSIX XCU 2.6.2 and bash's additions)."""
    text, given = value.text, argument.text
    if operator in {":-", "-", ":=", "="}:
        return argument if not text or (text == UNKNOWN and not value.sources and argument.known) else value
    if operator in {":+", "+"}:
        return argument
    if operator == "#":
        return _strip(value, given) if given else Val(str(len(text)))
    if UNKNOWN in text:
        return value
    if operator == ":":
        return value._replace(text=_slice(text, given))
    if operator in {"%", "%%", "##"}:
        return _strip(value, given, operator)
    if operator in {"/", "//"}:
        old, _, new = given.partition("/")
        return value._replace(text=text.replace(old, new, -1 if operator == "//" else 1) if old else text)
    changes: dict[str, Callable[[str], str]] = {"^^": str.upper, ",,": str.lower, "^": str.capitalize}
    return value._replace(text=changes[operator](text)) if operator in changes else value


def _strip(value: Val, pattern: str, operator: str = "#") -> Val:
    plain = pattern.strip("*")
    text = value.text
    if operator in {"#", "##"}:
        at = text.find(plain) if operator == "#" else text.rfind(plain)
        kept = text[at + len(plain) :] if at >= 0 and (at == 0 or pattern.startswith("*")) else text
    else:
        at = text.rfind(plain) if operator == "%" else text.find(plain)
        kept = text[:at] if at >= 0 and (pattern.endswith("*") or at + len(plain) == len(text)) else text
    return value._replace(text=kept if plain else text)


def _slice(text: str, given: str) -> str:
    start, _, length = given.partition(":")
    try:
        first = int(start)
        first = max(first + len(text), 0) if first < 0 else first
        count = int(length) if length.strip() else len(text)
    except ValueError:
        return UNKNOWN
    return text[first : first + count] if count >= 0 else text[first:count]
