"""What an input format module declares."""

from collections.abc import Callable
from typing import NamedTuple

from depscan.model.document import Document
from depscan.model.location import Route
from depscan.text.source import SourceFile


class InputFormat(NamedTuple):
    """A file format that states packages.

    The module also holds ``PATTERNS`` (and, where needed, ``EXPLICIT``): file-name globs in one
    double-quoted, space-separated text on one line, which discovery reads without importing the module. With a line
    ``BESIDE = "yes"`` it is read in addition to the one format that a file is of (a compose file states images, and a
    settings file models); its routes are line numbers, and a document without nodes, uses and problems is dropped.
    With a line ``KEEP = "yes"`` as well, what it finds is kept between runs: that may depend on the path, the bytes and
    what is reached only.

    Attributes:
        id: kebab-case name, used by ``--format-hint`` and in reports.
        title: what a person calls it.
        ecosystem: the ecosystem most of its packages belong to.
        parse: source to facts; raises InputError only.
        locate: route to 1-based line, called only for what is reported; 0 when unknown.
        accepts: a cheap look at the content where the name alone does not decide.
        templated: whether projects keep templates of such files under the same names (Helm, Jinja): what does not parse
            and is one is told, and is no broken input. Never for files that somebody else runs as they stand.
    """

    id: str
    title: str
    ecosystem: str
    parse: Callable[[SourceFile], Document]
    locate: Callable[[SourceFile, Route], int]
    accepts: Callable[[SourceFile], bool] | None = None
    templated: bool = False
