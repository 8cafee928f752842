"""Promptfoo evaluations: providers such as ``openai:chat:gpt-4o``. Source: promptfoo documentation, "Providers"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.settings._groups import Group, Value
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "*.yaml *.yml"
BESIDE = "yes"

_LISTS = frozenset({"providers", "targets"})
_KINDS = frozenset({
    "chat", "messages", "completion", "completions", "responses", "embedding", "embeddings", "text-generation",
    "feature-extraction", "text-classification", "image", "moderation", "realtime", "assistant", "speech", "agent",
})  # fmt: skip


def accepts(source: SourceFile) -> bool:
    """Return whether the file has providers and prompts or tests."""
    from depscan.inputs.settings._claims import claimed

    return claimed(source) == "promptfoo"


def parse(source: SourceFile) -> Document:
    """Return the hosted models of the providers.

    Raises:
        InputError: not YAML.
    """
    from depscan.inputs.settings._filled import filled

    return filled(source, "promptfoo", lambda document: _fill(source, document))


def _fill(source: SourceFile, document: Document) -> None:
    from depscan.inputs.settings._emit import Endpoint
    from depscan.inputs.settings._groups import groups_of
    from depscan.inputs.settings._place import Named, place
    from depscan.inputs.settings._reference import key_name, url_of

    groups = groups_of(source)
    for value, group in _providers(groups):
        vendor, model, task = _parts(value.text)
        given = Endpoint()
        if group is not None:
            config = next((g for g in groups if g.path == (*group.path, "config") and _behind(g, value)), None)
            url = config.get("apiBaseUrl", "apiHost", "baseURL", "base_url") if config else None
            key = config.get("apiKeyEnvar") if config else None
            address = url_of(url.text).text if url else ""
            given = Endpoint(address, "config" if address else "", key_name(key.text) if key else "")
        if vendor and model:
            place(document, Named(model, "providers", value.line, vendor, given, task))


def _providers(groups: list[Group]) -> Iterator[tuple[Value, Group | None]]:
    """Yield the text of each provider, and its table where it has one."""
    for group in groups:
        for name in _LISTS & group.lists.keys():
            yield from ((value, None) for value in group.lists[name])
        if group.path[-2:-1] and group.path[-2] in _LISTS and "id" in group.values:
            yield group.values["id"], group
        value = group.values.get("provider")
        if value is not None and ":" in value.text:
            yield value, None


def _behind(group: Group, value: Value) -> bool:
    """Return whether a table is the first one behind a line: that of the same provider."""
    return any(v.line > value.line for v in group.values.values())


def _parts(text: str) -> tuple[str, str, str]:
    """Return (vendor, model, task) of ``vendor:kind:model``."""
    from depscan.vendors.known import vendor_named

    vendor, _, rest = text.partition(":")
    kind, colon, model = rest.partition(":")
    if vendor_named(vendor) is None:
        return "", "", ""
    if colon and kind in _KINDS:
        return vendor, model, "embedding" if kind.startswith("embedding") else ""
    return vendor, rest, ""


FORMAT = InputFormat("promptfoo", "promptfoo evaluation", "hosted-model", parse, locate_line, accepts)
