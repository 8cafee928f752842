"""Read one template: parse it, and say what rendering it would do."""

from __future__ import annotations

import re
from hashlib import sha256

from depscan.loading.steps import HOSTILE, KNOWN, ODD, Report, Step

MAX_SIZE = 1 << 18
_MOST = 1000
"""Templates of one file whose digests are kept."""
_GO = re.compile(r"\{\{-?\s*(?:if|range|with|end|else|template|define|block|eq|and|or|\$|\.)")
_NAMES = re.compile(r"__(?:class|globals|subclasses|init|builtins|import|mro|base|getitem|getattribute)__|\|\s*attr\b")
_OVERRIDE = re.compile("[\u202a-\u202e\u2066-\u2069]|[\U000e0000-\U000e007f]")
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]{4,}")


def read_template(text: str, report: Report, where: str = "", *, at: int = -1, sure: bool = True) -> None:
    """Add what rendering a template does.

    Args:
        text: the template.
        report: gets the steps.
        where: key or file it stands in.
        at: byte offset of its text in the file.
        sure: whether loaders do render it. Of text that only looks like a template, nothing but harm is told.
    """
    inner = Report(report.meter)
    if sure and len(report.templates) < _MOST:
        report.templates.append((where, sha256(text.encode("utf-8", "surrogatepass")).hexdigest()))
    _read(text, inner, sure=sure)
    for step in inner.steps:
        if sure or step.verdict == HOSTILE:
            report.add(step._replace(at=at, layer=(where, *step.layer) if where else step.layer))
    if sure:
        for why in inner.gaps:
            report.gap(f"{where}: {why}" if where else why)


def _read(text: str, report: Report, *, sure: bool) -> None:
    _unseen(text, report)
    if len(text) > MAX_SIZE:
        why = "a template of this size costs whoever renders it more than any conversation"
        report.add(Step("load.bomb", HOSTILE, "template-size", f"{len(text)} characters", why))
        return
    if report.meter.late:
        report.gap("the time for reading is used up: the template was not read")
        return
    if "{" not in text:
        report.add(Step("load.template", KNOWN, "template", f"text of {len(text)} characters", "it has no expressions"))
        return
    from jinja2 import TemplateSyntaxError

    try:
        _judge(text, report)
    except TemplateSyntaxError as error:
        _unread(text, report, f"line {error.lineno}: {error.message}", sure=sure)
    except RecursionError:
        why = "nested deeper than any engine's stack: whoever renders it crashes"
        report.add(Step("load.bomb", HOSTILE, "template-depth", text[:80], why))
    except (ValueError, OverflowError, UnicodeError) as error:
        _unread(text, report, str(error), sure=sure)


def _judge(text: str, report: Report) -> None:
    from depscan.loading.template.behaviour import Behaviour
    from depscan.loading.template.bind import Program
    from depscan.loading.template.fold import Folder
    from depscan.loading.template.parse import parse
    from depscan.loading.template.walk import Walker

    program = Program(parse(text))
    folder = Folder(program)
    walker = Walker(program, folder)
    walker.walk()
    behaviour = Behaviour(program, folder)
    behaviour.judge()
    for step in (*walker.steps, *behaviour.steps):
        report.add(step)
    if not behaviour.whole:
        report.gap("the template is too entangled to look at what every branch says")
    if not walker.steps and not behaviour.steps:
        why = "parsed and not rendered: it only reads the conversation and adds fixed text"
        report.add(Step("load.template", KNOWN, "template", f"template of {len(text)} characters", why))


def _unread(text: str, report: Report, why: str, *, sure: bool) -> None:
    if found := _NAMES.search(text):
        told = "it is no valid Jinja, yet it names what leads to the interpreter's objects"
        report.add(Step("load.template", HOSTILE, "object-walk", found[0], told, does="code.eval"))
    elif _GO.search(text) and "{%" not in text:
        told = "a template of Go, as Ollama uses: Python's loaders refuse it, and Go's can call nothing"
        report.add(Step("load.template", ODD, "go-template", text[:80], told))
    elif sure:
        report.gap(f"the template is no valid Jinja ({why[:120]}): what other engines make of it is not known")


def _unseen(text: str, report: Report) -> None:
    if text.isascii():
        return
    if found := _OVERRIDE.search(text):
        why = "characters that nobody sees, or that turn the direction of text: it does not say what it shows"
        line = text.count("\n", 0, found.start()) + 1
        report.add(Step("load.template", HOSTILE, "invisible", f"U+{ord(found[0]):04X}", why, line=line))
    elif found := _UNSEEN.search(text):
        why = "a run of characters without width: text may hide in it"
        report.add(Step("load.template", ODD, "invisible", f"{len(found[0])} characters", why))
