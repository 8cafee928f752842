"""Workflows and composite actions: what they use, with which rights, and where it stands."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.ci.github_workflow import accepts, parse
from depscan.model.document import Document
from depscan.model.use import Use
from depscan.text.source import SourceFile

COMMIT = "8ade135a41bc03ea155e62e844d188df1ea18608"


def workflow(*steps: str, on: str = "push", more: str = "") -> Document:
    """Return a workflow of one job with these steps (each the text behind ``- ``), indented by six."""
    lines = "\n".join(f"      - {step}" for step in steps)
    text = f"on: {on}\n{more}jobs:\n  a:\n    steps:\n{lines}\n"
    return parse(SourceFile(".github/workflows/ci.yml", text.encode()))


def only(document: Document) -> Use:
    (use,) = document.uses
    return use


@pytest.mark.parametrize(
    ("text", "name", "version", "pinned"),
    [
        ("actions/checkout@v4", "actions/checkout", "v4", "no"),
        ("Azure/Login@v2.1.0", "azure/login", "v2.1.0", "no"),
        (f"actions/checkout@{COMMIT}", "actions/checkout", COMMIT, "yes"),
        ("acme/tool/sub/dir@1.2", "acme/tool/sub/dir", "1.2", "no"),
        ("acme/tool@main", "acme/tool", None, "no"),
        ("acme/tool@release/v1", "acme/tool", None, "no"),
        ("acme/tool@cli-v1.2", "acme/tool", "cli-v1.2", "no"),
        ("'acme/flow/.github/workflows/x.yml@v2'", "acme/flow/.github/workflows/x.yml", "v2", "no"),
    ],
)
def test_an_action_is_a_node_with_its_ref(text: str, name: str, version: str | None, pinned: str) -> None:
    document = workflow(f"uses: {text}")
    use = only(document)
    node = document.nodes[use.node]
    assert (node.ecosystem, node.name, node.version, node.source) == ("GitHub Actions", name, version, "git")
    assert node.commit == (COMMIT if version == COMMIT else "")
    assert (use.get("pinned"), use.at, use.how) == (pinned, 5, "jobs.a.steps[0].uses")


def test_the_comment_behind_a_commit_is_kept_as_its_release() -> None:
    for comment, want in (
        ("# v4.2.2", "v4.2.2"),
        ("# tag=v4.3.0", "v4.3.0"),
        ("# pin@4", "4"),
        ("# why", ""),
        ("", ""),
    ):
        assert only(workflow(f"uses: actions/checkout@{COMMIT} {comment}")).get("release") == want


def test_images_are_nodes_too_and_the_projects_own_actions_are_none() -> None:
    document = workflow("uses: ./.github/actions/x", "uses: docker://images.example/acme/x:1")
    made = [(p.ecosystem, p.name, p.version, p.source) for p in document.nodes.values()][1:]
    assert made == [("image", "images.example/acme/x", "1", "image")]


def test_what_is_no_action_is_a_problem_with_its_line() -> None:
    document = workflow("uses: actions/checkout", "uses: [1]", "7")
    assert [p.at for p in document.problems] == [5, 6, 7]


def test_containers_services_and_reusable_workflows_of_a_job_are_read() -> None:
    text = b"""\
on: [push, pull_request]
jobs:
  a:
    strategy: { matrix: { image: ["python:3.11", "python:3.12"] } }
    container: { image: "${{ matrix.image }}" }
    services:
      db: { image: postgres }
  b:
    uses: acme/flows/.github/workflows/x.yml@v2
    secrets: inherit
