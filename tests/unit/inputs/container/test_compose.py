"""Compose files: images, builds, models, variables."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.container.compose import accepts, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile


def compose(text: str) -> Document:
    return parse(SourceFile("compose.yaml", text.encode()))


def found(text: str) -> list[tuple[str, str, str | None, object]]:
    document = compose(text)
    return [(u.how, document.nodes[u.node].name, document.nodes[u.node].version, u.at) for u in document.uses]


def test_images_are_read_and_defaults_put_in() -> None:
    text = "services:\n  a: { image: 'x:${TAG:-1}' }\n  b: { image: '${UNKNOWN}' }\n  c: { image: own:1, build: . }\n"
    assert found(text) == [("services.a.image", "x", "1", 2)]


def test_models_and_remote_builds_are_nodes() -> None:
    text = (
        "services:\n  a:\n    build: { context: 'https://git.example/o/r.git#main' }\nmodels:\n"
        "  llm: { model: ai/small }\n"
    )
    assert found(text) == [
        ("services.a.build", "git.example/o/r", "main", 3),
        ("models.llm.model", "ai/small", None, 5),
    ]


def test_a_dockerfile_inside_is_read_on_its_own_lines() -> None:
    text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x:1\n        RUN pip install y\n"
    assert found(text) == [("services.a.build: FROM", "x", "1", 5), ("pip install", "y", None, 6)]


def test_indexes_and_values_of_secrets_are_seen_local_passwords_are_not() -> None:
    text = """\
services:
  a:
    build: { args: [PIP_INDEX_URL=https://i.example/s] }
    environment:
      OPENAI_API_KEY: sk-secret
      HF_TOKEN: ${HF_TOKEN}
      POSTGRES_PASSWORD: postgres
  b:
    environment: [ANTHROPIC_API_KEY=sk-secret, OTHER]
"""
    document = compose(text)
    assert [(u.how, u.get("secret"), u.at) for u in document.uses] == [
        ("services.a.environment", "OPENAI_API_KEY", 5),
        ("services.b.environment", "ANTHROPIC_API_KEY", 9),
    ]
    assert [(i.url, i.role) for i in document.indexes] == [("https://i.example/s", "index")]
    assert "sk-secret" not in repr((document.uses, document.nodes, document.edges))


def test_wrong_shapes_are_problems_or_errors() -> None:
    assert compose("services:\n  a: [1]\n").problems
    with pytest.raises(InputError):
        compose("services: [a]\n")
    assert accepts(SourceFile("compose.yaml", b"services: {}\n"))
    assert not accepts(SourceFile("composer.yml", b"a: b\n"))


@pytest.mark.parametrize(
    "text",
    ["command: sh -c 'pip install tool==1.0 && run'", 'entrypoint: ["/bin/sh", "-c", "pip install tool==1.0; run"]'],
)
def test_what_a_service_fetches_when_it_starts_is_read(text: str) -> None:
    assert found(f"services:\n  a:\n    image: x:1\n    {text}\n")[1:] == [("pip install", "tool", "1.0", 4)]
