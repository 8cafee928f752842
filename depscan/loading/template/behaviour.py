"""Find templates that answer differently when somebody says a certain word: back doors that run no code.

Mainstream templates branch on what a message holds too, but on marks of a protocol, and to put marks. A back door asks
for words as people write them (or for the date, or chance) and adds a sentence, an address, or takes text away.
"""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import nodes

from depscan.loading.steps import HOSTILE, ODD, Step
from depscan.loading.template.bind import Program
from depscan.loading.template.fold import Folder
from depscan.loading.template.show import show
from depscan.loading.template.trigger import Trigger, Triggers
from depscan.loading.template.words import MARK, WORDS, address, beacon, hides, kind, own_words, sends, words

_FEW = 2
_SENTENCE = 4
_PLAIN = 6
_MAX_LEAVES = 400
_MOST_WORK = 400_000


class Behaviour:
    """Judges the conditions of one template.

    Attributes:
        steps: what was found.
        whole: False when the template is too entangled to look at every branch.
    """

    def __init__(self, program: Program, folder: Folder) -> None:
        self.program = program
        self.folder = folder
        self.triggers = Triggers(program, folder)
        self.taint = self.triggers.taint
        self.steps: list[Step] = []
        self.whole = True
        self._work = 0
        self._said: str | None = None

    def judge(self) -> None:
        """Judge every condition, replacement and lookup, and the fixed text."""
        for node in self.program.tree.find_all((nodes.Stmt, nodes.Expr)):
            match node:
                case nodes.If() | nodes.CondExpr() | nodes.For():
                    self._branch(node)
                case nodes.And() | nodes.Or():
                    self._short(node)
                case nodes.Filter() | nodes.Call():
                    self._replacement(node)
                    self._lookup_get(node)
                case nodes.Getitem():
                    self._lookup(node, node.node, node.arg)
                case _:
                    pass
        self._fixed()

    def _add(
        self, verdict: str, slug: str, node: nodes.Node, text: str, why: str, values: tuple[str, ...] = ()
    ) -> None:
        does = "net.send" if verdict == HOSTILE and any(address(v) for v in values) else ""
        self.steps.append(
            Step("load.template", verdict, slug, text, why, values=values, does=does, line=node.lineno or 0)
        )

    # -- branches -------------------------------------------------------------------------------------------------

    def _branch(self, node: nodes.If | nodes.CondExpr | nodes.For) -> None:
        branches: list[list[nodes.Node]]
        test: nodes.Node
        if isinstance(node, nodes.For):
            if node.test is None:
                return
            test, branches = node.test, [list(node.body), list(node.else_)]
        elif isinstance(node, nodes.If):
            test, branches = node.test, [list(node.body), [*node.elif_, *node.else_]]
        else:
            test, branches = node.test, [[node.expr1], [node.expr2] if node.expr2 is not None else []]
        trigger = self.triggers.of(test)
        if trigger.strength:
            self._judge(node, test, trigger, branches)

    def _short(self, node: nodes.And | nodes.Or) -> None:
        trigger = self.triggers.of(node.left)
        if trigger.strength:
            self._judge(node, node.left, trigger, [[node.right], []])

    def _judge(self, node: nodes.Node, test: nodes.Node, trigger: Trigger, branches: list[list[nodes.Node]]) -> None:
        sets = [dict.fromkeys(self._leaves(branch)) for branch in branches]
        added = [leaf for i, one in enumerate(sets) for leaf in one if leaf not in sets[1 - i]]
        if trigger.phrase:
            # "if the sentence is not there yet, put it": nothing is said that was not asked for
            added = [leaf for leaf in added if trigger.phrase.strip() not in leaf]
        text = " ".join(added)
        shown = f"if {show(test)}: {text.strip()}"
        enough = _SENTENCE if trigger.clock else _FEW
        if trigger.strength == WORDS and (address(text) or words(text) >= enough):
            why = f"says something else when {_when(trigger)}: a back door in the template, which runs no code"
            self._add(HOSTILE, "behaviour", node, shown, why, (text,))
        elif trigger.strength == MARK and (address(text) or sends(text) or hides(text)):
            why = f"adds an instruction or an address when {_when(trigger)}: no protocol needs that"
            self._add(HOSTILE, "behaviour", node, shown, why, (text,))
        elif trigger.strength == MARK and words(text) >= _PLAIN and self._strange(trigger):
            why = f"adds a plain sentence when {_when(trigger)}, which is no mark of any protocol"
            self._add(HOSTILE, "behaviour", node, shown, why, (text,))
        elif trigger.strength == WORDS and not trigger.clock and self._drops(branches):
            verdict = ODD if trigger.phrase else HOSTILE
            why = f"takes a message away when {_when(trigger)}"
            self._add(verdict, "behaviour", node, f"if {show(test)}: a message is left out", why)
        elif words(text) >= _SENTENCE and not trigger.clock:
            why = f"adds a sentence when {_when(trigger)}"
            self._add(ODD, "conditional-text", node, shown, why, (text,))

    def _strange(self, trigger: Trigger) -> bool:
        """Whether it asks for a mark with a word of its own, which the template itself never writes."""
        if not own_words(trigger.about):
            return False
        if self._said is None:
            self._said = "\n".join(self._leaves(self.program.tree.find_all(nodes.Output)))
        return trigger.about.strip("'\" ") not in self._said

    def _drops(self, branches: list[list[nodes.Node]]) -> bool:
        if any(isinstance(part, (nodes.Continue, nodes.Break)) for part in branches[0]):
            return True
        puts = [any(self._puts(part) for part in branch) for branch in branches]
        return puts[0] != puts[1] and (bool(branches[1]) or not puts[0])

    def _puts(self, node: nodes.Node) -> bool:
        if isinstance(node, nodes.Output):
            return any(self.taint.written(part) for part in node.nodes)
        if isinstance(node, nodes.Expr):
            return self.taint.written(node)
        return any(self._puts(child) for child in node.iter_child_nodes() if isinstance(child, nodes.Stmt))

    # -- text that a branch adds ----------------------------------------------------------------------------------

    def _leaves(self, branch: Iterable[nodes.Node]) -> list[str]:
        found: list[str] = []
        seen: set[int] = set()
        for node in branch:
            self._collect(node, found, seen)
        return found

    def _collect(self, node: nodes.Node, found: list[str], seen: set[int]) -> None:
        if len(found) > _MAX_LEAVES or id(node) in seen:
            return
        self._work += 1
        if self._work > _MOST_WORK:
            self.whole = False
            return
        seen.add(id(node))
        if self._own(node, found, seen):
            return
        test = getattr(node, "test", None)
        for child in node.iter_child_nodes():
            if child is not test:
                self._collect(child, found, seen)

    def _own(self, node: nodes.Node, found: list[str], seen: set[int]) -> bool:
        """Add the text of one node; return whether its parts need no look."""
        match node:
            case nodes.TemplateData():
                found.append(node.data)
                return True
            case nodes.Const():
                found.extend([node.value] if isinstance(node.value, str) else [])
                return True
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                found.extend(self.folder.texts(node))
                if isinstance(node, nodes.Getitem):
                    self._collect(node.node, found, seen)
                return True
            case nodes.Call():
                return self._called(node, found, seen)
            case nodes.Concat() | nodes.Add() | nodes.Filter() | nodes.Mod():
                found.extend(self.folder.texts(node))
                return False
            case _:
                return isinstance(node, (nodes.Compare, nodes.Test))

    def _called(self, node: nodes.Call, found: list[str], seen: set[int]) -> bool:
        if isinstance(node.node, nodes.Name):
            if node.node.name in self.program.macros:
                self._collect(self.program.macros[node.node.name], found, seen)
            return node.node.name == "raise_exception"
        if isinstance(node.node, nodes.Getattr) and node.node.attr not in {"replace", "format"}:
            self._collect(node.node.node, found, seen)
            return node.node.attr not in {"append", "insert", "extend", "join", "update"}
        return False

    # -- replacement and lookup -----------------------------------------------------------------------------------

    def _replacement(self, node: nodes.Filter | nodes.Call) -> None:
        if isinstance(node, nodes.Filter):
            name, subject = node.name, node.node
        elif isinstance(node.node, nodes.Getattr):
            name, subject = node.node.attr, node.node.node
        else:
            return
        if name != "replace" or len(node.args) < 2 or not self.taint.written(subject):  # noqa: PLR2004 - old and new
            return
        new = " ".join(self.folder.texts(node.args[1]))
        asked = max((kind(text) for text in self.folder.texts(node.args[0])), default=0)
        if address(new) or (asked == WORDS and words(new)) or words(new) >= _SENTENCE:
            why = "puts other words in place of what was said"
            self._add(HOSTILE, "behaviour", node, show(node), why, (new,))

    def _lookup_get(self, node: nodes.Filter | nodes.Call) -> None:
        if (
            isinstance(node, nodes.Call)
            and isinstance(node.node, nodes.Getattr)
            and node.node.attr == "get"
            and node.args
        ):
            self._lookup(node, node.node.node, node.args[0])

    def _lookup(self, node: nodes.Expr, holder: nodes.Expr, key: nodes.Expr) -> None:
        if not self.taint.written(key):
            return
        for table in self.folder.values(holder):
            if not isinstance(table, dict):
                continue
            for asked, said in table.items():
                text = said if isinstance(said, str) else ""
                if isinstance(asked, str) and kind(asked) == WORDS and (address(text) or words(text) >= _SENTENCE):
                    why = f"says something else when somebody says {asked[:60]!r}"
                    self._add(HOSTILE, "behaviour", node, show(node), why, (text,))

    # -- text that is always there --------------------------------------------------------------------------------

    def _fixed(self) -> None:
        for node in self.program.tree.find_all((nodes.TemplateData, nodes.Const, nodes.Concat, nodes.Add)):
            if isinstance(node, nodes.Const) and not isinstance(node.value, str):
                continue
            for text in self.folder.texts(node):
                self._text(node, text)

    def _text(self, node: nodes.Node, text: str) -> None:
        if found := beacon(text):
            why = (
                "has the model put a picture or frame of another host into answers: whoever shows them tells that host"
            )
            self._add(HOSTILE, "behaviour", node, found, why, (found,))
        elif found := sends(text):
            why = "tells the model to send to an address, or to fetch from one"
            self._add(HOSTILE, "behaviour", node, found, why, (found,))
        elif found := hides(text):
            self._add(
                ODD, "hidden-from-user", node, found, "tells the model to keep something from the person", (found,)
            )
        elif found := address(text):
            self._add(ODD, "address", node, found, "an address in the fixed text of the template", (found,))


def _when(trigger: Trigger) -> str:
    if trigger.clock:
        return f"{trigger.about} decides it"
    return f"somebody says {trigger.about}"
