"""Objects and prompts of LangChain as JSON or YAML: loaders make what the file names and render its templates.

Source: langchain_core ``load.load`` (``lc`` with ``type: constructor`` and ``id``, CVE-2025-68664) and
``prompts.loading`` (``_type: prompt`` with ``template_format``); haystack's ``PromptBuilder`` in pipelines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.plain import key_of, text_of, walk
from depscan.loading.steps import FOREIGN, KNOWN, ODD, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "prompts and chains"

_LIMIT = 4 << 20
_ENDINGS = (".json", ".yaml", ".yml")
_OWN = ("langchain", "langgraph", "llama_index")
_SHELLS = frozenset({"llm_bash_chain", "pal_chain", "llm_math_chain", "sql_database_chain", "python_repl"})


def looks(file: File) -> bool:
    """Return whether it has an object of LangChain, or a prompt that says which language its template is in."""
    if not file.name.endswith(_ENDINGS) or file.size > _LIMIT:
        return False
    data = file.bytes(_LIMIT)
    made = b'"lc"' in data and b"constructor" in data
    prompt = b"_type" in data and (b"template_format" in data or any(name.encode() in data for name in _SHELLS))
    return made or prompt or (b"PromptBuilder" in data and b"template" in data)


def read(file: File, report: Report) -> None:
    """Add the step of every object and template."""
    read_objects(_values(file), report)


def read_objects(values: list[object], report: Report) -> None:
    """Add the step of every object and template in settings of any kind."""
    for value in values:
        for path, held in walk(value):
            if isinstance(held, dict):
                _object(held, report)
            elif isinstance(held, str) and "template" in key_of(path) and ("{{" in held or "{%" in held):
                from depscan.loading.template.read import read_template

                read_template(held, report, path[-100:], sure=False)


def _values(file: File) -> list[object]:
    if file.name.endswith(".json"):
        from depscan.loading.plain import json_of

        return [json_of(file)]
    from depscan.loading.yamltext import read_yaml

    return read_yaml(text_of(file, _LIMIT)).values


def _object(held: Mapping[str, object], report: Report) -> None:
    named, kind = held.get("id"), held.get("type")
    if "lc" in held and kind == "constructor" and isinstance(named, list):
        dotted = ".".join(map(str, named))
        if dotted.partition(".")[0].startswith(_OWN):
            report.add(
                Step("load.call", KNOWN, "constructor", f"{dotted}(...)", "a class of the library itself", dotted)
            )
        else:
            from depscan.loading.dotted import add_name

            add_name(report, dotted, f"{dotted}(...)", "constructor")
    elif "lc" in held and kind == "secret":
        why = "the loader puts a secret of the environment in its place"
        report.add(Step("load.state", ODD, "secret", f"environ[{named!r}]", why))
    elif held.get("_type") in _SHELLS:
        why = "a chain that runs what a model answers as commands or code"
        report.add(Step("load.code", FOREIGN, "running-chain", str(held["_type"]), why))
