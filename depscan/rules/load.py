"""Find and read every rule below ``rules/``."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from depscan.errors import RuleError
from depscan.rules.schema import read_rule
from depscan.text.folder import rules_folder
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.rules.schema import BehaviourRule


DATA_FOLDERS = ("ci", "container", "drift", "incidents", "lists", "loading", "names", "uses", "vendors")
"""Folders beside the families that hold what rules and other checks look things up in."""


@lru_cache(maxsize=8)
def load_rules(
    folder: str = "", *, examples: bool = True, whats: frozenset[str] | None = None
) -> tuple[BehaviourRule, ...]:
    """Return every rule, sorted by id.

    Args:
        folder: of the families; "" for those that come with depscan.
        examples: False leaves them unread: they are most of the text, and only tests of the rules need them.
        whats: words of facts that there are; rules that speak of none of them are left unread. None for all.

    Raises:
        RuleError: a rule file is wrong, or there are none.
    """
    top = folder or rules_folder()
    if not os.path.isdir(top):
        raise RuleError("the folder of rules is missing", path=top)
    found = [
        (f"{family}/{name[:-5]}", os.path.join(top, family, name))
        for family in sorted(e.name for e in os.scandir(top) if e.is_dir() and e.name not in DATA_FOLDERS)
        for name in sorted(os.listdir(os.path.join(top, family)))
        if name.endswith(".toml")
    ]
    if not found:
        raise RuleError("no rules found", path=top)
    if whats is not None and not whats:
        return ()
    wanted = None if whats is None else _mentions(whats)
    return tuple(
        read_rule(read_source(path), rule_id, examples=examples)
        for rule_id, path in found
        if wanted is None or wanted(_match_of(path))
    )


def _mentions(whats: frozenset[str]) -> Callable[[bytes], object]:
    """Return what tells whether the text of a rule names one of these words, or all of their family (``net.*``)."""
    words = {*whats, *(f"{what.partition('.')[0]}.*" for what in whats)}
    return re.compile(b'"(?:' + "|".join(map(re.escape, sorted(words))).encode() + b')"').search


def _match_of(path: str) -> bytes:
    """Return the ``[match]`` table of a rule file."""
    with open(path, "rb") as stream:
        return stream.read().partition(b"\n[match]\n")[2].partition(b"\n[[example]]")[0]
