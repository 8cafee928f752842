"""The policy file is found, read, and refused with file and line where it is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depscan.errors import PolicyError
from depscan.policy.policy import Policy, check_names, load_policy

FULL = """\
fail-on = ["high", "trust", "trust/extra-index"]
fixable-only = true
undecidable = "block"
max-db-age = 7
accept-unchecked = ["conda"]

[[exception]]
id = "CVE-2030-1"
package = "torch"
reason = "not reachable"
owner = "ana"
expires = 2030-06-01

[[exception]]
reason = "known"
id = "GHSA-aaaa-bbbb-cccc"
never = true

[checks]
disable = ["unpinned"]

[db]
url = "https://db.example/osv"
"""


def write(folder: Path, text: str, name: str = "depscan.toml") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_key_is_read_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    policy = load_policy(path)
    assert policy.fail_on == ("high", "trust", "trust/extra-index")
    assert (policy.fixable_only, policy.undecidable, policy.max_db_age) == (True, "block", 7)
    assert (policy.disabled_checks, policy.db_url) == (("unpinned",), "https://db.example/osv")
    assert policy.accept_unchecked == ("conda",)
    first, second = policy.exceptions
    assert first == ("CVE-2030-1", "torch", "not reachable", "ana", "2030-06-01", path, 8)
    assert (second.id, second.expires, second.line) == ("GHSA-aaaa-bbbb-cccc", "", 16)
    assert policy.because("fail-on") == f"{path}:1"
    assert policy.lines["checks.disable"] == 20
    assert policy.texts[8] == 'id = "CVE-2030-1"'


def test_without_a_file_the_default_holds(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    policy = load_policy("", str(tmp_path))
    assert policy == Policy()
    names = ("name/imitation", "name/foreign-script", "name/private-from-elsewhere")
    changes = ("trust/cooldown", "integrity/hash-changed", "trust/left-index", "behaviour/new-surface")
    files = ("integrity/local-file-differs", "integrity/index-hash-differs")
    agents = ("agent/inline-secret", "agent/plain-http", "agent/hook-fetches-code", "ci/agent-fed-by-strangers")
    assert policy.fail_on == ("malicious", "vulnerability", "loading", *names, *changes, *files, *agents)
    assert policy.because("fail-on") == "default policy"


def test_the_search_goes_up_to_the_repository_root_and_no_further(tmp_path: Path) -> None:
    write(tmp_path, "max-db-age = 1")
    write(tmp_path, "max-db-age = 2", "repo/depscan.toml")
    lock = write(tmp_path, "", "repo/a/b/uv.lock")
    assert load_policy("", lock).max_db_age == 2
    (tmp_path / "repo" / "a" / ".git").mkdir()
    assert load_policy("", lock).max_db_age is None


def test_pyproject_counts_only_with_our_table(tmp_path: Path) -> None:
    write(tmp_path, "max-db-age = 1")
    lock = write(tmp_path, "", "a/uv.lock")
    write(tmp_path, "[project]\nname = 'depscan-user'\n", "a/pyproject.toml")
    assert load_policy("", lock).max_db_age == 1
    text = "[project]\nname = 'x'\n[tool.depscan]\nmax-db-age = 3\n[[tool.depscan.exception]]\nid = 'A'\n"
    path = write(tmp_path, text + "reason = 'r'\nnever = true\n", "a/pyproject.toml")
    policy = load_policy("", lock)
    assert (policy.max_db_age, policy.exceptions[0].line, policy.lines["max-db-age"]) == (3, 6, 4)
    assert policy.path == path


def test_a_broken_pyproject_without_our_table_is_not_a_policy_problem(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "[project\nname = 'depscan'", "pyproject.toml")
    assert load_policy("", str(tmp_path)) == Policy()
    write(tmp_path, "[tool.depscan]\nfail-on = [", "pyproject.toml")
    with pytest.raises(PolicyError):
        load_policy("", str(tmp_path))


def test_a_file_below_the_working_directory_is_shown_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "max-db-age = 1")
    monkeypatch.chdir(tmp_path)
    assert load_policy("", "uv.lock").because("max-db-age") == "depscan.toml:1"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\nfail_on = []", 2, "fail_on: unknown key"),
        ("\nfail-on = 'high'", 2, "fail-on: should be an array of texts"),
        ("fail-on = ['hihg']", 1, "'hihg' is no class, severity or rule id"),
        ("fixable-only = 1", 1, "fixable-only: should be true or false"),
        ("\n\nundecidable = 'maybe'", 3, "undecidable: is not known"),
        ("undecidable = []", 1, "undecidable: is not known"),
        ("max-db-age = -1", 1, "max-db-age: should be a number of days"),
        ("max-db-age = true", 1, "max-db-age: should be a number of days"),
        ("exception = 1", 1, "exception: should be written"),
        ("[[exception]]\nreason = 'r'\nnever = true", 1, "exception.id: is missing"),
        ("[[exception]]\nid = 'A'\nnever = true", 1, "exception.reason: is missing"),
        ("[[exception]]\nid = 'A'\nreason = ' '\nnever = true", 3, "exception.reason: is empty"),
        ("[[exception]]\nid = 'A'\nreason = 'r'", 1, "exception.expires: is missing"),
        ("[[exception]]\nid = 'A'\nreason = 'r'\nexpires = 'soon'", 4, "exception.expires: should be a date"),
        ("[[exception]]\nid = 'A'\nreason = 'r'\nexpires = 2030-01-01T00:00:00Z", 4, "should be a date"),
        ("[[exception]]\nid = 'A'\nreason = 'r'\nexpires = 2030-01-01\nnever = true", 5, "stands beside a date"),
        ("[[exception]]\nid = 'A'\nreason = 'r'\nnever = true\nuntil = 1", 5, "exception.until: unknown key"),
        ("[[exception]]\nid = 'A'\npackage = ''\nreason = 'r'\nnever = true", 3, "exception.package: is empty"),
        ("\nexception = [1]", 2, "exception: should be a table"),
        ("checks = []", 1, "checks: should be a table"),
        ("[checks]\nenable = []", 2, "checks.enable: unknown key"),
        ("[db]\nurl = 1", 2, "db.url: should be a text"),
        ("max-db-age = 1\nmax-db-age = 2", 2, "invalid TOML"),
        ("<<<<<<< a\n", 1, "merge-conflict"),
    ],
)
def test_a_wrong_value_is_refused_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert message in str(caught.value)
    assert (caught.value.path, caught.value.line) == (path, line)


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot read"):
        load_policy(os.path.join(tmp_path, "none.toml"))


def test_a_named_pyproject_without_our_table_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "[project]\nname = 'x'\n", "pyproject.toml")
    with pytest.raises(PolicyError, match=r"no \[tool\.depscan\]"):
        load_policy(path)


def test_ids_that_do_not_exist_are_refused() -> None:
    policy = Policy("depscan.toml", fail_on=("trust/a",), disabled_checks=("unpinned",), lines={"fail-on": 4})
    check_names(policy, {"trust/a"}, {"unpinned"})
    with pytest.raises(PolicyError, match=r"depscan\.toml:4: fail-on: no rule 'trust/a'"):
        check_names(policy, {"trust/b"}, {"unpinned"})
    with pytest.raises(PolicyError, match="no check 'unpinned'"):
        check_names(policy, {"trust/a"}, set())
