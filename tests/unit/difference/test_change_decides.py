"""Only the change decides: what BASE had is counted, what HEAD adds is judged, an outage is never known."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.api import Options, scan
from depscan.difference import diff
from depscan.errors import UsageError
from tests.unit.difference.projects import Project, entry, kinds, lock, rules

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CALM = entry("calm", "1")


def test_nothing_changed_is_clean_whatever_base_has(project: Project) -> None:
    project.locks(lock(entry("alpha", "1"), entry("evil", "1")), lock(entry("alpha", "1"), entry("evil", "1")))
    found = project.diff()
    assert (found.result.exit_code, found.result.verdict, found.known) == (0, "clean", 2)
    assert found.changes == ()


def test_an_added_malicious_package_blocks(project: Project) -> None:
    project.locks(lock(CALM), lock(CALM, entry("evil", "1")))
    found = project.diff()
    assert (found.result.exit_code, kinds(found)) == (1, [("added", "evil")])
    assert rules(found) == {"advisory/malicious": "block"}


def test_another_malicious_release_of_a_known_one_is_news(project: Project) -> None:
    project.locks(lock(entry("evil", "1")), lock(entry("evil", "2")))
    assert rules(project.diff()) == {"advisory/malicious": "block"}


def test_an_advisory_that_concerns_both_versions_is_not_of_the_change(project: Project) -> None:
    project.locks(lock(entry("alpha", "1")), lock(entry("alpha", "1.5")))
    found = project.diff()
    assert (found.result.exit_code, found.known, kinds(found)) == (0, 1, [("upgraded", "alpha")])


def test_advisories_fixed_and_introduced_are_told(project: Project) -> None:
    project.locks(lock(entry("alpha", "1")), lock(entry("alpha", "2")))
    found = project.diff()
    assert [f.ids for f in found.fixed] == [("PYSEC-1", "CVE-2026-1")]
    assert found.result.exit_code == 0
    project.locks(lock(entry("alpha", "2")), lock(entry("alpha", "1")))
    found = project.diff()
    assert [f.ids for f in found.introduced] == [("PYSEC-1", "CVE-2026-1")]
    assert rules(found) == {"advisory/vulnerable": "block", "trust/downgraded": "warn"}


def test_a_new_name_that_imitates_blocks(project: Project) -> None:
    project.locks(lock(CALM), lock(CALM, entry("reqeusts", "1")))
    assert rules(project.diff()) == {"name/imitation": "block"}


def test_the_policy_is_that_of_base(project: Project) -> None:
    project.locks(lock(entry("alpha", "2")), lock(entry("alpha", "1")))
    (project.head / "depscan.toml").write_text('fail-on = ["malicious"]\n', "utf-8")
    assert project.diff().result.exit_code == 1
    project.policy('fail-on = ["malicious"]\n')
    assert project.diff().result.exit_code == 0


def test_a_change_of_the_policy_is_told(project: Project) -> None:
    project.locks(lock(CALM), lock(CALM))
    project.policy('fail-on = ["malicious"]\n')
    for text, told in (('# the same\nfail-on = ["malicious"]\n', False), ("", True), ("days = 1\n", True)):
        (project.head / "depscan.toml").write_text(text, "utf-8")
        found = project.diff()
        assert found.result.exit_code == 0
        assert any("judged by that of BASE" in c.why for c in found.result.coverage) is told


def test_an_exception_of_base_accepts_what_head_adds(project: Project) -> None:
    project.policy('[[exception]]\nid = "CVE-2026-1"\nreason = "not reachable"\nnever = true\n')
    project.locks(lock(CALM), lock(CALM, entry("alpha", "1")))
    found = project.diff()
    assert (found.result.exit_code, rules(found)["advisory/vulnerable"]) == (0, "allow")


def test_the_order_of_packages_and_the_name_of_the_folder_change_nothing(project: Project) -> None:
    other = entry("evil", "1")
    project.locks(lock(CALM, other), lock(other, CALM))
    (project.base / "reqs.txt").write_text("flask\n", "utf-8")
    assert project.diff().result.exit_code == 0


def test_a_lock_that_moves_adds_nothing(project: Project) -> None:
    project.locks(lock(entry("evil", "1"), entry("alpha", "1")), "")
    (project.head / "uv.lock").unlink()
    (project.head / "service").mkdir()
    (project.head / "service" / "uv.lock").write_text(lock(entry("evil", "1"), entry("alpha", "1")), "utf-8")
    found = project.diff()
    assert (found.result.exit_code, found.known, found.changes) == (0, 2, ())


def test_an_imitation_that_was_there_is_known_in_another_version(project: Project) -> None:
    for folder, text in ((project.base, "reqeusts==1\n"), (project.head, "reqeusts==2\n")):
        (folder / "requirements.txt").write_text(text, "utf-8")
    assert rules(project.diff()) == {}


def test_another_open_source_of_the_same_name_is_news(project: Project) -> None:
    for folder, name in ((project.base, "ours"), (project.head, "theirs")):
        (folder / "requirements.txt").write_text(f"calm @ git+https://host.example/{name}@main\n", "utf-8")
    assert set(rules(project.diff())) == {"trust/left-index", "integrity/vcs-without-commit"}


def test_files_of_other_names_are_compared_as_what_they_hold(project: Project) -> None:
    project.locks(lock(entry("evil", "1")), lock(entry("evil", "1")))
    (project.head / "pylock.toml").write_text("", "utf-8")
    paths = str(project.base / "uv.lock"), str(project.head / "uv.lock")
    found = diff(*paths, Options(db=str(project.folder / "db")))
    assert (found.result.exit_code, found.known) == (0, 1)


def test_an_outage_on_both_sides_is_incomplete_and_not_known(project: Project) -> None:
    project.locks(lock(CALM), lock(CALM))
    options = Options(db=str(project.folder / "missing"))
    assert diff(str(project.base), str(project.head), options).result.exit_code == 4


def test_what_was_open_before_stays_out_and_what_is_newly_open_is_incomplete(project: Project) -> None:
    for folder, text in ((project.base, "flask\n"), (project.head, "flask\ntomli==2.2.1\n")):
        (folder / "requirements.txt").write_text(text, "utf-8")
    found = project.diff()
    assert (found.result.exit_code, found.known_gaps) == (0, 1)
    (project.head / "requirements.txt").write_text("flask\ndjango\n", "utf-8")
    assert project.diff().result.exit_code == 4


def test_one_unread_line_for_another_is_not_the_same_gap(project: Project) -> None:
    for folder, text in ((project.base, "???\nsix==1.16\n"), (project.head, "six==1.16\n???\n")):
        (folder / "requirements.txt").write_text(text, "utf-8")
    assert project.diff().result.exit_code == 0
    (project.head / "requirements.txt").write_text("six==1.16\n!!!\n", "utf-8")
    assert project.diff().result.exit_code == 2


def test_a_file_broken_on_both_sides_is_known_only_while_it_stays_the_same(project: Project) -> None:
    project.locks(lock(CALM), lock(CALM))
    for folder in (project.base, project.head):
        (folder / "package-lock.json").write_text('{"packages": ', "utf-8")
    assert project.diff().result.exit_code == 0
    (project.head / "package-lock.json").write_text('{"packages": [', "utf-8")
    assert project.diff().result.exit_code == 2


def test_what_base_could_not_read_counts_as_new(project: Project) -> None:
    project.locks("[[package", lock(entry("evil", "1")))
    found = project.diff()
    assert (found.result.exit_code, kinds(found)) == (1, [("added", "evil")])
    assert any(c.kind == "base" and "counts as new" in c.why for c in found.result.coverage)


def test_a_base_that_is_one_broken_file_is_bad_input(project: Project) -> None:
    project.locks("[[package", lock(CALM))
    found = diff(str(project.base / "uv.lock"), str(project.head / "uv.lock"), Options(db=str(project.folder / "db")))
    assert found.result.exit_code == 2


def test_nothing_to_compare_is_3_and_removing_everything_is_0(project: Project) -> None:
    assert project.diff().result.exit_code == 3
    (project.base / "uv.lock").write_text(lock(CALM), "utf-8")
    found = project.diff()
    assert (found.result.exit_code, kinds(found)) == (0, [("removed", "calm")])


def test_a_side_that_is_not_there_is_bad_usage(project: Project) -> None:
    with pytest.raises(UsageError, match="no such file"):
        diff(str(project.base), str(project.folder / "nowhere"))


@pytest.mark.parametrize("sample", sorted(p for p in SAMPLES.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_nothing_is_new_in_what_stays_the_same_whatever_format_it_is(sample: Path) -> None:
    for folder in (sample / "good", sample / "broken"):
        found = diff(str(folder), str(folder))
        assert found.result.exit_code in {0, 3}
        assert (found.changes, found.result.decisions) == ((), ())


@pytest.mark.parametrize("sample", sorted(p for p in SAMPLES.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_against_nothing_a_change_is_judged_as_a_scan_judges_it(sample: Path, tmp_path: Path) -> None:
    for folder in (sample / "good", sample / "broken"):
        found, whole = diff(str(tmp_path), str(folder)), scan([str(folder)])
        assert found.result.exit_code == whole.exit_code
        assert [d[:3] for d in found.result.decisions] == [d[:3] for d in whole.decisions]