"""
    document = parse(SourceFile("ci.yml", text))
    found = [(u.how, document.nodes[u.node].name, document.nodes[u.node].version, u.at) for u in document.uses]
    assert found == [
        ("jobs.a.container", "python", "3.11", 5),
        ("jobs.a.container", "python", "3.12", 5),
        ("jobs.a.services.db", "postgres", None, 7),
        ("jobs.b.uses", "acme/flows/.github/workflows/x.yml", "v2", 9),
    ]
    assert document.uses[-1].get("secret") == "inherit"
    assert document.uses[0].get("trigger") == "pull_request, push"


def test_triggers_rights_and_names_of_secrets_are_facts_of_each_use() -> None:
    more = "permissions: { contents: write, issues: read }\nenv:\n  A: ${{ secrets.FROM_ENV }}\n"
    document = workflow(
        "uses: acme/x@v1\n        with: { t: \"${{ secrets['IN_WITH'] }}\", g: '${{ github.token }}' }",
        on="{ issue_comment: { types: [created] } }",
        more=more,
    )
    use = only(document)
    assert use.get("trigger") == "issue_comment"
    assert use.get("permission") == "contents: write"
    assert use.get("secret") == "FROM_ENV, GITHUB_TOKEN, IN_WITH"


@pytest.mark.parametrize(
    ("written", "want"),
    [("write-all", "write-all"), ("read-all", "read-all"), ("{}", "none"), ("{contents: read}", "read")],
)
def test_permissions_are_summed_up(written: str, want: str) -> None:
    assert only(workflow("uses: a/b@v1", more=f"permissions: {written}\n")).get("permission") == want


def test_commands_of_a_step_stand_on_their_own_line() -> None:
    document = workflow(
        "run: |\n          echo hello\n          pip install torch==2.0 --extra-index-url https://x.example/s"
    )
    use = only(document)
    assert (document.nodes[use.node].name, use.at, use.get("stage")) == ("torch", 7, "build")
    assert [(i.url, i.role, i.at) for i in document.indexes] == [("https://x.example/s", "extra", 7)]


def test_variables_that_choose_an_index_are_indexes() -> None:
    document = workflow(
        "run: make\n        env: { UV_INDEX: 'own=https://own.example/s' }",
        more="env:\n  PIP_INDEX_URL: https://x.example/s\n",
    )
    assert [(i.url, i.role) for i in document.indexes] == [
        ("https://x.example/s", "index"),
        ("https://own.example/s", "extra"),
    ]


def test_a_composite_action_and_one_of_an_image_are_read() -> None:
    text = b"runs:\n  using: composite\n  steps:\n    - uses: a/b@v1\n    - run: pip install x\n      shell: bash\n"
    assert [u.at for u in parse(SourceFile("action.yml", text)).uses] == [4, 5]
    text = b"runs:\n  using: docker\n  image: docker://alpine:3\n"
    assert [u.get("command") for u in parse(SourceFile("action.yml", text)).uses] == ["alpine:3"]


def test_only_files_where_workflows_stand_are_taken() -> None:
    text = b"on: push\njobs:\n  a: {}\n"
    for path, want in (
        (".github/workflows/a.yml", True), ("x/.gitea/workflows/a.yaml", True), ("a.yml", True), ("docs/a.yml", False),
    ):  # fmt: skip
        assert accepts(SourceFile(path, text)) is want, path
    assert not accepts(SourceFile(".github/workflows/a.yml", b"name: x\n"))
    assert accepts(SourceFile("deep/action.yml", b"runs:\n  using: composite\n"))
    assert not accepts(SourceFile("deep/action.yml", b"on: x\njobs: {}\n"))


def test_what_is_neither_workflow_nor_action_is_refused() -> None:
    for data in (b"on: push\n", b"- a\n", b"jobs: [1]\n"):
        with pytest.raises(InputError):
            parse(SourceFile("a.yml", data))


def test_cutting_a_workflow_anywhere_raises_nothing_else() -> None:
    data = (
        b"on: issues\njobs:\n  a:\n    container: x:1\n    steps:\n      - uses: a/b@v1\n"
        b"      - run: |\n          pip install x\n"
    )
    for end in range(len(data)):
        try:
            parse(SourceFile("a.yml", data[:end]))
        except InputError as error:
            assert error.message
