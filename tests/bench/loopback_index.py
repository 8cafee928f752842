"""Measure 1 of the index: 300 packages and a wheel of 2 GB on an index on this machine, scanned online twice.

    python tests/bench/loopback_index.py FOLDER-OF-WHEELS... [--packages 300]

The packages are the wheels in the folders as they are, one of each name; where there are too few, every nth one comes
once more under another name. With the sparse wheel of 2 GB they are served with their core metadata, as large indexes
do, and pinned without hashes. Prints what docs/benchmarks-registry.md holds. Not a test: it takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from depscan.api import GraphOptions, read_completed_graph
from depscan.facts.ranged import WORTH
from depscan.registry.registry import Registry
from depscan.registry.settings import load_settings
from depscan.resolution.target import target_of
from tests.unit.registry.loopback import Asked, Loopback
from tests.unit.registry.wheels import sparse_wheel

PYTHON, PLATFORM = "3.11", "linux_x86_64"
HUGE = "hugemodel"


def wheels_of(folders: list[str]) -> dict[str, Path]:
    """Return the wheels by name; of a name the first."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.whl")):
            found.setdefault(canonicalize_name(path.name.split("-")[0]), path)
    return found


def info_of(archive: zipfile.ZipFile) -> str:
    """Return the path of the metadata."""
    return next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1)


def renamed(path: Path, folder: Path) -> None:
    """Write the wheel under another name."""
    old, version, rest = path.name.split("-", 2)
    new = f"{old}_again"
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(folder / f"{new}-{version}-{rest}", "w", zipfile.ZIP_DEFLATED) as made,
    ):
        info = info_of(source)
        for item in source.infolist():
            data = source.read(item)
            if item.filename == info:
                data = data.replace(b"\nName: " + old.encode(), b"\nName: " + new.encode())
                lines = data.split(b"\n")
                data = b"\n".join(f"Name: {new}".encode() if row.startswith(b"Name:") else row for row in lines)
            made.writestr(
                item.filename.replace(f"{info.split('/', maxsplit=1)[0]}/", f"{new}-{version}.dist-info/"), data
            )


