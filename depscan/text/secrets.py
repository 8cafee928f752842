"""Secrets in settings: which names mean one, which values are only references, and text with the values made ``***``.

A report shows lines of scanned files; a key that stands in one must not travel on to logs and dashboards.
"""

from __future__ import annotations

import re

_WORD = (
    r"(?:api[_-]?key|apikey|access[_-]?key|secret|token|passw(?:or)?d|passphrase|credentials?|private[_-]?key|"
    r"authorization|auth[_-]?key|account[_-]?key|client[_-]?secret|dsn|connection[_-]?string|cookie|bearer|pat)"
)
_SECRET_NAME = re.compile(
    rf"(?i)(?:.*[_.\s-])?{_WORD}(?:[_.-]?(?:id|value|1|2|prod|dev))?|x-[\w-]*key|[\w-]*_key|key"
).fullmatch
_NO_SECRET = re.compile(
    r"(?i).*(?:public|file|path|dir|url|uri|name|limit|max\w*|tokenizer|cache|type|method)(?:_?key)?"
)
_REFERENCE = re.compile(
    r"(?is)\s*(?:(?:bearer|basic|token|bot)\s+)?(?:\$\{[^}]*\}|\$[A-Za-z_]\w*|%\w+%|\{\{?[^{}]*\}?\}"
    r"|<[^<>]*>|\[[^\[\]]*\]|@\w+:\S*"
    r"|x{3,}|\*{3,}|\.{3}|…|[\w. -]*(?:\.{3}|your|example|placeholder|changeme|change[_-]me|replace|"
    r"dummy|todo|insert|redacted)[\w. -]*"
    r"|true|false|null|none|\d{1,6}|env:\w+|(?:file|op|vault|keychain|secret)s?:\S*)?\s*"
).fullmatch
_SHAPES = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{16,}|(?:gh[pousr]|glpat|npm|hf|r8|gsk|xai|pplx|tvly|ntn|lin_api|dop_v1|shpat)[_-][A-Za-z0-9_-]{16,}"
    r"|github_pat_\w{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{30,}|ya29\.[\w-]{20,}"
    r"|pypi-[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|fc-[0-9a-f]{32}|secret_[A-Za-z0-9]{32,})"
)
_URL_LOGIN = re.compile(r"://[^/@\s:]*:([^/@\s]{3,})@")
_QUERY = re.compile(rf"(?i)([?&](?:[\w-]*{_WORD}|key|sig|signature)=)([^&\s\"'#]+)")
_BEARER = re.compile(r"(?i)\b((?:bearer|basic)\s+)([^\s\"'${<][^\s\"']{5,})")
_NAMED = rf"(?:\b|_|-)(?:{_WORD}|[a-z]\w*_key)"
_VALUE = r"(?!(?:bearer|basic)\s)[^\s\"',;}{\]\[)(]"
_QUOTED = re.compile(rf"(?i)({_NAMED}[\"']?\s*[:=,]\s*[\"'])((?!(?:bearer|basic)\s)[^\"'\n]{{4,}})")
_OPTION = re.compile(rf"(?i)(--?(?:[a-z][\w-]*-)?{_WORD}(?:=|\s+)[\"']?)({_VALUE}{{4,}})")
_VARIABLE = re.compile(
    r"\b((?:[A-Z][A-Z0-9_]*_)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PAT|CREDENTIALS?)=)([^\s\"';&|]{4,})"
)
_BARE = re.compile(rf"(?i)({_NAMED}\s*[:=]\s*)((?=\S*\d){_VALUE}{{8,}})")
_SHORTEST = 4
_LONGEST_NAME = 80
_LONGEST_VALUE = 200
_LONGEST_TEXT = 2000


def is_secret_name(name: str) -> bool:
    """Whether a variable, header or option of this name holds a secret: API_KEY, Authorization, --token."""
    name = name.lstrip("-")[-_LONGEST_NAME:]
    return _SECRET_NAME(name) is not None and _NO_SECRET.fullmatch(name) is None


def is_reference(value: str) -> bool:
    """Whether a value only says where the secret is, or is a placeholder: ``${TOKEN}``, ``<your key>``, "" ..."""
    return len(value.strip()) < _SHORTEST or (len(value) <= _LONGEST_VALUE and _REFERENCE(value) is not None)


def has_secret(value: str) -> bool:
    """Whether a value is a known kind of token, or a URL with a password or a token in it."""
    value = value[:_LONGEST_TEXT]
    found = _SHAPES.search(value)
    if found and not re.search(r"(?i)x{6}|your|example|0{8}|1234567", found[0]):
        return True
    parts = [m[1] for m in _URL_LOGIN.finditer(value)] + [m[2] for m in _QUERY.finditer(value)]
    return any(not is_reference(part) for part in parts)


def mask_secrets(text: str) -> str:
    """Return text with the values of secrets made ``***``: tokens, ``KEY=value``, ``--token value``, URLs' logins.

    Names, references such as ``${TOKEN}`` and everything else stay; text after 2,000 characters is
    cut off.
    """
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT] + "…"
    text = _SHAPES.sub("***", text)
    if "://" in text:
        text = re.sub(r"://(?!git@)[^/@\s]{1,500}@", "://***@", text)
        text = _QUERY.sub(r"\1***", text)
    text = _BEARER.sub(r"\1***", text)
    for pattern in (_QUOTED, _OPTION, _VARIABLE, _BARE):
        text = pattern.sub(_assigned, text)
    return text


def _assigned(match: re.Match[str]) -> str:
    value = match[2]
    return match[0] if is_reference(value) or value.startswith(("$", "%", "<", "*", "-")) else f"{match[1]}***"
