"""Titles of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def titles(wanted: Iterable[str]) -> dict[str, str]:
    """Return the title of each rule; one that is not there any more is left out."""
    from depscan.checks._pages import Pages
    from depscan.checks.check import checks
    from depscan.policy.rules import RULES

    own = {rule.id: rule for rule in RULES}
    own.update((rule.id, rule) for check in checks() for rule in check.rules)
    pages = Pages(own)
    return {name: pages[name].title for name in sorted(set(wanted)) if name in pages}
