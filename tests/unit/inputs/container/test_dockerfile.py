"""Dockerfiles: the real syntax, images and stages, what commands install, secrets."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.container.dockerfile import accepts, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

DIGEST = "sha256:" + "0f" * 32


def build(text: str) -> Document:
    return parse(SourceFile("Dockerfile", text.encode()))


def images(text: str) -> list[tuple[str, str, str | None, str, object]]:
    document = build(text)
    return [
        (u.how, document.nodes[u.node].name, document.nodes[u.node].version, u.get("pinned"), u.at)
        for u in document.uses
        if document.nodes[u.node].ecosystem == "image"
    ]


def installed(text: str) -> list[tuple[str, str | None, object]]:
    document = build(text)
    nodes = document.nodes
    return [
        (nodes[u.node].name, nodes[u.node].version, u.at) for u in document.uses if nodes[u.node].ecosystem == "PyPI"
    ]


def secrets(text: str) -> list[tuple[str, str]]:
    return [(u.how, u.get("secret")) for u in build(text).uses if u.get("secret")]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("FROM python:3.12-slim", ("FROM", "python", "3.12-slim", "no", 1)),
        ("from  --platform=$X  Python AS b", None),
        ("FROM --platform=$X images.example/acme/x AS b", ("FROM", "images.example/acme/x", None, "no", 1)),
        (f"FROM a:1@{DIGEST}", ("FROM", "a", "1", "yes", 1)),
        ("FROM host.example:5000/a/b:2", ("FROM", "host.example:5000/a/b", "2", "no", 1)),
        ("FROM scratch", None),
        ("FROM ${UNKNOWN}", None),
        ("ARG V=3\nFROM python:${V}", ("FROM", "python", "3", "no", 2)),
        ("ARG V\nFROM python:${V:-3.9}", ("FROM", "python", "3.9", "no", 2)),
        ("ARG A=x:1\nARG B=$A\nFROM $B", ("FROM", "x", "1", "no", 3)),
        ("# syntax=acme/frontend:1\nFROM scratch", ("syntax", "acme/frontend", "1", "no", 1)),
        ("FROM scratch\nRUN --mount=type=bind,from=acme/t:1,target=/x true", ("RUN --mount", "acme/t", "1", "no", 2)),
        ("FROM scratch\nCOPY --from=acme/t:1 --chown=1:1 /a /b", ("COPY --from", "acme/t", "1", "no", 2)),
        ("FROM scratch\nONBUILD COPY --from=acme/t:1 /a /b", ("COPY --from", "acme/t", "1", "no", 2)),
    ],
)  # fmt: skip
def test_images_are_named_with_what_the_file_knows(
    text: str, want: tuple[str, str, str | None, str, int] | None
) -> None:
    assert images(text) == ([want] if want else [])


def test_own_stages_are_no_images() -> None:
    text = (
        "FROM a:1 AS Base\nFROM base AS two\nFROM two\nCOPY --from=BASE /x /x\n"
        "COPY --from=0 /x /x\nCOPY --from=1 /x /x\n"
    )
    assert images(text) == [("FROM", "a", "1", "no", 1)]


def test_the_image_that_runs_is_that_of_the_last_stage() -> None:
    assert [u.get("stage") for u in build("FROM a:1\nFROM b:1\n").uses] == ["build", "run"]


def test_the_stages_it_starts_from_are_part_of_it() -> None:
    text = "FROM a:1 AS base\nFROM b:1 AS side\nFROM base AS two\nFROM two\nCOPY --from=side /x /x\n"
    assert [(u.get("command"), u.get("stage")) for u in build(text).uses] == [("a:1", "run"), ("b:1", "build")]


def test_continued_commands_keep_their_lines() -> None:
    text = (
        "FROM a:1\nRUN --mount=type=cache,target=/c \\\n  apt-get update && \\\n # why\n\n"
        "  pip install one==1 \\\n    two\n"
    )
    assert installed(text) == [("one", "1", 6), ("two", None, 6)]


def test_json_here_documents_and_another_escape_are_read() -> None:
    assert installed('FROM a:1\nRUN ["pip", "install", "one"]\n') == [("one", None, 2)]
    assert installed('FROM a:1\nRUN ["/bin/sh", "-c", "pip install one two"]\n') == [("one", None, 2), ("two", None, 2)]
    assert installed("FROM a:1\nRUN <<EOF\nset -e\npip install one\nEOF\nRUN pip install two\n") == [
        ("one", None, 4),
        ("two", None, 6),
    ]
    assert installed("FROM a:1\nRUN <<-'E' bash\n\tpip install one\n\tE\nRUN pip install two\n") == [
        ("one", None, 3),
        ("two", None, 5),
    ]
    assert installed("# escape=`\nFROM a:1\nRUN pip install `\n  one\n") == [("one", None, 3)]
    assert installed("FROM a:1\nCOPY <<EOF /x\npip install one\nEOF\nRUN pip install two\n") == [("two", None, 5)]


def test_variables_are_put_into_commands_and_follow_their_stage() -> None:
    assert installed("FROM a:1\nARG V=2\nENV N=one\nRUN pip install $N==${V}\n") == [("one", "2", 4)]
    text = "FROM a:1 AS x\nENV N=one\nARG V=2\nFROM x\nRUN pip install $N $V\n"
    assert installed(text) == [("one", None, 5)]


def test_downloads_are_checked_or_not() -> None:
    text = (
        f"FROM a:1\nADD https://x.example/a /a\nADD --checksum={DIGEST} https://x.example/b /b\n"
        f"ADD . /c\nADD git@git.example:o/r.git#main /d\n"
    )
    found = [(u.get("endpoint"), u.get("pinned"), u.at) for u in build(text).uses if u.how == "ADD"]
    assert found == [
        ("https://x.example/a", "no", 2),
        ("https://x.example/b", "yes", 3),
        ("git@git.example:o/r.git#main", "no", 5),
    ]


def test_indexes_of_variables_are_indexes() -> None:
    text = (
        "FROM a:1\nARG PIP_INDEX_URL=https://i.example/s\n"
        'ENV PIP_EXTRA_INDEX_URL="https://a.example/s https://b.example/s" UV_INDEX=$X\n'
    )
    assert [(i.url, i.role, i.at) for i in build(text).indexes] == [
        ("https://i.example/s", "index", 2),
        ("https://a.example/s", "extra", 3),
        ("https://b.example/s", "extra", 3),
    ]


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("ENV HF_TOKEN=hf_x", [("ENV", "HF_TOKEN")]),
        ("ENV OPENAI_API_KEY sk x", [("ENV", "OPENAI_API_KEY")]),
        ("ARG HF_TOKEN", [("ARG", "HF_TOKEN")]),
        ("ARG HF_TOKEN\nENV HF_TOKEN=$HF_TOKEN", [("ARG", "HF_TOKEN"), ("ENV", "HF_TOKEN")]),
        ("ENV HF_TOKEN= MAX_TOKENS=1 PAD_TOKEN=x TOKENIZERS_PARALLELISM=false SSH_KEY_PATH=/x", []),
        ("ENV OPENAI_API_KEY=your-key-here AWS_S3_NO_CREDENTIALS=no", []),
        ("ENV API_KEY_FILE=/run/x SECRET_NAME=x NEXT_PUBLIC_API_KEY=x", []),
    ],
)
def test_secrets_are_known_by_name_and_their_values_stay_out(line: str, want: list[tuple[str, str]]) -> None:
    document = build(f"FROM a:1\n{line}\nRUN curl -H $HF_TOKEN https://x.example/m.pt -o m.pt\n")
    assert [(u.how, u.get("secret")) for u in document.uses if u.get("secret")] == want
    assert "hf_x" not in repr(document.uses)


def test_an_unknown_instruction_is_a_problem_and_no_from_an_error() -> None:
    assert [(p.message, p.at) for p in build("FROM a:1\nINSTALL x\n").problems] == [("'INSTALL' is no instruction", 2)]
    for text in ("RUN pip install x\n", "", "FROMAGE x\n"):
        with pytest.raises(InputError):
            build(text)


def test_templates_and_other_files_of_that_name_are_not_taken() -> None:
    from_line = b"FROM a:1\n"
    for name, want in (
        ("Dockerfile", True),
        ("Dockerfile.gpu", True),
        ("x.dockerfile", True),
        ("Dockerfile.j2", False),
    ):
        assert accepts(SourceFile(name, from_line)) is want
    assert not accepts(SourceFile("Dockerfile.dockerignore", b"node_modules\n"))


def test_cutting_a_dockerfile_anywhere_raises_nothing_else() -> None:
    text = (
        "# escape=`\nARG A=\"x\nFROM a:1 AS b\nENV A='b\" C=$A\nRUN --mount=from=x <<E cat <<'F'\n"
        'pip install $A\nE\nF\nADD ["https://x.example", "\n'
    )
    for start in range(0, len(text), 3):
        for end in range(start, len(text)):
            try:
                build("FROM a:1\n" + text[start:end])
            except InputError as error:
                assert error.message


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ('ENTRYPOINT ["uvx", "tool==1.0"]', [("tool", "1.0", 2)]),
        ("CMD uvx --from tool==1.0 run-it", [("tool", "1.0", 2)]),
        ('ENTRYPOINT ["sh", "-c", "pip install tool && exec uvx other"]', [("tool", None, 2), ("other", None, 2)]),
        ('CMD ["uvx", "--help"]', []),
        ('CMD ["uvx", "{{.Package}}"{{range .Args}}]', []),
        ('CMD ["python", "app.py"]', []),
    ],
)
def test_what_a_container_fetches_when_it_starts_is_installed(
    line: str, want: list[tuple[str, str | None, object]]
) -> None:
    assert installed(f"FROM x\n{line}\n") == want


def test_what_a_container_fetches_when_it_starts_is_no_part_of_the_build() -> None:
    [use] = [u for u in build('FROM x\nCMD ["npx", "-y", "tool@1.0.0"]\n').uses if u.how == "npx"]
    assert (use.node, use.get("stage")) == ("pkg:npm/tool@1.0.0", "run")


@pytest.mark.parametrize(
    "line",
    [
        'CMD ["vllm", "serve", "org/m", "--trust-remote-code"]',
        'CMD ["python3", "-m", "vllm.entrypoints.openai.api_server", \\\n "--model", "org/m", "--trust-remote-code"]',
    ],
)
def test_the_model_of_a_server_that_a_container_starts_is_used(line: str) -> None:
    [use] = [u for u in build(f"FROM x\n{line}\n").uses if u.how.endswith("--model")]
    assert (use.node, use.at, use.get("code")) == ("pkg:huggingface/org/m", 2, "yes")
