"""The state of one reading: fuel, where we stand, what was written where, and the tables of node handlers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from depscan.facts.fact import WHEN, Fact
from depscan.facts.python.prune import Words
from depscan.facts.python.values import EMPTY_REF, NONE, Class, Func, Ref, Scope, Value
from depscan.facts.sink import Sink

MAX_VALUE = 2000
MAX_TEXT = 300
MAX_DEPTH = 16
"""User functions inside each other."""
MAX_NEST = 90
"""Expressions inside each other (each costs several Python frames)."""

RANK = {when: i for i, when in enumerate(WHEN)}

RETURN, BREAK, CONTINUE = 1, 2, 3


class ExhaustedError(Exception):
    """The fuel of a part is used up."""


class Module:
    """One module of the scanned package, or one decoded layer.

    Attributes:
        when: earliest time its top level was evaluated; None before.
    """

    def __init__(self, name: str, path: str, text: str, container: tuple[str, ...] = ()) -> None:
        self.name = name
        self.path = path
        self.text = text
        self.container = container
        self.tree: ast.Module | None = None
        self.when: str | None = None
        self.scope = Scope("module", self, None, "")
        self.functions: list[Func] = []
        self.classes: list[Class] = []
        self.is_package = path.endswith("__init__.py")
        self.running = False
        self.opaque = False
        self.words: Words | None = None
        self._lines: list[str] | None = None

    def line(self, number: int) -> str:
        """Return a source line, stripped."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines[number - 1].strip()[:MAX_TEXT] if 0 < number <= len(self._lines) else ""

    def part(self, start: int, end: int) -> str:
        """Return the lines from start to end, both inclusive."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return "\n".join(self._lines[start - 1 : end])


Handler = Callable[["Machine", Any, Scope], Value]
EXPRESSIONS: dict[type, Handler] = {}
STATEMENTS: dict[type, Callable[[Machine, Any, Scope], int | None]] = {}


class Frame:
    """A running function: its definition, what it returned so far, what it yields."""

    __slots__ = ("node", "returned", "yielded")

    def __init__(self, node: ast.AST | None = None) -> None:
        self.node = node
        self.returned: list[Value] = []
        self.yielded: list[Value] = []


class Machine:
    """Evaluates trees and gathers facts.

    Attributes:
        steps, limit: nodes evaluated, and where the present part must stop.
        total: nodes for the whole package.
        when, path, fixed_line, layer, guards, scope_name: where we stand.
        given: sources of the code itself (a decoded layer).
        written: path text or identity of an unknown path -> facts that wrote it.
        dropped: the call whose result nobody takes (told of requests, lookups and started programs).
        asked: identities of the parameters that only the caller knows.
        writes: attributes set in the branch that is being read, each with what it was (``branches``).
        contents: path text -> the texts written to it, each with its fact.
        pending: identity of an unknown value -> what fact it becomes when it flows somewhere.
    """

    def __init__(self, sink: Sink, *, total: int = 400_000) -> None:
        self.sink = sink
        self.steps = 0
        self.total = total
        self.limit = total
        self.nest = 0
        self.depth = 0
        self.layer_depth = 0
        self.when = "call"
        self.module = Module("", "", "")
        self.container: tuple[str, ...] = ()
        self.fixed_line = 0
        self.layer: tuple[str, ...] = ()
        self.guards: list[str] = []
        self.given: frozenset[int] = NONE
        self.frames: list[Frame] = []
        self.qual = ""
        self.written: dict[Any, set[int]] = {}
        self.dropped: ast.AST | None = None
        self.writes: list[Any] | None = None
        self.asked: set[int] = set()
        self.contents: dict[str, list[tuple[str, int]]] = {}
        self.pending: dict[int, tuple[str, int, str, str]] = {}
        self.tokens = 0
        self.guards_seen: dict[ast.If, list[str]] = {}
        self.concrete = 0
        self.memo: dict[Any, Any] = {}
        self.seen: set[Any] = set()
        self.reached: set[int] = set()
        self.import_name: Callable[[str, Module, int], Value | None] = lambda _n, _m, _l: None
        self.run_script: Callable[[tuple[str, ...]], None] = lambda _listed: None

    # -- evaluation ------------------------------------------------------------------------------------------

    def eval(self, node: ast.AST | None, scope: Scope) -> Value:
        """Return the value of an expression.

        Raises:
            ExhaustedError: the fuel of the part is used up.
        """
        self.steps += 1
        if self.steps > self.limit:
            raise ExhaustedError
        handler = EXPRESSIONS.get(type(node))
        if handler is None:
            return EMPTY_REF()
        if self.nest > MAX_NEST:
            return EMPTY_REF()
        self.nest += 1
        try:
            return handler(self, node, scope)
        finally:
            self.nest -= 1

    def block(self, body: list[ast.stmt], scope: Scope) -> int | None:
        """Run statements; returns RETURN, BREAK or CONTINUE when the flow surely leaves."""
        for statement in body:
            self.steps += 1
            if self.steps > self.limit:
                raise ExhaustedError
            handler = STATEMENTS.get(type(statement))
            if handler is not None and (signal := handler(self, statement, scope)):
                return signal
        return None

    def granted(self, fuel: int, run: Callable[[], Any], *, share: bool = True) -> tuple[Any, bool]:
        """Run a part with at most that much fuel; returns its result and whether it came to its end.

        Raises:
            ExhaustedError: the fuel of the part around it is used up too.
        """
        outer, nest, depth, guards, frames = self.limit, self.nest, self.depth, len(self.guards), len(self.frames)
        concrete, qual, module, when = self.concrete, self.qual, self.module, self.when
        self.limit = min(outer, self.steps + fuel) if share else self.steps + fuel
        try:
            return run(), True
        except (ExhaustedError, RecursionError):
            self.nest, self.depth, self.concrete = nest, depth, concrete
            self.qual, self.module, self.when = qual, module, when
            del self.guards[guards:]
            del self.frames[frames:]
            if share and self.steps > outer:
                raise ExhaustedError from None
            return None, False
        finally:
            self.limit = outer

    # -- facts -----------------------------------------------------------------------------------------------

    def token(self, pending: tuple[str, int, str, str] | None = None) -> int:
        """Return a new identity for an unknown value; ``pending`` is (what, line, callee, value) of its fact."""
        self.tokens -= 1
        if pending is not None:
            self.pending[self.tokens] = pending
        return self.tokens

    def real(self, found: frozenset[int], what: str) -> tuple[int, ...]:
        """Return the facts behind sources, as seen by a fact of the kind ``what``."""
        out: set[int] = set()
        for index in found:
            if index >= 0:
                out.add(index)
                continue
            held = self.written.get(index)
            if held:
                out.update(held)
            waiting = self.pending.get(index)
            if waiting is not None and _becomes(waiting[0], what):
                out.add(self.emit(waiting[0], waiting[2], waiting[1], (waiting[3],)))
        out.discard(-1)
        return tuple(sorted(out))

    def line_of(self, node: ast.AST | int | None) -> int:
        """Return the line a fact is reported at: of the node, or of the literal the layer came from."""
        if self.fixed_line:
            return self.fixed_line
        return node if isinstance(node, int) else getattr(node, "lineno", 0)

    def emit(
        self,
        what: str,
        callee: str,
        node: ast.AST | int | None,
        values: tuple[str, ...] = (),
        found: frozenset[int] = NONE,
    ) -> int:
        """Add a fact at a node (or line) and return its index, -1 when the sink is full."""
        real = self.real(found | self.given, what) if found or self.given else ()
        number = node if isinstance(node, int) else getattr(node, "lineno", 0)
        dropped = node is not None and node is self.dropped and what.startswith(("net.", "dns.", "process."))
        guards = (*self.guards, "answer:unused") if dropped else self.guards
        kept = tuple(dict.fromkeys(v[:MAX_VALUE] for v in values if v and v.strip("{?}/. ")))[:8]
        return self.sink.add(
            Fact(
                what,
                self.when,
                self.module.path,
                self.fixed_line or number,
                callee[:200],
                kept,
                real,
                self.layer,
                tuple(dict.fromkeys(guards)),
                self.qual,
                self.module.line(number),
                self.container,
            )
        )

    def unknown(self, found: frozenset[int] = NONE, name: str = "") -> Ref:
        """Return a value nothing is known of but where it comes from."""
        return Ref(name, found, made=True)


def _becomes(pending: str, what: str) -> bool:
    """Whether a waiting fact matters to a fact of this kind."""
    if pending == "net.download":
        return what.startswith(("code.", "process.", "file.write", "shell.", "deserialize", "archive", "persist"))
    return what.startswith(("net.send", "dns.", "net.connect", "file.write", "process.", "shell.", "service."))
