"""Which of the formats of settings reads a file: each file has one, so that nothing is said twice."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

MAX_BYTES = 1 << 20
"""Larger files are data, not settings."""

_LITELLM = re.compile(rb"[\"']?litellm_params[\"']?\s*:").search
_COMPOSE = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*services[\"']?\s*:").search
_CLUSTER = re.compile(rb"(?m)^[ \t]*-?[ \t]*(?:initContainers|containers|predictor)\s*:").search
_STARTS = re.compile(rb"--(?:model|tokenizer|pretrained)|(?i:MODEL|LLM|_KEY|_BASE|_URL|_HOST|ENDPOINT|EMBED)").search
_EVALUATION = re.compile(rb"(?m)^[ \t]*(?:providers|targets)\s*:").search
_PROMPTS = re.compile(rb"(?m)^[ \t]*(?:prompts|tests|redteam|defaultTest|description)\s*:").search
_FLOW = re.compile(rb"\"nodes\"\s*:\s*\[").search
_FLOW_MODEL = re.compile(rb"(?i)\"(?:template|inputs)\"\s*:\s*\{").search


@lru_cache(maxsize=1)
def claimed(source: SourceFile) -> str:
    """Return the id of the format that reads a file of settings; "" for none.

    Only looks at bytes; each format asks in turn, hence the cache.
    """
    data, name = source.data, source.name.lower()
    if len(data) > MAX_BYTES:
        return ""
    yaml = name.endswith((".yaml", ".yml"))
    if yaml and _LITELLM(data):
        return "litellm-config"
    if yaml and (_COMPOSE(data) or _CLUSTER(data)):
        return "container-settings" if _STARTS(data) else ""
    if yaml and _EVALUATION(data) and (name.startswith("promptfoo") or _PROMPTS(data)):
        return "promptfoo"
    if name.endswith(".json") and _FLOW(data):
        return "flow" if _FLOW_MODEL(data) else ""
    return _by_keys(source)


def _by_keys(source: SourceFile) -> str:
    from depscan.inputs.settings._table import table

    known = table()
    if source.name.lower() in known.skipped or not known.tells(source.data):
        return ""
    return "" if known.other.search(source.data) else "settings"
