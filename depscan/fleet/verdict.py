"""One verdict and one exit code of a night, for its account, its report and its digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.fleet.gaps import coverage
from depscan.model.result import EXIT_CLEAN, EXIT_GATE, EXIT_INCOMPLETE, EXIT_INPUT, EXIT_NOTHING, exit_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.fleet.gaps import Gap
    from depscan.model.decision import Decision

_WORDS = {EXIT_GATE: "blocked", EXIT_INPUT: "bad-input", EXIT_NOTHING: "nothing", EXIT_INCOMPLETE: "incomplete"}


def code_of(decisive: Iterable[Decision], gaps: Iterable[Gap], packages: int, *, empty_shard: bool = False) -> int:
    """Return the exit code of a night.

    Args:
        decisive: the decisions that may block.
        gaps: what was not looked at.
        packages: how many packages there are.
        empty_shard: whether the night is that of a part without a repository: a small fleet leaves parts empty.
    """
    code = exit_code(decisive, coverage(gaps), packages)
    return EXIT_CLEAN if code == EXIT_NOTHING and empty_shard else code


def word_of(code: int, *, found: bool) -> str:
    """Return blocked, bad-input, incomplete, nothing, warnings or clean; see ``ScanResult.verdict``.

    Args:
        code: exit code.
        found: whether anything stands that is not accepted.
    """
    return _WORDS.get(code) or ("warnings" if found else "clean")
