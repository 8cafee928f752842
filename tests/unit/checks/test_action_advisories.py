"""Advisories of actions: tags, moving tags, commits with and without a comment, branches."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.checks.advisories import CHECK
from depscan.intel.store import open_index
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Finding
from depscan.model.package import Package
from tests.unit.checks.facts import context, outcome
from tests.unit.intel.records import fixed, introduced, made, record

COMMIT = "0e58ed8671d6b60d0890c21b07f8835ace038e67"
ACTIONS = "GitHub Actions"


def action(name: str, version: str | None, release: str = "") -> Document:
    document = Document(".github/workflows/ci.yml", "github-workflow")
    commit = version if version and len(version) == 40 else ""
    node = document.add(Package(ACTIONS, name, version, "git", commit=commit), 4)
    document.use(node, "jobs.a.steps[0].uses", 4, release=release, pinned="yes" if commit else "no")
    return document


def run(folder: Path, document: Document, ecosystem: str = ACTIONS) -> tuple[list[Finding], list[Coverage]]:
    listed = record("GHSA-2", "acme/listed", introduced(), fixed("1"), ecosystem=ecosystem)
    listed["affected"][0]["versions"] = [COMMIT]
    made(
        folder,
        [record("GHSA-1", "tj-actions/changed-files", introduced(), fixed("46.0.1"), ecosystem=ecosystem), listed],
    )
    with open_index(str(folder)) as index:
        return outcome(CHECK, context(document, advisories=index))


@pytest.mark.parametrize(
    ("version", "want"),
    [
        ("v45", "advisory/vulnerable"), ("v45.0.7", "advisory/vulnerable"), ("45.0.7", "advisory/vulnerable"),
        ("v46", ""), ("v46.0", ""), ("v46.0.0", "advisory/vulnerable"), ("v46.0.1", ""), ("v47.1.2", ""), (None, ""),
        (COMMIT, "advisory/undecidable"), ("oldest", "advisory/undecidable"),
    ],
)  # fmt: skip
def test_a_tag_is_compared_and_a_moving_tag_stands_for_its_newest_release(
    tmp_path: Path, version: str | None, want: str
) -> None:
    findings, coverage = run(tmp_path, action("tj-actions/changed-files", version))
    assert [f.rule for f in findings] == ([want] if want else [])
    assert coverage == []


def test_the_comment_behind_a_commit_says_which_release_it_is(tmp_path: Path) -> None:
    [found], _ = run(tmp_path, action("tj-actions/changed-files", COMMIT, "v45.0.2"))
    assert (found.rule, found.confidence.word, found.fixed_version) == ("advisory/vulnerable", "medium", "46.0.1")
    assert found.message.endswith("if the comment behind its commit is right")
    assert run(tmp_path, action("tj-actions/changed-files", COMMIT, "v46.0.1"))[0] == []


def test_a_commit_that_a_record_lists_needs_no_comment(tmp_path: Path) -> None:
    [found], _ = run(tmp_path, action("acme/listed", COMMIT, "v9"))
    assert (found.rule, found.confidence.word) == ("advisory/vulnerable", "high")


def test_a_path_inside_the_repository_and_case_do_not_matter(tmp_path: Path) -> None:
    [found], _ = run(tmp_path, action("TJ-actions/changed-files/sub/dir", "v44"))
    assert found.rule == "advisory/vulnerable"


def test_an_index_without_actions_says_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, action("tj-actions/changed-files", "v44"), "PyPI") == ([], [])


def test_what_only_a_pipeline_installs_without_a_version_is_a_note(tmp_path: Path) -> None:
    document = Document(".gitlab-ci.yml", "gitlab-ci")
    document.add(Package("PyPI", "build", None), 3)
    _, [note] = run(tmp_path, document, "PyPI")
    assert (note.needed, note.kind) == (False, "unpinned")
    assert "build" in note.why
