"""Make ``rules/names/points-*.toml``: the weights of the name signals, from labelled squats and living names.

usage: python corpus/names/train.py --lists DIR --pairs pairs.tsv [--malicious names.tsv] [--ecosystem pypi] [--write]

DIR holds the package lists (pypi.tsv, npm.tsv). A logistic regression over the signals' labels, in which popularity,
known imitations and the commonness of a word can only push one way. Cross-validated over the pairs in five parts; the
tiers are set on living names that are neither in the training nor in the figures printed. Needs numpy and scipy.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from depscan.ecosystems import ecosystem as rules_of
from depscan.intel.name_lists import group_words, popular_of, read_list
from depscan.intel.name_table import NameTable, write_table
from depscan.names.cases import cases_of
from depscan.names.lists import name_list
from depscan.names.near import DeletionIndex
from depscan.names.protected import Protected
from depscan.names.signals import LABELS, SIGNALS, Surroundings
from depscan.names.words import Words

ROOT = Path(__file__).resolve().parents[2]
OSV = {"pypi": "PyPI", "npm": "npm"}
FOLDS = 5
TRAIN, TUNE, TEST = 120_000, 150_000, 50_000
AIM = {"pypi": (0.00075, 0.0086), "npm": (0.0010, 0.0148)}
"""Shares of living names that block and warn are set to, a little below the bars."""
UP, DOWN = ("rank", "imitated"), ("typed",)
"""Signals whose points may only rise or only fall along their labels (rank: from the last label to the first)."""
PENALTY = {"pypi": 1.5, "npm": 1.5}
WEIGHT = 4.0
"""How much one squat counts against one living name."""


FACTS = {
    "missing": 1.0,
    "summary-copied": 4.0,
    "new": 1.5,
    "young": 0.7,
    "old": -1.5,
    "one-release": 0.5,
    "many-releases": -1.5,
}


HAND = {("edit", "disguised"): 3.0}
"""Points set by hand where there are next to no labelled examples: nobody types rn for m by accident."""


class Row(NamedTuple):
    """One case: whose it is, the labels of its signals, and the name it points at."""

    owner: int
    labels: dict[str, str]
    target: str


class Data(NamedTuple):
    """Everything the training looks at."""

    pairs: list[dict[str, str]]
    squats: list[Row]
    living: dict[str, list[Row]]
    sizes: dict[str, int]


def main() -> int:
    """Train, print figures, and with --write put the table into rules/names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lists", required=True)
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--malicious", action="append", default=[])
    parser.add_argument("--ecosystem", default="pypi", choices=sorted(OSV))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    data = collect(args)
    report(data, args)
    counts = Counter(_norm(p["target"], args.ecosystem) for p in data.pairs)
    model = Model(PENALTY[args.ecosystem]).fit(*training(data, counts, lambda _: True))
    tune = best(data.living["tune"], model, counts, data.sizes["tune"])
    block, warn = (threshold(tune, share) for share in AIM[args.ecosystem])
    if args.write:
        path = ROOT / "rules" / "names" / f"points-{args.ecosystem}.toml"
        path.write_text(render(model, block, warn, counts, args.ecosystem), "utf-8")
        print(f"wrote {path}")
    return 0


def _norm(name: str, ecosystem: str) -> str:
    rules = rules_of(OSV[ecosystem])
    assert rules is not None
    return rules.normalise(name).lower()


def collect(args: argparse.Namespace) -> Data:
    """Return the labels of every case of the pairs and of three samples of living names."""
    eco = args.ecosystem
    with open(args.pairs, encoding="utf-8") as stream:
        pairs = [r for r in csv.DictReader(stream, delimiter="\t") if r["ecosystem"] == eco]
    bad = {_norm(p["squat"], eco) for p in pairs}
    for path in args.malicious:
        bad |= {_norm(line.split("\t")[0], eco) for line in Path(path).read_text("utf-8").splitlines()}
    lists = {e: Path(args.lists) / f"{e}.tsv" for e in OSV}
    scopes = name_list("scopes").names
    popular = popular_of(read_list(str(lists[eco])), OSV[eco], eco, "", Counter(), scopes)
    # The sample that the bench script draws is kept out of everything but the figures.
    living = sorted({_norm(r.name, eco) for r in read_list(str(lists[eco]))} - set(popular.names) - bad)
    names = {"test": random.Random(7).sample(living, TEST)}
    rest = sorted(set(living) - set(names["test"]))
    random.Random(99).shuffle(rest)
    names["train"], names["tune"] = rest[:TRAIN], rest[TRAIN : TRAIN + TUNE]
    # As it is shipped, the table counts the words of all living names; only those trained on would see themselves.
    held_out = set(names["train"]) | bad
    words: Counter[str] = Counter()
    for e, path in lists.items():
        rows = (r for r in read_list(str(path)) if _norm(r.name, eco) not in held_out)
        popular_of(rows, OSV[e], e, "", words)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "names.idx")
        write_table(path, {OSV[eco]: popular}, group_words(words), "", None)
        table = NameTable(path, "file")
        protected = Protected(OSV[eco], table)
        search = DeletionIndex(protected)
        around = Surroundings(protected, Words(table), {})
        rows = {k: _rows(v, protected, search, around) for k, v in names.items()}
        squats = _rows([_norm(p["squat"], eco) for p in pairs], protected, search, around)
    return Data(pairs, squats, rows, {k: len(v) for k, v in names.items()})


