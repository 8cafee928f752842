"""The calls that name models, data sets and services: ``rules/uses/*.toml``, one file per library family.

A file lists ``modules`` (first parts of the names of what it is about) and tables ``[[call]]``:

* ``call``: dotted names as imported, with ``*`` for anything; those of a class and its methods are written as one name.
* ``needs`` (of a file): texts of which one must be there: for modules that nearly every file imports.
* ``node``: model, data-set, model-file, library-model, repository, hosted, service, url (a file that is downloaded),
  served (a URL that is loaded), package (a command that starts one), shell (a command line).
* ``name``: arguments that hold the name, by keyword or position, the first that is given counts.
* ``revision``, ``code``, ``task``, ``split``, ``subset``, ``endpoint``, ``key``, ``provider`` (the vendor), ``source``
  (``local``: a folder), ``saved-as`` (of a download), ``args`` (of a command): the same for what else is known.
* ``code-from``, ``code-revision``: arguments that name another model whose code runs with it, and its revision.
* ``bare``: what a name without ``/`` is: hub, local, library, or ``ORGANISATION/`` put before it.
* ``safe``: what decides whether loading is safe (see ``Safe``).
* ``any-base``: ends of names that are enough where nobody knows what a method is called on and the module is imported.
* The rest: see ``Spec``.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any, NamedTuple

import tomli

from depscan.text.folder import rules_folder

Arguments = tuple[str | int, ...]

ARGUMENTS = ("name", "revision", "code", "task", "split", "subset", "endpoint", "key", "saved-as", "args",
             "provider", "source", "code-from", "code-revision")  # fmt: skip
"""Keys of a call whose values are names and positions of arguments."""


class Safe(NamedTuple):
    """What decides whether loading runs no code.

    Attributes:
        argument: the argument that decides; () when none does.
        yes, no: texts of its value (True, or the last part of a class's name), ``*`` for every other.
        default: the answer when it is not given: yes, no or unknown.
    """

    argument: Arguments = ()
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    default: str = "unknown"


class Spec(NamedTuple):
    """What calls of one kind name.

    Attributes:
        node: see the module.
        arguments: key of ``ARGUMENTS`` to arguments.
        bare: see the module.
        vendor: slug of the vendor of hosted models; ``*`` when the name begins with it (``vendor/model``).
        library: which library's own name it is.
        key_env: variable the library takes its key from when the call gives none.
        endpoint_env: variables that move its endpoint.
        default: the name when none is given.
        skip: names that are no artifact (``json`` of ``load_dataset``).
        safe: see ``Safe``; None where loading runs no code of the artifact.
        unknown: whether a name that is not known is kept as written (``{path}``): always, unsafe or never.
        format: format of what is loaded, where the call says it.
        own_host: whether every customer has a host of the vendor's: a given endpoint changes no vendor.
        only_unsafe: whether only unsafe loads count: what is loaded is no model (``yaml.load``).
    """

    node: str
    arguments: dict[str, Arguments]
    bare: str = "local"
    vendor: str = ""
    library: str = ""
    key_env: str = ""
    endpoint_env: tuple[str, ...] = ()
    default: str = ""
    skip: frozenset[str] = frozenset()
    safe: Safe | None = None
    unknown: str = "never"
    format: str = ""
    only_unsafe: bool = False
    own_host: bool = False


class Table:
    """All specs, found by the last part of the name of a call.

    Attributes:
        modules: module to the last parts of its calls' names.
        folders: first parts of paths of projects.
        prefixes: beginning of a hosted model's id to its vendor.
        settings: dotted name of a setting to the vendor whose endpoint it is.
    """

    def __init__(self) -> None:
        self.modules: dict[str, set[str]] = {}
        self.folders: frozenset[str] = frozenset()
        self.prefixes: dict[str, str] = {}
        self.settings: dict[str, str] = {}
        self._by_last: dict[str, list[tuple[str, Spec]]] = {}
        self._any_base: dict[str, list[tuple[tuple[str, ...], str, Spec]]] = {}
        self._needs: dict[str, list[bytes]] = {}
        self._accepts: tuple[re.Pattern[bytes], dict[bytes, _Words]] | None = None

    def add(self, data: dict[str, Any]) -> None:
        """Add one file's tables."""
        modules: list[str] = data.get("modules", [])
        self.folders |= frozenset(data.get("folders", ()))
        self.prefixes.update(data.get("prefixes", {}))
        self.settings.update(data.get("settings", {}))
        words = {name.rpartition(".")[2] for name in data.get("settings", {})}
        for row in data.get("call", ()):
            spec = _spec(row)
            for dotted in row["call"]:
                last = re.split(r"[.*]", dotted)[-1]
                words.add(last)
                self._by_last.setdefault(last, []).append((dotted, spec))
            for tail in row.get("any-base", ()):
                last = tail.rpartition(".")[2]
                self._any_base.setdefault(last, []).append((tuple(modules), tail, spec))
        for module in modules:
            self.modules.setdefault(module, set()).update(words)
        self._needs.update({module: [w.encode() for w in data["needs"]] for module in modules if "needs" in data})

    def knows(self, last: str) -> bool:
        """Return whether some call's name ends with ``last``."""
        return last in self._by_last or last in self._any_base

    def find(self, dotted: str) -> Spec | None:
        """Return what a call of this name names, None for others."""
        for pattern, spec in self._by_last.get(dotted.rpartition(".")[2], ()):
            if _glob(pattern).fullmatch(dotted):
                return spec
        return None

    def find_any(self, tail: str, imported: set[str]) -> tuple[str, Spec] | None:
        """Return (module, spec) of a method called on something unknown, when the file imports a module that has it."""
        for modules, known, spec in self._any_base.get(tail.rpartition(".")[2], ()):
            if tail == known or tail.endswith("." + known):
                for module in modules:
                    if module in imported:
                        return module, spec
        return None

    def accepts(self, data: bytes) -> bool:
        """Return whether code imports one of the modules and calls something of it outside of long texts."""
        if self._accepts is None:
            names = b"|".join(re.escape(m.encode()) for m in sorted(self.modules, key=len, reverse=True))
            lasts = {m.encode(): _Words(words, self._needs.get(m, [])) for m, words in self.modules.items()}
            found = re.compile(_IMPORT % names, re.MULTILINE)
            self._accepts = found, lasts
        imports, lasts = self._accepts
        modules = set(imports.findall(data))
        if not modules or not any(lasts[m].search(data) for m in modules):
            return False
        code = _LONG_TEXT.sub(b"''", data)
        return any(lasts[m].search(code) for m in modules)


_IMPORT = rb"^(?:\xef\xbb\xbf)?[ \t]*(?:from[ \t]+|import[ \t]+(?:[\w., \t]+,[ \t]*)?)(%s)\b"
_LONG_TEXT = re.compile(
    rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""|' rb"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''", re.S
)


@lru_cache(maxsize=2048)
def _glob(dotted: str) -> re.Pattern[str]:
    return re.compile(re.escape(dotted).replace(r"\*", ".*"))


class _Words:
    """Finds calls of a module by their last words: common ones (``load``) count where they are called, not defined."""

    def __init__(self, words: set[str], needs: list[bytes]) -> None:
        self._needs = needs
        tails = ((w.encode(), b"" if "_" in w else rb"[ \t]*[(=]") for w in sorted(words))
        # A pattern that starts with plain letters is found ten times faster than one with \b before them.
        self._words = [(word, word + tail) for word, tail in tails if word]

    def search(self, data: bytes) -> bool:
        """Return whether one of them is called in ``data``."""
        if self._needs and not any(need in data for need in self._needs):
            return False
        ahead = b"partial(" in data  # a function that is bound is named, not called
        return any(
            _whole(data, m)
            for word, pattern in self._words
            if word in data
            for m in re.finditer(word if ahead else pattern, data)
        )


def _whole(data: bytes, match: re.Match[bytes]) -> bool:
    start, end = match.span()
    before, after = data[max(0, start - 4) : start], data[end : end + 1]
    longer = match[0][-1:] not in {b"(", b"="} and (after.isalnum() or after == b"_")
    return not (longer or before[-1:].isalnum() or before[-1:] == b"_" or before == b"def ")


def _spec(row: dict[str, Any]) -> Spec:
    safe = row.get("safe")
    return Spec(
        row["node"],
        {key: tuple(row[key]) for key in ARGUMENTS if key in row},
        row.get("bare", "local"),
        row.get("vendor", ""),
        row.get("library", ""),
        row.get("key-env", ""),
        tuple(row.get("endpoint-env", ())),
        row.get("default", ""),
        frozenset(row.get("skip", ())),
        None if safe is None else _safe(safe),
        row.get("unknown", "never"),
        row.get("format", ""),
        row.get("only-unsafe", False),
        row.get("own-host", False),
    )


def _safe(row: dict[str, Any]) -> Safe:
    texts = {key: frozenset(row.get(key, ())) for key in ("yes", "no")}
    return Safe(tuple(row.get("argument", ())), texts["yes"], texts["no"], row.get("default", "unknown"))


@lru_cache(maxsize=4)
def table(folder: str = "") -> Table:
    """Return the tables of a folder; "" for those that come with depscan."""
    top = folder or os.path.join(rules_folder(), "uses")
    made = Table()
    for name in sorted(os.listdir(top)):
        if name.endswith(".toml"):
            with open(os.path.join(top, name), "rb") as stream:
                made.add(tomli.load(stream))
    return made
