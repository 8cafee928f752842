"""Notebooks: code cells, magics and shell cells, each with its line in the file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depscan.inputs.code.notebook import FORMAT
from depscan.model.document import Document
from depscan.text.source import SourceFile


def notebook(*cells: str, indent: int | None = 1, **more: Any) -> SourceFile:
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell.splitlines(keepends=True)} for cell in cells
    ]
    return SourceFile("a.ipynb", json.dumps({"cells": made, "metadata": {}, **more}, indent=indent).encode())


def shown(source: SourceFile) -> list[tuple[str, str]]:
    """Return (node, text of its line) of each use."""
    return [(u.node, source.line(u.at) if isinstance(u.at, int) else "") for u in parsed(source).uses]


def parsed(source: SourceFile) -> Document:
    return FORMAT.parse(source)


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("!pip install a==1", "pkg:pypi/a@1"),
        ("%pip install a==1", "pkg:pypi/a@1"),
        ("pip install a==1", "pkg:pypi/a@1"),
        ("x = 1\n!{sys.executable} -m pip install a==1", "pkg:pypi/a@1"),
        ("if colab:\n    !pip install a==1\n", "pkg:pypi/a@1"),
        ("!uv pip install a==1", "pkg:pypi/a@1"),
        ("%conda install -c forge a=1=x", "pkg:conda/a@1"),
        ("%%bash\npip install a==1", "pkg:pypi/a@1"),
        ("%%script bash\npip install a==1", "pkg:pypi/a@1"),
        ("out = !pip install a==1", "pkg:pypi/a@1"),
        ("!huggingface-cli download o/m", "pkg:huggingface/o/m"),
        ("!wget -qO- https://get.example/x.sh | bash", "pkg:generic/service/get.example"),
        ("%%time\nimport torch\ntorch.load('a.pt')", "pkg:generic/model/a.pt"),
        ("%load_ext x\nimport torch\nm = torch.load('a.pt')\nm?", "pkg:generic/model/a.pt"),
    ],
)
def test_a_cell_says_what_it_installs_or_uses(cell: str, want: str) -> None:
    assert [node for node, _ in shown(notebook("print('before')", cell))] == [want]


def test_every_use_has_the_line_of_its_code_in_the_file() -> None:
    source = notebook(
        "import torch\nfrom transformers import AutoModel",
        "!pip install first \\\n  second",
        'name = "o/é"\nAutoModel.from_pretrained("o/m")\n\ntorch.load("a.pt")',
    )
    assert [(node, line.strip()) for node, line in shown(source)] == [
        ("pkg:pypi/first", r'"!pip install first \\\n",'),
        ("pkg:pypi/second", r'"!pip install first \\\n",'),
        ("pkg:huggingface/o/m", r'"AutoModel.from_pretrained(\"o/m\")\n",'),
        ("pkg:generic/model/a.pt", r'"torch.load(\"a.pt\")"'),
    ]


def test_outputs_that_look_like_code_move_no_line() -> None:
    cell = {"cell_type": "code", "outputs": [{"text": ["import torch", '"source": ["torch.load(1)"']}]}
    cells = [{**cell, "source": ["import torch\n", "torch.load('a.pt')"]}]
    source = SourceFile("a.ipynb", json.dumps({"cells": cells}, indent=1).encode())
    assert [line.strip() for _, line in shown(source)] == ["\"torch.load('a.pt')\""]


def test_names_flow_from_cell_to_cell_and_may_change() -> None:
    source = notebook(
        "from transformers import AutoModel\nM = 'o/a'", "AutoModel.from_pretrained(M)", "M = 'o/b'",
        "AutoModel.from_pretrained(M)",
    )  # fmt: skip
    assert [node for node, _ in shown(source)] == ["pkg:huggingface/o/a", "pkg:huggingface/o/b"]


def test_an_index_in_a_cell_is_recorded() -> None:
    [index] = parsed(notebook("!pip install --extra-index-url https://index.example/ a")).indexes
    assert (index.role, index.url) == ("extra", "https://index.example/")


@pytest.mark.parametrize(
    "cell", ["%%html\n<b>pip install a</b>", "%%writefile x.sh\npip install a", "# !pip install a"]
)
def test_other_cells_are_not_read(cell: str) -> None:
    assert shown(notebook(cell)) == []


def test_text_cells_are_not_read() -> None:
    cells = [{"cell_type": "markdown", "source": ["!pip install a"]}, {"cell_type": "code", "source": "!pip install b"}]
    source = SourceFile("a.ipynb", json.dumps({"cells": cells}).encode())
    assert [node for node, _ in shown(source)] == ["pkg:pypi/b"]


def test_a_notebook_of_another_language_is_read_for_its_commands_only() -> None:
    source = notebook("!pip install a", "import torch\ntorch.load('a.pt')", metadata={"language_info": {"name": "R"}})
    assert [node for node, _ in shown(source)] == ["pkg:pypi/a"]


def test_the_old_format_with_worksheets_is_read() -> None:
    data = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["!pip install a"]}]}]}
    assert shown(SourceFile("a.ipynb", json.dumps(data).encode()))[0][0] == "pkg:pypi/a"


def test_a_cell_that_does_not_parse_leaves_the_others() -> None:
    made = parsed(notebook("import torch", "this is ( no python", "torch.load('a.pt')"))
    assert [u.node for u in made.uses] == ["pkg:generic/model/a.pt"]
    assert made.problems
