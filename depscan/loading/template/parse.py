"""Turn the text of a template into Jinja's own tree. Nothing is compiled or rendered."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser


class Generation(Extension):
    """``{% generation %} ... {% endgeneration %}`` of transformers: marks what the assistant wrote."""

    tags = {"generation"}  # noqa: RUF012 - the type of the base class

    def parse(self, parser: Parser) -> nodes.Node:
        """Return the body in a scope of its own."""
        line = next(parser.stream).lineno
        return nodes.Scope(parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(  # noqa: S701 - nothing is rendered, so nothing is escaped
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", Generation],
    )


def parse(text: str) -> nodes.Template:
    """Return the tree.

    The parser is called without ``Environment.parse``, which compiles code to rewrite the traceback of an error.

    Raises:
        jinja2.TemplateSyntaxError: it is no Jinja.
        RecursionError: nested deeper than Python's stack.
    """
    return Parser(_environment(), text).parse()
