"""Open images, unchecked downloads, secrets in images."""

from __future__ import annotations

from depscan.checks.container_images import CHECK
from tests.unit.checks.pipelines import found, read, said

DIGEST = "sha256:" + "0f" * 32


def test_tags_are_low_and_no_version_is_medium() -> None:
    text = f"FROM a:1\nFROM b:latest\nFROM c\nFROM d:1@{DIGEST}\nFROM scratch\n"
    assert said(CHECK, read("dockerfile", text)) == [
        ("container/unpinned-image", "low", 1),
        ("container/latest-image", "medium", 2),
        ("container/latest-image", "medium", 3),
    ]


def test_one_image_is_reported_once_a_file_with_every_place() -> None:
    [one] = found(CHECK, read("compose", "services:\n  a: {image: x}\n  b: {image: x}\n"))
    assert [e.location.line for e in one.evidence] == [2, 3]


def test_the_builders_own_frontend_may_move_another_may_not() -> None:
    assert said(CHECK, read("dockerfile", f"# syntax=docker/dockerfile:1\nFROM a@{DIGEST}\n")) == []
    assert said(CHECK, read("dockerfile", f"# syntax=acme/f:1\nFROM a@{DIGEST}\n")) == [
        ("container/unpinned-image", "low", 1)
    ]


def test_downloads_need_a_checksum() -> None:
    text = f"FROM a@{DIGEST}\nADD https://x.example/a /\nADD --checksum={DIGEST} https://x.example/b /\n"
    assert said(CHECK, read("dockerfile", text)) == [("container/remote-add", "medium", 2)]


def test_secrets_are_named_and_never_shown() -> None:
    text = f"FROM a@{DIGEST}\nARG HF_TOKEN\nENV OPENAI_API_KEY=sk-value\n"
    findings = found(CHECK, read("dockerfile", text))
    assert [(f.rule, f.severity.word, f.message) for f in findings] == [
        ("container/secret-in-image", "medium", "the build argument HF_TOKEN stays in the history of its stage"),
        ("container/secret-in-image", "high", "ENV leaves the secret OPENAI_API_KEY in the image"),
    ]
    assert "sk-value" not in repr(findings)


def test_the_value_of_a_secret_in_a_compose_file_is_reported() -> None:
    text = f"services:\n  a:\n    image: x@{DIGEST}\n    environment: [HF_TOKEN=hf_value, B_TOKEN=$B_TOKEN]\n"
    [one] = found(CHECK, read("compose", text))
    assert (one.severity.word, one.message) == ("medium", "the value of HF_TOKEN stands in the file")
