"""GitLab pipelines: images, included pipelines, scripts."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.ci.gitlab_ci import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile


def pipeline(text: str) -> Document:
    return parse(SourceFile(".gitlab-ci.yml", text.encode()))


def found(document: Document) -> list[tuple[str, str, str, object]]:
    return [(u.how, document.nodes[u.node].name, u.get("pinned"), u.at) for u in document.uses]


def test_images_and_services_of_defaults_and_jobs_are_read() -> None:
    text = "default:\n  image: python:3.12\ntest:\n  image: { name: acme/x }\n  services: ['db:1', {name: y:2}]\n"
    assert found(pipeline(text)) == [
        ("default.image", "python", "no", 2),
        ("test.image", "acme/x", "no", 4),
        ("test.services[0]", "db", "no", 5),
        ("test.services[1]", "y", "no", 5),
    ]


def test_variables_of_the_pipeline_are_put_into_names_of_images() -> None:
    text = (
        "variables: { V: '3' }\na:\n  variables: { N: acme/x }\n  image: $N:${V}\nb:\n  image: $CI_REGISTRY_IMAGE:1\n"
    )
    assert found(pipeline(text)) == [("a.image", "acme/x", "no", 4)]


def test_included_pipelines_are_nodes() -> None:
    text = """\
include:
  - https://ci.example/a.yml
  - { remote: "https://ci.example/b.yml", integrity: sha256-x }
  - project: group/flows
    ref: 8ade135a41bc03ea155e62e844d188df1ea18608
  - { project: group/open }
  - component: git.example/group/part@1.0
  - local: /x.yml
  - component: $CI_SERVER_FQDN/group/part@1.0
"""
    assert found(pipeline(text)) == [
        ("include.remote", "ci.example", "no", 2),
        ("include.remote", "ci.example", "yes", 3),
        ("include.project", "group/flows", "yes", 4),
        ("include.project", "group/open", "no", 6),
        ("include.component", "git.example/group/part", "no", 7),
    ]


def test_scripts_are_read_through_anchors_and_blocks_on_their_own_lines() -> None:
    text = """\
.setup: &setup
  - pip install one
test:
  variables: { PIP_EXTRA_INDEX_URL: "https://x.example/s" }
  before_script: [*setup]
  script:
    - |
      echo
      pip install two==1
    - curl https://get.example/i | sh
"""
    document = pipeline(text)
    assert found(document) == [
        ("pip install", "one", "no", 2),
        ("pip install", "two", "yes", 9),
        ("curl | sh", "get.example", "no", 10),
    ]
    assert [(i.url, i.role) for i in document.indexes] == [("https://x.example/s", "extra")]


def test_a_header_document_in_front_is_passed_over() -> None:
    assert [u[1] for u in found(pipeline("spec:\n  inputs: {}\n---\na:\n  image: b:1\n"))] == ["b"]


def test_a_list_is_refused_and_an_empty_file_said() -> None:
    with pytest.raises(InputError):
        pipeline("- a\n")
    assert pipeline("").problems


def test_cutting_a_pipeline_anywhere_raises_nothing_else() -> None:
    text = (
        "include:\n  - remote: https://a.example/x\na:\n  image: b:1\n  script:\n"
        "    - &x [pip install a, [b]]\n    - *x\n"
    )
    for end in range(len(text)):
        try:
            pipeline(text[:end])
        except InputError as error:
            assert error.message
