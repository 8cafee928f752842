"""What code does when it is installed, imported, started or called: the rules over the facts of artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from depscan.checks._dataset_scripts import RULE, script_verdict
from depscan.checks.check import Check, Context
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.facts.fact import Fact
    from depscan.facts.inspected import Inspected
    from depscan.rules.match import Hit
    from depscan.rules.schema import BehaviourRule

_WORDS = {
    "net.connect": "opens a connection", "net.send": "sends data over the network",
    "net.download": "fetches from the network", "dns.query": "asks the DNS", "process.spawn": "starts a process",
    "shell.run": "runs a shell command", "code.eval": "runs text as code", "code.decode": "decodes data",
    "code.load-native": "loads native code", "code.import-dynamic": "imports by a computed name",
    "code.unreadable": "holds code that cannot be read", "env.read": "reads an environment variable",
    "env.dump": "reads all environment variables", "file.read": "reads a file", "file.write": "writes a file",
    "file.delete": "deletes a file", "file.chmod": "makes a file executable", "file.list": "lists files",
    "host.identify": "identifies the machine or user", "persist": "makes itself start again",
    "clipboard.read": "reads the clipboard", "clipboard.write": "changes the clipboard",
    "screen.read": "takes a screenshot", "keyboard.read": "records the keyboard", "camera.read": "uses the camera",
    "browser.read": "reads browser data", "wallet.read": "reads a wallet", "crypto.mine": "mines",
    "archive.extract": "unpacks an archive", "deserialize": "loads a serialised object",
    "anti.analysis": "looks for analysis tools", "sleep": "waits", "service.call": "calls a service",
    "hook.declare": "declares a hook", "start.line": "adds a line that every interpreter start runs",
    "package.install": "installs packages", "text.hidden": "hides text", "text.prompt": "speaks to an AI reviewer",
    "secret.parameter": "is given a secret", "native.binary": "ships a native binary",
    "file.disguised": "ships a file that is not what its name says", "archive.odd": "has an odd archive structure",
    "literal": "holds encoded data", "crypto.key": "handles a key",
    "package.shape": "is, as a whole,", "argument.sent": "hands on what the caller gave it",
    "money.sent": "names who is paid", "load.call": "calls", "load.import": "imports", "load.state": "sets",
    "load.layout": "is laid out to be read in two ways:", "load.path": "reaches for a file outside of the model:",
    "load.native": "brings native code", "load.operator": "runs the operator", "load.template": "has a template with",
    "load.code": "brings code", "load.bomb": "would use up memory or time:",
}  # fmt: skip
_SHOWN_STEPS = 6
_REPORTED_PER_RULE = 5


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield the findings of every artifact of the scan, and what could not be followed."""
    if not context.artifacts:
        return
    from depscan.rules.load import load_rules
    from depscan.rules.match import match

    rules = load_rules(examples=False, whats=frozenset(f.what for item in context.artifacts for f in item.facts))
    for item in context.artifacts:
        hits = match(rules, item.facts)
        count: dict[str, int] = {}
        for hit in hits:
            needed = _needed(item.facts[hit.anchor])
            if hit.rule.verdict == "unsafe" and _in_graph(needed, context):
                hit = hit._replace(rule=hit.rule._replace(verdict="suspicious"))  # noqa: PLW2901 - the same hit
            if hit.rule.id == RULE:
                verdict = script_verdict(context.graph, hit.rule.verdict)
                hit = hit._replace(rule=hit.rule._replace(verdict=verdict))  # noqa: PLW2901 - the same hit
            count[hit.rule.id] = count.get(hit.rule.id, 0) + 1
            if count[hit.rule.id] <= _REPORTED_PER_RULE:
                yield _finding(item, hit)
        yield from _gaps(item)


def _needed(fact: Fact) -> str:
    """Return the package whose code a model file needs; "" for none."""
    return next((guard.removeprefix("package:") for guard in fact.guards if guard.startswith("package:")), "")


