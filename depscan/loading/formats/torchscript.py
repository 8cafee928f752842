"""Read the code text of TorchScript archives: a small language of tensors, in which few calls reach outside.

It is compiled and run by torch's own interpreter, never by Python; ``__setstate__`` runs while loading, the rest when
the model is called. Grammar: torch/csrc/jit/frontend (lexer, parser); text as python_print.cpp writes it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step
from depscan.loading.torch_zip import KNOWN_CLASSES

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "TorchScript"

_MOST = 8 << 20
_TEXT_OR_REMARK = re.compile(
    r"(?P<text>\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*(?:\"|(?=\n)|\Z)|'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|\Z))|(?P<remark>#[^\n]*)",
    re.DOTALL,
)
"""A text that does not end is one up to the end of its line or of the file: no place is looked at twice."""
_CALL = re.compile(r"(?P<dot>\.\s{0,99})?\b(?P<name>[A-Za-z_]\w*(?:\s{0,99}\.\s{0,99}\w{1,200}){0,6})\s{0,99}\(")
_IMPORT = re.compile(r"(?m)^[ \t]*(?:from|import)[ \t]+([\w.]+)")
_METHOD = re.compile(r"\bdef\s+([A-Za-z_]\w*)\s*\(")
_NATIVE_CLASS = re.compile(r"\b__torch__\s*\.\s*torch\s*\.\s*classes\s*\.\s*(\w+)\s*\.\s*(\w+)")
_PYTHON = re.compile(
    r"(?<![.\w])(?:eval|exec|compile|open|globals|locals|__import__)\s*\(|\b__(?:builtins|subclasses|globals|import)__\b"
)
_BYTECODE_OPERATOR = re.compile(rb"(?<![\w:])([A-Za-z_]\w{0,40})::(\w{1,80})(?![\w:])")


def looks(file: File) -> bool:
    """Return whether a file is code text of a TorchScript archive, by where it stands."""
    if not file.name.endswith(".py"):
        return False
    at = f"/{file.path}".find("/code/__torch__")
    if at < 0:
        return False
    root = file.path[:at]
    return f"{root}constants.pkl" in file.beside or f"{root}data.pkl" in file.beside


def read(file: File, report: Report) -> None:
    """Add the calls that reach outside of the model."""
    if file.size > _MOST:
        report.gap(f"code text of {file.size} bytes; the first {_MOST} are read")
    raw = file.bytes(_MOST)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        report.add(Step("load.code", ODD, "encoding", file.path, "code text that is no UTF-8"))
    code, bare = _Text(text), _without_texts(text)
    own = set(_METHOD.findall(bare))
    for found in _CALL.finditer(bare):
        if report.meter.late:
            report.gap("code text that took too long to read")
            return
        _call(found, code, own, report)
    for found in _NATIVE_CLASS.finditer(bare):
        _native_class(found[1], found[2], code.line(found.start()), report)
    _foreign_words(code, bare, own, report)
    _bytecode(file, report)
    if not any(step.verdict != KNOWN for step in report.steps):
        report.add(
            Step("load.code", KNOWN, "torchscript", f"{bare.count('def ')} functions", "computes on tensors only")
        )


def _foreign_words(text: _Text, bare: str, own: set[str], report: Report) -> None:
    """Say what is Python and not TorchScript: the text is meant for another reader."""
    for found in _IMPORT.finditer(bare):
        if not found[1].startswith("__torch__"):
            why = "an import, which TorchScript does not have: is it Python for somebody else?"
            line = text.line(found.start())
            report.add(Step("load.code", ODD, "import", found[0].strip(), why, found[1], line=line))
    for found in _PYTHON.finditer(bare):
        if found[0].rstrip("( \t\n") not in own:
            why = "a name of Python that TorchScript does not have: the text is meant for somebody else"
            line, shown = text.line(found.start()), text.shown(found.start())
            report.add(Step("load.code", HOSTILE, "python", shown, why, line=line, does="code.eval"))


def _bytecode(file: File, report: Report) -> None:
    """Judge the operators that ``bytecode.pkl`` names, which the interpreter for small devices runs instead of text."""
    from depscan.loading import torch_operators

    path = f"{file.path[: f'/{file.path}'.find('/code/__torch__')]}bytecode.pkl"
    member = file.beside.get(path)
    if member is None:
        return
    for namespace, name in sorted(set(_BYTECODE_OPERATOR.findall(member.bytes(_MOST)))):
        judged = torch_operators.judge(namespace.decode(), name.decode())
        if judged.verdict != KNOWN or judged.package:
            text = f"{namespace.decode()}::{name.decode()}"
            step = Step("load.operator", judged.verdict, judged.slug, f"{path}: {text}", judged.why, text)
            report.add(step._replace(does=judged.does, package=judged.package))


def _without_texts(text: str) -> str:
    """Return code with texts and remarks blanked, so that offsets stay; continued lines are joined likewise."""

    def blank(found: re.Match[str]) -> str:
        kept = re.sub(r"[^\n]", " ", found[0])
        return kept if found["remark"] is not None else '"' + kept[1:-1] + '"'

    return _TEXT_OR_REMARK.sub(blank, text).replace("\\\n", "  ")


def _call(found: re.Match[str], text: _Text, own: set[str], report: Report) -> None:
    from depscan.loading import torch_operators

    parts = [part.strip() for part in found["name"].split(".")]
    if found["dot"] is None and parts[0] == "ops" and len(parts) >= 3:  # noqa: PLR2004 - ops.namespace.name
        judged = torch_operators.judge(parts[1], parts[2])
    elif found["dot"] is None and parts[0] == "torch":
        judged = torch_operators.judge("aten", parts[-1])
    elif parts[-1] in torch_operators.HARMFUL and parts[-1] not in own and (len(parts) > 1 or found["dot"]):
        # A method of a tensor is the operator with the tensor as its first argument.
        judged = torch_operators.judge("aten", parts[-1])
    else:
        return
    if judged.verdict == KNOWN and not judged.package:
        return
    at = found.start("name")
    shown = text.shown(at)
    values = tuple(m["text"].strip("'\"") for m in _TEXT_OR_REMARK.finditer(shown) if m["text"])
    callee = ".".join(parts)
    report.add(
        Step(
            "load.operator",
            judged.verdict,
            judged.slug,
            shown,
            judged.why,
            callee,
            values,
            judged.does,
            judged.package,
            line=text.line(at),
        )
    )


def _native_class(namespace: str, name: str, line: int, report: Report) -> None:
    if namespace in KNOWN_CLASSES:
        return
    why = "a class of a native library that has to be loaded first"
    text = f"torch.classes.{namespace}.{name}"
    report.add(Step("load.native", FOREIGN, "custom-class", text, why, text, package=namespace, line=line))


class _Text:
    """Code and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._breaks = [found.start() for found in re.finditer("\n", text)]

    def line(self, at: int) -> int:
        """Return the 1-based line of an offset."""
        return bisect_left(self._breaks, at) + 1

    def shown(self, at: int) -> str:
        """Return a call as it stands, up to the end of its parentheses and to 200 characters."""
        text, depth = self.text, 0
        for here in range(at, min(len(text), at + 200)):
            depth += (text[here] == "(") - (text[here] == ")")
            if text[here] == ")" and depth <= 0:
                return " ".join(text[at : here + 1].split())
        return " ".join(text[at : at + 200].split())
