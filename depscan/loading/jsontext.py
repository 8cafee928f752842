"""Read a JSON file so that nothing is hidden: of keys that stand twice, both values are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


class Twice(NamedTuple):
    """A key that stands twice in one object, and the value that Python's reader drops."""

    key: str
    dropped: Any
    kept: Any


class Text(NamedTuple):
    """A text somewhere in a document: the keys that lead to it (numbers for places in lists), and the text."""

    route: tuple[str, ...]
    text: str

    @property
    def where(self) -> str:
        """Return the route in one line."""
        return ".".join(self.route)


def read_json(data: bytes) -> tuple[Any, list[Twice]]:
    """Return the value of a JSON text, and the keys that stand twice with different values.

    Raises:
        ValueError: it is no JSON, or no Unicode.
        RecursionError: nested deeper than Python's stack.
    """
    import json

    found: list[Twice] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in items:
            if key in made and made[key] != value:
                found.append(Twice(key, made[key], value))
            made[key] = value
        return made

    encoding = json.detect_encoding(data)
    return json.loads(data.decode(encoding, "surrogatepass"), object_pairs_hook=pairs), found


def texts(value: Any, route: tuple[str, ...] = ()) -> Iterator[Text]:  # noqa: ANN401 - any JSON value
    """Return every text in a value in the order of the document; keys are no texts."""
    stack: list[tuple[tuple[str, ...], Any]] = [(route, value)]
    while stack:
        here, one = stack.pop()
        if isinstance(one, str):
            yield Text(here, one)
        elif isinstance(one, dict):
            stack.extend(((*here, key), inner) for key, inner in reversed(one.items()))
        elif isinstance(one, list):
            stack.extend(((*here, str(i)), inner) for i, inner in reversed(list(enumerate(one))))
