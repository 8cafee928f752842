"""Measure nights over a synthetic fleet: CPU beyond parsing and matching, the second night, growth, memory, queries.

    python -m tests.bench.nightly ../shared/lockfiles.zip [--sizes 200,2000] [--change 0.02] [--git] [--jobs N]

For each size: makes the fleet (``fleet.py``), runs a first night, changes some repositories, runs a second night, asks
``who``, ``changed`` and ``blast`` for the commonest package. What parsing and matching alone cost is measured in
one process over the same repositories. Bars: 6 ms CPU per lock beyond that, second night 5 % of the first, CPU linear,
300 MB in the parent, 0.5 s per query. Not a test: the figures depend on the machine, which is shared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.bench import fleet as made

if TYPE_CHECKING:
    from depscan.history.records import Node


class Cost(NamedTuple):
    """CPU seconds of a command and its workers, seconds on the wall, MB of the parent alone, exit status."""

    cpu: float
    wall: float
    peak: float
    status: int
    output: str


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(*words: str) -> Cost:
    """Run a depscan command."""
    command = [sys.executable, "-m", "depscan", *words]
    begun = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(command, stdout=told, stderr=subprocess.DEVNULL) as process,
    ):
        peak = 0.0
        while not _over(process.pid):
            peak = max(peak, _high_water(process.pid))
            time.sleep(0.01)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        output = told.read()
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, peak, process.returncode, output)


def _over(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _high_water(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as stream:
            row = next((line for line in stream if line.startswith("VmHWM")), "VmHWM: 0")
    except OSError:
        return 0.0
    return int(row.split()[1]) / 1024


class Alone(NamedTuple):
    """CPU seconds of parsing, of the checks and of matching by themselves, and how many locks there are."""

    parsing: float
    checking: float
    matching: float
    locks: int


def alone(folder: str) -> Alone:
    """Measure parsing and matching of every repository of a fleet in this process, with nothing around them."""
    from depscan.checks.check import Context
    from depscan.fleet.arrays import arrays_of
    from depscan.fleet.match import matched
    from depscan.fleet.unit import ELSEWHERE
    from depscan.graphs import merged
    from depscan.inputs.gather import Gathered
    from depscan.intel.store import open_index
    from depscan.judging import run_checks, with_paths
    from depscan.policy.policy import Policy

    parsing = checking = 0.0
    locks = 0
    nodes: dict[str, Node] = {}
    for name in sorted(os.listdir(folder)):
        top = os.path.join(folder, name)
        begun = time.process_time()
        gathered = Gathered(root=top)
        gathered.add_paths([top])
        graph = merged(gathered)
        read = time.process_time()
        context = Context(graph, gathered.documents, None, gathered.locate, now="2026-11-29")
        with_paths(graph, run_checks(context, Policy(), [], lambda _: None, ELSEWHERE)[0])
        parsing, checking = parsing + read - begun, checking + time.process_time() - read
        locks += len(gathered.documents)
        nodes.update((node.purl, node) for node in arrays_of(gathered, graph).nodes)
    begun = time.process_time()
    with open_index() as index:
        matched(enumerate(nodes.values()), index, Policy().names)
    return Alone(parsing, checking, time.process_time() - begun, locks)


def change(folder: str, share: float, chance: random.Random, *, git: bool) -> int:
    """Change a share of the repositories; return how many."""
    names = sorted(os.listdir(folder))
    some = chance.sample(names, max(1, round(len(names) * share)))
    for name in some:
        top = os.path.join(folder, name)
        paths = [os.path.join(base, n) for base, folders, ns in os.walk(top) if ".git" not in base for n in ns]
        project = {}
        for path in paths:
            with open(path, "rb") as stream:
                project[os.path.relpath(path, top)] = stream.read()
        made.write(made.mutated(project, chance), top)
        if git:
            made.commit(top)
    return len(some)


def measure(archive: str, size: int, args: argparse.Namespace) -> None:
    """Print the figures of one size."""
    chance = random.Random(7)
    top = tempfile.mkdtemp(prefix=f"night-{size}-", dir=args.scratch or None)
    folder, store = os.path.join(top, "fleet"), os.path.join(top, "depscan.db")
    for name, project in made.fleet(archive, size, chance):
        made.write(project, os.path.join(folder, name))
        if args.git:
            made.commit(os.path.join(folder, name))
    words = ["nightly", folder, "--store", store, *(["--jobs", args.jobs] if args.jobs else [])]
    first = run(*words)
    base = alone(folder)
    beyond = (first.cpu - base.parsing - base.checking - base.matching) / base.locks * 1000
    size_mb = os.path.getsize(store) / 1e6
    say(f"{size} repositories, {base.locks} files with dependencies, store {size_mb:.1f} MB")
    told = f"wall {first.wall:6.1f} s  parent {first.peak:4.0f} MB  exit {first.status}"
    say(f"  first night   CPU {first.cpu:7.2f} s  {told}")
    say(f"  alone         parsing {base.parsing:.2f}, checks {base.checking:.2f}, matching {base.matching:.2f} s")
    say(f"  beyond them   {beyond:.2f} ms per file (bar 6)")
    changed = change(folder, args.change, chance, git=args.git)
    second = run(*words)
    share, more = second.cpu / first.cpu, f"{changed} changed, parent {second.peak:.0f} MB, exit {second.status}"
    say(f"  second night  CPU {second.cpu:7.2f} s = {share:.1%} of the first (bar 5 %), {more}")
    third = run(*words)
    say(f"  nothing new   CPU {third.cpu:7.2f} s = {third.cpu / first.cpu:.1%} of the first")
    common = commonest(store)
    for query in (["who", common], ["changed"], ["blast", common]):
        for form in ("text", "json"):
            cost = run("history", *query, "--store", store, "--format", form)
            asked = f"{' '.join(query)} {form}"
            say(f"  history {asked:45} wall {cost.wall:.2f} s  CPU {cost.cpu:.2f} s  exit {cost.status}")
    if args.keep:
        say(f"  kept in {top}")
    else:
        shutil.rmtree(top)


def commonest(store: str) -> str:
    """Return the package that most repositories hold."""
    import sqlite3

    link = sqlite3.connect(store)
    row = link.execute(
        "SELECT p.name, COUNT(*) FROM node n JOIN package p ON p.id = n.package WHERE p.source = 'registry'"
        " GROUP BY p.name ORDER BY 2 DESC LIMIT 1"
    ).fetchone()
    return str(row[0])


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    parser.add_argument("--sizes", default="200,2000")
    parser.add_argument("--change", type=float, default=0.02)
    parser.add_argument("--git", action="store_true")
    parser.add_argument("--jobs", default="")
    parser.add_argument("--scratch", default="", help="folder for the fleet, instead of the usual one")
    parser.add_argument("--keep", action="store_true", help="leave fleet and store where they are")
    args = parser.parse_args()
    say(json.dumps(vars(args)))
    for size in map(int, args.sizes.split(",")):
        measure(args.archive, size, args)


if __name__ == "__main__":
    main()
