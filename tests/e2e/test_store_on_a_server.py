"""A store in PostgreSQL, with the installed wheel: every command says what it says of the same store in a file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.e2e.conftest import Installed, Run
from tests.need import need
from tests.unit.history.server import PROGRAMS, Server, running

LOCK = """\
version = 1
[[package]]
name = "app"
version = "1"
source = {{ virtual = "." }}
dependencies = [{{ name = "flask" }}, {{ name = "Zope\\u0000%s?" }}]
[[package]]
name = "flask"
version = "3.0.0"
source = {{ registry = "https://index.example/simple?a=%20" }}
dependencies = [{{ name = "jinja2" }}]
[[package]]
name = "jinja2"
version = "{}"
source = {{ registry = "https://index.example/simple" }}
[[package]]
name = "Zope\\u0000%s?"
version = "4294967296.99999999999999999999"
source = {{ registry = "https://index.example/simple" }}
"""
"""Texts that one database may take otherwise than the other: NUL, marks of statements, capitals, large numbers."""
NAMES = ("Web", "search", "_ops", "été", "a b", "naïve%s?", "Z'")

INCIDENT = """\
id = "bad"
title = "jinja2 3.1.4"
published = "2026-07-24"
references = ["X-1"]

[[package]]
ecosystem = "PyPI"
name = "jinja2"
versions = ["3.1.4"]
window = ["2026-07-20T10:00:00Z", "2026-07-28T12:00:00Z"]
runs = "import"
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    need("postgres", missing="" if PROGRAMS else "no PostgreSQL server on this machine")
    with running() as made:
        yield made


class Stores(NamedTuple):
    """Two stores of the same nights: a file and a database of a server."""

    depscan: Installed
    file: str
    url: str

    def both(self, *words: str) -> Run:
        """Run a command with either store, and return what it left: the same."""
        one, other = (self.depscan(*words, "--store", place) for place in (self.file, self.url))
        assert (other.code, other.out.replace(self.url, self.file)) == (one.code, one.out)
        return one

    def night(self) -> None:
        """Run a night into either store."""
        told = [self.depscan("nightly", "mirrors", "--store", place, "--format", "json") for place in self[1:]]
        one, other = (json.loads(run.out) | {"seconds": 0, "cpu_seconds": 0, "store": ""} for run in told)
        assert other == one


def lock(depscan: Installed, repository: str, version: str) -> None:
    folder = depscan.cwd / "mirrors" / repository
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "uv.lock").write_text(LOCK.format(version), "utf-8")


@pytest.fixture
def stores(depscan: Installed, server: Server) -> Stores:
    made = Stores(depscan, "n.db", server.database())
    for number, name in enumerate(NAMES):
        lock(depscan, name, f"3.1.{number % 3 + 2}")
    odd = os.fsdecode(b"odd\xff")
    lock(depscan, odd, "3.1.4")
    (depscan.cwd / "mirrors" / odd / "ask.py").write_text("import openai\nopenai.OpenAI()\n", "utf-8")
    made.night()
    lock(depscan, "Web", "3.1.6")
    lock(depscan, "new", "3.1.5")
    made.night()
    return made


@pytest.mark.parametrize("form", ["json", "text", "markdown"])
def test_questions_are_answered_alike(stores: Stores, form: str) -> None:
    for words in (
        ("who", "jinja2==3.1.4"), ("who", "jinja2>=3.1.4"), ("who", "flask", "--night", "1"), ("who", "nobody"),
        ("who", "Zope\\x00%s?"), ("changed",), ("blast", "jinja2"), ("blast", "pkg:pypi/jinja2@3.1.4"),
    ):  # fmt: skip
        stores.both("history", *words, "--format", form)


def test_reports_are_equal(stores: Stores) -> None:
    for form in ("json", "markdown", "html"):
        assert stores.both("report", "--format", form).code == 0
    assert stores.both("report", "--gate", "--format", "markdown", "--night", "1").code == 1


def test_an_incident_is_found_in_either(stores: Stores) -> None:
    (stores.depscan.cwd / "bad.toml").write_text(INCIDENT, "utf-8")
    assert stores.both("was-i-hit", "bad.toml", "--format", "json").code == 1


def test_stores_stay_equal_when_they_are_dumped_pruned_and_dumped(stores: Stores) -> None:
    whole = stores.both("history", "dump").out
    assert stores.both("history", "verify").code == 0
    stores.both("history", "prune", "--nights", "1", "--dry-run")
    assert stores.both("history", "prune", "--nights", "1").code == 0
    assert stores.both("history", "dump").out != whole
    stores.both("history", "verify")
    stores.both("history", "changed")
    assert stores.both("history", "who", "jinja2", "--night", "1").code == 2
    stores.night()


def test_shards_come_together_on_a_server_whichever_way(stores: Stores, server: Server) -> None:
    """Two jobs that write into one store at once, and two files that are merged into another."""
    depscan, at_once, merged = stores.depscan, server.database(), server.database()
    words = [str(depscan.command), "nightly", "mirrors", "--store", at_once, "--shard"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(depscan.cwd), "SOURCE_DATE_EPOCH": "1785000000"}
    jobs = [
        subprocess.Popen([*words, f"{at}/2"], cwd=depscan.cwd, env=environment, stdout=subprocess.DEVNULL)
        for at in (1, 2)
    ]
    assert {job.wait() for job in jobs} == {1}
    for at in (1, 2):
        assert depscan("nightly", "mirrors", "--store", f"{at}.db", "--shard", f"{at}/2").code == 1
    assert depscan("merge", "1.db", "2.db", "-o", merged).code == 0
    assert depscan("merge", "1.db", "2.db", "-o", "merged.db").code == 0
    dumps = [depscan("history", "dump", "--store", place).out for place in (merged, "merged.db")]
    assert dumps[0] == dumps[1]
    asked = ("history", "who", "jinja2", "--format", "json", "--store")
    told = [json.loads(depscan(*asked, place).out)["reaches"] for place in (stores.file, merged, at_once)]
    assert [{(row["repository"], row["package"]) for row in rows} for rows in told[1:]] == [
        {(row["repository"], row["package"]) for row in told[0]}
    ] * 2
