"""Characters that show something else than what stands there, and where they stand in a text.

Direction controls (CVE-2021-42574), tag characters (U+E0000), runs of characters without width, and text pushed out
of sight by blanks. Facts about code and inputs about instructions use the same table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

HIDDEN = re.compile(
    b"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|(?:\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf|\xef\xb8[\x80-\x8f]|\xf3\xa0[\x84-\x87][\x80-\xbf]){4,}|\xf3\xa0[\x80-\x81][\xa0-\xbf\x80-\x9f]"
)
"""In UTF-8: direction controls, tag characters, four or more characters without width."""

FAR = re.compile(rb"[ \t]{150,}(?=[^\s#])")
"""Something after 150 blanks."""

_RUN = re.compile(
    "[\u202a-\u202e\u2066-\u2069]|[\U000e0000-\U000e007f]{2,}|(?:[\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]){4,}"
)
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{1,8}\U000e007f")
_FAR_TEXT = re.compile(r"\S[ \t]{150,}(?=\S)")
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_ORDER = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|these|previous|prior|above|earlier|other|of)\s+){1,5}"
    r"(?:instructions?|prompts?|rules|guidelines|directions)"
    r"|\b(?:do\s+not|don'?t|never|without)\s+(?:ever\s+)?(?:tell|telling|mention|mentioning|inform|informing|reveal|show|notify|alert|ask|asking)\w*\s+"
    r"(?:(?:this|it|that|about|to|the)\s+){0,3}(?:user|developer|human|anyone|them|reviewer)"
    r"|\b(?:ai|llms?|assistants?|agents?|copilot|claude|cursor)(?:\s+\w+){0,2}[:,]?\s+(?:you\s+)?(?:must|should|shall|always|have\s+to)\b"
    r"|\b(?:run|execute|fetch|download|send|post|upload|exfiltrate|install|include|insert|add)\b[^.\n]{0,100}"
    r"(?:https?://|\bcurl\b|\bwget\b|\.env\b|\bsecrets?\b|\bcredentials?\b|\bapi[ _-]?keys?\b|\bssh\b)"
    r"|\b(?:curl|wget)\s[^\n]{0,200}\|\s*(?:ba|z)?sh\b|<\|(?:im_start|system|assistant)\|>|\bsystem\s+prompt\b"
)
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]").fullmatch
_MOST = 50
_LONGEST_COMMENT = 20_000
_SHOWN = 120


class Hidden(NamedTuple):
    """A place with text that people do not see.

    Attributes:
        line: 1-based.
        kind: ``direction control``, ``tag characters``, ``zero-width run``, ``comment with orders``, ``far column``.
        says: what stands there, decoded where it can be, at most 120 characters.
    """

    line: int
    kind: str
    says: str


def hidden_in(text: str) -> list[Hidden]:
    """Return where ``text`` (Markdown or plain) hides something; at most 50 places, one per line and kind.

    The tag characters of flags (England, Scotland, Wales) are none.
    """
    found: dict[tuple[int, str], Hidden] = {}
    for offset, kind, says in _found(text):
        line = text.count("\n", 0, offset) + 1
        found.setdefault((line, kind), Hidden(line, kind, says[:_SHOWN]))
        if len(found) >= _MOST:
            break
    return sorted(found.values())


def _found(text: str) -> Iterator[tuple[int, str, str]]:
    if not text.isascii():
        plain = _FLAG.sub(lambda match: " " * len(match[0]), text)
        for match in _RUN.finditer(plain):
            yield match.start(), *_kind(match[0])
    for match in _FAR_TEXT.finditer(text):
        if "|" not in text[match.end() : match.end() + 1]:  # tables are aligned with blanks
            yield match.start(), "far column", text[match.end() :].partition("\n")[0]
    for match in _COMMENT.finditer(text):
        order = _ORDER.search(match[1][:_LONGEST_COMMENT])
        if order:
            said = " ".join(match[1][max(0, order.start() - 20) : order.end() + _SHOWN].split())
            yield match.start(1) + order.start(), "comment with orders", said


def _kind(run: str) -> tuple[str, str]:
    if run[0] in _BIDI:
        return "direction control", f"U+{ord(run[0]):04X}"
    if "\U000e0000" <= run[0] <= "\U000e007f":
        return "tag characters", "".join(c for c in (chr(ord(c) & 0x7F) for c in run) if c.isprintable())
    return "zero-width run", _selected(run) or f"{len(run)} characters"


def _selected(run: str) -> str:
    """Return the bytes that variation selectors spell (VS1 to VS256), where they are text."""
    low = bytes(ord(c) - 0xFE00 if c <= "\ufe0f" else ord(c) - 0xE00F0 for c in run if _SELECTOR(c))
    text = low.decode("utf-8", "replace")
    return text if text.isprintable() else ""
