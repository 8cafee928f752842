"""What ``depscan was-i-hit`` costs over a history of real-shaped locks, for incidents with few and with many names.

usage: python tests/bench/incident_history.py ../shared/lockfiles.zip FOLDER [--commits N] [--incident ID ...]

Each commit changes a few versions in the largest uv.lock and the largest pnpm-lock.yaml of the archive. Printed is, for
each incident, how many names it has, how many versions of files were looked at and parsed, and the seconds of CPU of
this process and of git.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
from typing import TYPE_CHECKING

from depscan.incident import history
from depscan.incident.files import Reader
from depscan.incident.known import incident_of
from depscan.incident.matching import Matching
from tests.bench.fleet import mutated, projects
from tests.bench.nightly import say

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKS = ("uv.lock", "pnpm-lock.yaml")
_INCIDENTS = ("axios-2026-03", "chalk-debug-2025-09", "hades-2026-06", "shai-hulud-2025-11")
_START = 1_750_000_000
_HOUR = 3600


def largest(archive: str) -> dict[str, bytes]:
    """Return the largest lock of each kind in the archive."""
    found: dict[str, bytes] = {}
    for project in projects(archive):
        for path, data in project.items():
            name = os.path.basename(path)
            if name in _LOCKS and len(data) > len(found.get(name, b"")):
                found[name] = data
    return found


def stream(files: dict[str, bytes], commits: int, seed: int = 1) -> Iterator[bytes]:
    """Yield what ``git fast-import`` reads: a branch on which each commit changes a few versions."""
    chance = random.Random(seed)
    for number in range(commits):
        files = mutated(files, chance) if number else files
        head = f"commit refs/heads/main\ncommitter bench <bench@example.invalid> {_START + number * _HOUR} +0000\n"
        yield f"{head}data 0\n".encode()
        for path, data in files.items():
            yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"


def make(archive: str, folder: str, commits: int) -> None:
    """Make the repository."""
    subprocess.run(("git", "init", "-q", "-b", "main", folder), check=True)
    command = ("git", "-C", folder, "fast-import", "--quiet")
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        assert running.stdin is not None
        for part in stream(largest(archive), commits):
            running.stdin.write(part)


def main() -> None:
    """Make the repository where it is not there, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive")
    parser.add_argument("folder")
    parser.add_argument("--commits", type=int, default=250)
    parser.add_argument("--incident", nargs="*", default=list(_INCIDENTS))
    args = parser.parse_args()
    if not os.path.isdir(args.folder):
        make(args.archive, args.folder, args.commits)
    say(f"{'incident':24} {'names':>6} {'versions':>9} {'parsed':>7} {'traces':>7} {'CPU s':>7} {'git s':>6}")
    for own in args.incident:
        matching = Matching(incident_of(own))
        reader = Reader(matching)
        before = os.times()
        found = history.look(args.folder, args.folder, reader, set())
        after = os.times()
        mine = after.user + after.system - before.user - before.system
        git = after.children_user + after.children_system - before.children_user - before.children_system
        names, traces = len({bad.name for bad in matching.packages}), len(found.traces)
        say(f"{own:24} {names:6} {found.looked:9} {reader.parsed:7} {traces:7} {mine:7.2f} {git:6.2f}")


if __name__ == "__main__":
    main()
