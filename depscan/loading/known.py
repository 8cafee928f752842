"""The allowlist: which names a file may make a loader call or construct, in which role, with what arguments.

Data in ``rules/loading``: one file per top-level package, ``python.toml`` for the whole standard library, read when a
name of the package is asked for. Nothing here looks at what is installed; a name that is not in the data is not known.

Roles (what a name may be used for):

- ``construct``: ``cls.__new__`` with arguments (NEWOBJ, ``copyreg._reconstructor``) and the setting of its state;
- ``call``: called with arguments of the shape ``args`` (REDUCE, INST, OBJ); state may be set on what comes back;
- ``reference``: named, kept as a value, handed on: never called. Every known name may be referenced;
- ``factory``: may be the factory of a ``defaultdict``: harmless when called without arguments.

Shapes of the arguments of a call (``construct`` takes any arguments that are data or known objects):

========================= ============================================================================================
``""``                    any values that are plain data or known objects
``none``                  no arguments
``data``                  plain data only: no objects, classes or functions
``values``                none, or first a list, tuple, set or dictionary written in the file (never an iterator or a
                          range: it could be endless), its values data or known objects; then plain data
``text`` ``number``       one constant of that kind (``text`` also none at all)
``bytes``                 none, a bytes object, or a text and a codec's name: never a number (that allocates)
``dtype``                 first a dtype's text or a known class, then plain data
``class``                 first a class that may be constructed or referenced, then data or known objects
``function``              first a class or function known in any role, then data or known objects: kept, not called
``call``                  (function, class, arguments, ...): the function is known for a call, with those arguments
``bytes:pickle``          one bytes object that is a pickle: read as one
``bytes:pickle@4``        the fifth argument is such bytes, the others are data or known objects
``attribute``             (known object or class, constant public name); with an underscore when "Class.name" is known
``names``                 public names without a dot: a getter that is kept
``zone``                  first a time zone's key that stays below the folder of zones, then plain data
``ratio``                 numbers or a text, with no exponent of five digits and more (it is written out)
``encoding``              (text, one of latin1, latin-1, utf-8, utf8, ascii)
``factory``               none, None, or a name known as ``factory`` (or a ``partial`` of one); then data or known
``global``                (module text, name text) of a name that is known
``singleton``             one of None, NotImplemented, Ellipsis
``union``                 (``operator.or_``, known classes)
``tensor``                any, but objects only of torch, numpy and plain containers: methods of them are called
``array``                 (numpy's ``_reconstruct``, its arguments, ...): it is called with them
``generator``             an algorithm of numpy.random by name or class; at most numpy's own constructor after it
========================= ============================================================================================

A few classes run a text of their own state: ``state`` names what must hold of it (``state_problem``). State may be set
only on objects that were made (``construct``, or what a ``call`` gave back), never on a class, function or module that
was named; and a key of state with two underscores on both sides replaces a method, but for a few that only describe.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, NamedTuple

from depscan.text.folder import rules_folder

ROLES = ("construct", "call", "reference", "factory")
SHAPES = (
    "", "none", "data", "values", "text", "number", "bytes", "dtype", "class", "function", "call", "bytes:pickle",
    "bytes:pickle@4", "attribute", "names", "zone", "ratio",
    "encoding", "factory", "global", "singleton", "union", "generator", "tensor", "array",
)  # fmt: skip
PYTHON = "python"
"""File of the standard library's modules."""


_NAMES = r"(?:[A-Za-z]\w*, )*"
STATES: dict[str, tuple[str, str]] = {
    "parser": (
        "_parse_arg_template",
        (
            rf"\s*def _parse_args\(self, {_NAMES} ?loc=[\d.]+(?:, scale=[\d.]+)?\):"
            rf"\s+return \({_NAMES}\), loc, (?:scale|1)"
            rf"\s+def _parse_args_rvs\(self, {_NAMES} ?loc=[\d.]+(?:, scale=[\d.]+)?, size=None\):"
            rf"\s+return self\._argcheck_rvs\({_NAMES} ?loc, (?:scale|1), size=size\)"
            rf"\s+def _parse_args_stats\(self, {_NAMES} ?loc=[\d.]+(?:, scale=[\d.]+)?, moments='mv'\):"
            rf"\s+return \({_NAMES}\), loc, (?:scale|1), moments\s*"
        ),
    ),
    "formula": (
        "formula",
        (
            r"(?!.*\)\s*\()(?:\s|[~+*/:|,()-]|(?<!\d)\d+(?:\.\d+)?(?![\d.])|'[\w .-]*'|\"[\w .-]*\""
            r"|(?:np\.)?(?:log|log1p|log10|exp|sqrt|abs|power)\("
            r"|(?:C|I|Q|bs|cr|cc|poly|center|scale|standardize|Treatment|Sum)\("
            r"|(?!__|lambda\b)[A-Za-z_]\w*(?![\w.]|\s*\())+"
        ),
    ),
}
"""Key of the state and what the text there must be, whole. Both are run as code by their library:
``scipy.stats._distn_infrastructure.rv_generic._attach_argparser_methods`` and ``statsmodels.base.data.ModelData``."""


DESCRIBING = frozenset({
    "__doc__", "__module__", "__name__", "__qualname__", "__annotations__", "__orig_class__", "__wrapped__",
    "__version__", "__author__", "__constants__", "__fields_set__", "__pydantic_fields_set__", "__pydantic_extra__",
    "__pydantic_private__", "__jit_unused_properties__", "__firstlineno__", "__static_attributes__",
    "__type_params__", "__objclass__", "__match_args__", "__parameters__", "__orig_bases__",
})  # fmt: skip
"""Special attributes that instances of real libraries keep in their state: they describe, nobody calls them."""


