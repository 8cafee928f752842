"""Text that is not code: sentences aimed at AI reviewers, and characters that show something else than what runs."""

from __future__ import annotations

import re

from depscan.facts.place import Place
from depscan.facts.sink import Sink
from depscan.text.hidden import FAR, HIDDEN

_WORDS = re.compile(
    rb"(?i)\b(?:instructions?|prompts?|analy[sz]e|analysis|analy[sz]ing|flag(?:ged|ging)?|report(?:ed|ing)?|scann?(?:ers?|ing)?|malicious|benign|safe|system|assistant|review(?:er)?s?|models?|agents?)\b"
)
_PROMPT = re.compile(
    rb"(?i)(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|these|those|previous|prior|above|earlier|preceding|other|of)\s+){1,5}(?:instructions?|prompts?|rules|guidelines|directions)"
    rb"|(?:if|since|as)\s+you\s+are\s+(?:an?\s+)?(?:ai|llm|language\s+model|automated|security\s+scanner)"
    rb"|(?:note|message|instruction|attention)s?\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?(?:ai|llm|language\s+model|automated|security)\s*(?:models?|agents?|reviewers?|assistants?|scanners?|analy\w+)"
    rb"|(?:this|the)\s+(?:package|code|file|module|script|repository|project)\s+(?:is|has\s+been)\s+(?:completely\s+|fully\s+|already\s+|verified\s+|entirely\s+){0,3}(?:safe|benign|audited|verified|harmless|trusted)[^.\n]{0,80}?(?:do\s+not|don'?t|no\s+need|skip|without)"
    rb"|(?:do\s+not|don'?t|must\s+not|never)\s+(?:flag|report|scan|analy[sz]e|inspect|mark|classify)\s+(?:this|it|the|any)\s*(?:package|code|file|module|script|content|as)?"
    rb"|(?:mark|classify|report|label|rate|treat)\s+(?:this|it|the)\s*(?:package|code|file|module|script)?\s*(?:as|to\s+be)\s+(?:safe|benign|clean|harmless|non-malicious)"
    rb"|<\|(?:im_start|system|assistant|review(?:er)?s?|models?|agents?)\|>|\[INST\]\s*<<SYS>>"
)
_MAX_FOUND = 20


def read_hidden_text(
    data: bytes, *, path: str, when: str, sink: Sink, container: tuple[str, ...] = (), code: bool = True
) -> list[int]:
    """Look through a file's bytes for text that deceives its reader.

    ``text.prompt``: sentences that tell an AI reviewer what to find. ``text.hidden`` (in code only): bidirectional
    controls (CVE-2021-42574), tag characters, runs of zero-width or variation selectors, code after 150 blanks.

    Args:
        data: the file's bytes (UTF-8 or compatible).
        path: member path.
        when: when the file runs.
        sink: where the facts go.
        container: archives around the member.
        code: whether the file is code.

    Returns:
        Indices of the facts that were added.
    """
    before = len(sink.facts)
    place = Place(sink, path, 1, when, container=container)
    if _WORDS.search(data):
        _report(data, _PROMPT, "text.prompt", "prompt", place)
    if code:
        if not data.isascii():
            _report(data, HIDDEN, "text.hidden", "invisible", place)
        _report(data, FAR, "text.hidden", "far-column", place)
    return list(range(before, len(sink.facts)))


def _report(data: bytes, pattern: re.Pattern[bytes], what: str, callee: str, place: Place) -> None:
    told: set[int] = set()
    for match in pattern.finditer(data):
        if len(told) >= _MAX_FOUND:
            return
        start = data.rfind(b"\n", 0, match.start()) + 1
        stop = data.find(b"\n", match.end())
        stop = len(data) if stop < 0 else stop
        line = data.count(b"\n", 0, match.start()) + 1
        if line in told:
            continue
        told.add(line)
        shown = data[max(start, match.start() - 100) : min(stop, match.end() + 150)].decode("utf-8", "backslashreplace")
        value = data[match.end() : min(stop, match.end() + 200)] if callee == "far-column" else match[0]
        place._replace(line=line, text=shown).add(what, callee, (value.decode("utf-8", "backslashreplace"),))
