"""``depscan names --sweep``: a whole index's list of names, judged while it is read, the riskiest first."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from depscan.intel.name_lists import Row as ListRow
    from depscan.names.judge import Judge
    from depscan.names.verdict import Verdict

_STEP = 50_000


def sweep(args: Namespace, ecosystem: str) -> int:
    """Judge every name of a list and write the suspects sorted by risk; return the exit code.

    Descriptions in the list are used where a name is a suspect: a copied one weighs.
    """
    from depscan.cli._names_text import RENDERERS
    from depscan.intel.name_lists import read_list
    from depscan.intel.name_table import open_table
    from depscan.names.judge import Judge
    from depscan.naming import Names, Row, demand, describe
    from depscan.policy.policy import load_policy

    policy = load_policy(args.config, ".")
    table = open_table(args.table)
    demand(table, ecosystem)
    judge = Judge(ecosystem, table, policy.names.allow)
    started = time.monotonic()
    found, total = _suspects(judge, read_list(args.sweep))
    found.sort(key=lambda v: (v.tier != "block", -v.score, v.name))
    answers = Names(tuple(Row(v) for v in found), ecosystem, describe(table, ecosystem))
    arguments.write("".join(RENDERERS[args.format or "csv"](answers)), args.output)
    blocked = sum(v.tier == "block" for v in found)
    if sys.stderr is not None:
        seconds = time.monotonic() - started
        sys.stderr.write(
            f"depscan: {total:,} names in {seconds:.1f} s, {blocked:,} block, {len(found) - blocked:,} warn; "
            f"against {answers.source}\n"
        )
    tiers = {"block": blocked, "warn": len(found), "none": 0}[args.fail_on]
    return 1 if tiers else 0


def _suspects(judge: Judge, rows: Iterator[ListRow]) -> tuple[list[Verdict], int]:
    from itertools import islice

    from depscan.cli._progress import progress
    from depscan.names.verdict import NONE, Facts

    found: list[Verdict] = []
    total = 0
    with progress() as step:
        started = time.monotonic()
        while piece := list(islice(rows, _STEP)):
            for row, verdict in zip(piece, judge.judge_many([r.name.strip() for r in piece]), strict=True):
                if verdict.tier != NONE:
                    found.append(judge.judge(row.name, Facts(summary=row.summary)) if row.summary else verdict)
            total += len(piece)
            rate = total / max(time.monotonic() - started, 1e-6)
            step(f"{total:,} names, {rate:,.0f} a second, {len(found):,} suspects")
    return found, total
