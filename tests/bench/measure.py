"""Measure the installed depscan with the scripts in ../shared/bench; prints what docs/benchmarks.md holds.

    python tests/bench/measure.py [--shared ../shared]

Not a test: the figures depend on the machine, which is shared. Ratios are taken in one run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*command: str) -> None:
    """Run a command and show it with its output."""
    sys.stdout.write(f"$ {' '.join(command)}\n")
    sys.stdout.flush()
    subprocess.run(command, check=False)


def main() -> None:
    """Run every measurement of the main job."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    shared: Path = parser.parse_args().shared.resolve()
    depscan = str(Path(sys.executable).with_name("depscan"))
    bench = shared / "bench"
    with tempfile.TemporaryDirectory() as folder:
        tmp = Path(folder)
        with zipfile.ZipFile(shared / "lockfiles.zip") as archive:
            archive.extractall(tmp / "locks")
        lock = str(tmp / "locks" / "files" / "crewAIInc+crewAI" / "uv.lock")
        pins = str(shared / "advisories" / "expected" / "ai-serving-2024-11.pins.txt")
        many = tmp / "many.txt"
        cost = [sys.executable, str(bench / "cost.py"), "-n", "15"]
        run(
            *cost[:2],
            "-n",
            "3",
            "--",
            depscan,
            "db",
            "build",
            str(shared / "advisories" / "PyPI" / "all.zip"),
            "--db",
            str(tmp),
        )
        run("ls", "-l", str(tmp / "advisories.idx"))
        run(
            sys.executable,
            str(bench / "advisories.py"),
            "--db",
            str(tmp),
            "--cmd",
            f"{depscan} {{pins}} --offline --format json --exit-zero",
        )
        run(
            sys.executable, str(bench / "lockfiles.py"), "--cmd", f"{depscan} graph {{file}} --format json", "--verbose"
        )
        run(*cost, "--", depscan, "--version")
        run(*cost, "--", depscan, pins)
        run(*cost, "--toml", lock, "--", depscan, lock)
        for count in (2500, 5000, 10000):
            many.write_text("".join(f"package-{i}==1.{i}.0\n" for i in range(count)))
            run(*cost[:2], "-n", "5", "--", depscan, str(many))


if __name__ == "__main__":
    main()
