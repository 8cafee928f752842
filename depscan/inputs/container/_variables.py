"""What names of variables say: which choose an index, which hold a secret. Data: rules/container/variables.toml."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import NamedTuple

from depscan.model.document import Document, IndexUse
from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.shape import string, strings, table
from depscan.text.source import read_source

_URL = re.compile(r"(?:[\w.-]+=)?((?:https?|file)://\S+)").fullmatch
_HOST = re.compile(r"[\w.-]+(?::\d+)?").fullmatch
_LONGEST = 200


class _Names(NamedTuple):
    secrets: re.Pattern[str]
    public: re.Pattern[str]
    placeholders: re.Pattern[str]
    indexes: dict[str, str]


def is_secret(name: str) -> bool:
    """Return whether a variable of this name holds a secret."""
    names = _names()
    return len(name) <= _LONGEST and names.secrets.fullmatch(name) is not None and names.public.fullmatch(name) is None


def is_placeholder(value: str) -> bool:
    """Return whether a value only stands in for a secret."""
    return len(value) <= _LONGEST and _names().placeholders.fullmatch(value.strip("\"' ")) is not None


def read_variable(document: Document, name: str, value: str, at: int) -> None:
    """Record the indexes that a variable sets; what a variable in its value stands for is not known."""
    role = _names().indexes.get(name.upper())
    if role is None:
        return
    for word in value.strip("\"'").split():
        found = _URL(word)
        if found and "$" not in found[1].rpartition("@")[2].removeprefix("https://").partition("/")[0]:
            document.indexes.append(IndexUse(found[1], role, at))
        elif role == "trusted-host" and _HOST(word):
            document.indexes.append(IndexUse(word, role, at))


@lru_cache(maxsize=1)
def _names() -> _Names:
    data = load_toml(read_source(os.path.join(rules_folder(), "container", "variables.toml")))
    secrets, public, values = (
        re.compile("(?i)" + "|".join(f"(?:{t})" for t in strings(data.get(key), key)))
        for key in ("secrets", "public", "placeholders")
    )
    indexes = {key: string(value, key) for key, value in table(data.get("indexes"), "indexes").items()}
    return _Names(secrets, public, values, indexes)
