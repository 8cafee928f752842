"""The classes of drift, their pages and what each does by default: ``rules/drift/classes.toml``."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import InputError, RuleError
from depscan.model.finding import Severity
from depscan.model.rule import Rule
from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.shape import required, table
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "drift/"
DEFAULTS = ("fail", "warn", "allow")
_TEXTS = ("title", "what", "why", "fix", "false-positives")
_SEVERITIES = {one.word: one for one in Severity if Severity.LOW <= one <= Severity.CRITICAL}


class DriftClass(NamedTuple):
    """One class: its page, and whether it fails (``fail``, ``warn``, ``allow``) where the policy does not say."""

    rule: Rule
    default: str

    @property
    def name(self) -> str:
        """Return the class without the prefix of its rule."""
        return self.rule.id.removeprefix(PREFIX)


@lru_cache(maxsize=2)
def drift_classes(path: str = "") -> Mapping[str, DriftClass]:
    """Return every class by name.

    Args:
        path: the file; "" for the one that comes with depscan.

    Raises:
        RuleError: the file is missing or wrong.
    """
    path = path or os.path.join(rules_folder(), "drift", "classes.toml")
    try:
        data = load_toml(read_source(path))
        return {name: _class(name, table(row, name)) for name, row in data.items()}
    except InputError as error:
        raise RuleError(error.message, path=path, line=error.line) from None


def _class(name: str, row: dict[str, object]) -> DriftClass:
    unknown = row.keys() - {*_TEXTS, "severity", "default"}
    if unknown:
        raise InputError(f"{name}: unknown key {min(unknown)}")
    title, what, why, fix, false_positives = (required(row.get(key), f"{key} of {name}") for key in _TEXTS)
    severity = _SEVERITIES.get(required(row.get("severity"), f"severity of {name}"))
    default = required(row.get("default"), f"default of {name}")
    if severity is None or default not in DEFAULTS:
        raise InputError(f"{name}: severity is one of {', '.join(_SEVERITIES)}, default of {', '.join(DEFAULTS)}")
    rule = Rule(PREFIX + name, title, "integrity", severity, what, why, fix, false_positives)
    return DriftClass(rule, default)
