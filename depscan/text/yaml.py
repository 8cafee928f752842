"""Load YAML whose scalars stay text: 1.10 is a version, not a number (YAML 1.1, https://yaml.org/spec/1.1/).

Values are built from parser events with an own stack: no constructor can run, nothing recurses, and what
aliases would expand to is counted before anybody walks it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.text.source import SourceFile

MAX_DEPTH = 100
"""Deepest nesting accepted, aliases followed."""

MAX_ALIASED = 1_000_000
"""Most values that the aliases of one file may stand for."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def load_yaml(source: SourceFile) -> Any:  # noqa: ANN401 - YAML
    """Return the value of a YAML file with one document; None when there is none.

    Tables have text keys. Scalars are texts, whatever their tag, except that an unquoted empty value,
    ``~`` or ``null`` is None: ``true`` stays "true".

    Raises:
        InputError: not YAML, several documents, a repeated key, a key that is no text, an unknown or
            recursive alias, aliases that stand for too much, or nesting too deep.
    """
    documents = load_yaml_documents(source)
    if len(documents) > 1:
        raise source.error(f"one YAML document expected, not {len(documents)}")
    return documents[0] if documents else None


def load_yaml_documents(source: SourceFile) -> list[Any]:
    """Return the values of all documents in a YAML file; see ``load_yaml``.

    Raises:
        InputError: see ``load_yaml``.
    """
    return documents_of(source, Builder(source))


def documents_of(source: SourceFile, builder: Builder) -> list[Any]:
    """Return the values that ``builder`` makes of all documents in a YAML file.

    Raises:
        InputError: see ``load_yaml``.
    """
    conflict = source.conflict_line()
    if conflict:
        raise source.error("merge-conflict markers: the file was committed unresolved", conflict)
    import yaml

    # Not every build of PyYAML has the C parser; the other one is slow and gives the same events.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return builder.documents(yaml.parse(source.text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "syntax error"
        raise source.error(f"invalid YAML: {reason[:200]}", mark.line + 1 if mark else 0) from None
    except yaml.YAMLError as error:
        raise source.error(f"invalid YAML: {str(error).splitlines()[0][:200]}", _control_line(source)) from None
    except InputError:
        raise
    except RecursionError:
        raise source.error("nested too deeply to be a dependency file") from None
    except ValueError as error:  # characters the reader cannot encode
        raise source.error(f"invalid YAML: {str(error)[:200]}") from None


def _control_line(source: SourceFile) -> int:
    """Return the line of the first character that YAML forbids ("Character Set"), or 0."""
    import re

    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", source.text)
    return source.line_of(found.start()) if found else 0


class _Frame:
    """An open table or array with what it holds so far.

    ``weight`` counts its values with aliases followed, ``height`` the levels below it.
    """

    __slots__ = ("anchor", "height", "key", "keyed", "value", "weight")

    def __init__(self, value: Any, anchor: str | None) -> None:  # noqa: ANN401 - YAML
        self.value = value
        self.anchor = anchor
        self.key = ""
        self.keyed = False
        self.weight = 1
        self.height = 1


class Builder:
    """Makes values from the events of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int, int]] = {}
        self.aliased = 0

    def documents(self, events: Iterator[Any]) -> list[Any]:
        """Return the root value of each document."""
        import yaml

        steps = {
            yaml.ScalarEvent: self.scalar,
            yaml.MappingStartEvent: self._open_table,
            yaml.SequenceStartEvent: self._open_array,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
        }
        found: list[Any] = []
        for event in events:
            step = steps.get(type(event))
            if step is not None:
                step(event)
            elif type(event) is yaml.DocumentStartEvent:
                self.anchors = {}
                self.stack = [_Frame([], None)]
            elif type(event) is yaml.DocumentEndEvent:
                found.append(self.stack[0].value[0])
        return found

    def scalar(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events are untyped
        """Take a scalar; who overrides it may put another kind of text into the event before."""
        value = event.value
        frame = self.stack[-1]
        is_key = type(frame.value) is dict and not frame.keyed
        if not is_key and not event.style and event.tag is None and value in _NULLS:
            value = None
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1, 0)
        self._put(value, 1, 0, event)

    def _open_table(self, event: Any) -> None:  # noqa: ANN401
        self._open(_Frame({}, event.anchor), event)

    def _open_array(self, event: Any) -> None:  # noqa: ANN401
        self._open(_Frame([], event.anchor), event)

    def _open(self, frame: _Frame, event: Any) -> None:  # noqa: ANN401
        if len(self.stack) > MAX_DEPTH:
            raise self._error("nested too deeply to be a dependency file", event)
        if frame.anchor is not None:
            self.anchors.pop(frame.anchor, None)  # an alias inside its own anchor would never end
        self.stack.append(frame)

    def _close(self, event: Any) -> None:  # noqa: ANN401
        frame = self.stack.pop()
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.value, frame.weight, frame.height)
        self._put(frame.value, frame.weight, frame.height, event)

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        held = self.anchors.get(event.anchor)
        if held is None:
            raise self._error(f"invalid YAML: undefined or recursive alias {event.anchor[:80]!r}", event)
        value, weight, height = held
        self.aliased += weight
        if self.aliased > MAX_ALIASED or len(self.stack) + height > MAX_DEPTH:
            raise self._error("aliases expand to too much for a dependency file", event)
        self._put(value, weight, height, event)

    def _put(self, value: Any, weight: int, height: int, event: Any) -> None:  # noqa: ANN401
        frame = self.stack[-1]
        frame.weight += weight
        if height >= frame.height:
            frame.height = height + 1
        held = frame.value
        if type(held) is list:
            held.append(value)
        elif frame.keyed:
            held[frame.key] = value
            frame.keyed = False
        else:
            if not isinstance(value, str):
                raise self._error("invalid YAML: a key that is not a text", event)
            if value in held:
                raise self._error(f"invalid YAML: duplicate key {value[:80]!r}", event)
            frame.key, frame.keyed = value, True

    def _error(self, message: str, event: Any) -> InputError:  # noqa: ANN401
        return self.source.error(message, event.start_mark.line + 1)
