"""What templates may use (rules/loading/template/jinja.toml); marks of a protocol told from a person's words."""

from __future__ import annotations

import os
import re
from functools import lru_cache

import tomli

MARK, WORDS = 1, 2
"""Kinds of text a condition can ask for: marks of a protocol (``</think>``, ``/no_think``, ``user``), or words as a
person writes them (``invoice``)."""

_FILE = os.path.join("rules", "loading", "template", "jinja.toml")
_TOKEN = re.compile(r"<[^<>\n]{0,80}>|\[/?[A-Z_0-9 ]{2,40}\]|\{[^{}\n]{0,80}\}|`[^`\n]{1,80}`")
_WORD = re.compile(r"[^\W\d_]{2,}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ADDRESS = re.compile(
    r"(?i)\b(?:https?|ftp|wss?|file|data)://?[^\s'\"<>)]{2,}|\bwww\.[a-z0-9-]+\.[a-z]{2,}"
    r"|(?<![:\w/])//[a-z0-9-]+(?:\.[a-z0-9-]+)+/|<(?:script|iframe|object|embed)\b[^>\n]*"
)
_HIDE = re.compile(
    r"(?i)\b(?:do\s+not|don'?t|never|without)\s+(?:ever\s+)?(?:mention\w*|reveal\w*|disclos\w+|tell\w*|inform\w*|notify\w*|"
    r"alert\w*|show\w*)\b[^.\n]{0,60}\b(?:user|this|these|instruction|prompt|them|anyone|it)\b"
)
_SEND = re.compile(
    r"(?i)\b(?:send|post|forward|upload|submit|transmit|exfiltrate|report|copy|leak|fetch|download|curl|wget|visit|open|"
    r"load|embed|render|append|include|link|insert|attach|paste|redirect|pip\s+install|npm\s+install)\b[^\n]{0,120}?(?:https?|ftp|wss?)://"
)


_BEACON = re.compile(
    r"(?i)<(?:img|script|iframe|object|embed|link|video|audio|source)\b[^>\n]{0,200}?\b(?:src|href|data)\s*=\s*[\"']?(?:https?:)?//"
    r"|!\[[^\]\n]{0,80}\]\(\s*(?:https?:)?//"
)


@lru_cache(maxsize=1)
def allowed() -> dict[str, frozenset[str]]:
    """Return the sets of names by their key in the data file."""
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    packaged = os.path.join(here, "data", _FILE)
    with open(packaged if os.path.isfile(packaged) else os.path.join(os.path.dirname(here), _FILE), "rb") as stream:
        return {key: frozenset(text.split()) for key, text in tomli.load(stream).items()}


def kind(text: str) -> int:
    """Return what a condition that asks for a text asks for: 0 nothing, ``MARK`` or ``WORDS``.

    A mark holds brackets, a pipe, a backtick, an underscore or the hashes of a heading, or begins with a slash; or it
    is made of words of a protocol; or it holds no word at all.
    """
    bare = text.strip()
    if not bare:
        return 0
    found = [w.casefold() for w in _WORD.findall(bare)]
    if not found and not _CJK.search(bare):
        return MARK
    if re.search(r"[<>\[\]{}|`_\\]|#[ #]", bare) or bare[0] == "/":
        return MARK
    return MARK if found and set(found) <= allowed()["protocol"] else WORDS


def words(text: str) -> int:
    """Return how many words of natural language a text holds, tokens and words of protocols left out."""
    bare = _ADDRESS.sub(" ", _TOKEN.sub(" ", text))
    protocol = allowed()["protocol"]
    return sum(w.casefold() not in protocol for w in _WORD.findall(bare)) + len(_CJK.findall(bare)) // 2


def address(text: str) -> str:
    """Return the first address of the network in a text; "" for none."""
    found = _ADDRESS.search(text)
    return found[0] if found else ""


def beacon(text: str) -> str:
    """Return the first picture or frame of another host in a text, which whoever shows it fetches; "" for none."""
    found = _BEACON.search(text)
    return found[0] if found else ""


def own_words(text: str) -> bool:
    """Return whether a mark holds a word that no protocol has: ``<invoice>``; a command (``/no_think``) is none."""
    found = {w.casefold() for w in _WORD.findall(text)}
    return bool(found - allowed()["protocol"] - {"no", "yes"}) and not text.lstrip("'\" ").startswith("/")


def hides(text: str) -> str:
    """Return the first phrase that tells a model to keep something from the person; "" for none."""
    found = _HIDE.search(text)
    return found[0] if found else ""


def sends(text: str) -> str:
    """Return the first phrase that tells a model to send to, or fetch from, an address; "" for none."""
    found = _SEND.search(text)
    return found[0] if found else ""
