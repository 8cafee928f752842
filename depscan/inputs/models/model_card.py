"""Model and data-set cards: README.md whose front matter names base models, data sets, licence and task.

Format: the hub's documentation, "Model Cards" and "Dataset Cards"; YAML between two lines of three dashes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.inputs.format import InputFormat
from depscan.inputs.models._claims import claim_data, claim_model, document_of, hub_name, line_of
from depscan.text.lines import locate_line
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.model.document import Document

PATTERNS = "README.md"
BESIDE = "yes"

_KEYS = re.compile(
    rb"(?m)^(?:library_name|pipeline_tag|base_model|datasets|license|dataset_info|task_categories)[ \t]*:"
)
_HEAD = 1 << 16
"""Bytes in which the front matter has to begin to name one of its keys."""
_IDS = ("model_id", "repo_id", "hub_id", "model_name")
_ORIGINS = re.compile(r"(?:extended\|)?(?P<name>.+)")
_NO_ORIGIN = frozenset({"original", "extended"})
_MOST = 200


def accepts(source: SourceFile) -> bool:
    """Return whether a file begins with front matter that has one of the keys of a card."""
    data = source.data.removeprefix(b"\xef\xbb\xbf")
    if not data.startswith((b"---\n", b"---\r\n")):
        return False
    return _KEYS.search(_front(data[3 : _HEAD + 3])) is not None


def _front(data: bytes) -> bytes:
    found = re.search(rb"(?m)^---[ \t]*\r?$", data)
    return data[: found.start()] if found else data


def parse(source: SourceFile) -> Document:
    """Return the model of the folder and what its card names.

    Raises:
        InputError: the front matter does not end, is no YAML, or no table.
    """
    card = _table(source)
    hub_id = next((name for key in _IDS if (name := hub_name(_text(card.get(key)), whole=True))), "")
    document = document_of(source, "model-card", 2, hub_id)
    bases = list(_names(card, "base_model", document, source))
    for name, line in bases:
        claim_model(document, name, line)
    for name, line in _names(card, "datasets", document, source):
        claim_data(document, name, line)
    for name, line in _origins(card, document, source):
        claim_data(document, name, line)
    task = _text(card.get("pipeline_tag")) or ", ".join(_texts(card.get("task_categories")))
    licence = ", ".join(_texts(card.get("license")))
    names = ", ".join(name for name, _ in bases)
    document.use(document.root, "model card", 2, licence=licence[:_MOST], task=task[:_MOST], base_model=names[:_MOST])
    return document


def _table(source: SourceFile) -> dict[str, Any]:
    text = source.text
    end = re.compile(r"(?m)^---[ \t]*$").search(text, 3)
    if not text.startswith("---\n") or end is None:
        raise source.error("the front matter of the card does not end", 1)
    # The line of dashes stays, so that lines are those of the file.
    value = load_yaml(SourceFile(source.path, text[: end.start()].encode("utf-8", "surrogatepass")))
    if not isinstance(value, dict):
        raise source.error("the front matter of the card is no table", 1)
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _names(card: dict[str, Any], key: str, document: Document, source: SourceFile) -> Iterator[tuple[str, int]]:
    value = card.get(key)
    if value is None:
        return
    line = line_of(source, f"\n{key}")
    if not isinstance(value, (str, list)) or (isinstance(value, list) and len(_texts(value)) != len(value)):
        document.problem(f"{key} should be a name or a list of names", line)
    for one in dict.fromkeys(_texts(value)):
        name = hub_name(one)
        if name:
            yield name, line_of(source, f"\n{key}", one)


def _origins(card: dict[str, Any], document: Document, source: SourceFile) -> Iterator[tuple[str, int]]:
    """Yield the data sets that a data set was made from; ``original`` and ``extended|name`` are the hub's words."""
    held = [one for one in _texts(card.get("source_datasets")) if one not in _NO_ORIGIN]
    made = {"source_datasets": [found["name"] for one in held if (found := _ORIGINS.match(one))]}
    return _names(made if held else {}, "source_datasets", document, source)


FORMAT = InputFormat("model-card", "model or data-set card", "huggingface", parse, locate_line, accepts)
