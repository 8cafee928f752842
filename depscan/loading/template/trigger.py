"""What a condition of a template asks for: marks of a protocol, a person's words, the date, or chance."""

from __future__ import annotations

from jinja2 import nodes

from depscan.loading.template.bind import Program, key_of
from depscan.loading.template.fold import Folder
from depscan.loading.template.taint import Taint, named
from depscan.loading.template.words import MARK, WORDS, kind

_ASKING = frozenset({
    "startswith", "endswith", "find", "index", "count", "rfind", "rindex", "split", "partition", "rsplit", "rpartition",
    "replace", "removeprefix", "removesuffix",
})  # fmt: skip
_ASKING_FILTERS = frozenset({"replace", "select", "reject", "selectattr", "rejectattr", "map"})
_LONG = 4
_ROUNDS = 12


class Trigger:
    """What makes a condition true.

    Attributes:
        strength: 0 nothing of what is said, ``MARK`` or ``WORDS``.
        about: words for a person: ``the word 'invoice'``, ``the date``.
        clock: it is the date or chance.
        phrase: the whole sentence it compares with; "" for less.
    """

    __slots__ = ("about", "clock", "phrase", "strength")

    def __init__(self, strength: int = 0, about: str = "", *, clock: bool = False, phrase: str = "") -> None:
        self.strength = strength
        self.about = about
        self.clock = clock
        self.phrase = phrase


_NOTHING = Trigger()


class Triggers:
    """Answers for the conditions of one template."""

    def __init__(self, program: Program, folder: Folder) -> None:
        self.program = program
        self.folder = folder
        self.taint = Taint(program)
        self._active: set[int] = set()
        self._memo: dict[int, Trigger] = {}
        self._names: dict[str, Trigger] = {}
        self._macros: dict[str, Trigger] = {}
        self._settled = False

    def of(self, test: nodes.Node) -> Trigger:
        """Return the strongest thing an expression asks for."""
        key = id(test)
        if key in self._memo:
            return self._memo[key]
        if key in self._active:
            return _NOTHING
        self._active.add(key)
        best = self._own(test)
        for child in test.iter_child_nodes():
            if best.strength == WORDS:
                break
            if isinstance(child, (nodes.Expr, nodes.Operand, nodes.Pair, nodes.Keyword)):
                found = self.of(child)
                best = found if found.strength > best.strength else best
        self._active.discard(key)
        self._memo[key] = best
        return best

    def _own(self, node: nodes.Node) -> Trigger:
        match node:
            case nodes.Compare():
                return self._compare([node.expr, *(op.expr for op in node.ops)])
            case nodes.Test() if node.args:
                return self._compare([node.node, *node.args])
            case nodes.Call() if isinstance(node.node, nodes.Getattr) and node.node.attr in _ASKING:
                return self._compare([node.node.node, *node.args[:1]])
            case nodes.Call() if isinstance(node.node, nodes.Name) and node.node.name in self.program.macros:
                return self._macro(self.program.macros[node.node.name])
            case nodes.Filter() if node.name in _ASKING_FILTERS and node.node is not None:
                last = node.args[:1] if node.name == "replace" else node.args[1:]
                return self._compare([node.node, *last])
            case nodes.Filter() if node.name == "random":
                return Trigger(WORDS, "chance", clock=True)
            case nodes.Name() | nodes.Getattr():
                return self._flag(node)
            case _:
                return _NOTHING

    def _compare(self, operands: list[nodes.Expr]) -> Trigger:
        written = [self.taint.written(one) for one in operands]
        asked = [text for one, is_it in zip(operands, written, strict=True) if not is_it for text in self._texts(one)]
        if any(written):
            return self._strongest(asked)
        if any(map(named, operands)):
            best = self._strongest(asked)
            return Trigger(min(best.strength, MARK), best.about, phrase=best.phrase)
        if any(self.taint.chance(one) for one in operands):
            return Trigger(WORDS, "chance", clock=True)
        if any(self.taint.dated(one) for one in operands) and self._fixed(operands):
            return Trigger(WORDS, "the date", clock=True)
        return _NOTHING

    def _macro(self, macro: nodes.Macro) -> Trigger:
        """Return what a macro asks for: its text may be the answer."""
        if macro.name not in self._macros:
            self._macros[macro.name] = _NOTHING
            asked = [self.of(one.test) for one in macro.find_all(nodes.If)]
            asked += [self.of(one) for one in macro.find_all((nodes.CondExpr, nodes.Compare, nodes.Call))]
            self._macros[macro.name] = max(asked, key=lambda one: one.strength, default=_NOTHING)
        return self._macros[macro.name]

    def _texts(self, node: nodes.Expr) -> tuple[str, ...]:
        return self.folder.texts(node)

    def _strongest(self, asked: list[str]) -> Trigger:
        best = _NOTHING
        for text in asked:
            found = kind(text)
            if found > best.strength:
                best = Trigger(found, repr(text[:60]), phrase=text if len(text.split()) >= _LONG else "")
        return best

    def _fixed(self, operands: list[nodes.Expr]) -> bool:
        for one in operands:
            if self.taint.dated(one):
                continue
            values = self.folder.values(one)
            if any((isinstance(v, str) and any(c.isdigit() for c in v)) or type(v) is int for v in values):
                return True
            if any(isinstance(v, (list, tuple)) and v for v in values):
                return True
        return False

    def _flag(self, node: nodes.Name | nodes.Getattr) -> Trigger:
        if not self._settled:
            self._settled = True
            for _ in range(_ROUNDS):
                self._memo.clear()
                self._macros.clear()
                new = {name: self._named(name) for name in list(self.program.names)}
                same = all(new[name].strength == self._names.get(name, _NOTHING).strength for name in new)
                self._names.update(new)
                if same:
                    break
            self._memo.clear()
            self._macros.clear()
        return self._names.get(key_of(node), _NOTHING)

    def _named(self, key: str) -> Trigger:
        best = _NOTHING
        for binding in self.program.of(key):
            asked: list[nodes.Node] = list(binding.under)
            if isinstance(binding.value, (nodes.Compare, nodes.Test, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr)):
                asked.append(binding.value)
            elif binding.value is not None and not isinstance(binding.value, nodes.Const):
                asked = [binding.value, *asked] if isinstance(binding.value, (nodes.Filter, nodes.Call)) else asked
            if self.taint.written(binding.value) and not isinstance(binding.value, nodes.CondExpr):
                continue  # the text itself, cut or trimmed: what it is compared with counts, not how it was cut
            for test in asked:
                found = self.of(test)
                best = found if found.strength > best.strength else best
        return best
