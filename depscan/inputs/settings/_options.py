"""Command lines that start a server of models: ``vllm serve org/name --revision main --trust-remote-code``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.settings import _emit
from depscan.inputs.settings._place import Named, place
from depscan.inputs.settings._reference import resolved
from depscan.inputs.settings._table import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.inputs.settings._groups import Value
    from depscan.model.document import Document

_WORD = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^\s\"']+)")


def read_options(document: Document, words: Sequence[Value], how: str) -> None:
    """Add the models that a command line names; ``words`` are its words, or texts of several words each."""
    split = [(word, value.line) for value in words for word in _words(value.text)]
    given: dict[str, tuple[str, int]] = {}
    for at, (word, line) in enumerate(split):
        name, equals, value = word.partition("=")
        kind = table().options.get(name)
        if kind == "code":
            given[kind] = (value or "yes", line)
        elif kind is not None:
            after = split[at + 1] if at + 1 < len(split) else ("", line)
            given.setdefault(kind, (value, line) if equals else after)
    if "model" not in given:
        served = next((i + 1 for i, (word, _) in enumerate(split[:-1]) if word == "serve"), 0)
        if not served or split[served][0].startswith("-"):
            return
        given["model"] = split[served]
    facts: dict[str, str] = {k: given[k][0][:100] for k in ("revision", "format") if k in given}
    if given.get("code", ("no", 0))[0].lower() in {"yes", "true", "1"}:
        facts["code"] = "yes"
    text, line = given["model"]
    if _emit.is_hub(resolved(text).text) or _emit.is_local(text):
        place(document, Named(text, f"{how} --model", line, facts=tuple(facts.items()), hint=""))
    for kind in ("tokenizer", "adapter"):
        text, line = given.get(kind, ("", 0))
        text = resolved(text.rpartition("=")[2]).text
        if _emit.is_hub(text):
            _emit.hub(
                document, text, f"{how} --{kind}", line, task=kind if kind == "tokenizer" else "", model_from="literal"
            )


def _words(text: str) -> list[str]:
    return [
        next(part for part in found if part is not None)
        for found in (m.groups() for m in _WORD.finditer(text[:20_000]))
    ]
