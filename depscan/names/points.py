"""The weights of the signals: a table of points per label, read from ``rules/names/points-<ecosystem>.toml``.

The score of a case is the base plus the points of its labels: a logistic regression whose every term can be read.
``corpus/names/train.py`` makes the files; the tiers are scores above which a share of living names is flagged.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import InputError, RuleError
from depscan.names.evidence import labels
from depscan.names.signals import OF_TARGET, SIGNALS, Case, Surroundings
from depscan.names.verdict import BLOCK, NONE, WARN
from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.shape import table
from depscan.text.source import read_source

if TYPE_CHECKING:
    from depscan.names.protected import Protected
    from depscan.names.verdict import Facts

_FILES = {"npm": "npm"}
"""Ecosystems with a table of their own; the others use that of PyPI."""


class Points(NamedTuple):
    """One table of weights.

    Attributes:
        base: score of a case before any signal.
        block, warn: least scores of the tiers.
        signals: signal to label to points; a label that is not listed has none.
        imitated: name to how many known imitations of it were seen.
        known: points of facts besides the name.
    """

    base: float
    block: float
    warn: float
    signals: dict[str, dict[str, float]]
    imitated: dict[str, int]
    known: dict[str, float]

    def facts(self, case: Case, facts: Facts, protected: Protected) -> float:
        """Return the points of what is known besides the name."""
        return sum(self.known.get(label, 0.0) for label in labels(case, facts, protected))

    def tier(self, score: float) -> str:
        """Return block, warn or none."""
        return BLOCK if score >= self.block else WARN if score >= self.warn else NONE


class Scorer:
    """Scores cases with one table of points.

    Args:
        points: the table.
        around: what the signals look up.
    """

    def __init__(self, points: Points, around: Surroundings) -> None:
        self._points, self._around = points, around
        self._of_target: dict[str, float] = {}
        signals = [(name, SIGNALS[name], points.signals[name]) for name in SIGNALS]
        self._fixed = [row for row in signals if row[0] in OF_TARGET]
        self._free = [row for row in signals if row[0] not in OF_TARGET]

    def score(self, case: Case) -> float:
        """Return the score of a case: base and points of all signals."""
        around, key = self._around, case.target.spelled
        total = self._of_target.get(key)
        if total is None:
            fixed = sum(held.get(signal(case, around), 0.0) for _, signal, held in self._fixed)
            total = self._of_target[key] = self._points.base + fixed
        for _, signal, held in self._free:
            total += held.get(signal(case, around), 0.0)
        return total

    def shares(self, case: Case) -> list[tuple[str, str, float]]:
        """Return signal, label and points of a case, the weightiest first."""
        rows = []
        for name, signal, held in (*self._fixed, *self._free):
            label = signal(case, self._around)
            rows.append((name, label, held.get(label, 0.0)))
        return sorted(rows, key=lambda row: (-abs(row[2]), row[0]))


@cache
def points_of(ecosystem: str, folder: str = "") -> Points:
    """Return the table for an ecosystem.

    Raises:
        RuleError: it is missing or wrong.
    """
    name = f"points-{_FILES.get(ecosystem, 'pypi')}.toml"
    path = os.path.join(folder or os.path.join(rules_folder(), "names"), name)
    try:
        data = load_toml(read_source(path))
        given = table(data.get("points"), "points")
        unknown = set(given) - set(SIGNALS)
        if unknown:
            raise RuleError(f"no signal {', '.join(sorted(unknown))}", path=path)
        signals = {name: _numbers(given.get(name), f"points.{name}", path) for name in SIGNALS}
        imitated = {k: int(v) for k, v in _numbers(data.get("imitated"), "imitated", path).items()}
        tiers = _numbers(data.get("tiers"), "tiers", path)
        facts = _numbers(data.get("facts"), "facts", path)
        return Points(tiers["base"], tiers["block"], tiers["warn"], signals, imitated, facts)
    except InputError as error:
        raise RuleError(error.message, path=path, line=error.line) from None
    except KeyError as error:
        raise RuleError(f"tiers.{error.args[0]} is missing", path=path) from None


def _numbers(value: Any, what: str, path: str) -> dict[str, float]:  # noqa: ANN401 - TOML
    rows = table(value, what)
    for key, number in rows.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise RuleError(f"{what}.{key} should be a number", path=path)
    return {key: float(number) for key, number in rows.items()}
