"""requirements.txt, conda.yaml and python_env.yaml of a model: what is installed before it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.plain import key_of, text_of, walk
from depscan.loading.requirement_lines import read_line, read_lines

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "requirements of a model"

_LIMIT = 1 << 20
_YAML = frozenset({"conda.yaml", "conda.yml", "python_env.yaml", "environment.yml", "environment.yaml"})
_WORDS = (b"://", b"--", b"-i ", b"-f ", b"git@")


def looks(file: File) -> bool:
    """Return whether it is such a file of a model repository, with an address or an option in it."""
    listed = file.name.startswith("requirements") and file.name.endswith(".txt")
    if not (listed or file.name in _YAML) or len(file.beside) <= 1:
        return False
    data = file.bytes(_LIMIT)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # pip takes it for UTF-16
        data = data.replace(b"\0", b"")
    if not any(word in data for word in _WORDS):
        return False
    from depscan.loading.repository import in_model

    return in_model(file)


def read(file: File, report: Report) -> None:
    """Add every index and address of its own."""
    text = text_of(file, _LIMIT)
    if not file.name.endswith((".yaml", ".yml")):
        read_lines(text, report)
        return
    from depscan.loading.tags import read_tags
    from depscan.loading.yamltext import read_yaml

    document = read_yaml(text)
    read_tags(document, file, report)
    if document.error:
        report.gap(f"only a part could be read: {document.error}")
    for value in document.values:
        for path, held in walk(value):
            if isinstance(held, str) and ("dependencies" in path or key_of(path) == "pip"):
                read_line(held.strip(), 0, report)
            elif isinstance(held, str) and "channels" in path and held.startswith(("http://", "ftp://")):
                read_line(f"--index-url {held}", 0, report)
