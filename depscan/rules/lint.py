"""Look at every rule file and list strictly, without running anything."""

from __future__ import annotations

import os
import re

from depscan.errors import RuleError
from depscan.rules.lists import matcher
from depscan.rules.load import DATA_FOLDERS
from depscan.rules.match import expression
from depscan.rules.schema import BehaviourRule, FactPattern, read_rule
from depscan.text.folder import rules_folder
from depscan.text.source import read_source


def lint(folder: str = "") -> list[str]:
    """Return every problem as ``file:line: message``."""
    top = folder or rules_folder()
    problems, used = [], set()
    for base, folders, names in os.walk(top):
        # the tables of other parts have lints of their own, beside their readers
        folders[:] = sorted(f for f in folders if base != top or f == "lists" or f not in DATA_FOLDERS)
        for name in sorted(n for n in names if n.endswith(".toml")):
            path = os.path.join(base, name)
            rule_id = os.path.relpath(path, top)[:-5].replace(os.sep, "/")
            try:
                if rule_id.startswith("lists/"):
                    matcher(rule_id[6:], os.path.join(top, "lists") if folder else "")
                else:
                    used |= _expressions(read_rule(read_source(path), rule_id), path)
            except RuleError as error:
                problems.append(str(error))
    lists = os.path.join(top, "lists")
    names = sorted(n[:-5] for n in os.listdir(lists)) if os.path.isdir(lists) else []
    problems += [f"{os.path.join(lists, n)}.toml: no rule uses this list" for n in names if f"@{n}" not in used]
    return problems


def _expressions(rule: BehaviourRule, path: str) -> set[str]:
    """Compile every glob, regex and list a rule names; return them."""
    patterns = (*rule.anchor, *rule.sources, *rule.also, *rule.never)
    found = {text for pattern in patterns for text in _texts(pattern)}
    for text in found:
        try:
            expression(text)
        except re.error as error:
            raise RuleError(f"{text!r}: {error}", path=path) from None
    return found


def _texts(pattern: FactPattern) -> tuple[str, ...]:
    return (*pattern.values, *pattern.not_values, *pattern.callees, *pattern.paths, *pattern.guards)
