"""Python code that stands inside something else: ``python -c``, ``.pth`` lines, decoded layers of other readers."""

from __future__ import annotations

from depscan.facts.python.hidden import hidden
from depscan.facts.python.machine import Machine, Module
from depscan.facts.python.parse import parse
from depscan.facts.sink import Sink

_MAX_LAYERS = 12


def read_python_text(  # noqa: PLR0913
    text: str,
    *,
    path: str,
    line: int,
    when: str,
    layer: tuple[str, ...],
    sink: Sink,
    sources: tuple[int, ...] = (),
    guards: tuple[str, ...] = (),
    container: tuple[str, ...] = (),
) -> list[int]:
    """Add the facts of a piece of Python code and return their indices.

    Args:
        text: the code; not run.
        path: member it stands in.
        line: line every fact is reported at (the place the code is written).
        when: when it runs.
        layer: decodings around it.
        sink: where facts and gaps go.
        sources: facts whose data the code is (a download).
        guards: conditions it stands under.
        container: archives around the member.
    """
    from depscan.facts.python.package import run_whole

    if len(layer) > _MAX_LAYERS:
        sink.gap(path, "code wrapped in more layers than are followed", line)
        return []
    before = len(sink.facts)
    machine = Machine(sink, total=150_000)
    module = Module("", path, text, container)
    machine.module = module
    machine.container = container
    machine.layer = layer
    machine.given = frozenset(i for i in sources if i >= 0)
    machine.guards = list(guards)
    machine.fixed_line = line
    machine.when = when
    parsed = parse(text)
    hidden(machine, text)
    if parsed.tree is None:
        from depscan.facts.python.fallback import read_words

        if len(text) > 40:  # noqa: PLR2004 - more than a word
            read_words(machine, text, line, layer, machine.given)
        return list(range(before, len(sink.facts)))
    module.tree = parsed.tree
    run_whole(machine, module)
    return list(range(before, len(sink.facts)))