def _in_graph(needed: str, context: Context) -> bool:
    """Whether the package that a model file needs is one that the project pins: it is checked like any other."""
    if not needed:
        return False
    own = {item.subject for item in context.artifacts}  # what is inspected vouches for nothing by its own name
    nodes = context.graph.nodes.items()
    return any(p.ecosystem == "PyPI" and p.name == needed and p.version and key not in own for key, p in nodes)


def _gaps(item: Inspected) -> Iterator[Coverage]:
    """Say what was not followed; what would run at install, start or load and cannot be read is needed.

    So is an archive that is broken itself: nobody knows what an installer makes of it.
    """
    from depscan.facts.fact import INSTALL, LOAD, STARTUP

    for gap in item.gaps:
        whole = gap.path == item.name and item.kind != "script"
        needed = gap.fatal or whole or gap.when in {INSTALL, STARTUP, LOAD}
        what = f"{item.name} > {gap.path}" if item.subject else _joined(item, gap.path)
        yield Coverage(what, "partial", gap.why, needed=needed, line=gap.line, kind="code")


def _finding(item: Inspected, hit: Hit) -> Finding:
    rule, anchor = hit.rule, item.facts[hit.anchor]
    malicious = rule.verdict == "malicious"
    steps = [item.facts[i] for i in hit.shown]
    related = [f for i, f in zip(hit.shown, steps, strict=True) if i != hit.anchor][:_SHOWN_STEPS]
    return Finding(
        rule.id,
        _klass(rule),
        Severity.MALICIOUS if malicious else rule.severity,
        Confidence.LOW if rule.verdict == "note" else rule.confidence,
        item.subject or _joined(item, anchor.path, anchor.container),
        f"{rule.title}: {_story(anchor, steps)}",
        evidence=(Evidence(_place(item, anchor)), *(Evidence(_place(item, f), "related") for f in related)),
        fix=rule.fix,
        references=rule.references,
    )


def _klass(rule: BehaviourRule) -> str:
    return {"malicious": "malicious", "unsafe": "loading"}.get(rule.verdict, "behaviour")


def _story(anchor: Fact, steps: list[Fact]) -> str:
    """Return "at install, setup.py:14 reads ..., 17 decodes ..., 19 sends ... to HOST"."""
    told = [*[f for f in steps if f is not anchor][:_SHOWN_STEPS], anchor]
    parts: list[str] = []
    path = ""
    for fact in told:
        place = Location(fact.path if fact.path != path else "", fact.line, offset=fact.offset).shown.lstrip(": ")
        path = fact.path
        parts.append(f"{place} {_step(fact)}")
    return f"at {anchor.when}, {', '.join(parts)}"


def _step(fact: Fact) -> str:
    layers = f" (inside {' > '.join(fact.layer)})" if fact.layer else ""
    if fact.what.startswith("load."):
        return f"{_WORDS[fact.what]} `{fact.text[:160]}`{layers}"
    value = next((v for v in fact.values if v), "")
    shown = f" `{value[:100]}`" if value else f" ({fact.callee})" if fact.callee else ""
    return f"{_WORDS.get(fact.what, fact.what)}{shown}{layers}"


def _joined(item: Inspected, path: str, container: tuple[str, ...] = ()) -> str:
    """Return the file on disk that a member of a project's folder is, or stands in."""
    import os

    return os.path.normpath(os.path.join(item.name, container[0] if container else path))


def _place(item: Inspected, fact: Fact) -> Location:
    if not item.subject:
        top = _joined(item, fact.path, fact.container)
        inside = (top, *fact.container[1:]) if fact.container else ()
        return Location(fact.path if inside else top, fact.line, fact.text, inside, fact.offset)
    return Location(fact.path, fact.line, fact.text, (item.name, *fact.container), fact.offset)


def rule_page(rule: BehaviourRule) -> Rule:
    """Return what reports and ``depscan explain`` need of a behaviour rule."""
    malicious = rule.verdict == "malicious"
    return Rule(
        rule.id,
        rule.title,
        _klass(rule),
        Severity.MALICIOUS if malicious else rule.severity,
        rule.what,
        rule.why,
        rule.fix,
        rule.false_positives,
    )


CHECK = Check("behaviour", "What code does when it is installed, imported, started or called", (), run)
