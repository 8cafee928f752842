"""What zizmor says is shown unless a rule of our own says it."""

from __future__ import annotations

from depscan.checks.second_opinion import CHECK
from depscan.facts.zizmor import Answer, Opinion
from depscan.model.finding import Finding
from tests.unit.checks.facts import context, outcome
from tests.unit.checks.pipelines import workflow

PATH = "github-workflow"


def opinion(audit: str, line: int, last: int = 0) -> Opinion:
    return Opinion(PATH, audit, "what", "where", "high", "low", ((line, last or line),), "https://docs.example/x")


def shown(*opinions: Opinion) -> list[Finding]:
    document = workflow(
        "uses: a/b@v1",
        "run: npm publish\n        env: { NODE_AUTH_TOKEN: '${{ secrets.P }}' }",
        "uses: docker://x:1",
        "run: pip install torch",
    )
    given = context(document)._replace(workflows=Answer(opinions))
    return outcome(CHECK, given)[0]


def test_an_opinion_is_a_finding_with_its_own_rule_and_page() -> None:
    [one] = shown(opinion("artipacked", 5))
    assert (one.rule, one.severity.word, one.confidence.word) == ("zizmor/artipacked", "high", "low")
    assert (one.message, one.primary.line, one.references) == ("what: where", 5, ("https://docs.example/x",))


def test_what_our_rules_say_of_the_same_lines_is_left_out() -> None:
    same = [opinion("unpinned-uses", 5), opinion("use-trusted-publishing", 6, 7), opinion("unpinned-images", 8)]
    assert shown(*same, opinion("adhoc-packages", 9)) == []
    assert len(shown(opinion("unpinned-uses", 6), opinion("artipacked", 5))) == 2


def test_an_audit_newer_than_depscan_is_shown_as_other() -> None:
    assert [f.rule for f in shown(opinion("brand-new", 5))] == ["zizmor/other"]


def test_nothing_is_said_where_it_is_not_installed_and_a_failure_is_a_note() -> None:
    assert outcome(CHECK, context(workflow("uses: a/b@v1"))) == ([], [])
    findings, [note] = outcome(CHECK, context()._replace(workflows=Answer((), "zizmor gave no answer: x")))
    assert (findings, note.needed) == ([], False)
