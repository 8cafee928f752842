"""The whole answer of a scan: everything a report may show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.decision import Coverage, Decision

EXIT_CLEAN, EXIT_GATE, EXIT_INPUT, EXIT_NOTHING, EXIT_INCOMPLETE = range(5)


class SnapshotInfo(NamedTuple):
    """The advisory data an answer rests on.

    ``built`` and ``newest`` are RFC 3339 dates (index built, newest record in it); ``age_days`` counts
    from ``newest`` to the day of the scan; ``counts`` maps ecosystem to number of records.
    """

    origin: str
    built: str
    newest: str
    age_days: int
    counts: dict[str, int]
    sha256: str = ""


def exit_code(decisions: Iterable[Decision], coverage: Iterable[Coverage], scanned: int) -> int:
    """Return the one exit code of a scan; the first line that holds decides.

    1  a finding is blocked by the policy
    2  a file could not be read as what it claims to be
    4  something the policy needs could not be done
    3  no file with dependencies was found
    0  everything needed was looked at and nothing is blocked
    """
    if any(d.action == "block" for d in decisions):
        return EXIT_GATE
    needed = [c for c in coverage if c.needed]
    if any(c.kind == "input" for c in needed):
        return EXIT_INPUT
    if needed:
        return EXIT_INCOMPLETE
    return EXIT_CLEAN if scanned else EXIT_NOTHING
