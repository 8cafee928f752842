"""Scripts that name their own dependencies in a comment block (PEP 723, inline script metadata)."""

from __future__ import annotations

from depscan.inputs.format import InputFormat
from depscan.inputs.python import _uv_tables
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.text.load import load_toml
from depscan.text.shape import table
from depscan.text.source import SourceFile

PATTERNS = "*.py"

_OPEN, _CLOSE = "# /// script", "# ///"


def accepts(source: SourceFile) -> bool:
    """Return whether the file opens a block of script metadata."""
    return b"\n# /// script" in source.data or source.data.lstrip(b"\xef\xbb\xbf").startswith(b"# /// script")


def parse(source: SourceFile) -> Document:
    """Return what the script block asks for.

    Raises:
        InputError: no block, more than one, one that is never closed, or no TOML in it.
    """
    block = _block(source)
    top = load_toml(block)
    document = Document(source.path, "pep723-script")
    document.add_root(source.path)
    uv = table(table(top.get("tool"), "tool").get("uv"), "tool.uv")
    adder = _uv_tables.Adder(document, uv)
    adder.add_all(top.get("dependencies"), "prod", ("dependencies",))
    _uv_tables.read(adder, uv)
    return document


def _block(source: SourceFile) -> SourceFile:
    """Return the block's TOML as a file of its own in which every line keeps its number."""
    lines = source.text.split("\n")
    opens = [i for i, line in enumerate(lines) if line.rstrip() == _OPEN]
    if not opens:
        raise source.error("no '# /// script' block")
    start = end = opens[0]
    for i in range(start + 1, len(lines)):
        line = lines[i].rstrip()
        if line != "#" and not line.startswith("# "):
            break
        if line == _CLOSE:  # the last one of the comment counts (PEP 723)
            end = i
    if end == start:
        raise source.error("the '# /// script' block is never closed", start + 1)
    if any(i > end for i in opens):
        raise source.error("more than one '# /// script' block", next(i for i in opens if i > end) + 1)
    body = "\n" * (start + 1) + "\n".join(line[2:] for line in lines[start + 1 : end]) + "\n"
    return SourceFile(source.path, body.encode("utf-8", "surrogatepass"))


def locate(source: SourceFile, route: Route) -> int:
    """Return the line of a TOML route inside the block."""
    return _uv_tables.locate(_block(source), route)


FORMAT = InputFormat("pep723-script", "Python script with inline metadata", "PyPI", parse, locate, accepts)