def _rows(names: list[str], protected: Protected, search: Any, around: Surroundings) -> list[Row]:
    made = []
    for owner, name in enumerate(names):
        if protected.popular(name):
            continue
        for case in cases_of(name, protected, search):
            labels = {k: f(case, around) for k, f in SIGNALS.items() if k != "imitated"}
            made.append(Row(owner, labels, case.target.name))
    return made


def _imitated(count: int) -> str:
    edges = (1, 2, 4, 8, 16)
    return LABELS["imitated"][sum(count >= e for e in edges)]


def training(data: Data, counts: Counter[str], keep: Any) -> tuple[list[dict[str, str]], Any]:
    """Return labels and truth: the kept squats with their targets, and all cases of living names."""
    labels, truth = [], []
    for row in data.squats:
        if keep(row.owner) and row.target == _target(data, row.owner):
            labels.append({**row.labels, "imitated": _imitated(counts[row.target] - 1)})
            truth.append(1.0)
    for row in data.living["train"]:
        labels.append({**row.labels, "imitated": _imitated(counts[row.target])})
        truth.append(0.0)
    return labels, np.array(truth)


def _target(data: Data, owner: int) -> str:
    pair = data.pairs[owner]
    return _norm(pair["target"], pair["ecosystem"])


class Model:
    """A logistic regression over labels, with one-way points for ordered signals."""

    def __init__(self, penalty: float) -> None:
        self.penalty = penalty
        self.columns: dict[tuple[str, str], int] = {}
        self.points: dict[str, dict[str, float]] = {}
        self.base = 0.0

    def fit(self, labels: list[dict[str, str]], truth: Any) -> Model:
        """Fit the points; returns itself."""
        signs: list[int] = []
        for name in SIGNALS:
            order = self._order(name)
            # Along an order every label adds to the one before it; the first is the origin.
            for label in order[1:] if order else sorted({row[name] for row in labels}):
                self.columns[name, label] = len(self.columns)
                signs.append(0 if not order else 1 if name in UP else -1)
        matrix = self._encode(labels)
        weight = np.where(truth > 0, WEIGHT, 1.0)
        size = len(self.columns)

        def loss(w: Any) -> tuple[float, Any]:
            z = matrix @ w[:size] + w[size]
            p = 1.0 / (1.0 + np.exp(-np.clip(z, -40, 40)))
            value = float(np.sum(weight * np.where(truth > 0, np.logaddexp(0, -z), np.logaddexp(0, z))))
            value += self.penalty * float(w[:size] @ w[:size])
            slope = weight * (p - truth)
            return value, np.append(matrix.T @ slope + 2 * self.penalty * w[:size], slope.sum())

        bounds = [(0, None) if s > 0 else (None, 0) if s < 0 else (None, None) for s in signs] + [(None, None)]
        found = minimize(loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 400})
        self.base = float(found.x[size])
        for name in SIGNALS:
            order = self._order(name)
            held = {label: float(found.x[i]) for (n, label), i in self.columns.items() if n == name}
            if order:
                sums = np.cumsum([0.0] + [held[label] for label in order[1:]])
                held = dict(zip(order, map(float, sums), strict=True))
            self.points[name] = held
        for (name, label), value in HAND.items():
            self.points[name][label] = value
        return self

    @staticmethod
    def _order(name: str) -> list[str]:
        if name == "rank":
            return list(reversed(LABELS[name]))
        return list(LABELS[name]) if name in UP + DOWN else []

    def _encode(self, labels: list[dict[str, str]]) -> Any:
        rows, columns = [], []
        ahead: dict[tuple[str, str], list[int]] = {}
        for name in SIGNALS:
            order = self._order(name)
            for i, label in enumerate(order):
                ahead[name, label] = [self.columns[name, o] for o in order[1 : i + 1]]
        for r, row in enumerate(labels):
            for name, label in row.items():
                key = (name, label)
                found = ahead.get(key)
                if found is None:
                    found = [self.columns[key]] if key in self.columns else []
                rows += [r] * len(found)
                columns += found
        return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(labels), len(self.columns)))

    def score(self, labels: dict[str, str]) -> float:
        """Return the score of one case."""
        return self.base + sum(self.points[n].get(v, 0.0) for n, v in labels.items())


