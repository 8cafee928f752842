"""Facts about reading setup.cfg."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.python.setup_cfg import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile


def read(text: str) -> Document:
    return parse(SourceFile("setup.cfg", text.encode()))


def test_lists_extras_and_their_lines() -> None:
    document = read(
        "[metadata]\nname = p\n[options]\ninstall_requires =\n    a>=1\n    # no\n    b==2; os_name == 'nt'\n"
        "setup_requires = c; d>1\n[options.extras_require]\nx = e\n"
    )
    assert [(e.child, e.label, e.marker, e.at) for e in document.edges] == [
        ("pkg:pypi/a", "prod", "", 5),
        ("pkg:pypi/b@2", "prod", "os_name == 'nt'", 7),
        ("pkg:pypi/c", "build", "", 8),
        ("pkg:pypi/d", "build", "", 8),
        ("pkg:pypi/e", "extra:x", "", 10),
    ]


def test_file_lists_are_includes() -> None:
    document = read("[options]\ninstall_requires = file: a.txt, b.txt\n")
    assert [i.path for i in document.includes] == ["a.txt", "b.txt"]


def test_a_file_without_options_is_empty() -> None:
    assert read("[flake8]\nignore = E1\n").edges == []


def test_a_wrong_requirement_is_a_problem() -> None:
    assert read("[options]\ninstall_requires =\n  !!\n  a\n").problems[0].at == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\n", 1), ("[a]\nb = 1\nb = 2\n", 3), ("[a\nb = 1\n", 1), ("[a]\njust text\n", 2), ("[a]\n<<<<<<< H\n", 2)],
)
def test_broken_files_are_an_error_with_a_line(text: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.line == line
