"""Measure the memory of the process that runs a night, over readings that are made up: no file of them is parsed.

    python -m tests.bench.night_memory [SIZE...] [--packages 200000] [--nodes 40] [--store PLACE]

For each size a process of its own runs two nights over so many repositories, which reach ``--packages`` distinct
packages at most; the second finds nothing new. Prints the most MB the parent had by the end of each phase, and seconds.
Bar: 300 MB for 60,000 repositories and 200,000 packages. Not a test: it takes minutes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from hashlib import sha256
from tempfile import TemporaryDirectory

from depscan.fleet.engines.engine import Options
from depscan.fleet.task import Task
from depscan.history.records import Graph, Node, Part, Reading, encode
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location

VERSIONS = 8
"""Versions of each name."""


def made_up(task: Task) -> str:
    """Return the answer about a repository, made of its name: a project over packages, and two findings."""
    number, packages, nodes = map(int, os.path.basename(task.place).split("-")[1:])
    key = sha256(task.place.encode()).hexdigest()[:32]
    if not task.heed:
        return f'["{key}",""]'
    held = [Node("pkg:generic/app", "project", "app", "", "local", kind="project")]
    for at in range(nodes):
        own = (number * nodes + at) % packages
        name, version = f"made-up-{own // VERSIONS:06}", f"1.{own % VERSIONS}.0"
        held.append(
            Node(f"pkg:pypi/{name}@{version}", "PyPI", name, version, "registry", "https://index.example/simple")
        )
    every = list(range(nodes + 1))
    graph = Graph(every, [at // 2 for at in every], [n for at in every[:0:-1] for n in (at // 2, at)])
    told = [
        Finding("trust/made-up", "trust", Severity.LOW, Confidence.HIGH, f"file {number % 500}", "is made up",
                evidence=(Evidence(Location("app.py", line, "text")),))
        for line in (1, 2)
    ]  # fmt: skip
    reading = Reading(
        key,
        held,
        [graph],
        [Part("uv.lock", "uv-lock", 0, nodes)],
        told,
        [],
        [{"PyPI": nodes}, ["PyPI"], {}, {}, {}, []],
        [],
    )
    return f'["{key}",""]\n{encode(reading)}'


def high_water() -> float:
    """Return the most MB this process has had."""
    with open("/proc/self/status", encoding="ascii") as stream:
        return int(next(line for line in stream if line.startswith("VmHWM")).split()[1]) / 1024


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def measure(fleet: str, store: str) -> None:
    """Run a night in this process and print what it took."""
    from depscan.nightly import Plan, nightly

    begun, told = time.monotonic(), []

    def phase(text: str) -> None:
        told.append(f"{high_water():.0f} MB at {time.monotonic() - begun:.0f} s before {text}")

    done = nightly([fleet], Plan(store=store, limits=Options(2), progress=phase, work=made_up))
    cpu = os.times()
    say(f"  {done.read} read, {done.digest.packages} packages; {'; '.join(told)}; {high_water():.0f} MB in the end")
    say(f"  {done.seconds:.0f} s; CPU {cpu[0] + cpu[1]:.0f} s, of the workers {cpu[2] + cpu[3]:.0f} s")


def main() -> None:
    """Measure each size, each night in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[5000, 20_000, 60_000])
    parser.add_argument("--packages", type=int, default=200_000)
    parser.add_argument("--nodes", type=int, default=40)
    parser.add_argument(
        "--store", default="", help="postgresql://... in place of a file of its own; it has to be empty"
    )
    parser.add_argument("--night", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.night:
        measure(*args.night)
        return
    for size in args.sizes:
        with TemporaryDirectory(prefix="memory-") as folder:
            fleet = f"{folder}/fleet"
            for number in range(size):
                os.makedirs(f"{fleet}/repo-{number}-{args.packages}-{args.nodes}")
                with open(f"{fleet}/repo-{number}-{args.packages}-{args.nodes}/requirements.txt", "wb"):
                    pass
            say(f"{size} repositories")
            for _ in range(2):
                words = ["--night", fleet, args.store or f"{folder}/x.db"]
                subprocess.run([sys.executable, "-m", "tests.bench.night_memory", *words], check=True)


if __name__ == "__main__":
    main()
