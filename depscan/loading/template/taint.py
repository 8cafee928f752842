"""Which expressions of a template carry what somebody wrote, which carry the date, and which chance."""

from __future__ import annotations

from jinja2 import nodes

from depscan.loading.template.bind import Program, key_of

_WRITTEN = frozenset({
    "content", "text", "reasoning_content", "reasoning", "prompt", "query", "question", "user_input", "user_message",
    "parts", "value", "body",
})  # fmt: skip
_GIVEN = frozenset({"prompt", "query", "question", "user_input", "user_message", "instruction", "system_prompt"})
_WHOLE = frozenset({"messages", "message", "conversation", "loop_messages", "msg", "m"})
_TEXTS = frozenset({"string", "tojson", "join", "pprint", "list", "map"})
_NAMES = frozenset({"name", "tool_name", "function_name"})
_COUNTS = frozenset({"length", "count", "wordcount"})
_DATES = frozenset({"date_string", "current_date", "today", "current_time", "date", "datetime", "todays_date", "time"})
_ROUNDS = 12
_CLOCKS = frozenset({"strftime_now", "now", "time"})


def named(node: nodes.Node | None) -> bool:
    """Whether it is the name of a speaker or a tool: a field that a program sets, and that somebody chose."""
    match node:
        case nodes.Getattr():
            return node.attr in _NAMES
        case nodes.Getitem():
            return isinstance(node.arg, nodes.Const) and node.arg.value in _NAMES
        case nodes.Call() if isinstance(node.node, nodes.Getattr):
            first = node.args[0] if node.args else None
            if node.node.attr == "get":
                return isinstance(first, nodes.Const) and first.value in _NAMES
            return node.node.attr in {"lower", "upper", "strip"} and named(node.node.node)
        case nodes.Filter():
            return node.name in {"lower", "upper", "trim", "string", "default"} and named(node.node)
        case _:
            return False


class Taint:
    """Answers for the expressions of one template; each answer is kept."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._memo: dict[tuple[str, int], bool] = {}
        self._names: dict[str, dict[str, bool]] = {}

    def written(self, node: nodes.Node | None) -> bool:
        """Whether it carries text of a message."""
        return self._ask("written", node)

    def dated(self, node: nodes.Node | None) -> bool:
        """Whether it carries the date or the time."""
        return self._ask("dated", node)

    def chance(self, node: nodes.Node | None) -> bool:
        """Whether it carries a random choice."""
        return self._ask("chance", node)

    def _ask(self, what: str, node: nodes.Node | None) -> bool:
        if node is None:
            return False
        key = (what, id(node))
        if key not in self._memo:
            self._memo[key] = False  # what refers to itself adds nothing
            self._memo[key] = bool(getattr(self, f"_{what}")(node))
        return self._memo[key]

    def _bindings(self, what: str, node: nodes.Node) -> bool:
        return self._settled(what).get(key_of(node), False)

    def _settled(self, what: str) -> dict[str, bool]:
        """Return the answer for every name: asked until no answer changes, for names may stand for each other."""
        known = self._names.get(what)
        if known is None:
            known = self._names[what] = {}
            for _ in range(_ROUNDS):
                self._memo = {key: held for key, held in self._memo.items() if held or key[0] != what}
                new = {
                    name: any(self._ask(what, binding.value) for binding in bindings)
                    for name, bindings in list(self.program.names.items())
                }
                if new == known:
                    break
                known.update(new)
        return known

    def _written(self, node: nodes.Node) -> bool:
        match node:
            case nodes.Name():
                given = node.name in _GIVEN and node.name not in self.program.names
                return given or self._bindings("written", node)
            case nodes.Getattr():
                return self._key(node.attr, node.node) or self._bindings("written", node)
            case nodes.Getitem():
                key = node.arg.value if isinstance(node.arg, nodes.Const) else None
                return self._key(key, node.node)
            case nodes.Call() if isinstance(node.node, nodes.Getattr):
                return self._method(node, node.node)
            case nodes.Call():
                return any(self.written(arg) for arg in node.args)
            case nodes.Filter() if node.name in _COUNTS:
                return False
            case nodes.Filter():
                whole = isinstance(node.node, nodes.Name) and node.node.name in _WHOLE and node.name in _TEXTS
                mapped = any(
                    isinstance(p.value, nodes.Const) and p.value.value in _WRITTEN for p in node.kwargs
                ) and node.name in {"map", "selectattr", "rejectattr"}
                return whole or mapped or self.written(node.node)
            case nodes.Compare() | nodes.Test() | nodes.Not():
                return False
            case nodes.CondExpr():
                return self.written(node.expr1) or self.written(node.expr2)
            case _:
                return isinstance(node, nodes.Expr) and any(self.written(c) for c in node.iter_child_nodes())

    def _key(self, key: object, holder: nodes.Node) -> bool:
        if isinstance(key, str):
            # a field with a name of its own ("type", "source_lang_code") is set by a program, not typed by a person
            return key in _WRITTEN and not (isinstance(holder, nodes.Name) and holder.name == "loop")
        return self.written(holder)

    def _method(self, node: nodes.Call, called: nodes.Getattr) -> bool:
        first = node.args[0] if node.args else None
        if called.attr in {"get", "pop"} and isinstance(first, nodes.Const):
            return self._key(first.value, called.node)
        if called.attr in {"startswith", "endswith", "find", "index", "count", "rfind", "isdigit"}:
            return False
        return self.written(called.node) or (called.attr == "join" and self.written(first))

    def _dated(self, node: nodes.Node) -> bool:
        match node:
            case nodes.Call() if isinstance(node.node, nodes.Name) and node.node.name in _CLOCKS:
                return True
            case nodes.Name():
                given = node.name in _DATES and node.name not in self.program.names
                return given or self._bindings("dated", node)
            case nodes.Getattr():
                return self.dated(node.node) or self._bindings("dated", node)
            case nodes.Compare() | nodes.Test() | nodes.Not():
                return False
            case _:
                return isinstance(node, nodes.Expr) and any(self.dated(c) for c in node.iter_child_nodes())

    def _chance(self, node: nodes.Node) -> bool:
        if isinstance(node, nodes.Filter) and node.name == "random":
            return True
        return (
            self._bindings("chance", node)
            if isinstance(node, nodes.Name)
            else isinstance(node, nodes.Expr) and any(self.chance(c) for c in node.iter_child_nodes())
        )
