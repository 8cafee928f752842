"""Attacker's text made harmless for the place it is shown in.

Names, paths and lines of scanned files come from whoever wrote them. Every report passes them through
the function for its medium; all of them first make invisible characters visible, because a hidden
direction override or a terminal sequence is an attack on the reader whatever the medium is.
"""

from __future__ import annotations

import re
from functools import cache

_HIDDEN = (
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001345f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U000e0000-\U0010ffff]"
)
"""Controls, format characters (direction, zero width, tags), invisible letters, surrogates, private use.

Explicit ranges and not ``str.isprintable``: the answer must not change with Python's Unicode version.
"""


@cache
def _hidden() -> re.Pattern[str]:
    """Return the compiled class; made on first need, as plain ASCII never asks for it."""
    return re.compile(_HIDDEN)


def _show(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 1 << 8 else f"\\u{{{code:x}}}"


def visible(text: str, limit: int = 0) -> str:
    r"""Return ``text`` with every invisible or controlling character written as ``\xNN`` or ``\u{N}``.

    Args:
        text: anything, lone surrogates included.
        limit: characters of ``text`` kept, the rest becomes "..."; 0 keeps all.
    """
    if limit and len(text) > limit:
        text = text[:limit] + "..."
    if text.isascii() and text.isprintable():
        return text
    return _hidden().sub(_show, text)


def terminal(text: str, limit: int = 500) -> str:
    """Return one line that is safe to print: no control, no escape sequence, no direction override.

    Args:
        text: anything.
        limit: characters of ``text`` kept; 0 keeps all.
    """
    return visible(text, limit)


def html(text: str, limit: int = 0) -> str:
    """Return ``text`` for HTML content and quoted attributes."""
    text = visible(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#x27;")


def xml(text: str, limit: int = 0) -> str:
    """Return ``text`` for XML 1.0 content and attributes (https://www.w3.org/TR/xml/#charsets).

    XML 1.0 cannot hold most control characters even as references: they are written visibly.
    """
    return html(text, limit)


_MARKDOWN = r"[\\`*_\[\]|~$]|\A[ ]*[-+=#:]|(?<=\A\d)[.)]|(?<=\A\d\d)[.)]|(?<=\A\d\d\d)[.)]"
"""What starts something anywhere, and what starts a heading, list or rule as the first character."""

_LIVE = r"@|://|(?i:www)(?=\.)|#(?=\d)|(?i:\bgh)(?=-\d)"
_BREAK = "<!-- -->"
"""An empty comment: it shows nothing and keeps a mention, issue number or bare link from coming alive."""


def _deaden(match: re.Match[str]) -> str:
    found = match[0]
    return f":{_BREAK}//" if found == "://" else found + _BREAK


def markdown(text: str, limit: int = 0) -> str:
    """Return ``text`` for GitHub flavoured Markdown: a table cell, a list item or running text.

    HTML, emphasis, code, links, images, pipes and formulas lose their meaning by the specification's
    escapes (https://github.github.com/gfm/#backslash-escapes). Mentions, bare links and issue numbers
    are found by the host in the *rendered* text, where escapes are gone: a comment splits them.
    """
    text = visible(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(_LIVE, _deaden, re.sub(_MARKDOWN, lambda m: f"{m[0][:-1]}\\{m[0][-1]}", text))


def markdown_html(text: str, limit: int = 0) -> str:
    """Return ``text`` for an HTML block inside Markdown, where only HTML's escapes count; see ``markdown``."""
    return re.sub(_LIVE, _deaden, html(text, limit))


def workflow_data(text: str, limit: int = 0) -> str:
    """Return ``text`` for the message of a workflow command, which ends at a line end.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    if limit and len(text) > limit:
        text = text[:limit] + "..."
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(text)


def workflow_property(text: str, limit: int = 0) -> str:
    """Return ``text`` for a property (file, title) of a workflow command: ``:`` and ``,`` end those too."""
    return workflow_data(text, limit).replace(":", "%3A").replace(",", "%2C")
