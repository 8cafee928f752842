"""The keys and variables of ``rules/uses/settings.toml``."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any, NamedTuple

import tomli

from depscan.text.folder import rules_folder

KINDS = frozenset({"model", "data-set", "tokenizer", "hosted", "endpoint", "key"})


_KEY = re.compile(rb"(?<![\w-])([A-Za-z_][\w-]{2,50})[\"']?[ \t]{0,9}[:=]")


_STEMS = ("model", "llm", "embed", "rerank", "dataset", "pretrained", "deployment", "base_url", "api_base", "endpoint")
"""Parts that most keys of the table have: a file with none of them, and none of the other keys, is not looked at."""

_ENDS = (b"model", b"modelname", b"modelid", b"deploymentname")
"""How keys end that name a vendor first (``openai_model``)."""


class Setting(NamedTuple):
    """What keys of one kind name; see the head of the table for the fields."""

    kind: str
    task: str = ""
    bare: bool = False
    needs_file: tuple[str, ...] = ()


_DEFAULTS = ("defaults", "*")
"""Hydra's list of groups: ``- model: resnet/large`` chooses a file."""


class Table:
    """The whole table.

    Attributes:
        facts: fact to the keys that give it.
        vendor_keys: keys whose value is a vendor.
        skipped: names of files that are not read; ``other`` finds them by content.
        context: finds words of a file that is about models.
        options: what options of command lines give.
        variables: name of a variable to what it gives.
        elsewhere: names of tables whose ``model`` is none that computes.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.facts: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in data["facts"].items()}
        self.vendor_keys: frozenset[str] = frozenset(data["vendor"]["keys"])
        self.options: dict[str, str] = {name: k for k, names in data["options"].items() for name in names}
        self.elsewhere: frozenset[str] = frozenset(data["skip"]["tables"])
        self.skipped: frozenset[str] = frozenset(data["skip"]["names"])
        self.other = re.compile("|".join(data["skip"]["patterns"]).encode(), re.MULTILINE)
        self.context = re.compile(
            rb"(?i)(?<![a-z])(?:%s)" % "|".join(re.escape(w) for w in data["context"]["words"]).encode()
        )
        self.variables: dict[str, str] = {name: k for k, names in data["variables"].items() for name in names}
        self._plain: dict[str, Setting] = {}
        self._placed: dict[str, list[tuple[tuple[str, ...], Setting]]] = {}
        tells: set[str] = set()
        for row in data["setting"]:
            made = Setting(row["kind"], row.get("task", ""), row.get("bare", False), tuple(row.get("needs-file", ())))
            for name in row["keys"]:
                *around, last = name.split(".")
                if around:
                    self._placed.setdefault(last, []).append((tuple(around), made))
                else:
                    self._plain[name] = made
                if row.get("tells"):
                    tells.add(last)
        self._tells = frozenset(word.replace("_", "").encode() for word in tells if word != "name")
        rare = {word.encode() for word in tells - {"name"} if not any(stem in word for stem in _STEMS)}
        plain = {word.replace(b"_", b"") for word in rare} | {word.replace(b"_", b"-") for word in rare}
        self._stems = tuple(sorted({stem.encode() for stem in _STEMS} | rare | plain))

    def tells(self, data: bytes) -> bool:
        """Return whether a key of the table stands in the bytes of a file: each key is looked up, none searched for."""
        lowered = data.lower()
        if not any(stem in lowered for stem in self._stems):
            return False
        found = set(_KEY.findall(lowered))
        plain = {key.translate(None, b"_-") for key in found}
        return not self._tells.isdisjoint(plain) or any(key.endswith(_ENDS) for key in plain)

    def find(self, path: tuple[str, ...], key: str) -> Setting | None:
        """Return what a key in the table at ``path`` names."""
        name = normal(key)
        for around, made in self._placed.get(name, ()):
            if tuple(normal(p) for p in path[-len(around) :]) == around:
                return made
        found = self._plain.get(name)
        beside = normal(path[-1]) if path else ""
        if found is not None and found.kind == "hosted" and (beside in self.elsewhere or path[-2:] == _DEFAULTS):
            return None
        return found

    def variable(self, name: str) -> str:
        """Return what a variable gives: a prefix of the project before the name in the table does not matter."""
        parts = name.upper().split("_")
        found = (self.variables.get("_".join(parts[i:])) for i in range(len(parts)) if i == 0 or len(parts) - i > 1)
        return next((kind for kind in found if kind), "")


def normal(key: str) -> str:
    """Return a key as the table writes it."""
    return key.lower().replace("-", "_")


@lru_cache(maxsize=2)
def table(path: str = "") -> Table:
    """Return the table of a file, by default of the one that comes with depscan."""
    with open(path or os.path.join(rules_folder(), "uses", "settings.toml"), "rb") as stream:
        return Table(tomli.load(stream))