def best(rows: list[Row], model: Model, counts: Counter[str], size: int) -> Any:
    """Return the highest score of every name."""
    scores = np.full(size, -99.0)
    for row in rows:
        value = model.score({**row.labels, "imitated": _imitated(counts[row.target])})
        scores[row.owner] = max(scores[row.owner], value)
    return scores


def threshold(scores: Any, share: float) -> float:
    """Return the score that this share of names reaches."""
    return float(np.sort(scores)[-int(share * len(scores))])


class Figures:
    """Recall and false alarms, gathered fold by fold."""

    def __init__(self, data: Data, ecosystem: str) -> None:
        total = len(data.pairs)
        self.data, self.ecosystem = data, ecosystem
        self.fold = np.random.RandomState(0).randint(0, FOLDS, total)
        self.tiers = {"block": np.zeros(total, bool), "warn": np.zeros(total, bool)}
        self.alarms: dict[str, list[float]] = {"block": [], "warn": []}
        self.scores, self.named = np.full(total, -99.0), [""] * total

    def run(self, f: int) -> None:
        """Train on all folds but one and judge that one."""
        data, fold = self.data, self.fold
        counts = Counter(_target(data, i) for i in range(len(data.pairs)) if fold[i] != f)
        model = Model(PENALTY[self.ecosystem]).fit(*training(data, counts, lambda i: fold[i] != f))
        for row in data.squats:
            if fold[row.owner] == f:
                value = model.score({**row.labels, "imitated": _imitated(counts[row.target])})
                if value > self.scores[row.owner]:
                    self.scores[row.owner], self.named[row.owner] = value, row.target
        tune = best(data.living["tune"], model, counts, data.sizes["tune"])
        test = best(data.living["test"], model, counts, data.sizes["test"])
        for tier, share in zip(self.tiers, AIM[self.ecosystem], strict=True):
            least = threshold(tune, share)
            self.tiers[tier] |= (fold == f) & (self.scores >= least)
            self.alarms[tier].append(float((test >= least).mean()))

    def right(self) -> Any:
        """Return for which squats the name pointed at is the one that was imitated."""
        return np.array([name == _target(self.data, i) for i, name in enumerate(self.named)])


GROUPS = {
    "all": bool,
    "curated": lambda p: p["grade"] == "curated",
    "curated, target listed": lambda p: p["grade"] == "curated" and p["target_rank"] != "0",
    "derived": lambda p: p["grade"] == "derived",
    "AI targets": lambda p: p["target_ai"] == "1",
}


def report(data: Data, args: argparse.Namespace) -> None:
    """Print recall by cross-validation over the pairs and false alarms on the test sample."""
    figures = Figures(data, args.ecosystem)
    for f in range(FOLDS):
        figures.run(f)
    right, block, warn = figures.right(), figures.tiers["block"], figures.tiers["warn"]
    print(f"{args.ecosystem}: five-fold cross-validation; false alarms on living names not trained or tuned on")
    for title, fits in GROUPS.items():
        chosen = np.array([fits(p) for p in data.pairs])
        print(
            f"  {title:24} n {chosen.sum():4}  block {100 * block[chosen].mean():5.1f} %  "
            f"warn {100 * warn[chosen].mean():5.1f} %  right target {100 * right[warn & chosen].mean():5.1f} %"
        )
    for tier, shares in figures.alarms.items():
        print(f"  living names, {tier:5}      {100 * np.mean(shares):.3f} %")
    if args.misses:
        for i in np.where(~warn | ~right)[0]:
            p, word = data.pairs[i], "wrong" if warn[i] else "miss"
            print(f"   {word} {p['squat']} {p['target']} {p['grade']} {figures.scores[i]:.2f} {figures.named[i]}")


def render(model: Model, block: float, warn: float, counts: Counter[str], ecosystem: str) -> str:
    """Return the TOML text of a table of points."""
    lines = [
        "# Made by corpus/names/train.py from labelled squats and the package lists of the index; do not edit by hand.",
        f'title = "Points of the name signals ({OSV[ecosystem]})"',
        "",
        "[tiers]",
        f"base = {model.base:.3f}",
        f"block = {block:.3f}",
        f"warn = {warn:.3f}",
    ]
    for name, held in model.points.items():
        lines += ["", f"[points.{name}]"]
        lines += [f"{_key(label)} = {value:.2f}" for label, value in held.items() if round(value, 2)]
    lines += ["", "# set by hand: the pairs come without such facts", "[facts]"]
    lines += [f"{_key(label)} = {value:.2f}" for label, value in FACTS.items()]
    lines += ["", "# name = known imitations of it", "[imitated]"]
    lines += [f"{_key(name)} = {count}" for name, count in sorted(counts.items())]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else f'"{text}"'


if __name__ == "__main__":
    sys.exit(main())
