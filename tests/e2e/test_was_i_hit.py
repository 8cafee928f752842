"""``depscan was-i-hit`` as a user runs it: exit codes, formats, and nothing but reading."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.e2e.conftest import Installed

GIT = ("git", "-c", "user.name=eve<script>\x1b[31m", "-c", "user.email=eve@mail.example")


def commit(depscan: Installed, when: str, requirement: str) -> None:
    (depscan.cwd / "requirements.txt").write_text(requirement, "utf-8")
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("GIT_")}, "GIT_COMMITTER_DATE": when}
    for words in (("init", "-q", "-b", "main"), ("add", "requirements.txt"), ("commit", "-q", "-m", "x")):
        subprocess.run([*GIT, *words], cwd=depscan.cwd, check=True, env=environ)


def test_the_list_names_the_known_incidents(depscan: Installed) -> None:
    run = depscan("was-i-hit", "--list")
    assert run.code == 0
    assert "\nlitellm-2026-03 " in run.out


def test_a_history_with_a_bad_pin_is_a_hit_in_every_format(depscan: Installed) -> None:
    commit(depscan, "2026-03-24T11:00:00Z", "litellm==1.82.8\n")
    commit(depscan, "2026-03-25T11:00:00Z", "litellm==1.82.6\n")
    run = depscan("was-i-hit", "litellm-2026-03")
    assert run.code == 1
    assert run.out.startswith("HIT")
    assert "\x1b" not in run.out
    assert run.out.index("Stop and disable the user unit sysmon.service") < run.out.index("Renew what is listed")
    made = json.loads(depscan("was-i-hit", "PYSEC-2026-2", ".", "--format", "json").out)
    assert [(t["kind"], t["version"], t["first"]) for t in made["traces"]] == [
        ("history", "1.82.8", "2026-03-24T11:00:00Z")
    ]
    page = depscan("was-i-hit", "litellm-2026-03", "--format", "markdown", "-o", "ticket.md")
    assert (page.code, page.out) == (1, "")
    assert "<script" not in (depscan.cwd / "ticket.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("torchtriton-2022-12",), 0),
        (("torchtriton-2022-12", "clean.txt"), 0),
        (("torchtriton-2022-12", "empty"), 3),
        (("torchtriton-2022-12", "missing"), 4),
        (("torchtriton-2022-12", "--store", "missing.db"), 4),
        (("no-such-incident",), 2),
        (("broken.toml",), 2),
        ((), 2),
        (("torchtriton-2022-12", "--since", "yesterday"), 2),
    ],
)
def test_exit_codes_mean_one_thing(depscan: Installed, words: tuple[str, ...], code: int) -> None:
    (depscan.cwd / "empty").mkdir()
    (depscan.cwd / "broken.toml").write_text('id = "x"\ntitel = "y"\n', "utf-8")
    run = depscan("was-i-hit", *words)
    assert run.code == code, run
    if words == ("broken.toml",):
        assert "broken.toml:2: unknown key 'titel'" in run.err
