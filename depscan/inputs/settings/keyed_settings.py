"""Settings in YAML, TOML, JSON and ini files whose keys name models, data sets or endpoints, whatever tool they are of.

vLLM, axolotl, TRL, hydra, Continue, aider and settings of one's own: what a key means stands in
``rules/uses/settings.toml``; the notation gives the tables and the lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "*.yaml *.yml *.toml *.json *.ini *.cfg *.conf .aider*"
BESIDE = "yes"


def accepts(source: SourceFile) -> bool:
    """Return whether a key of the table stands in the file and no other format of settings reads it."""
    from depscan.inputs.settings._claims import claimed

    return claimed(source) == "settings"


def parse(source: SourceFile) -> Document:
    """Return the models, data sets and services that keys name.

    Raises:
        InputError: not YAML, TOML or JSON though it is named so, and some line of it names a model.
    """
    from depscan.inputs.settings._filled import filled
    from depscan.inputs.settings._groups import groups_of, line_groups
    from depscan.inputs.settings._keys import Reader

    try:
        groups = groups_of(source)
    except InputError:
        # Dialects that only their own tool reads are no news, unless something of ours stands there.
        made = filled(source, "settings", lambda document: Reader(document, source.data).read(line_groups(source)))
        if made.nodes:
            raise
        return made
    return filled(source, "settings", lambda document: Reader(document, source.data).read(groups))


FORMAT = InputFormat(
    "settings", "Settings that name models", "huggingface", parse, locate_line, accepts, templated=True
)
