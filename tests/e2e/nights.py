"""A small fleet, a run over it that somebody disturbs, and what a store says whatever happened on the way."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import zlib
from pathlib import Path
from typing import Any

from depscan.history.pack import unpacked

Row = tuple[Any, ...]

_LOCK = """\
version = 1
[[package]]
name = "app"
version = "1"
source = {{ virtual = "." }}
dependencies = [{{ name = "flask" }}, {{ name = "own{number}" }}]
[[package]]
name = "flask"
version = "3.0.{patch}"
source = {{ registry = "https://index.example/simple" }}
dependencies = [{{ name = "jinja2" }}]
[[package]]
name = "jinja2"
version = "3.1.{patch}"
source = {{ registry = "https://index.example/simple" }}
[[package]]
name = "own{number}"
version = "1.0"
source = {{ registry = "https://index.example/simple" }}
"""


def make_fleet(folder: Path, count: int) -> None:
    """Write repositories with a lock, a list and a script; every tenth is equal to the one before it."""
    for at in range(count):
        number = at - (at % 10 == 9)
        repository = folder / f"repo{at:03}"
        (repository / "deploy").mkdir(parents=True)
        (repository / "uv.lock").write_text(_LOCK.format(number=number, patch=number % 6), "utf-8")
        (repository / "deploy" / "requirements.txt").write_text(f"werkzeug==2.0.{number % 4}\nnumpy\n", "utf-8")
        code = f"import openai\nopenai.OpenAI().responses.create(model='gpt-4o', input='{number}')\n"
        (repository / "ask.py").write_text(code, "utf-8")


def content(store: Path) -> dict[str, list[Row]]:
    """Return what a store says now, without numbers it gave and without times: equal for equal fleets."""
    with contextlib.closing(sqlite3.connect(store)) as link:

        def rows(statement: str) -> list[Row]:
            return link.execute(statement).fetchall()

        purls: dict[int, str] = dict(rows("SELECT id, purl FROM package"))

        def used(data: bytes) -> str:
            held = json.loads(zlib.decompress(data))
            held["uses"] = sorted([purls[use[0]], *use[1:]] for use in held["uses"])
            return json.dumps(held, sort_keys=True)

        made = {
            "package": rows("SELECT purl, ecosystem, name, version, source, registry, url, kind, judged FROM package"),
            "graph": [
                (digest, *(purls[n] for n in unpacked(nodes)), "up", *unpacked(up), "edges", *unpacked(edges))
                for digest, nodes, up, edges in rows("SELECT digest, nodes, up, edges FROM graph")
            ],
            "node": rows(
                "SELECT p.purl, g.digest FROM node n LEFT JOIN package p ON p.id = n.package LEFT JOIN graph g ON"
                " g.id = n.graph"
            ),
            "reading": [
                (*row[:-1], used(row[-1])) for row in rows("SELECT key, until, files, bytes, more FROM reading")
            ],
            "part": rows(
                "SELECT r.key, p.path, p.format, g.digest, p.packages FROM part p LEFT JOIN reading r ON r.id ="
                " p.reading LEFT JOIN graph g ON g.id = p.graph"
            ),
            "finding": rows("SELECT digest, fingerprint, rule, class, severity, subject, more FROM finding"),
            "of readings": rows(
                "SELECT r.key, f.digest FROM reading_finding h LEFT JOIN reading r ON r.id = h.reading LEFT JOIN"
                " finding f ON f.id = h.finding"
            ),
            "of packages": rows(
                "SELECT p.purl, f.digest FROM package_finding h LEFT JOIN package p ON p.id = h.package LEFT JOIN"
                " finding f ON f.id = h.finding WHERE h.last IS NULL"
            ),
            "state": rows(
                "SELECT n.name, n.place, n.mark, r.key, s.revision, s.problem FROM state s LEFT JOIN repository n ON"
                " n.id = s.repository LEFT JOIN reading r ON r.id = s.reading WHERE s.last IS NULL"
            ),
        }
        assert rows("PRAGMA integrity_check") == [("ok",)]
    return {name: sorted(table, key=repr) for name, table in made.items()}


def start(argv: list[str], cwd: Path) -> subprocess.Popen[bytes]:
    """Start a run in a scrubbed environment."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "SOURCE_DATE_EPOCH": "1785000000", "TMPDIR": str(cwd)}
    return subprocess.Popen(argv, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that go on."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Return whether a process goes on; one that only waits for its parent to notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def kill_something(run: subprocess.Popen[bytes], dice: random.Random) -> bool:
    """Kill the run or one of its workers; return whether any was there. No worker may outlive the run."""
    workers = children(run.pid)
    if dice.random() < 0.5 or not workers:
        if run.poll() is not None:
            return False
        workers = children(run.pid)
        run.kill()
        run.wait()
        for _ in range(1000):
            if not any(is_alive(pid) for pid in workers):
                return True
            time.sleep(0.01)
        raise AssertionError("a worker outlives its parent")
    with contextlib.suppress(ProcessLookupError):
        os.kill(dice.choice(workers), signal.SIGKILL)
        return True
    return False


def kills(argv: list[str], cwd: Path, wanted: dict[str, list[Row]], count: int, dice: random.Random) -> int:
    """Disturb runs ``count`` times and compare each store that comes to its end; return how many stores that were.

    Args:
        argv: the command, without ``--store``.
        cwd: where it runs.
        wanted: ``content`` of an undisturbed run.
        count: kills.
        dice: when, and whom.
    """
    done = stores = 0
    while done < count:
        store = cwd / f"killed{stores}.db"
        run = start([*argv, "--store", store.name], cwd)
        code = None
        while code is None or code < 0:
            if code is not None:
                run = start([*argv, "--store", store.name], cwd)
            while run.poll() is None and done < count:
                time.sleep(dice.uniform(0.02, 0.6))
                done += kill_something(run, dice)
            _, told = run.communicate()
            code = run.returncode
            assert b"Traceback" not in told, told.decode()
        assert code in {0, 1, 4}, told.decode()
        found = content(store)
        for name, rows in wanted.items():
            assert found[name] == rows, f"{name} differs after {done} kills"
        stores += 1
    return stores
