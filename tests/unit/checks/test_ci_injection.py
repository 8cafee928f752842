"""Text of strangers that is put into scripts."""

from __future__ import annotations

import pytest

from depscan.checks.ci_injection import CHECK
from tests.unit.checks.pipelines import found, said, workflow

RUN = "run: |\n          echo\n          echo '${{ github.event.issue.title }}'"


def test_an_expression_in_a_script_is_reported_on_its_line() -> None:
    [one] = found(CHECK, workflow(RUN, on="issues", more="permissions: write-all\n"))
    assert (one.rule, one.severity.word, one.confidence.word, one.primary.line) == (
        "ci/text-becomes-code",
        "high",
        "high",
        8,
    )
    assert one.message == (
        "github.event.issue.title becomes part of a script on issues, which can reach a token with write-all"
    )


def test_a_job_that_may_only_read_is_less_sure() -> None:
    assert found(CHECK, workflow(RUN, on="issues", more="permissions: {}\n"))[0].confidence.word == "medium"


def test_scripts_of_actions_count_too() -> None:
    step = "uses: actions/github-script@v7\n        with: { script: 'x(`${{ github.head_ref }}`)' }"
    assert said(CHECK, workflow(step, on="pull_request_target")) == [("ci/text-becomes-code", "high", 6)]


@pytest.mark.parametrize(
    "step",
    [
        'run: echo "$T"\n        env: { T: "${{ github.event.issue.title }}" }',
        "run: echo ${{ github.event.issue.number }}",
        "if: github.event.issue.author_association == 'OWNER'\n        run: echo ${{ github.event.issue.title }}",
    ],
)
def test_variables_numbers_and_texts_of_owners_are_safe(step: str) -> None:
    assert said(CHECK, workflow(step, on="issues")) == []


def test_the_checkout_of_a_strangers_change_is_reported_only_where_it_has_rights() -> None:
    step = "uses: actions/checkout@v4\n        with: { ref: '${{ github.event.pull_request.head.sha }}' }"
    for on, want in (("pull_request_target", 1), ("workflow_run", 1), ("pull_request", 0)):
        assert len(said(CHECK, workflow(step, on=on))) == want
    assert said(CHECK, workflow(step, on="pull_request_target")) == [("ci/strangers-code", "high", 5)]
    own = "if: github.event.pull_request.head.repo.full_name == github.repository\n        " + step
    assert said(CHECK, workflow(own, on="pull_request_target")) == []
    assert said(CHECK, workflow("uses: actions/checkout@v4", on="pull_request_target")) == []


def test_events_of_people_with_rights_are_safe() -> None:
    assert said(CHECK, workflow(RUN, on="push")) == []
