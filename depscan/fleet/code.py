"""Which code readings and judgements hang on: when it changes, the files are read again."""

from __future__ import annotations

from depscan.text.engine import code_digest

_NOT_READ_WITH = ("cli", "incident", "overview")
"""Parts of depscan that show and ask: what a file says does not hang on them."""


def reader() -> str:
    """Return a hash of the code and rules that read files and judge packages, in hex."""
    return code_digest(_NOT_READ_WITH)
