"""config.cfg of spaCy: registered functions by name; what is called before the pipeline is set up is odd.

Source: spaCy "Training config system" (``[initialize.before_init]``, ``[nlp]`` callbacks).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.plain import text_of
from depscan.loading.steps import ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "*"
NAMES = ""
TITLE = "spaCy settings"

_LIMIT = 1 << 20
_ENTRY = re.compile(r'^\s*@(?P<registry>\w+)\s*=\s*"?(?P<name>[^"\n]+)"?', re.MULTILINE)
_OWN = re.compile(r"(?:spacy|thinc|spacy[-_]\w+|[A-Z]\w+\.v\d)\b")
_WEIGHTY = frozenset({"callbacks", "readers", "loggers", "misc"})


def looks(file: File) -> bool:
    """Return whether it is a config of this name with spaCy's sections."""
    if file.name != "config.cfg":
        return False
    data = file.bytes(_LIMIT)
    return b"[nlp]" in data and b"@" in data


def read(file: File, report: Report) -> None:
    """Add functions that are not spaCy's own: a package or a code file has to register them."""
    text = text_of(file, _LIMIT)
    for match in _ENTRY.finditer(text):
        registry, name = match["registry"], match["name"].strip()
        if registry in _WEIGHTY and not _OWN.match(name):
            why = "a function that is not spaCy's own is called: some package or file must bring it"
            line = text.count("\n", 0, match.start()) + 1
            report.add(Step("load.code", ODD, "callback", f"@{registry} = {name}", why, "", (name,), line=line))
