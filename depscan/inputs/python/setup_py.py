"""setup.py, read and never run: what its call of ``setup()`` asks for, as far as the text alone says.

Literal lists and dicts, names bound to them, concatenation and files they are read from are understood
(https://setuptools.pypa.io/en/latest/references/keywords.html); everything else is a problem that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.inputs.python._pep508 import PLACEHOLDERS, request
from depscan.model.document import Document, Include
from depscan.text.lines import locate_line
from depscan.text.memory import unless_nested
from depscan.text.source import SourceFile

if TYPE_CHECKING:
    import ast

    from depscan.inputs.python._static import Reader, Text

PATTERNS = "setup.py"

_LISTS = {"install_requires": "prod", "setup_requires": "build", "tests_require": "group:test", "requires": "prod"}


def parse(source: SourceFile) -> Document:
    """Return what a setup.py asks for.

    Raises:
        InputError: not Python (a template, Python 2, broken) and no list of requirements in it can be
            read apart, or nested too deeply to read.
    """
    from depscan.inputs.python._static import Reader

    document = Document(source.path, "setup-py")
    reader = Reader(_tree(document, source))
    keywords, calls = _keywords(document, reader)
    name = keywords.get("name")
    texts = [t.text for t in reader.texts(name)[0]] if name is not None else []
    document.add_root(texts[0] if len(texts) == 1 and texts[0] else source.path)
    if not calls:
        document.problem("no call of setup() in the file: dependencies cannot be read statically")
    for key, label in _LISTS.items():
        if key in keywords:
            _add(document, reader, keywords[key], label, key)
    if "extras_require" in keywords:
        _extras(document, reader, keywords["extras_require"])
    return document


def _tree(document: Document, source: SourceFile) -> ast.Module:
    import ast
    import warnings

    text = source.text
    if conflict := source.conflict_line():
        raise source.error("merge-conflict markers: the file was committed unresolved", conflict)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        template = any(mark in text for mark in PLACEHOLDERS if mark != "${")
        hint = "it looks like a template; scan what it renders to" if template else ""
        message, line = f"not Python that can be read: {error.msg}", error.lineno or 0
        if lists := _lists(text):
            document.problem(f"{message}; only whole lists of requirements are read", line)
            return lists
        raise source.error(message, line, hint) from None
    except (RecursionError, MemoryError, ValueError) as error:
        unless_nested(error, text)
        raise source.error("nested too deeply or too odd to be read as Python") from None


def _lists(text: str) -> ast.Module | None:
    from depscan.inputs.python._broken_python import read_lists

    return read_lists(text, (*_LISTS, "extras_require"))


def _keywords(document: Document, reader: Reader) -> tuple[dict[str, ast.expr], int]:
    """Return the keywords of every call of setup(), with those of ``**names`` bound to a dict."""
    import ast

    found: dict[str, ast.expr] = {}
    calls = 0
    for node in reader.calls("setup"):
        calls += 1
        for keyword in node.keywords:
            if keyword.arg is not None:
                found.setdefault(keyword.arg, keyword.value)
                continue
            rows, dynamic = reader.table(keyword.value)
            for key, value, _ in rows:
                if isinstance(value, ast.expr):
                    found.setdefault(key, value)
            if dynamic or not rows:
                document.problem("keywords of setup() cannot be read statically", keyword.value.lineno)
    return found, calls


def _extras(document: Document, reader: Reader, node: ast.expr) -> None:
    rows, dynamic = reader.table(node)
    for key, value, _ in rows:
        extra, _, marker = key.partition(":")
        label = f"extra:{extra.strip()}" if extra.strip() else "prod"
        _add(document, reader, value, label, f"extra {key}", marker.strip())
    if dynamic:
        document.problem("extras_require cannot be read statically, or only in part", node.lineno)


def _add(document: Document, reader: Reader, node: ast.expr, label: str, what: str, marker: str = "") -> None:
    """Add the requirements of a list, the files it is read from, and say what stays unknown."""
    texts, files, dynamic = reader.texts(node)
    for path, line in files:
        document.includes.append(Include(path, "requirement", line))
    for text in texts:
        _lines(document, text, label, marker)
    if dynamic:
        document.problem(f"{what} cannot be read statically, or only in part", node.lineno)


def _lines(document: Document, text: Text, label: str, marker: str) -> None:
    for part in text.parts():
        bare = part.text.partition(" #")[0].strip()
        if bare and not bare.startswith("#"):
            request(document, bare, label, part.line, marker=marker)


FORMAT = InputFormat("setup-py", "setup.py", "PyPI", parse, locate_line)
