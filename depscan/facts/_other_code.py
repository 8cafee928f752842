"""Code of another language inside a command or a file: handed to that language's reader."""

from __future__ import annotations

from depscan.facts._call import Call
from depscan.facts.place import Place, Val


def read_other_code(family: str, code: Val, call: Call, sources: tuple[int, ...]) -> list[int]:
    """Read Python or JavaScript text found in a command; other languages have no reader (their call is a fact).

    Returns:
        Indices of the facts that were added.
    """
    place = call.place.deeper(*code.layer, "shell", sources=sources if code.layer else ())
    if place.too_deep():
        return []
    if family in {"python", "pypy", "ipython"}:
        return read_python_at(code.text, place)
    if family in {"node", "deno", "bun"}:
        from depscan.facts.javascript import run_javascript

        before = len(place.sink.facts)
        run_javascript(code.text, place)
        return list(range(before, len(place.sink.facts)))
    return []


def read_python_at(text: str, place: Place) -> list[int]:
    """Read Python text that stands at ``place``; the module is bound late, it asks for commands itself.

    Returns:
        Indices of the facts that were added.
    """
    from importlib import import_module

    reader = import_module("depscan.facts.python").read_python_text
    return list(
        reader(
            text,
            path=place.path,
            line=place.line,
            when=place.when,
            layer=place.layer,
            sink=place.sink,
            guards=place.guards,
        )
    )
