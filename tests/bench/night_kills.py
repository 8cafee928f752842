"""Measure: 100 SIGKILLs of runs and of their workers; a store that comes to its end is as if nothing had happened.

python -m tests.bench.night_kills [KILLS [REPOSITORIES [SEED]]]
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.nights import content, kills, make_fleet, start


def main(count: int = 100, repositories: int = 60, seed: int = 1) -> None:
    """Print how many kills and how many whole stores there were; raise where one differs."""
    command = [sys.executable, "-m", "depscan", "nightly", "mirrors", "--jobs", "2"]
    with TemporaryDirectory() as folder:
        top, began = Path(folder), time.monotonic()
        make_fleet(top / "mirrors", repositories)
        start([*command, "--store", "calm.db"], top).communicate()
        wanted = content(top / "calm.db")
        stores = kills(command, top, wanted, count, random.Random(seed))
        seconds = time.monotonic() - began
        told = f"{count} kills, {stores} stores came to their end, all equal to the calm one, {seconds:.0f} s"
        sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
