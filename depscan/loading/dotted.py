"""Judge a dotted name that a file gives to be imported and called: harmless, harmful, or somebody's code.

Data: ``rules/loading/targets/harmless.toml`` and ``harmful.toml``; in their globs ``*`` stands for one name and
``**`` for any number of modules and a class (a name in capitals) after them, so that no module's own imports
(``torch.nn.modules.module.os.system``) are reached through a prefix.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import NamedTuple

from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Report, Step

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")
_OLD = {"__builtin__": "builtins", "__builtins__": "builtins", "copy_reg": "copyreg", "cPickle": "pickle"}
_REACHED = frozenset({
    "os", "sys", "posix", "nt", "subprocess", "builtins", "__builtins__", "importlib", "shutil", "socket", "ctypes",
    "runpy", "pickle", "marshal", "pty", "__import__", "eval", "exec", "system", "popen",
})  # fmt: skip
"""Names that stand inside a dotted name only where it goes through another module's imports."""


class Judged(NamedTuple):
    """What is to be held of a dotted name.

    Attributes:
        verdict: a word of ``depscan.loading.steps.VERDICTS``.
        why: half a sentence.
        does: word of a fact for what calling it does; "" when unknown.
        package: top-level module whose code is needed; "" for the standard library.
    """

    verdict: str
    why: str
    does: str = ""
    package: str = ""


class Row(NamedTuple):
    """One entry of a list of names."""

    why: str
    does: str = ""


@lru_cache(maxsize=8)
def names(name: str) -> tuple[re.Pattern[str], tuple[Row, ...]]:
    """Return one expression for a list of ``rules/loading/targets`` (group N is row N - 1) and its rows."""
    import tomli

    from depscan.text.folder import rules_folder

    with open(os.path.join(rules_folder(), "loading", "targets", f"{name}.toml"), "rb") as stream:
        entries = tomli.load(stream)["entry"]
    pattern = "|".join(f"({_expression(entry['value'])})" for entry in entries)
    return re.compile(f"(?:{pattern})\\Z"), tuple(Row(e["why"], e.get("does", "")) for e in entries)


def _expression(glob: str) -> str:
    escaped = re.escape(glob)
    return escaped.replace(r"\*\*", r"(?:[A-Za-z_]\w*\.)*_*[A-Z]\w*(?:\.from_pretrained|\.from_config)?").replace(
        r"\*", r"\w+"
    )


def listed(name: str, text: str) -> Row | None:
    """Return the row of a list that a text fits; None when it fits none."""
    pattern, rows = names(name)
    match = pattern.match(text)
    return rows[match.lastindex - 1] if match and match.lastindex else None


def judge(dotted: str, *, named: bool = False) -> Judged:
    """Return what is to be held of a dotted name that is imported and called, or only kept as a value (``named``)."""
    text = dotted.strip()
    first, dot, rest = text.partition(".")
    text = _OLD.get(first, first) + dot + rest
    if not _NAME.match(text):
        return Judged(HOSTILE, "is no dotted name: made to lead the import elsewhere", "code.import-dynamic")
    harmful = listed("harmful", text)
    if harmful is not None:
        return Judged(HOSTILE, harmful.why, harmful.does)
    through = sorted(part for part in rest.split(".") if part in _REACHED or part.startswith("__"))
    if through:
        return Judged(HOSTILE, f"reaches {through[0]} through another module", "code.import-dynamic")
    harmless = listed("harmless", text)
    if harmless is not None:
        return Judged(KNOWN, harmless.why)
    return _by_allowlist(text, named=named) or Judged(
        FOREIGN, "is not on the list of harmless names: its code would run", "", package_of(text)
    )


def _by_allowlist(text: str, *, named: bool) -> Judged | None:
    """Return what the allowlist of pickles says of a class or function; None when it says nothing."""
    from depscan.loading.known import gadget, known

    module, _, name = text.rpartition(".")
    harm = gadget(module, name)
    if harm is not None:
        return Judged(HOSTILE, harm.why, harm.does)
    entry = known(module, name)
    if entry is not None and (named or entry.roles & {"construct", "call"}):
        return Judged(KNOWN, entry.why)
    return None


def package_of(dotted: str) -> str:
    """Return the distribution that brings a name's module; "" for the standard library."""
    from depscan.loading.known import distribution

    return distribution(dotted.rpartition(".")[0] or dotted)


def add_name(report: Report, dotted: str, text: str, slug: str, *, values: tuple[str, ...] = (), line: int = 0) -> str:
    """Add the step of a name that is imported and called with ``values``; returns its verdict."""
    found = judge(dotted)
    what = "load.call" if found.verdict in {KNOWN, HOSTILE} else "load.code"
    report.add(
        Step(what, found.verdict, slug, text, f"{dotted[:200]} {_sentence(found)}", dotted[:200], (*values, dotted),
             found.does, found.package, line=line)
    )  # fmt: skip
    return found.verdict


def _sentence(found: Judged) -> str:
    if found.verdict == KNOWN:
        return f"is on the list of harmless names: {found.why}"
    return found.why


def add_library(report: Report, module: str, text: str, slug: str, *, local: str = "") -> str:
    """Add the step of a module that is imported; returns its verdict.

    Args:
        report: takes the step.
        module: dotted name.
        text: the step as it stands in the file.
        slug: of the step.
        local: path of a file that comes along and has this name; "" for none.
    """
    first = module.partition(".")[0]
    if listed("libraries", first) is not None and not any(part in _REACHED for part in module.split(".")):
        report.add(Step("load.import", KNOWN, slug, text, f"{first} is a usual library of models", module[:200]))
        return KNOWN
    if local:
        why = "a module that comes along is imported and run; it is read by itself"
        report.add(Step("load.code", ODD, "remote-code", text, why, "", (module, local)))
        return ODD
    harmful = judge(f"{module}.x") if _NAME.match(module) else judge(module)
    verdict = HOSTILE if harmful.verdict == HOSTILE else FOREIGN
    why = harmful.why if verdict == HOSTILE else "no usual library of models, and no module of this name comes along"
    report.add(
        Step("load.import", verdict, slug, text, f"{module[:200]}: {why}", module[:200], (module,),
             harmful.does or "code.import-dynamic", package_of(module))
    )  # fmt: skip
    return verdict
