"""YAML whose texts know their line: for files where every finding has to show the line it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.text.yaml import Builder, documents_of

if TYPE_CHECKING:
    from depscan.text.source import SourceFile


class Placed(str):
    """A text of a YAML file.

    Attributes:
        line: 1-based line of its first character.
        lined: whether line breaks of the text are those of the file (a ``|`` block).
    """

    __slots__ = ("line", "lined")

    line: int
    lined: bool


def load_placed(source: SourceFile) -> list[Any]:
    """Return the values of all documents in a YAML file as ``load_yaml`` does; keys and texts are ``Placed``.

    Raises:
        InputError: see ``load_yaml``.
    """
    return documents_of(source, _PlacedBuilder(source))


def line_of(value: object, default: int = 0) -> int:
    """Return the line of a text, or of the first text in a table or array; ``default`` where there is none."""
    for _ in range(100):
        if isinstance(value, Placed):
            return value.line
        if not isinstance(value, (dict, list)) or not value:
            break
        value = next(iter(value))
    return default


def line_in(value: str, offset: int, default: int = 0) -> int:
    """Return the line of a character of a text: exact in a ``|`` block, else that of the text."""
    if not isinstance(value, Placed):
        return default
    return value.line + value.count("\n", 0, offset) if value.lined else value.line


class _PlacedBuilder(Builder):
    """Builds texts with their places."""

    def scalar(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events are untyped
        """Take a scalar with its place."""
        made = Placed(event.value)
        made.lined = event.style == "|"
        made.line = event.start_mark.line + (2 if event.style in {"|", ">"} else 1)
        event.value = made
        super().scalar(event)
