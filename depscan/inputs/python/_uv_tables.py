"""Requirement lists in TOML and uv's tables around them (https://docs.astral.sh/uv/reference/settings/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.ecosystems.pypi import normalise
from depscan.inputs.python._pep508 import NotARequirement, Requirement, add_request, read_requirement, request
from depscan.model.document import IndexUse
from depscan.text.lines import locate_toml
from depscan.text.shape import array, string, strings, table, tables

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.model.location import Route
    from depscan.text.source import SourceFile

_CONDITIONAL = ("constraint-dependencies", "override-dependencies", "build-constraint-dependencies")
"""They ask for nothing themselves: they hold where somebody else asks. Linked as optional."""
_MOST = 50
"""Sources read per package: real files have a handful, one per platform."""


def route(keys: tuple[str, ...], value: object) -> Route:
    """Return keys to a list item whose last one is the item in double quotes; see ``locate``."""
    return (*keys, f'"{value}"') if isinstance(value, str) else keys


def locate(source: SourceFile, at: Route) -> int:
    """Return the line of a TOML route that may end in a quoted list item, however the file quotes it."""
    if isinstance(at, tuple) and at and isinstance(at[-1], str) and at[-1].startswith('"'):
        item = at[-1][1:-1]
        spellings = (at[-1], f"'{item}'", at[-1].replace("\\", "\\\\"), item)
        at = (*at[:-1], next((s for s in spellings if s in source.text), item))
    return locate_toml(source, at)


class Adder:
    """Adds requirement texts of a TOML file below its root, at the source uv's tables give them."""

    def __init__(self, document: Document, uv: dict[str, Any]) -> None:
        self.document = document
        self.sources = {normalise(k): v for k, v in table(uv.get("sources"), "tool.uv.sources").items()}
        self.index_urls: dict[str, str] = {}
        for row in tables(uv.get("index"), "tool.uv.index"):
            name = string(row.get("name"), "name of an index")
            self.index_urls[name] = string(row.get("url"), "url of an index")

    def add_all(self, wants: Any, label: str, keys: tuple[str, ...]) -> None:  # noqa: ANN401 - a value of the file
        """Add every item of an array."""
        for want in array(wants, ".".join(keys)):
            self.add(want, label, keys)

    def add(self, want: object, label: str, keys: tuple[str, ...]) -> None:
        """Add one requirement text, once per source uv knows for it."""
        at = route(keys, want)
        try:
            made = read_requirement(want) if isinstance(want, str) else None
        except NotARequirement:
            made = None
        rows = self.sources.get(normalise(made.name)) if made and not made.url else None
        if made is None or rows is None:
            request(self.document, want, label, at)
            return
        if isinstance(rows, list) and len(rows) > _MOST:
            self.document.problem(f"{made.name} has {len(rows)} sources: only the first {_MOST} are read", at)
        for row in tables(rows[:_MOST] if isinstance(rows, list) else [rows], "tool.uv.sources"):
            self.from_source(made, row, label, at)

    def from_source(self, want: Requirement, row: dict[str, Any], label: str, at: Route) -> None:
        """Add a requirement at one of its sources: git, url, index; others stay with the registry."""
        marker = string(row.get("marker"), "marker of a source")
        registry = ""
        if "git" in row:
            want = want._replace(url=git_url(row))
        elif "url" in row:
            want = want._replace(url=string(row["url"], "url of a source"))
        elif "index" in row:
            registry = self.index_urls.get(string(row["index"], "index of a source"), "")
        add_request(self.document, want, label, at, marker=marker, registry=registry)


def git_url(row: dict[str, Any]) -> str:
    """Return pip's spelling of a git table: ``git+URL@REV#subdirectory=DIR``."""
    url = string(row.get("git"), "git URL")
    rev = next((string(row[k], k) for k in ("rev", "tag", "branch") if row.get(k)), "")
    folder = string(row.get("subdirectory"), "subdirectory")
    url = url if url.startswith("git+") else f"git+{url}"
    return url + (f"@{rev}" if rev else "") + (f"#subdirectory={folder}" if folder else "")


def read(adder: Adder, uv: dict[str, Any]) -> None:
    """Read the lists and indexes of ``[tool.uv]``."""
    adder.add_all(uv.get("dev-dependencies"), "group:dev", ("tool", "uv", "dev-dependencies"))
    for key in _CONDITIONAL:
        adder.add_all(uv.get(key), "optional", ("tool", "uv", key))
    _named_indexes(adder, uv)
    add = adder.document.indexes.append
    for keys, options in ((("tool", "uv"), uv), (("tool", "uv", "pip"), table(uv.get("pip"), "tool.uv.pip"))):
        if options.get("index-url"):
            add(IndexUse(string(options["index-url"], "index-url"), "index", (*keys, "index-url")))
        for role, key in (("extra", "extra-index-url"), ("find-links", "find-links")):
            for url in strings(options.get(key), key):
                add(IndexUse(url, role, (*keys, key)))


def _named_indexes(adder: Adder, uv: dict[str, Any]) -> None:
    """Record ``[[tool.uv.index]]`` with the packages an explicit index is reserved for."""
    reserved: dict[str, list[str]] = {}
    for name, rows in adder.sources.items():
        for row in tables(rows if isinstance(rows, list) else [rows], "tool.uv.sources"):
            if isinstance(row.get("index"), str):
                reserved.setdefault(row["index"], []).append(name)
    for i, row in enumerate(tables(uv.get("index"), "tool.uv.index")):
        url = string(row.get("url"), "url of an index")
        names = tuple(reserved.get(str(row.get("name")), ())) if row.get("explicit") is True else ()
        role = "index" if row.get("default") is True else "extra"
        if url:
            adder.document.indexes.append(IndexUse(url, role, ("tool.uv.index", i, "url"), names))
