"""Where a reader stands, and what is known of a value: shared by the readers of commands and scripts."""

from __future__ import annotations

from typing import NamedTuple

from depscan.facts.fact import Fact
from depscan.facts.sink import Sink

UNKNOWN = "{?}"
MAX_LAYERS = 12
MAX_VALUE = 2000
MAX_LINE = 300


class Val(NamedTuple):
    """What is known of a value while code is read.

    Attributes:
        text: the folded text; unknown parts are ``{?}``.
        sources: indices of the facts whose data is in it.
        layer: decodings it went through in this reader ("base64").
    """

    text: str = ""
    sources: tuple[int, ...] = ()
    layer: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a text and no part of it is unknown."""
        return bool(self.text) and UNKNOWN not in self.text


def join_vals(values: list[Val], between: str = "") -> Val:
    """Return the values joined, with the sources and the layers of all."""
    sources: set[int] = set()
    layer: tuple[str, ...] = ()
    for value in values:
        sources.update(value.sources)
        layer = value.layer if len(value.layer) > len(layer) else layer
    return Val(between.join(value.text for value in values), tuple(sorted(sources)), layer)


class Place(NamedTuple):
    """The fixed part of every fact a reader adds; the attributes are those of ``Fact``.

    ``sources`` flow into every fact added here (the decoding that gave this code, for example).
    """

    sink: Sink
    path: str
    line: int
    when: str
    layer: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    guards: tuple[str, ...] = ()
    scope: str = ""
    text: str = ""
    container: tuple[str, ...] = ()

    def add(self, what: str, callee: str = "", values: tuple[str, ...] = (), sources: tuple[int, ...] = (),
            guards: tuple[str, ...] = ()) -> int:  # fmt: skip
        """Add a fact that stands here; returns its index, -1 when the sink is full."""
        kept = tuple(value[:MAX_VALUE] for value in values if value and value != UNKNOWN)
        flows = {index for index in (*self.sources, *sources) if index >= 0}
        fact = Fact(
            what, self.when, self.path, self.line, callee, kept, tuple(sorted(flows)), self.layer,
            tuple(dict.fromkeys((*self.guards, *guards))), self.scope, self.text.strip()[:MAX_LINE], self.container,
        )  # fmt: skip
        return self.sink.add(fact)

    def deeper(self, *layer: str, sources: tuple[int, ...] = ()) -> Place:
        """Return the place of code found inside this one."""
        return self._replace(layer=(*self.layer, *layer), sources=tuple(sorted({*self.sources, *sources})))

    def too_deep(self) -> bool:
        """Whether the code is wrapped more often than is followed; says so as a gap."""
        if len(self.layer) < MAX_LAYERS:
            return False
        self.sink.gap(
            self.path, f"code wrapped in more than {MAX_LAYERS} layers; the inner ones are not read", self.line
        )
        return True
