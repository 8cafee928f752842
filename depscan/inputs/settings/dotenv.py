"""Files of environment variables (.env): models, endpoints and names of keys.

Only names of variables, model ids and endpoints are read; what a key holds is never looked at.
Source: the notation of docker's ``--env-file`` and of dotenv libraries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = ".env .env.* *.env .envrc env.example env.sample *.env.example .flaskenv"
BESIDE = "yes"

_TELLS = re.compile(
    rb"(?i)(?:MODEL|LLM|EMBED|DEPLOYMENT|_API_?KEY|_KEY|_TOKEN|_BASE|_URL|_HOST|ENDPOINT)[A-Z_]*\s*="
).search
_LINE = re.compile(r"\s*(?:export\s+|set\s+)?([A-Za-z_]\w{0,99})\s*=\s*(.*)")
_MAX_BYTES = 1 << 20


def accepts(source: SourceFile) -> bool:
    """Return whether some variable may name a model, an endpoint or a key."""
    return len(source.data) <= _MAX_BYTES and _TELLS(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return the models, services and data sets that variables name.

    Raises:
        InputError: not text.
    """
    from depscan.inputs.settings._filled import filled

    return filled(source, "dotenv", lambda document: _fill(source, document))


def _fill(source: SourceFile, document: Document) -> None:
    from depscan.inputs.settings._groups import unquoted
    from depscan.inputs.settings._variables import Variable, read_variables

    conflict = source.conflict_line()
    if conflict:
        document.problem("merge-conflict markers: the file was committed unresolved", conflict)
    found: dict[str, Variable] = {}
    for number, line in enumerate(source.text.split("\n"), 1):
        matched = None if line.lstrip().startswith("#") else _LINE.match(line[:4000])
        if matched:
            found[matched[1]] = Variable(matched[1], unquoted(matched[2]), number)
    read_variables(document, sorted(found.values(), key=lambda v: v.line))


FORMAT = InputFormat("dotenv", "Environment file", "hosted-model", parse, locate_line, accepts)
