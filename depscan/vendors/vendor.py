"""One vendor as its file in ``rules/vendors`` states it, read strictly.

A file is named after the vendor's slug and has

* ``title``; ``kind``: vendor (own models), cloud (others' models under own ids), host (open weights), gateway (passes
  requests on) or local (runs on the user's machine);
* ``source``, ``as-of``: where the table is from (a text) and its date;
* ``aliases``: other names of the vendor in settings and in ids of routers (``azure/deployment``);
* ``hosts``: names of its endpoints, ``*.`` in front stands for anything;
* ``sdks``: packages that call it; ``keys``, ``urls``, ``models``: variables that hold a key, an endpoint, a model id;
* ``ids``: regular expressions over whole ids that are its own and nobody else's;
* ``otherwise``: what an id means that no row says: pinned, floating, indirect or unknown;
* ``[[pinning]]``: ``match`` (a regular expression over the whole id; the first that fits counts), ``means``, ``why``;
* ``[[retired]]``: ``ids``, ``date`` (the last day it answers), ``source``, ``as-of``, ``instead``.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from depscan.errors import InputError, RuleError
from depscan.text.load import load_toml
from depscan.text.shape import required, string, strings, table, tables
from depscan.text.source import SourceFile, read_source

KINDS = ("vendor", "cloud", "host", "gateway", "local")
MEANINGS = ("pinned", "floating", "indirect", "unknown")

_KEYS = {
    "title", "kind", "source", "as-of", "aliases", "hosts", "sdks", "keys", "urls", "models", "ids", "otherwise",
    "pinning", "retired",
}  # fmt: skip
_DATE = re.compile(r"(?a)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])").fullmatch


class Pinning(NamedTuple):
    """What ids of one form mean: ``means`` is one of ``MEANINGS``."""

    match: str
    means: str
    why: str


class Retired(NamedTuple):
    """A model that stops answering; ``date`` is YYYY-MM-DD, ``instead`` what the vendor names in its place."""

    id: str
    date: str
    source: str
    as_of: str
    instead: str


class Vendor(NamedTuple):
    """A vendor; see the module for the fields. ``slug`` is the name of its file."""

    slug: str
    title: str
    kind: str
    source: str
    as_of: str
    aliases: tuple[str, ...]
    hosts: tuple[str, ...]
    sdks: tuple[str, ...]
    keys: tuple[str, ...]
    urls: tuple[str, ...]
    models: tuple[str, ...]
    ids: tuple[str, ...]
    otherwise: str
    pinning: tuple[Pinning, ...]
    retired: tuple[Retired, ...]


def read_vendor(path: str) -> Vendor:
    """Return the vendor of a file.

    Raises:
        RuleError: the file cannot be read, or is of a wrong shape.
    """
    try:
        return _vendor(read_source(path))
    except InputError as error:
        raise RuleError(error.message, path=path, line=error.line) from None


def _vendor(source: SourceFile) -> Vendor:
    data = load_toml(source)
    _only(data, _KEYS)
    texts = {k: tuple(strings(data.get(k), k)) for k in ("aliases", "hosts", "sdks", "keys", "urls", "models", "ids")}
    return Vendor(
        source.name.removesuffix(".toml"),
        required(data.get("title"), "title"),
        _one_of(data.get("kind"), "kind", KINDS),
        required(data.get("source"), "source"),
        _date(data.get("as-of"), "as-of"),
        otherwise=_one_of(data.get("otherwise"), "otherwise", MEANINGS),
        pinning=tuple(_pinning(row) for row in tables(data.get("pinning"), "pinning")),
        retired=tuple(made for row in tables(data.get("retired"), "retired") for made in _retired(row)),
        **texts,
    )


def _pinning(row: dict[str, Any]) -> Pinning:
    _only(row, {"match", "means", "why"})
    match = required(row.get("match"), "match")
    return Pinning(match, _one_of(row.get("means"), "means", MEANINGS), required(row.get("why"), "why"))


def _retired(row: dict[str, Any]) -> list[Retired]:
    _only(row, {"ids", "date", "source", "as-of", "instead"})
    date = _date(row.get("date"), "date")
    source, as_of = required(row.get("source"), "source"), _date(row.get("as-of"), "as-of")
    return [
        Retired(one, date, source, as_of, string(row.get("instead"), "instead"))
        for one in strings(row.get("ids"), "ids")
    ]


def _only(given: dict[str, Any], known: set[str]) -> None:
    unknown = set(table(given, "the file")) - known
    if unknown:
        raise InputError(f"unknown keys: {', '.join(sorted(unknown))}")


def _one_of(value: Any, what: str, known: tuple[str, ...]) -> str:  # noqa: ANN401 - TOML
    text = required(value, what)
    if text not in known:
        raise InputError(f"{what}: {text!r} is none of {', '.join(known)}")
    return text


def _date(value: Any, what: str) -> str:  # noqa: ANN401 - TOML
    text = required(value, what)
    if not _DATE(text):
        raise InputError(f"{what}: {text!r} is no date (YYYY-MM-DD)")
    return text
