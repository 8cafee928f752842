"""Facts about reading inline script metadata."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.python.script import FORMAT, accepts, parse
from depscan.text.source import SourceFile

BLOCK = '#!/usr/bin/env python\n# /// script\n# dependencies = [\n#   "a<3",\n#   "b==1",\n# ]\n# ///\nimport a\n'


def test_a_script_states_its_dependencies_with_lines() -> None:
    source = SourceFile("x.py", BLOCK.encode())
    document = parse(source)
    assert accepts(source)
    assert [(e.child, FORMAT.locate(source, e.at)) for e in document.edges] == [("pkg:pypi/a", 4), ("pkg:pypi/b@1", 5)]


def test_line_ends_and_byte_order_mark_change_nothing() -> None:
    plain = parse(SourceFile("x.py", BLOCK.encode()))
    other = SourceFile("x.py", b"\xef\xbb\xbf" + BLOCK.partition("\n")[2].replace("\n", "\r\n").encode())
    assert accepts(other)
    assert parse(other).nodes == plain.nodes


def test_other_python_files_are_not_ours() -> None:
    assert not accepts(SourceFile("x.py", b"import os\n"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# /// script\n# dependencies = []\nimport os\n", 1),
        ("x = 1\n# /// script\n# dependencies = [\n# ///\n", 4),
        (BLOCK + BLOCK, 10),
    ],
)
def test_a_block_that_is_not_closed_not_toml_or_repeated_is_an_error(text: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        parse(SourceFile("x.py", text.encode()))
    assert caught.value.line == line
