"""YAML as plain data, from the parser's events alone: nothing is ever constructed, tags are only listed.

Spec: YAML 1.1 as PyYAML reads it. Scalars stay texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_EVENTS = 500_000
MAX_EXPANDED = 10_000_000


class Tag(NamedTuple):
    """One explicit tag: its whole text, the 1-based line, and the scalar under it ("" for collections)."""

    tag: str
    line: int
    value: str


class Document(NamedTuple):
    """What a YAML file holds.

    Attributes:
        values: one per document; dict, list or str, shared where an alias stands.
        tags: explicit tags in order.
        expanded: nodes when every alias is written out; counted up to ``MAX_EXPANDED``.
        error: why the rest could not be read; "" when all was.
    """

    values: list[object]
    tags: list[Tag]
    expanded: int
    error: str


class _Builder:
    """Puts values together from events, without recursion."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self.tags: list[Tag] = []
        self.expanded = 0
        self._stack: list[list[Any]] = []
        self._keys: list[object] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._names: list[str | None] = []

    def open(self, value: dict[str, object] | list[object], anchor: str | None) -> None:
        """Start a collection."""
        self._stack.append([value, 1])
        self._keys.append(None)
        self._names.append(anchor)
        if anchor:
            self._anchors[anchor] = (value, 1)

    def close(self) -> None:
        """End the innermost collection."""
        if self._stack:
            value, size = self._stack.pop()
            self._keys.pop()
            anchor = self._names.pop()
            if anchor:
                self._anchors[anchor] = (value, size)
            self.put(value, size)

    def alias(self, anchor: str) -> None:
        """Put what an anchor stands for; a collection that is still open stands for a text, so nothing is cyclic."""
        value, size = self._anchors.get(anchor, ("", 1))
        self.put(f"*{anchor}" if any(value is held[0] for held in self._stack) else value, size)

    def scalar(self, value: str, anchor: str | None) -> None:
        """Put a text."""
        if anchor:
            self._anchors[anchor] = (value, 1)
        self.put(value, 1)

    def put(self, value: object, size: int) -> None:
        """Put a value into the innermost collection."""
        if not self._stack:
            self.values.append(value)
            self.expanded = min(MAX_EXPANDED, self.expanded + size)
            return
        top = self._stack[-1]
        top[1] = min(MAX_EXPANDED, top[1] + size)
        if isinstance(top[0], list):
            top[0].append(value)
        elif self._keys[-1] is None:
            self._keys[-1] = value if isinstance(value, str) else "?"
        else:
            top[0][str(self._keys[-1])] = value
            self._keys[-1] = None


def read_yaml(text: str) -> Document:
    """Return what a YAML text holds, as far as it can be read; never raises."""
    built = _Builder()
    error = ""
    try:
        for count, event in enumerate(_events(text)):
            if count >= MAX_EVENTS:
                error = f"more than {MAX_EVENTS} parts"
                break
            _take(built, event)
    except (ValueError, RecursionError, IndexError, KeyError, AttributeError, UnicodeError) as caught:
        error = f"no YAML: {type(caught).__name__}"
    return Document(built.values, built.tags, built.expanded, error)


def _events(text: str) -> Iterator[Any]:
    import yaml

    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as caught:
        raise ValueError(str(caught)[:200]) from None


def _take(built: _Builder, event: Any) -> None:  # noqa: ANN401 - PyYAML's events are not typed
    kind = type(event).__name__
    tag = getattr(event, "tag", None)
    if tag and tag != "!":
        line = event.start_mark.line + 1 if event.start_mark else 0
        built.tags.append(Tag(str(tag), line, str(getattr(event, "value", ""))))
    if kind == "ScalarEvent":
        built.scalar(event.value, event.anchor)
    elif kind == "MappingStartEvent":
        built.open({}, event.anchor)
    elif kind == "SequenceStartEvent":
        built.open([], event.anchor)
    elif kind == "AliasEvent":
        built.alias(event.anchor)
    elif kind.endswith("EndEvent"):
        built.close()
