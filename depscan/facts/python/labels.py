"""What a message says about its own holes: ``Password: {?}`` carries a password, whatever the variable is called."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.machine import Machine
from depscan.facts.python.values import HOLE, NONE, Value, texts

_LABEL = re.compile(r"^[^\w\n]*([A-Za-z][\w .'-]{0,24}?)[^\w\n]*[:=]+[^\w\n{]*\{\?\}", re.MULTILINE)
_SECRET = re.compile(
    r"^(?:.*\b)?(?:(pass(?:word|wd|phrase)?)|(private ?key|priv key)|(mnemonic|seed(?: (?:phrase|words))?)|(secret(?: ?key)?))$",
    re.IGNORECASE,
)
_WORDS = ("password", "private_key", "mnemonic", "secret")
_MANY = 2
"""One labelled hole is a header; a list of them is a report."""


def labelled(m: Machine, given: list[Value], node: ast.AST) -> frozenset[int]:
    """Add a fact for each secret that the text of a request names by a label; returns them."""
    found: set[int] = set()
    for value in given[:6]:
        for text in texts(value):
            if HOLE not in text or ":" not in text or "\n" not in text:
                continue
            labels = _LABEL.findall(text[:4000])
            if len(labels) < _MANY:
                continue
            for label in labels[:10]:
                hit = _SECRET.match(label.strip())
                if hit:
                    word = next(w for w, g in zip(_WORDS, hit.groups(), strict=True) if g)
                    found.add(m.emit("secret.parameter", "label", node, (word,)))
    found.discard(-1)
    return frozenset(found) or NONE
