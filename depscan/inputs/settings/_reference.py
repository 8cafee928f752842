"""References to variables in values: the name of the variable and the default, never what the variable holds."""

from __future__ import annotations

import re
from typing import NamedTuple

_FORMS = (
    re.compile(r"\$\{(?:oc\.)?(?:env[:.])?([A-Za-z_]\w*)(?:\s*(?::?[-=]|,)\s*([^{}]*))?\}"),
    re.compile(r"\$([A-Za-z_]\w*)"),
    re.compile(r"os\.environ/([A-Za-z_]\w*)"),
    re.compile(r"\{?env[:.]([A-Za-z_]\w*)\}?"),
    re.compile(r"\{\{\s*(?:env\.|secrets\.|\$env\.|process\.env\.)([A-Za-z_]\w*)\s*\}\}"),
    re.compile(r"os\.(?:environ\[|environ\.get\(|getenv\()[\"']([A-Za-z_]\w*)[\"'](?:,\s*[\"']([^\"']*)[\"'])?[)\]]"),
)
_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,99}").fullmatch
_OPEN = re.compile(r"\$\{|\{\{|\{%|<[A-Za-z]|\$\(|%\(|\$[A-Za-z_]|^[<\[{*?&!|>]").search
_SECRET = re.compile(
    r"(?:sk|pk|rk|gsk|hf|xai|pplx|nvapi|r8|ghp|gho|glpat|key|sess|AIza|AKIA|ya29|eyJ)[-_.]?[\w.-]{16,}"
)


class Text(NamedTuple):
    """A value: what is known of its text, and the variable it comes from ("" when it stands there itself)."""

    text: str
    variable: str = ""


def resolved(value: str) -> Text:
    """Return a value with a reference to a variable replaced by its default; "" where only the run would tell."""
    value = value.strip()
    for form in _FORMS:
        found = form.fullmatch(value)
        if found:
            default = (found.group(2) if form.groups > 1 else "") or ""
            return Text("" if _OPEN(default) else default.strip("\"'"), found[1])
    return Text("" if _OPEN(value) or is_secret(value) else value)


def key_name(value: str) -> str:
    """Return the name of the variable that a value of a key says, "" where the value stands for itself."""
    text = resolved(value)
    return text.variable or (value if _NAME(value) and "_" in value else "")


def is_secret(text: str) -> bool:
    """Return whether a text has the form of a key: such a one is never shown, whatever it stands behind."""
    return _SECRET.fullmatch(text) is not None or (
        len(text) >= 32 and re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_]{32,}", text) is not None  # noqa: PLR2004
        and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text) is None
    )  # fmt: skip


def url_of(value: str) -> Text:
    """Return a URL without user, query and fragment; "" when the value is none."""
    text = resolved(value)
    found = re.fullmatch(r"((?:https?|wss?)://)(?:[^@/\s]*@)?([^\s?#]{1,400})(?:[?#].*)?", text.text)
    return Text(found[1] + found[2] if found else "", text.variable)
