"""Speed of name analysis: names a second on one core, warm and in process.

    python tests/bench/names.py LIST [--ecosystem PyPI] [--names 50000]

LIST is a list of names as ``depscan names --sweep`` reads it. Not a test: the figures depend on the machine.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time

from depscan.intel.name_lists import read_list
from depscan.intel.name_table import open_table
from depscan.names.judge import Judge


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("list")
    parser.add_argument("--ecosystem", default="PyPI")
    parser.add_argument("--names", type=int, default=50_000)
    args = parser.parse_args()
    judge = Judge(args.ecosystem, open_table())
    names = [row.name for row in read_list(args.list)]
    sample = random.Random(7).sample(names, min(args.names, len(names)))
    start = time.process_time()
    list(judge.judge_many(sample[:1]))
    sys.stdout.write(f"index prepared in {time.process_time() - start:.2f} CPU s\n")
    gc.disable()  # as the depscan command does
    for _ in range(5):
        start = time.process_time()
        flagged = sum(v.tier != "none" for v in judge.judge_many(sample))
        rate = len(sample) / (time.process_time() - start)
        sys.stdout.write(f"{len(sample):,} names, {flagged:,} flagged, {rate:,.0f} names a CPU second\n")


if __name__ == "__main__":
    main()
