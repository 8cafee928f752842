"""Files looked for by name: a listed name that is compared with that of a secret file is, below, that file."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.machine import Machine
from depscan.facts.python.values import Ref, Value, sources, texts

_SECRET_FILE = re.compile(
    r"^(?:.*/)?(?:\.env(?:\.\w*)?|\.envrc|id_(?:rsa|dsa|ecdsa|ed25519)|wallet\.dat|\.netrc|\.npmrc|\.pypirc|key[34]\.db|"
    r"logins\.json|login data|\.?keystore|\*?\.(?:pem|kdbx|ppk|wallet)|seed(?:_?phrase)?\.txt|(?:private_?key|mnemonic)s?"
    r"(?:\.txt)?|\.git-credentials|terraform\.tfstate|\.bash_history|\.zsh_history|metamask|tdata)$",
    re.IGNORECASE,
)


def sought(m: Machine, value: Value, names: list[Value], node: ast.AST) -> None:
    """Note that a name which came out of a listing of files is compared with names of secret files."""
    if not isinstance(value, Ref) or not value.made or not names:
        return
    found = sources(value)
    if not any(i >= 0 and m.sink.facts[i].what == "file.list" for i in found):
        return
    hits = tuple(t for name in names[:8] for t in texts(name) if len(t) < 40 and _SECRET_FILE.match(t))  # noqa: PLR2004
    if not hits:
        return
    index = m.emit("file.list", "name", node, hits[:8], found)
    if index >= 0:
        value.sources |= {index}