class Known(NamedTuple):
    """One name of the allowlist.

    Attributes:
        roles: words of ``ROLES``.
        args: word of ``SHAPES``: what a call's arguments must be.
        why: one sentence: what makes it safe.
        state: key of ``STATES``: what the texts of its state must be; "" for nothing.
    """

    roles: frozenset[str]
    args: str
    why: str
    state: str = ""


class Gadget(NamedTuple):
    """What a dangerous name does: it explains, and never decides.

    Attributes:
        does: a word of ``depscan.facts.fact.WHATS``.
        takes: the argument that is the text to show: a position ("0"), "*" for all, "" for none.
        why: one sentence.
    """

    does: str
    takes: str
    why: str


@lru_cache(maxsize=4096)
def known(module: str, name: str) -> Known | None:
    """Return the entry of a name, exactly as a pickle spells it; None when it is not on the allowlist.

    Names of Python 2 stand for what ``pickle`` makes of them (``fix_imports``). A dotted name is its own entry.
    """
    module, name = python3(module, name)
    for names, entry in _allowed(_file_of(module)).get(module, ()):
        if name in names.split():
            return entry
    return None


def state_problem(entry: Known, key: object, value: object) -> str:
    """Return why one item of the state may not be set; "" when it may.

    Args:
        entry: of the class.
        key: as it stands in the file.
        value: a text, or anything else when it is none or not known.
    """
    special = isinstance(key, str) and len(key) > 4 and key[:2] == key[-2:] == "__"  # noqa: PLR2004 - __x__
    if special and key not in DESCRIBING:
        return f"{key} would replace a method or attribute of the language"
    if not entry.state or key != STATES[entry.state][0]:
        return ""
    import re

    if isinstance(value, str) and re.fullmatch(STATES[entry.state][1], value):
        return ""
    return f"the library runs {key} as code, and it is not what the library writes there"


@lru_cache(maxsize=1024)
def gadget(module: str, name: str) -> Gadget | None:
    """Return what a dangerous name does, by its exact name, then by module; None when nothing is known about it.

    The way to a name does not hide it: vendored copies and attributes (``random._os.system``) are found by their end.
    """
    whole = ".".join(python3(module, name))
    exact, modules = _gadgets()
    parts = whole.split(".")
    if whole in exact:
        return exact[whole]
    for end in range(len(parts) - 1, 0, -1):
        if found := modules.get(".".join(parts[:end])):
            return found
    for start in range(1, len(parts) - 1):
        if found := exact.get(".".join((parts[start].strip("_"), *parts[start + 1 :]))):
            return found
    return None


@lru_cache(maxsize=512)
def distribution(module: str) -> str:
    """Return the distribution that brings a module; "" for the standard library.

    Where no table knows better it is the top-level import name, which is what most projects do.
    """
    if _file_of(python3(module, "")[0]) == PYTHON:
        return ""
    table: dict[str, str] = _data("distributions").get("names", {})
    parts = module.split(".")
    for end in (3, 2):
        if found := table.get(".".join(parts[:end])):
            return found
    return table.get(parts[0]) or parts[0].replace("_", "-")


def python3(module: str, name: str) -> tuple[str, str]:
    """Return where Python 3 has a name of Python 2, as ``pickle`` maps it for protocols below 3."""
    modules, names = _python2()
    if found := names.get(f"{module}.{name}"):
        module, _, name = found.rpartition(".")
        return module, name
    return modules.get(module, module), name


def _file_of(module: str) -> str:
    top = module.partition(".")[0]
    return PYTHON if top in _standard() else top


@lru_cache(maxsize=64)
def _allowed(package: str) -> dict[str, list[tuple[str, Known]]]:
    """Return the entries of a package's file by module."""
    index: dict[str, list[tuple[str, Known]]] = {}
    for row in _data(package).get("allow", ()):
        entry = Known(frozenset(row["roles"].split()), row.get("args", ""), row["why"], row.get("state", ""))
        for module, names in row["names"].items():
            index.setdefault(module, []).append((names, entry))
    return index


@lru_cache(maxsize=1)
def _gadgets() -> tuple[dict[str, Gadget], dict[str, Gadget]]:
    """Return the gadgets by exact name, and by module for those that stand for everything in one."""
    exact: dict[str, Gadget] = {}
    modules: dict[str, Gadget] = {}
    for row in _data("gadgets").get("gadget", ()):
        one = Gadget(row["does"], row.get("takes", ""), row["why"])
        for name in row["names"].split():
            if name.endswith(".*"):
                modules[name[:-2]] = one
            else:
                exact[name] = one
    return exact, modules


@lru_cache(maxsize=1)
def _standard() -> frozenset[str]:
    return frozenset(_data(PYTHON)["standard"]["modules"].split())


@lru_cache(maxsize=1)
def _python2() -> tuple[dict[str, str], dict[str, str]]:
    table = _data(PYTHON)["python2"]
    names = dict(pair.split("=") for pair in table["names"].split())
    names.update((f"exceptions.{name}", f"builtins.{name}") for name in table["exceptions"].split())
    return dict(pair.split("=") for pair in table["modules"].split()), names


@lru_cache(maxsize=64)
def _data(name: str) -> dict[str, Any]:
    """Return a file of ``rules/loading``; {} when there is none."""
    import tomli

    if not (name.isascii() and name.isidentifier()):
        return {}
    path = os.path.join(rules_folder(), "loading", f"{name}.toml")
    if not os.path.isfile(path):
        return {}
    with open(path, "rb") as stream:
        return tomli.load(stream)
