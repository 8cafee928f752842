"""The hand-kept lists in ``rules/names``: one TOML file each, one line per name.

A file has ``title``, ``why``, ``source``, ``date``, ``ecosystems`` and a table ``[names]`` of name = note; what the
note means is said by the file: the reason, the distribution meant, the owner of a family, the class of an affix.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any, NamedTuple

from depscan.errors import InputError, RuleError
from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.shape import required, strings, table
from depscan.text.source import read_source

_KEYS = {"title", "why", "source", "date", "ecosystems", "rank", "ai", "names"}


class NameList(NamedTuple):
    """One list.

    Attributes:
        title, why, source, date: what it is, for people.
        ecosystems: OSV names it holds for.
        rank: the place among the most downloaded that its names are taken to have.
        ai: whether its names are about AI.
        names: name to note, in file order.
    """

    title: str
    why: str
    source: str
    date: str
    ecosystems: tuple[str, ...]
    rank: int
    ai: bool
    names: dict[str, str]


@cache
def name_list(name: str, folder: str = "") -> NameList:
    """Return a list by its file name without the ending.

    Raises:
        RuleError: no such list, or one of a wrong shape.
    """
    path = os.path.join(folder or os.path.join(rules_folder(), "names"), f"{name}.toml")
    try:
        data = load_toml(read_source(path))
        unknown = set(data) - _KEYS
        if unknown:
            raise RuleError(f"unknown keys: {', '.join(sorted(unknown))}", path=path)
        names = {key: required(note, f"note of {key}") for key, note in table(data.get("names"), "names").items()}
        return NameList(
            required(data.get("title"), "title"),
            required(data.get("why"), "why"),
            required(data.get("source"), "source"),
            required(data.get("date"), "date"),
            tuple(strings(data.get("ecosystems"), "ecosystems")),
            _rank(data.get("rank", 0), path),
            data.get("ai", False) is True,
            names,
        )
    except InputError as error:
        raise RuleError(error.message, path=path, line=error.line) from None


def _rank(value: Any, path: str) -> int:  # noqa: ANN401 - TOML
    if not isinstance(value, int) or value < 0:
        raise RuleError("rank should be a number from 0", path=path)
    return value
