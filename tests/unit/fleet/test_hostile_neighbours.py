"""One hostile repository among others: it may make its own night bad, and nobody else's."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from depscan.fleet.task import LONGEST
from depscan.nightly import Done, Plan, nightly

VULNERABLE = "jinja2==3.1.4\n"


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def run(folder: Path, *paths: str, day: int = 1, **more: Any) -> Done:
    plan = Plan(store=str(folder / "x.db"), now=f"2026-11-{day:02}T01:00:00Z")
    return nightly([str(folder / path) for path in paths or ("fleet",)], plan._replace(**more))


@pytest.mark.parametrize(
    "source",
    [
        'virtual = "."',
        'url = "https://evil.example/jinja2-3.1.4.tar.gz"',
        f'git = "https://evil.example/x?rev=1#{"1" * 40}"',
        'registry = "https://zzz.example/simple"',
    ],
)
def test_a_package_from_elsewhere_is_not_taken_for_the_one_that_others_use(tmp_path: Path, source: str) -> None:
    write(tmp_path, "fleet/victim/requirements.txt", VULNERABLE)
    alone = run(tmp_path).digest
    lock = f'version = 1\n[[package]]\nname = "jinja2"\nversion = "3.1.4"\nsource = {{ {source} }}\n'
    write(tmp_path, "fleet/attacker/uv.lock", lock)
    together = run(tmp_path, day=2).digest
    assert together.exit_code == alone.exit_code == 1
    assert together.blocked >= alone.blocked
    assert together.cleared == 0
    with sqlite3.connect(tmp_path / "x.db") as store:
        plain = "SELECT source, registry, url FROM package WHERE purl = 'pkg:pypi/jinja2@3.1.4'"
        assert store.execute(plain).fetchall() == [("registry", "", "")]


def test_a_repository_of_the_fleet_does_not_decide_over_the_policy_of_all(tmp_path: Path) -> None:
    write(tmp_path, "fleet/aaa/requirements.txt", "tomli==2.2.1\n")
    write(tmp_path, "fleet/aaa/depscan.toml", 'fail-on = []\n[checks]\ndisable = ["advisories"]\n')
    write(tmp_path, "fleet/victim/requirements.txt", VULNERABLE)
    assert run(tmp_path, "fleet/aaa", "fleet/victim").digest.exit_code == 1
    write(tmp_path, "fleet/depscan.toml", "fail-on = ['malicious']\n")
    assert run(tmp_path, "fleet/aaa", "fleet/victim", day=2).digest.exit_code == 0


def test_a_reading_that_no_store_could_give_back_is_a_problem_of_its_repository(tmp_path: Path) -> None:
    lock = (
        'version = 1\n[[package]]\nname = "{}"\nversion = "1"\nsource = {{ registry = "https://a.example/simple" }}\n'
    )
    write(tmp_path, "fleet/attacker/uv.lock", lock.format("x" * (LONGEST // 2)))
    write(tmp_path, "fleet/victim/requirements.txt", "tomli==2.2.1\n")
    done = run(tmp_path)
    assert [name for name, _ in done.digest.unreadable] == ["attacker"]
    assert done.digest.exit_code == 4
