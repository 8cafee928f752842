"""Measure what the inventory of a folder of Python files costs: CPU seconds, wall time and peak memory.

    python tests/bench/inventory_cost.py SITE_PACKAGES [--files 5000] [--depscan FOLDER] [--runs 1]

Copies files, evenly spaced over the sorted ones, into a folder of its own and scans that in a new process: with one
worker held to one core, from the cache, with two workers, and from the cache again. Bar: 10 CPU s for 5,000 files on
one core. SITE_PACKAGES "dense" stands for copies of the labelled project's modules, each of which loads models: few
files of a real folder do. Not a test: the figures depend on the machine, which is shared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from typing import NamedTuple

DENSE = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "corpus", "projects", "ai-assistant", "src", "assistant"
)


class Cost(NamedTuple):
    """CPU seconds of the process and its workers, seconds on the wall, MiB of the largest process, exit status."""

    cpu: float
    wall: float
    peak: float
    status: int


def choose(top: str, count: int) -> list[str]:
    """Return paths of Python files below a folder, evenly spaced over all of them."""
    found = sorted(
        os.path.join(base, name) for base, _, names in os.walk(top) for name in names if name.endswith(".py")
    )
    if len(found) < count:
        raise SystemExit(f"only {len(found)} Python files below {top}")
    return [found[i * len(found) // count] for i in range(count)]


def copy(paths: list[str], top: str, target: str) -> int:
    """Copy files with their folders; return how many bytes they have."""
    size = 0
    for path in paths:
        made = os.path.join(target, os.path.relpath(path, top))
        os.makedirs(os.path.dirname(made), exist_ok=True)
        shutil.copyfile(path, made)
        size += os.path.getsize(path)
    return size


def dense(target: str, count: int) -> int:
    """Write files that all load models, no two of them alike; return how many bytes they have."""
    paths = [os.path.join(DENSE, name) for name in sorted(os.listdir(DENSE)) if name.endswith(".py")]
    size = 0
    for number in range(count):
        path = paths[number % len(paths)]
        made = os.path.join(target, f"part{number // len(paths)}", os.path.basename(path))
        os.makedirs(os.path.dirname(made), exist_ok=True)
        with open(path, encoding="utf-8") as source, open(made, "w", encoding="utf-8") as file:
            size += file.write(f"{source.read()}\n# {number}\n")
    return size


def measure(command: list[str], environment: dict[str, str], *, core: int | None = None) -> Cost:
    """Run a command, held to a core where one is named."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        if core is not None:
            os.sched_setaffinity(0, {core})
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.execvpe(command[0], command, environment)  # noqa: S606 - the command line that is measured
    _, status, used = os.wait4(child, 0)
    cpu = used.ru_utime + used.ru_stime
    return Cost(cpu, time.monotonic() - started, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", help="an installed site-packages")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument(
        "--depscan", default="", help="source tree of the depscan to measure, instead of the installed one"
    )
    parser.add_argument("--runs", type=int, default=1, help="the least of so many runs")
    chosen = parser.parse_args()
    core = min(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as tmp:
        project = os.path.join(tmp, "project")
        if chosen.folder == "dense":
            size = dense(project, chosen.files)
        else:
            size = copy(choose(chosen.folder, chosen.files), chosen.folder, project)
        sys.stdout.write(f"{chosen.files} files, {size / 2**20:.1f} MiB\n")
        sys.stdout.write("| run | CPU s | wall s | peak MiB | exit |\n| --- | --- | --- | --- | --- |\n")
        for jobs, held in ((1, core), (2, None)):
            for state in ("first", "cached"):
                environments = [
                    {**os.environ, "DEPSCAN_CACHE": os.path.join(tmp, f"cache-{jobs}-{run}")}
                    for run in range(chosen.runs)
                ]
                command = [sys.executable, "-m", "depscan", "scan", project, "--format", "json", "--jobs", str(jobs)]
                tree = {"PYTHONPATH": chosen.depscan} if chosen.depscan else {}
                cost = min(measure(command, {**env, **tree}, core=held) for env in environments)
                row = f"| {state}, --jobs {jobs} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.peak:.0f} | {cost.status} |"
                sys.stdout.write(row + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
