"""The shell steps of action.yml, executed by bash in a repository of their own: no network, no runner."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.e2e.conftest import ROOT, Installed
from tests.unit.difference.projects import commit, git

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


class Job(NamedTuple):
    """What a run of the action left."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """Stands in for the runner: fills expressions of ``env`` in, keeps the files, executes ``run`` with bash.

    Args:
        depscan: the installed command and the checkout.
        files: folder for GITHUB_OUTPUT and its like.
    """

    def __init__(self, depscan: Installed, files: Path) -> None:
        self.checkout = depscan.cwd
        self._bin = depscan.command.parent
        self._files = files

    def __call__(self, event: str, base: str = "", **inputs: str) -> Job:
        given = {name: str(spec.get("default", "")) for name, spec in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in ({"install": "false"} | inputs).items()}
        facts = {f"inputs.{name}": value for name, value in given.items()}
        facts |= {"github.event_name": event, "github.event.pull_request.base.sha": base}
        names = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_ENV")
        held = {name: self._files / name for name in names}
        for path in held.values():
            path.write_text("", "utf-8")
        log = ""
        for step in STEPS:
            env = {"PATH": f"{self._bin}:/usr/bin:/bin", "HOME": str(self._files), "RUNNER_TEMP": str(self._files)}
            env |= {name: str(path) for name, path in held.items()}
            env |= {name: filled(value, facts) for name, value in step.get("env", {}).items()}
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(command, cwd=self.checkout, env=env, capture_output=True, text=True, check=False)
            log += done.stdout + done.stderr
            if done.returncode:
                break
        lines = held["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        return Job(done.returncode, log, outputs, held["GITHUB_STEP_SUMMARY"].read_text("utf-8"))


def filled(text: str, facts: dict[str, str]) -> str:
    """Return a value with its expressions (names joined by ``||``) replaced."""
    return EXPRESSION.sub(lambda m: next((v for n in m[1].split(" || ") if (v := facts.get(n, ""))), ""), text)


@pytest.fixture
def runner(depscan: Installed, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    git(depscan.cwd, "init", "-q")
    commit(depscan.cwd, {"requirements.txt": "tomli==2.2.1\n", "clean.txt": ""})
    return Runner(depscan, tmp_path_factory.mktemp("runner"))


def test_a_pull_request_that_adds_a_bad_package_fails_with_annotations_and_summary(runner: Runner) -> None:
    base = git(runner.checkout, "rev-parse", "HEAD")
    commit(runner.checkout, {"requirements.txt": "tomli==2.2.1\njinja2==3.1.4\n"})
    job = runner("pull_request", base)
    assert (job.code, job.outputs["exit-code"]) == (1, "1")
    assert "::error file=requirements.txt,line=2," in job.log
    assert job.summary.startswith("## ⛔ depscan: blocked")
    assert "jinja2" in job.summary
    sarif = json.loads(Path(job.outputs["sarif"]).read_text("utf-8"))
    assert len(sarif["runs"][0]["results"]) == 3
    assert Path(job.outputs["markdown"]).read_text("utf-8") == job.summary


def test_a_pull_request_on_a_bad_base_passes_when_it_adds_nothing_bad(runner: Runner) -> None:
    base = commit(runner.checkout, {"requirements.txt": "jinja2==3.1.4\n"})
    commit(runner.checkout, {"requirements.txt": "jinja2==3.1.4\nsix==1.17.0\n"})
    job = runner("pull_request", base)
    assert (job.code, job.outputs["exit-code"]) == (0, "0")
    assert "six" in job.summary


def test_other_events_scan_the_whole(runner: Runner) -> None:
    commit(runner.checkout, {"requirements.txt": "jinja2==3.1.4\n"})
    for event in ("push", "schedule"):
        job = runner(event)
        assert (job.code, job.outputs["exit-code"]) == (1, "1")
        assert "Not looked at" not in job.summary
    assert runner("push", paths="clean.txt").code == 3
    assert runner("push", mode="diff", base="HEAD").code == 0


def test_a_shallow_checkout_fetches_the_base(runner: Runner, tmp_path_factory: pytest.TempPathFactory) -> None:
    base = git(runner.checkout, "rev-parse", "HEAD")
    commit(runner.checkout, {"requirements.txt": "jinja2==3.1.4\n"})
    git(runner.checkout, "config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = tmp_path_factory.mktemp("shallow")
    git(shallow, "clone", "-q", "--depth=1", f"file://{runner.checkout}", ".")
    runner.checkout = shallow
    assert runner("pull_request", base).code == 1
    assert runner("pull_request", "0" * 40).code not in {0, 1}


def test_paths_and_further_arguments_are_words_whatever_is_in_them(runner: Runner) -> None:
    mark = runner.checkout / "ran"
    for text in (f"$(touch {mark})", f"`touch {mark}`", f"x; touch {mark}", f"x' ; touch {mark} '", "-o\n"):
        for name in ("paths", "args", "config", "base", "find_links"):
            job = runner("push", mode="diff", **({"base": "HEAD"} | {name: text}))
            assert job.code in {2, 3}, (name, text)
            assert not mark.exists()
    assert runner("push", paths="requirements.txt\nclean.txt\n", args="--verbose\n").code == 0


def test_a_pull_request_without_a_base_is_bad_usage(runner: Runner) -> None:
    assert runner("pull_request").code == 2


def test_no_expression_stands_in_shell_text_and_no_foreign_action_is_used() -> None:
    for step in STEPS:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
        assert "uses" not in step
        subprocess.run(["bash", "-n", "-c", step["run"]], check=True)


def test_every_action_in_the_docs_is_pinned_by_a_full_commit() -> None:
    page = (ROOT / "docs" / "how-to" / "gate-a-change.md").read_text("utf-8")
    for used in re.findall(r"uses:\s*(\S+)", page):
        assert re.fullmatch(r"[\w./-]+@(<[\w -]+>|[0-9a-f]{40}|FULL-COMMIT-HASH)", used), used


def test_the_template_for_gitlab_is_yaml_with_words_only() -> None:
    job = yaml.safe_load((ROOT / "docs" / "ci" / "gitlab.yml").read_text("utf-8"))["depscan"]
    for line in (*job["before_script"], *job["script"]):
        subprocess.run(["bash", "-n", "-c", line], check=True)
    assert '"$CI_MERGE_REQUEST_DIFF_BASE_SHA"' in "".join(job["script"])


def test_the_installation_cannot_be_hijacked_by_the_checkout() -> None:
    install = STEPS[0]["run"]
    assert all("-I -m" in line for line in install.splitlines() if " -m " in line)
    assert os.path.exists(ROOT / "action.yml")
