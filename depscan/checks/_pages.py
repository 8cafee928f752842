"""The pages of all rules: those of the checks at hand, those of behaviour read when somebody asks for more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.model.rule import Rule


class Pages(Mapping[str, "Rule"]):
    """Rule id to page; reading the files of all behaviour rules costs more than reading a small artifact.

    Args:
        own: pages of the checks' own rules.
    """

    def __init__(self, own: Mapping[str, Rule]) -> None:
        self._own = own

    @cached_property
    def _all(self) -> dict[str, Rule]:
        from depscan.checks.behaviour import rule_page
        from depscan.rules.load import load_rules

        return {**self._own, **{rule.id: rule_page(rule) for rule in load_rules(examples=False)}}

    def __getitem__(self, key: str) -> Rule:
        """Return a page."""
        return self._own[key] if key in self._own else self._all[key]

    def __contains__(self, key: object) -> bool:
        """Return whether there is such a rule; one of the checks' own is found without reading more."""
        return key in self._own or key in self._all

    def __iter__(self) -> Iterator[str]:
        """Yield every id."""
        return iter(self._all)

    def __len__(self) -> int:
        """Return how many rules there are."""
        return len(self._all)
