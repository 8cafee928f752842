"""What was not looked at, over the fleet: equal gaps are told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.checks.advisories import Census
from depscan.checks.advisories import gaps as not_matched
from depscan.model.decision import Coverage
from depscan.overview.records import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.read import State
    from depscan.history.records import Night
    from depscan.intel.index import Index

_EVERYBODY = ""


class Gaps:
    """Collects gaps.

    Args:
        index: the advisories, to say what of a repository they cannot be compared with; None to say nothing of it.
        accepted: ecosystems that the policy lets go without advisories.

    Attributes:
        coverage: every gap of every repository, for the verdict.
    """

    def __init__(self, index: Index | None, accepted: Iterable[str]) -> None:
        self.coverage: list[Coverage] = []
        self._index = index
        self._accepted = frozenset(accepted)
        self._found: dict[tuple[str, str, str, bool], set[str]] = {}

    def add_night(self, night: Night) -> None:
        """Add what the whole night lacks."""
        if night.shard:
            self._add(Coverage("fleet", "partial", f"only shard {night.shard} was read", kind="repository"))
        said = [Coverage(*row) for row in night.more.get("gaps", ())]
        if not night.snapshot and not any(c.kind == "index" for c in said):
            said.append(Coverage("advisories", "failed", "no advisory data was used", needed=True, kind="index"))
        for item in said:
            self._add(item)

    def add_unread(self, state: State) -> None:
        """Add a repository that could not be read."""
        name = state.repository.name
        self._add(Coverage(name, "failed", state.problem, needed=True, kind="repository"), name)

    def add(self, repository: str, gaps: Iterable[Coverage], census: list[Any]) -> None:
        """Add what a reading says, and what its packages cannot be compared with."""
        for item in gaps:
            self._add(item, repository)
        if self._index is not None and census:
            for item in not_matched(self._index, Census(*census)):
                self._add(item, repository)

    def _add(self, item: Coverage, repository: str = _EVERYBODY) -> None:
        if item.status == "done":
            return
        if item.kind == "ecosystem" and item.what in self._accepted:
            item = item._replace(needed=False)
        self.coverage.append(item)
        own = self._found.setdefault((item.what, item.status, item.why, item.needed), set())
        if repository:
            own.add(repository)

    def gaps(self) -> tuple[Gap, ...]:
        """Return them, what is needed first, then what concerns most repositories."""
        found = [Gap(*key, tuple(sorted(own))) for key, own in self._found.items()]
        return tuple(sorted(found, key=lambda g: (not g.needed, -len(g.repositories), g)))
