"""Two nights over a folder of repositories and their reports, with the installed wheel."""

from __future__ import annotations

import json

from tests.e2e.conftest import Installed

LOCK = """\
version = 1
[[package]]
name = "app"
version = "1"
source = {{ virtual = "." }}
dependencies = [{{ name = "flask" }}]
[[package]]
name = "flask"
version = "3.0.0"
source = {{ registry = "https://index.example/simple" }}
dependencies = [{{ name = "jinja2" }}]
[[package]]
name = "jinja2"
version = "{}"
source = {{ registry = "https://index.example/simple" }}
"""


def lock(depscan: Installed, repository: str, version: str) -> None:
    folder = depscan.cwd / "mirrors" / repository
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "uv.lock").write_text(LOCK.format(version), "utf-8")


def test_the_report_of_the_second_night_says_what_was_cleared_and_what_is_reached_by_whom(depscan: Installed) -> None:
    for name in ("search", "web"):
        lock(depscan, name, "3.1.4")
    assert depscan("nightly", "mirrors", "--store", "n.db").code in {0, 1, 4}
    lock(depscan, "web", "3.1.6")
    assert depscan("nightly", "mirrors", "--store", "n.db").code in {0, 1, 4}
    assert depscan("report", "--store", "n.db", "-o", "n.md", "--also", "json=n.json", "--notify", "d.md").code == 0
    made = json.loads((depscan.cwd / "n.json").read_text("utf-8"))
    jinja = [f for f in made["findings"] if f["name"] == "jinja2" and f["version"] == "3.1.4"]
    assert jinja
    assert not any(f["new"] for f in jinja)
    assert {h["repository"] for f in jinja for h in f["hits"]} == {"search"}
    assert jinja[0]["hits"][0]["via"] == ["app 1", "flask 3.0.0", "jinja2 3.1.4"]
    assert made["moved"][0]["moved"] == [["jinja2", "3.1.4", "3.1.6"]]
    assert "move jinja2 3.1.4 to" in (depscan.cwd / "n.md").read_text("utf-8")
    assert "blocked" in (depscan.cwd / "d.md").read_text("utf-8")
    assert depscan("report", "--store", "n.db", "--gate").code == made["exit_code"] == 1


def test_the_digest_of_a_night_counts_as_its_account_its_report_and_its_exit_code(depscan: Installed) -> None:
    lock(depscan, "search", "3.1.6")
    lock(depscan, "web", "3.1.6")
    depscan("nightly", "mirrors", "--store", "n.db")
    lock(depscan, "web", "3.1.4")
    run = depscan("nightly", "mirrors", "--store", "n.db", "--new-only", "--format", "json",
                  "--notify", "d.json", "--link", "https://reports.example/n")  # fmt: skip
    account = json.loads(run.out)
    told = json.loads((depscan.cwd / "d.json").read_text("utf-8"))
    assert (told["exit_code"], told["verdict"], told["link"]) == (1, "blocked", "https://reports.example/n")
    assert run.code == account["exit_code"] == 1
    assert told["counts"]["new"] == account["findings"]["new"] > 0
    assert told["counts"]["blocked"] == account["findings"]["blocked"]
    assert depscan("report", "--store", "n.db", "--gate", "--new-only").code == 1
    again = depscan("nightly", "mirrors", "--store", "n.db", "--new-only", "--notify", "d.md")
    assert again.code == depscan("report", "--store", "n.db", "--gate", "--new-only").code == 0
    assert again.out.startswith("PASSED WITH WARNINGS")
    assert "passed with warnings" in (depscan.cwd / "d.md").read_text("utf-8")
    assert depscan("report", "--store", "n.db", "--gate").code == 1


def test_a_digest_of_an_unknown_format_is_refused_before_the_night(depscan: Installed) -> None:
    lock(depscan, "web", "3.1.6")
    assert depscan("nightly", "mirrors", "--store", "n.db", "--notify", "d.html").code == 2
    assert not (depscan.cwd / "n.db").exists()


def test_shards_are_judged_together_once_they_are_merged(depscan: Installed) -> None:
    lock(depscan, "search", "3.1.6")
    lock(depscan, "web", "3.1.4")
    for part in (1, 2):
        run = depscan("nightly", "mirrors", "--shard", f"{part}/2", "--store", f"s{part}.db", "--gate-later")
        assert run.code == 0, run
    assert depscan("merge", "s1.db", "s2.db", "-o", "whole.db").code == 0
    assert depscan("report", "--store", "whole.db", "--gate").code == 1
    assert depscan("nightly", "nowhere", "--gate-later").code == 2
