"""What became of each package, and what the check about changes says of it."""

from __future__ import annotations

import pytest

from depscan.checks.changes import CHECK
from depscan.checks.check import Before
from depscan.graph.changes import changes, moved
from depscan.graph.graph import DependencyGraph
from depscan.model.document import Document
from depscan.model.finding import Finding
from depscan.model.package import File, Package
from tests.unit.checks.facts import context, document, outcome, package
from tests.unit.difference.projects import Project, entry, lock, rules

COMMIT = "0" * 40


def graph(*packages: Package) -> DependencyGraph:
    made = DependencyGraph()
    made.merge(document(*packages))
    return made


def became(old: list[Package], new: list[Package]) -> list[tuple[str, str, str]]:
    return [(c.kind, c.before, c.after) for c in changes(graph(*old), graph(*new))]


def found(before: Document, after: Document) -> list[Finding]:
    past = Before(graph(*before.nodes.values()), [before])
    return outcome(CHECK, context(after)._replace(before=past))[0]


def test_versions_go_up_and_down_by_the_ecosystems_order() -> None:
    assert became([package("a", "1.9")], [package("a", "1.10")]) == [("upgraded", "pkg:pypi/a@1.9", "pkg:pypi/a@1.10")]
    assert became([package("a", "1.10")], [package("a", "1.9")])[0][0] == "downgraded"
    assert became([package("a", "what")], [package("a", "ever")])[0][0] == "changed"


def test_several_versions_of_a_name_are_paired_in_their_order() -> None:
    old = [package("a", v, "npm", ecosystem="npm") for v in ("1.0.0", "2.0.0")]
    new = [package("a", v, "npm", ecosystem="npm") for v in ("1.0.0", "2.1.0", "3.0.0")]
    assert became(old, new) == [("upgraded", "pkg:npm/a@2.0.0", "pkg:npm/a@2.1.0"), ("added", "", "pkg:npm/a@3.0.0")]


def test_the_node_of_the_project_is_no_package() -> None:
    assert became([Package("project", "one", None, "local")], [Package("project", "two", None, "local")]) == []


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        (package("a", registry="https://one.example"), package("a", registry="https://one.example/"), ""),
        (package("a", registry="https://one.example"), package("a", registry="https://two.example"), "index"),
        (package("a", registry="https://one.example"), package("a"), ""),
        (package("a"), package("a", source="git", url="https://host.example/a"), "source"),
        (package("a", source="git", url="https://host.example/a"), package("a"), "index"),
        (package("a", source="git", url="https://h.example/a"), package("a", source="git", url="https://h.example/b"),
         "source"),
        (package("a", source="git", url="https://h.example/a.git", commit="1"),
         package("a", source="git", url="https://h.example/a", commit="2"), ""),
        (package("a", source="url", url="https://h.example/a-1.whl"),
         package("a", source="url", url="https://h.example/a-2.whl"), ""),
        (package("a", source="url", url="https://h.example/a"), package("a", source="url", url="https://i.example/a"),
         "source"),
    ],
)  # fmt: skip
def test_where_a_package_comes_from_is_compared_where_both_sides_say_it(old: Package, new: Package, how: str) -> None:
    assert moved(old, new) == how


def test_another_hash_of_the_same_file_blocks(project: Project) -> None:
    project.locks(lock(entry("calm", "1")), lock(entry("calm", "1", digest="bb")))
    change = project.diff()
    assert rules(change) == {"integrity/hash-changed": "block"}
    assert [c.kind for c in change.changes] == ["rehashed"]
    assert "sha256:aaaa" in change.result.findings[0].message


def test_a_second_file_with_the_old_hash_does_not_hide_the_new_one(project: Project) -> None:
    project.locks(lock(entry("calm", "1")), lock(entry("calm", "1", digest="bb")))
    for folder in (project.base, project.head):
        (folder / "a").mkdir()
        (folder / "a" / "uv.lock").write_text(lock(entry("calm", "1")), "utf-8")
    assert rules(project.diff()) == {"integrity/hash-changed": "block"}


def test_a_file_added_to_a_version_is_a_change_without_alarm() -> None:
    one, two = (File(f"https://files.example/a-{i}.whl", f"sha256:{i}") for i in "12")
    before = package("a", files=(one,), hashes=(one.hash,))
    after = package("a", files=(one, two), hashes=(one.hash, two.hash))
    assert became([before], [after])[0][0] == "rehashed"
    assert found(document(before), document(after)) == []


def test_a_hash_of_another_kind_cannot_be_decided() -> None:
    [made] = found(document(package("a", hashes=("sha1:1",))), document(package("a", hashes=("sha512-x",))))
    assert (made.rule, made.status) == ("integrity/hash-changed", "undecidable")


def test_a_hash_that_is_taken_away_is_told_where_others_have_one() -> None:
    before = document(package("a", hashes=("sha256:1",)), package("b", hashes=("sha256:2",)))
    [made] = found(before, document(package("a"), package("b", hashes=("sha256:2",))))
    assert (made.subject, made.message) == ("pkg:pypi/a@1", "had a hash and has none now")
    assert found(before, document(package("a"), package("b"))) == []


def test_leaving_the_index_blocks_and_another_index_warns(project: Project) -> None:
    project.locks(lock(entry("calm", "1")), lock(entry("calm", "2", index="other.example")))
    assert rules(project.diff()) == {"trust/moved-index": "warn"}
    git = (
        f'[[package]]\nname = "calm"\nversion = "2"\nsource = {{ git = "https://host.example/calm?rev=x#{COMMIT}" }}\n'
    )
    project.locks(lock(entry("calm", "1")), lock(git))
    assert rules(project.diff())["trust/left-index"] == "block"


def test_a_plain_scan_is_silent() -> None:
    assert outcome(CHECK, context(document(package("a")))) == ([], [])
