"""Tables of what readers of graphs know by name (``rules/loading/graphs``): read once, when one is needed."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, NamedTuple


class Act(NamedTuple):
    """What an operator or class does that is more than arithmetic."""

    verdict: str
    does: str
    why: str


def _folder() -> str:
    """Return the folder of the tables: package data, or the top-level folder of a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(here, "data", "rules")
    top = packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(here), "rules")
    return os.path.join(top, "loading", "graphs")


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, Any]:
    """Return one TOML table by its name."""
    import tomli

    with open(os.path.join(_folder(), f"{name}.toml"), "rb") as stream:
        return tomli.load(stream)


@lru_cache(maxsize=4)
def words(name: str) -> frozenset[str]:
    """Return the words of a text file by its name."""
    with open(os.path.join(_folder(), f"{name}.txt"), encoding="utf-8") as stream:
        return frozenset(stream.read().split())


def named(value: str | list[str]) -> list[str]:
    """Return the names of a row: a list, or words of one text."""
    return value.split() if isinstance(value, str) else value


@lru_cache(maxsize=4)
def acts(name: str) -> dict[str, Act]:
    """Return the acts of a table, by operator name; by ``domain:operator`` where rows have a domain."""
    found = {}
    for row in table(name).get("act", ()):
        for one in named(row["names"]):
            key = f"{row['domain']}:{one}" if "domain" in row else one
            found[key] = Act(row["verdict"], row["does"], row["why"])
    return found
