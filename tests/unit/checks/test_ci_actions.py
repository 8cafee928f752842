"""Actions and included pipelines that can change."""

from __future__ import annotations

import pytest

from depscan.checks.ci_actions import CHECK
from depscan.checks.floating_source import CHECK as FLOATING
from tests.unit.checks.pipelines import found, read, said, workflow

COMMIT = "8ade135a41bc03ea155e62e844d188df1ea18608"


@pytest.mark.parametrize(
    ("uses", "want"),
    [
        ("actions/checkout@v4", ("ci/unpinned-action", "low")),
        ("github/codeql-action/init@v3", ("ci/unpinned-action", "low")),
        ("acme/tool@v1", ("ci/unpinned-action", "medium")),
        ("pypa/gh-action-pypi-publish@release/v1", ("ci/unpinned-action", "medium")),
        ("acme/tool@main", ("ci/branch-action", "high")),
        ("actions/checkout@master", ("ci/branch-action", "high")),
    ],
)
def test_an_action_by_tag_or_branch_is_reported(uses: str, want: tuple[str, str]) -> None:
    assert said(CHECK, workflow(f"uses: {uses}")) == [(*want, 5)]


def test_commits_local_actions_and_images_are_not_its_business() -> None:
    calm = workflow(f"uses: a/b@{COMMIT}", "uses: ./x", "uses: docker://x:1")
    assert said(CHECK, calm) == []


def test_one_action_is_reported_once_a_file_with_every_place() -> None:
    [one] = found(CHECK, workflow("uses: a/b@v1", "uses: a/b@v1"))
    assert [(e.role, e.location.line) for e in one.evidence] == [("primary", 5), ("related", 6)]


def test_the_message_says_what_it_can_reach() -> None:
    [one] = found(CHECK, workflow("uses: a/b@v1", more="permissions: write-all\n"))
    assert one.message == "a/b is pinned only to v1, which can move; it can reach a token with write-all"


def test_included_pipelines_are_judged_alike() -> None:
    text = (
        f"include:\n  - https://ci.example/x\n  - {{project: g/a, ref: {COMMIT}}}\n"
        f"  - {{project: g/b}}\n  - component: h.example/g/c@1\n"
    )
    assert said(CHECK, read("gitlab-ci", text)) == [
        ("ci/branch-action", "high", 2),
        ("ci/branch-action", "high", 4),
        ("ci/unpinned-action", "medium", 5),
    ]


def test_an_action_is_not_reported_as_a_package_of_a_repository_as_well() -> None:
    assert said(FLOATING, workflow("uses: a/b@main")) == []
