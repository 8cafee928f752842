"""Hold depscan against every incident twin: the poisoned release is to be blocked, its predecessor to pass.

    python corpus/incidents/check.py           # a table, and results.json
    python corpus/incidents/check.py chalk     # only cases whose id or incident holds the text; nothing is written

Archives are made in a temporary folder and deleted with it. Nothing in them is installed, imported or run.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))

from corpus.incidents.build import Case, build, cases, pack  # noqa: E402 - the corpus is no installed package

BLOCKED = ("malicious", "suspicious")


class Outcome(NamedTuple):
    """What depscan said about a case.

    Attributes:
        id, incident: of the case.
        old, new: verdicts of inspect over all archives of each release.
        compare: verdict of compare, the worst over the kinds of archive.
        reasons: why it is worse.
        rules: ids that reported on the new release.
        problems: what differs from what should be, one sentence each.
        seconds: wall time for all of it.
    """

    id: str
    incident: str
    old: str
    new: str
    compare: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    problems: tuple[str, ...]
    seconds: float


def run(case: Case) -> Outcome:
    """Return what depscan says about both releases of a case."""
    from depscan.inspection import inspect

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        build(case, folder)
        before, after = (inspect(archives(os.path.join(folder, which))) for which in ("old", "new"))
        compared, reasons = compare(case, folder)
    rules = tuple(sorted({finding.rule for finding in after.findings}))
    found = []
    if before.verdict != "clean":
        found.append(f"the predecessor is {before.verdict}")
    if after.verdict not in BLOCKED and case.blocked_by != "compare":
        found.append(f"the poisoned release is {after.verdict}")
    if compared != "worse":
        found.append(f"the change is {compared}")
    seconds = round(time.perf_counter() - start, 2)
    return Outcome(
        case.id, case.incident, before.verdict, after.verdict, compared, reasons, rules, tuple(found), seconds
    )


def compare(case: Case, folder: str) -> tuple[str, tuple[str, ...]]:
    """Return the verdict over all pairs of archives of the same kind, and the reasons."""
    from depscan.comparison import CompareOptions, compare_paths

    uploaded = {release.name: f"{case.date}T00:00:00Z" for release in case.beside}  # as the index would say
    options = CompareOptions(find_links=(os.path.join(folder, "new"),), uploaded=uploaded, now=f"{case.date}T12:00:00Z")
    made = [
        compare_paths(os.path.join(folder, "old", pack(old)[0]), os.path.join(folder, "new", pack(new)[0]), options)
        for old, new in zip(case.old, case.new, strict=True)
    ]
    verdicts = {one.verdict for one in made}
    verdict = next(word for word in ("worse", "incomplete", "better", "same") if word in verdicts)
    return verdict, tuple(dict.fromkeys(reason for one in made for reason in one.reasons))


def archives(folder: str) -> list[str]:
    """Return the paths of the archives in a folder."""
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def main(arguments: list[str]) -> int:
    """Print the table; returns 1 where something is not as it should be."""
    verbose = "-v" in arguments
    arguments = [a for a in arguments if a != "-v"]
    wanted = [c for c in cases() if not arguments or any(a in f"{c.id} {c.incident}" for a in arguments)]
    outcomes = [run(case) for case in wanted]
    for o in outcomes:
        print(f"{o.id:32} old {o.old:10} new {o.new:11} compare {o.compare:10} {o.seconds:5.2f} s")
        for line in (*o.rules, *o.reasons) if verbose else ():
            print(f"    {line}")
        for problem in o.problems:
            print(f"    PROBLEM: {problem}")
    if not arguments:
        rows = {o.id: {k: v for k, v in o._asdict().items() if k not in {"id", "seconds"}} for o in outcomes}
        with open(os.path.join(HERE, "results.json"), "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
            file.write("\n")
    return int(any(o.problems for o in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
