"""YAML tags that make a full loader import, call or construct, and aliases that expand without end.

Source: PyYAML ``FullConstructor``/``UnsafeConstructor`` and ruamel.yaml (``!!python/...``); JYaml and SnakeYAML
(``!!java.class.Name``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.dotted import judge, listed, package_of
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Report, Step
from depscan.loading.yamltext import MAX_EXPANDED

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.yamltext import Document, Tag

_PYTHON = re.compile(r"(?:tag:yaml\.org,2002:|!|tag:ruamel\.org,\d+:)?python/(?P<kind>[\w/]+)(?::(?P<name>.*))?\Z")
_JAVA = re.compile(r"tag:yaml\.org,2002:(?P<name>(?:javax?|com|org|sun|net|io)\.[\w.$]+)\Z")
_PLAIN = frozenset({"none", "bool", "str", "unicode", "bytes", "int", "long", "float", "complex", "list", "tuple",
                    "dict"})  # fmt: skip
_SETTINGS = re.compile(r"(?:argparse\.Namespace|easydict\.EasyDict|yacs\.config\.CfgNode|addict\.(?:addict\.)?Dict|"
                       r"pathlib\.\w*Path|collections\.OrderedDict|lightning_fabric\.utilities\.data\.AttributeDict|"
                       r"(?:pytorch_lightning|lightning\.pytorch)\.utilities\.parsing\.AttributeDict)\Z")  # fmt: skip
_HYPER = re.compile(r"!(?P<kind>new|apply|name|module):(?P<name>[\w.]+)\Z")
"""Tags of HyperPyYAML (SpeechBrain's settings)."""
_WORD = re.compile(
    rb"!(?:new|apply|name|module):|python/|python%2|pyth?%|%TAG|!!?(?:java|com|org|sun)[.]|!\S{0,40}%[0-9a-fA-F]{2}"
)
_ALIAS = re.compile(rb"&\w")


def worth_reading(data: bytes) -> bool:
    """Return whether YAML bytes may hold such a tag, or enough aliases to expand."""
    return bool(_WORD.search(data)) or len(_ALIAS.findall(data[: 1 << 16])) > 4  # noqa: PLR2004 - a bomb takes more


def read_tags(document: Document, file: File, report: Report) -> None:
    """Add the steps of all tags of a document, and of aliases that expand to more than ten million nodes."""
    if document.expanded >= MAX_EXPANDED:
        why = f"aliases expand it to more than {MAX_EXPANDED} nodes"
        report.add(Step("load.bomb", HOSTILE, "alias-bomb", "aliases of aliases", why))
    for tag in document.tags:
        python = _PYTHON.match(tag.tag)
        java = _JAVA.match(tag.tag)
        hyper = _HYPER.match(tag.tag)
        if python is not None:
            _python(tag, python["kind"], python["name"] or "", file, report)
        elif hyper is not None:
            _hyper(tag, hyper["kind"], hyper["name"], file, report)
        elif java is not None:
            why = "a loader for Java makes an object of this class"
            report.add(Step("load.call", FOREIGN, "yaml-tag", tag.tag, why, java["name"], line=tag.line))


def _python(tag: Tag, kind: str, name: str, file: File, report: Report) -> None:
    shown = f"!!python/{kind}{':' if name else ''}{name} {tag.value[:80]}".rstrip()
    if kind in _PLAIN and not name:
        report.add(Step("load.state", KNOWN, "yaml-tag", shown, "a plain value", line=tag.line))
        return
    target = name or tag.value
    found = judge(f"{target}.X" if kind == "module" else target)
    verdict, why = found.verdict, found.why
    if _SETTINGS.match(target) and kind in {"object", "object/new", "object/apply"}:
        verdict, why = KNOWN, "a record of settings"
    elif verdict == FOREIGN and not _strict(file):
        verdict, why = ODD, "a full loader imports this name; a safe one refuses it"
    elif kind == "module" and verdict == KNOWN:
        verdict = FOREIGN
    report.add(
        Step("load.call" if kind not in {"name", "module"} else "load.import", verdict, "yaml-tag", shown,
             f"{target[:200]}: {why}", target[:200], (target, tag.value), found.does,
             "" if verdict == KNOWN else package_of(target), line=tag.line)
    )  # fmt: skip


def _hyper(tag: Tag, kind: str, name: str, file: File, report: Report) -> None:
    """Judge a name that HyperPyYAML imports and, but for ``name`` and ``module``, calls."""
    found = judge(f"{name}.X" if kind == "module" else name, named=kind == "name")
    verdict, why = found.verdict, found.why
    first = name.partition(".")[0]
    if verdict == FOREIGN and (first == "speechbrain" or listed("libraries", first) or not _strict(file)):
        verdict, why = ODD, "a class or function of a library, or of the project itself"
    shown = f"!{kind}:{name} {tag.value[:80]}".rstrip()
    what = "load.call" if kind in {"new", "apply"} else "load.import"
    package = package_of(name) if verdict == FOREIGN else ""
    values = (name, tag.value)
    report.add(Step(what, verdict, "yaml-tag", shown, why, name[:200], values, found.does, package, line=tag.line))


def _strict(file: File) -> bool:
    from depscan.loading.repository import in_model

    return in_model(file)
