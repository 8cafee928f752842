"""Named lists of hosts, paths, names and patterns (``rules/lists/*.toml``), each made one regular expression."""

from __future__ import annotations

import os
import re
from fnmatch import translate
from functools import lru_cache

from depscan.errors import InputError, RuleError
from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.shape import required, tables
from depscan.text.source import read_source

KINDS = ("host", "glob", "regex", "exact", "word")
_KEYS = {"title", "why", "source", "match", "entry", "date"}


@lru_cache(maxsize=64)
def matcher(name: str, folder: str = "") -> re.Pattern[str]:
    """Return the expression that finds any entry of a list in a lower-cased value.

    ``host`` entries fit the host of a URL and its subdomains, or, with a slash in them, host and path;
    ``glob`` and ``exact`` entries fit the whole value, ``word`` whole words, ``regex`` anywhere.

    Raises:
        RuleError: no such list, or a list of a wrong shape.
    """
    path = os.path.join(folder or os.path.join(rules_folder(), "lists"), f"{name}.toml")
    try:
        data = load_toml(read_source(path))
        kind = required(data.get("match"), "match")
        unknown = set(data) - _KEYS
        rows = tables(data.get("entry"), "entry")
        values = [required(row.get("value"), "value of an entry") for row in rows]
        for row in rows:
            required(row.get("why"), f"why of the entry {row['value']}")
    except InputError as error:
        raise RuleError(error.message, path=path, line=error.line) from None
    if unknown or kind not in KINDS or not values:
        raise RuleError(f"no entries, or an unknown key or kind: {', '.join(sorted(unknown)) or kind}", path=path)
    try:
        return re.compile(_expression(kind, values), re.DOTALL | re.IGNORECASE)
    except re.error as error:
        raise RuleError(f"a wrong regular expression: {error}", path=path) from None


def _expression(kind: str, values: list[str]) -> str:
    if kind == "regex":
        return "|".join(f"(?:{v})" for v in values)
    lowered = [v.lower() for v in values]
    if kind == "host":
        return "(?:^|[/@.\\s'\"(,=])(?:" + "|".join(map(re.escape, lowered)) + ")(?=[:/?#\\s'\")&,;{]|$)"
    if kind == "word":
        return "(?<![a-z0-9_])(?:" + "|".join(map(re.escape, lowered)) + ")(?![a-z0-9_])"
    if kind == "exact":
        return "\\A(?:" + "|".join(map(re.escape, lowered)) + ")\\Z"
    return "|".join(f"(?:\\A{translate(v)})" for v in lowered)
