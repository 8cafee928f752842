"""What a report module declares."""

from collections.abc import Callable
from typing import NamedTuple

from depscan.model.result import ScanResult


class View(NamedTuple):
    """How a person looks at a text report.

    Attributes:
        width: columns of the terminal; text is wrapped to it.
        colour: whether ANSI colours may be used.
        verbose: whether everything is listed instead of the first few.
    """

    width: int = 100
    colour: bool = False
    verbose: bool = False


class Report(NamedTuple):
    """An output format.

    Attributes:
        id: as in ``--format ID``; the module is named after it.
        title: what a person calls it.
        media_type: MIME type of the text.
        render: result and view to the whole text, ending in a newline. Machine formats ignore the view.
    """

    id: str
    title: str
    media_type: str
    render: Callable[[ScanResult, View], str]