def build(folder: Path, folders: list[str], count: int) -> list[str]:
    """Fill the index; returns the pins."""
    found = sorted(wheels_of(folders).items())[: count - 1]
    for _, path in found:
        os.symlink(path.resolve(), folder / path.name)
    missing = count - 1 - len(found)
    for at in range(missing):
        renamed(found[at * len(found) // missing][1], folder)
    for path in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(path) as archive:
            (folder / f"{path.name}.metadata").write_bytes(archive.read(info_of(archive)))
    sparse_wheel(str(folder), HUGE, 2_000_000_000)
    return [f"{path.name.split('-')[0]}=={path.name.split('-')[1]}" for path in sorted(folder.glob("*.whl"))]


def expected_edges(folder: Path, pins: list[str]) -> set[tuple[str, str]]:
    """Return the edges that the metadata state for the target, between pins."""
    names = {canonicalize_name(pin.partition("==")[0]) for pin in pins}
    environment = {**target_of(PYTHON, PLATFORM).environment(), "extra": ""}
    edges: set[tuple[str, str]] = set()
    for path in folder.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            text = archive.read(info_of(archive)).decode("utf-8", "replace").partition("\n\n")[0]
        parent = canonicalize_name(path.name.split("-")[0])
        for row in text.split("\n"):
            if row.startswith("Requires-Dist:"):
                asked = Requirement(row.partition(":")[2].strip())
                child = canonicalize_name(asked.name)
                if child in names and (asked.marker is None or asked.marker.evaluate(environment)):
                    edges.add((parent, child))
    return edges


def graph(pins: str, expected: set[tuple[str, str]]) -> Iterator[str]:
    """Complete the graph, and yield what is to be told."""
    begin = time.process_time()
    with Registry(load_settings(os.path.dirname(pins))) as registry:
        made = read_completed_graph([pins], GraphOptions((), (), PYTHON, PLATFORM), registry=registry)
    spent = time.process_time() - begin
    nodes = made.graph.nodes
    ours = {(nodes[e.parent].name, nodes[e.child].name) for e in made.graph.edges if e.taken and e.parent in nodes}
    assert made.completion is not None
    yield f"graph: {len(ours & expected)} of {len(expected)} edges between pins found; {made.completion.sentence()}"
    for pair in sorted(expected - ours)[:20]:
        yield f"  not found: {' -> '.join(pair)}"
    yield f"  {registry.received:,} bytes in {registry.requests} requests, {spent:.1f} CPU s"


def scan(pins: str, config: str, count: int) -> Iterator[str]:
    """Run the scan in a process of its own, and yield what is to be told."""
    report = f"{pins}.json"
    command = [sys.executable, "-m", "depscan", "scan", pins, "--online", "--config", config]
    command += ["--format", "json", "--output", report]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    passed, peak = time.monotonic() - begin, after.ru_maxrss >> 10
    yield f"  exit {done.returncode}, {spent:.1f} CPU s, {passed:.1f} s, peak {peak} MiB"
    if b"Traceback" in done.stderr:
        yield done.stderr.decode("utf-8", "replace")[-2000:]
    if done.returncode == 2:
        raise SystemExit(done.stderr.decode())
    told: dict[str, Any] = json.loads(Path(report).read_text("utf-8"))
    skipped = {c["what"]: c["why"] for c in told["coverage"] if "code not looked at" in c["why"] or c.get("needed")}
    yield f"  inspected {count - len(skipped)} of {count} packages; {len(told['findings'])} findings"
    for what, why in list(skipped.items())[:20]:
        yield f"  not inspected: {what}: {why}"
    ranged = sum("its hash could not be compared" in c["why"] for c in told["coverage"])
    yield f"  {ranged} wheels read by range, {count - len(skipped) - ranged} whole and checked against the index's hash"


def say(lines: Iterator[str] | list[str]) -> None:
    """Print."""
    for line in lines:
        print(line, flush=True)  # noqa: T201


def served(folder: Path) -> int:
    """Return the bytes of the archives."""
    return sum(path.stat().st_size for path in folder.glob("*.whl"))


def by_kind(folder: Path, log: list[Asked]) -> Iterator[str]:
    """Yield how the bytes came."""
    kinds: dict[str, list[int]] = {}
    for path in {one.path for one in log}:
        name, sent = path.rpartition("/")[2], sum(one.sent for one in log if one.path == path)
        whole = any(one.status == HTTPStatus.OK for one in log if one.path == path)
        if not name.endswith(".whl"):
            kind = "pages and metadata"
        elif (folder / name).stat().st_size < WORTH:
            kind = "wheels below 256 KiB"
        else:
            kind = "wheels that came whole, mostly code" if whole else "wheels read by range"
        kinds.setdefault(kind, []).append(sent)
    for kind, sizes in sorted(kinds.items()):
        yield f"    {sum(sizes):,} bytes: {kind} ({len(sizes)})"


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--packages", type=int, default=300)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        folder, home = Path(base, "index"), Path(base, "home")
        folder.mkdir()
        home.mkdir()
        rows = build(folder, args.folders, args.packages)
        pins, config = str(home / "pins.txt"), str(home / "policy.toml")
        Path(pins).write_text("\n".join([*rows, ""]), "utf-8")
        Path(config).write_text('[checks]\ndisable = ["live_advisories"]\n', "utf-8")
        expected = expected_edges(folder, rows)
        huge = next(folder.glob(f"{HUGE}-*.whl")).name
        with Loopback(str(folder), hashes={huge: "a" * 64}) as index:
            for name in [key for key in os.environ if key.startswith(("PIP_", "UV_"))]:
                del os.environ[name]
            more = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config")}
            os.environ |= {**more, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index.url}
            for path in folder.iterdir():
                index.digest(path.name)  # not the server's time
            total = served(folder)
            say([f"{len(rows)} packages, {total:,} bytes of archives"])
            seen = asked = 0
            for run in ("first", "second"):
                say([f"{run} run"])
                say(graph(pins, expected))
                say(scan(pins, config, len(rows)))
                sent, requests = index.sent(), len(index.log)
                share = (sent - seen) / total
                say([f"  transferred {sent - seen:,} bytes ({share:.2%}) in {requests - asked} requests"])
                say(by_kind(folder, index.log[asked:]))
                seen, asked = sent, requests


if __name__ == "__main__":
    main()
