"""Find and read every rule below ``rules/``."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from depscan.errors import RuleError
from depscan.rules.schema import read_rule, rules_folder
from depscan.text.source import read_source

if TYPE_CHECKING:
    from depscan.rules.schema import BehaviourRule


DATA_FOLDERS = ("lists", "loading", "names")
"""Folders beside the families that hold what rules and other checks look things up in."""


@lru_cache(maxsize=4)
def load_rules(folder: str = "", *, examples: bool = True) -> tuple[BehaviourRule, ...]:
    """Return every rule, sorted by id.

    Args:
        folder: of the families; "" for those that come with depscan.
        examples: False leaves them unread: they are most of the text, and only tests of the rules need them.

    Raises:
        RuleError: a rule file is wrong, or there are none.
    """
    top = folder or rules_folder()
    if not os.path.isdir(top):
        raise RuleError("the folder of rules is missing", path=top)
    rules = []
    for family in sorted(e.name for e in os.scandir(top) if e.is_dir() and e.name not in DATA_FOLDERS):
        for name in sorted(os.listdir(os.path.join(top, family))):
            if name.endswith(".toml"):
                path = os.path.join(top, family, name)
                rules.append(read_rule(read_source(path), f"{family}/{name[:-5]}", examples=examples))
    if not rules:
        raise RuleError("no rules found", path=top)
    return tuple(rules)
