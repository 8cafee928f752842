"""Python code inside commands of pipelines and images."""

from __future__ import annotations

import pytest

from depscan.inputs.code._inline import read_inline, read_python
from depscan.inputs.discover import by_id
from depscan.model.document import Document
from depscan.text.source import SourceFile

LOAD = "torch.load('x.pt', weights_only=False)"


def loads(format_id: str, text: str) -> list[tuple[str, str, object]]:
    document = by_id(format_id).parse(SourceFile("x", text.encode()))
    return [(u.how, u.get("safe"), u.at) for u in document.uses if u.how == "torch.load"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f'python -c "import torch; {LOAD}"', 7),
        (f'cd x && uv run python3.12 -u -c "\nimport torch\n{LOAD}"', 9),
        (f"python - <<'EOF'\nimport torch\n{LOAD}\nEOF\necho", 9),
        (f"echo\npython3 <<EOF\n  import torch\n  {LOAD}\nEOF", 10),
    ],
)
def test_an_unsafe_load_in_a_command_stands_on_its_line(text: str, line: int) -> None:
    document = Document("x", "test")
    document.add_root("x")
    read_inline(text, document, 7)
    [use] = document.uses
    assert (use.how, use.get("safe"), use.at) == ("torch.load", "no", line)


def test_workflows_and_dockerfiles_read_it() -> None:
    step = f"      - shell: python\n        run: |\n          import torch\n          {LOAD}\n"
    assert loads("github-workflow", f"on: push\njobs:\n  a:\n    steps:\n{step}") == [("torch.load", "no", 8)]
    assert loads("dockerfile", f"FROM a:1\nRUN python3 - <<EOF\nimport torch\n{LOAD}\nEOF\n") == [
        ("torch.load", "no", 4)
    ]
    text = f"FROM a:1\nRUN <<EOF\n#!/usr/bin/env python3\nimport torch\n{LOAD}\nEOF\n"
    assert loads("dockerfile", text) == [("torch.load", "no", 5)]
    assert loads("dockerfile", f'FROM a:1\nRUN set -e; \\\n  python -c "import torch; {LOAD}"\n') == [
        ("torch.load", "no", 3)
    ]


def test_code_that_a_shell_completes_is_left_alone_and_other_broken_code_said() -> None:
    document = Document("x", "test")
    read_python("print(${{ a }})\nx = $X\n", document, 1)
    assert document.problems == []
    read_python("import torch\ndef (:\n", document, 5)
    assert [p.at for p in document.problems] == [6]
