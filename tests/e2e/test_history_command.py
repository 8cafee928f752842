"""``depscan history`` with the installed wheel: formats, exit codes, and names that attack their reader."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.e2e.conftest import Installed
from tests.nights import Fleet, Repo, finding, store_of_the_docs

EVIL = "x\x1b[31m|<img src=x onerror=alert(1)>`@everyone`\u202e](javascript:1)"
QUESTIONS = [("who", EVIL), ("who", f"{EVIL}==9"), ("changed",), ("blast", EVIL), ("blast", "victim")]


@pytest.fixture
def evil(depscan: Installed) -> Installed:
    fleet = Fleet(depscan.cwd, "depscan.db")
    name = f"{EVIL}==1"
    owners = {EVIL: (EVIL, EVIL, (EVIL,)), "lost": (EVIL, "", ())}
    repo = Repo({f"{EVIL}/uv.lock": [("app", name), (name, "victim==1")]}, (finding(EVIL, EVIL, mark=EVIL),))
    fleet.night({"lost": repo, "kept": Repo({"uv.lock": [("app", name)]})}, None, owners)
    fleet.night({EVIL: repo, "lost": EVIL, "kept": Repo({"uv.lock": [("app", "victim==1")]})}, None, owners)
    return depscan


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_hostile_names_stay_names_in_every_format(evil: Installed, question: tuple[str, ...]) -> None:
    text = evil("history", *question)
    assert text.code in {0, 3, 4}
    assert not any(c in text.out for c in "\x1b\u202e")
    assert "\\x1b" in text.out
    markdown = evil("history", *question, "--format", "markdown").out
    assert not any(c in markdown for c in "\x1b\u202e")
    assert "<img" not in markdown
    assert "](javascript" not in markdown.replace("\\]", "")
    rows = [line.replace("\\|", "") for line in markdown.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} <= {4, 5, 7}
    plain = evil("history", *question, "--format", "json").out
    assert plain.isascii()
    assert json.loads(plain)["schema_version"] == "1"


def test_exit_codes_say_found_nobody_and_cannot_be_told(depscan: Installed) -> None:
    store_of_the_docs(depscan.cwd)
    assert depscan("history", "who", "torch==2.4.0").code == 0
    nobody = depscan("history", "who", "nobody")
    assert nobody.code == 3
    assert nobody.out.splitlines() == [
        "nobody: nobody has it in 4 repositories that were searched (night 3, 2026-11-03)",
        "not read: 1 repository (0 had it when read last); nothing is said of what is in there now",
    ]
    assert depscan("history", "who", "jinja2==3.1.4").code == 4
    assert depscan("history", "blast", "jinja2==3.1.4").code == 4
    assert depscan("history", "blast", "nobody").code == 3
    assert depscan("history", "changed").code == 0
    assert depscan("history", "changed", "--since", "2026-10-01").code == 2
    assert depscan("history", "changed", "--night", "2", "--since", "3").code == 2
    assert depscan("history", "who", "torch", "--night", "9").code == 2
    assert depscan("history", "who", "torch", "--store", "nowhere.db").code == 4
    (depscan.cwd / "no.db").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    broken = depscan("history", "who", "torch", "--store", "no.db")
    assert (broken.code, "no.db" in broken.err) == (4, True)


def test_json_has_everything_and_text_the_first_ones(depscan: Installed) -> None:
    fleet = Fleet(depscan.cwd, "depscan.db")
    repo = Repo({"uv.lock": [("app", "mid==1"), ("mid==1", "torch==2.4.0")]})
    fleet.night({f"repo{number:02}": repo for number in range(25)})
    text = depscan("history", "who", "torch").out
    assert text.count("uv.lock") == 20
    assert "and 5 more repositories" in text
    held: dict[str, Any] = json.loads(depscan("history", "who", "torch", "--format", "json").out)
    assert (held["found"], len(held["reaches"]), held["reaches"][24]["via"]) == (
        25,
        25,
        ["app", "mid 1", "torch 2.4.0"],
    )
    blast: dict[str, Any] = json.loads(depscan("history", "blast", "torch", "--format", "json").out)
    assert len(blast["repositories"]) == 25
    assert blast["between"] == [
        {"ecosystem": "PyPI", "name": "mid", "kind": "package", "brings": 25, "frees": 25},
    ]
    assert "without mid, 25 of these 25 would be free of it" in depscan("history", "blast", "torch").out


def test_a_chain_longer_than_any_real_one_is_shortened_where_a_person_reads_it(depscan: Installed) -> None:
    names = ["app", *(f"p{number}==1" for number in range(3000))]
    Fleet(depscan.cwd, "depscan.db").night({"a": Repo({"uv.lock": list(pairwise(names))})})
    line = depscan("history", "who", "p2999").out.splitlines()[3]
    assert line.split(" > ")[10] == "(2,981 between)"
    assert line.endswith(" > p2998 1 > p2999 1")
    assert "p2998" in depscan("history", "blast", "p2999", "--format", "json").out


def test_an_answer_can_be_written_to_a_file(depscan: Installed) -> None:
    store_of_the_docs(depscan.cwd)
    run = depscan("history", "changed", "--since", "2026-11-01", "--format", "markdown", "-o", "changed.md")
    assert (run.code, run.out) == (0, "")
    assert "### changed repositories (1)" in (depscan.cwd / "changed.md").read_text("utf-8")


def test_every_subcommand_has_help_and_a_line_in_the_overview(depscan: Installed) -> None:
    overview = depscan("history", "--help").out
    for name in ("who", "changed", "blast"):
        assert f"\n    {name}  " in overview
        assert depscan("history", name, "--help").out.startswith(f"usage: depscan history {name}")
    assert depscan("history").code == 2


def test_what_nightly_stores_can_be_asked_for(depscan: Installed) -> None:
    folder = depscan.cwd / "mirrors" / "service"
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("jinja2==3.1.4\n", "utf-8")
    assert depscan("nightly", "mirrors").code in {0, 1}
    run = depscan("history", "who", "Jinja2==3.1.4")
    assert run.code == 0
    assert "requirements.txt > jinja2 3.1.4" in run.out
