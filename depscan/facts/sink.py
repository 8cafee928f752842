"""Where readers put their facts: a bounded list whose indices are the facts' identities."""

from typing import TYPE_CHECKING

from depscan.facts.fact import Fact, Gap
from depscan.model.modelfile import ModelFile

if TYPE_CHECKING:
    from depscan.facts.digests import Digests

MAX_FACTS = 20_000
_PER_LINE = 100
_LONG_LINE = 300
"""Characters of a fact's text at which a line may hold a whole program."""


class Sink:
    """Collects the facts and gaps of one artifact.

    Args:
        digests: what of its model files is hashed; None for nothing.

    Attributes:
        facts: in the order found; a fact's index is its identity for ``Fact.sources``.
        gaps: what could not be followed.
        models: what loading each model file does.
    """

    def __init__(self, digests: "Digests | None" = None) -> None:
        self.digests = digests
        self.facts: list[Fact] = []
        self.gaps: list[Gap] = []
        self.models: list[ModelFile] = []
        self._seen: dict[tuple[object, ...], int] = {}

    def add(self, fact: Fact) -> int:
        """Add a fact and return its index; an equal one (apart from sources) is merged with its sources joined.

        Past ``MAX_FACTS`` nothing is added and -1 is returned; a gap says so once. The limit is per what and
        path first (500), so that thousands of harmless facts cannot hide one that matters.
        """
        key = (fact.what, fact.when, fact.path, fact.line, fact.callee, fact.values, fact.layer, fact.container)
        held = self._seen.get(key)
        if held is not None:
            old = self.facts[held]
            if fact.sources and set(fact.sources) - set(old.sources):
                self.facts[held] = old._replace(sources=tuple(sorted({*old.sources, *fact.sources})))
            return held
        count_key = (fact.what, fact.path, fact.container)
        count = self._seen.get(count_key, 0)
        if count >= 500 or len(self.facts) >= MAX_FACTS:  # noqa: PLR2004 - see the docstring
            if count == 500 or len(self.facts) == MAX_FACTS:  # noqa: PLR2004
                self.gap(fact.path, f"more than {count} facts of the kind {fact.what}; the rest is not listed")
                self._seen[count_key] = count + 1
            return -1
        line_key = (fact.what, fact.path, fact.line, fact.container, fact.callee)
        here = self._seen.get(line_key, 0)
        if here >= _PER_LINE and len(fact.text) < _LONG_LINE:  # a loop must not use up the room of its whole file
            return -1
        self._seen[line_key] = here + 1
        self._seen[count_key] = count + 1
        self.facts.append(fact)
        self._seen[key] = len(self.facts) - 1
        return len(self.facts) - 1

    def gap(self, path: str, why: str, line: int = 0, *, fatal: bool = False, when: str = "") -> None:
        """Record something that could not be followed; see ``Gap``."""
        if len(self.gaps) < 1000:  # noqa: PLR2004 - as for problems of inputs
            self.gaps.append(Gap(path, why, line, fatal, when))
