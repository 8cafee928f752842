"""``.vscode/tasks.json``: tasks that start when the folder is opened (https://code.visualstudio.com/docs/editor/tasks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.agents._hooks import add_tasks
from depscan.inputs.agents._json_lines import JsonLines
from depscan.inputs.agents._servers import Place, Started
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_jsonc
from depscan.text.shape import table

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "tasks.json"
BESIDE = "yes"


def accepts(source: SourceFile) -> bool:
    """Whether a task starts by itself: the others wait until somebody asks for them."""
    return b"folderOpen" in source.data


def parse(source: SourceFile) -> Document:
    """Return the tasks that start when the folder is opened.

    Raises:
        InputError: not JSON, or tasks that are no tables.
    """
    return read(source, [])


def read(source: SourceFile, started: list[Started]) -> Document:
    """Do the same, and collect the commands that are run by themselves, unmasked, for those who follow what they do."""
    config = table(load_jsonc(source), "the file")
    document = Document(source.path, "editor-tasks")
    place = Place(document, document.add_root(source.path), JsonLines(source.text).line, started)
    add_tasks(place, ("tasks",), config.get("tasks"))
    return document if document.uses else Document(source.path, "editor-tasks")


FORMAT = InputFormat("editor-tasks", "Editor tasks that start by themselves", "npm", parse, locate_line, accepts)
