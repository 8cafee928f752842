"""List the classes of a library that a pickle may construct, and write them into its file in ``rules/loading``.

    python corpus/loading/survey.py sklearn FOLDER [FOLDER...]     folders of the package, one per version
    python corpus/loading/survey.py sklearn FOLDER --refused       what was left out, and for what method

A maintainer runs it over unpacked wheels of libraries that are trusted; it reads source text and imports nothing, and
the scanner never runs it. A class is listed when nothing that unpickling runs was written by hand in it or its bases,
or when each such method is mild (calls nothing but what is listed below) or stands in ``reviewed.toml`` with a reason.
The part of the file above the marker line is written by hand and kept; its names are not repeated below.
"""

from __future__ import annotations

import argparse
import ast
import os
import sys
import textwrap
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import tomli

sys.path.insert(0, os.path.dirname(__file__))
from tree import Class, Library, dotted_of

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(HERE, "..", "..", "rules", "loading")
MARKER = "# ---- below: written by corpus/loading/survey.py ----\n"

RUN = frozenset({
    "__new__", "__setstate__", "__del__", "__reduce__", "__reduce_ex__", "__getattr__", "__getattribute__",
    "__setattr__", "__setitem__", "append", "extend", "add", "__hash__", "__eq__",
})  # fmt: skip
"""Methods that unpickling runs or that change what it runs; setters of properties count too."""
STRICT = frozenset({
    "__setstate__", "__del__", "__reduce__", "__reduce_ex__", "__getattr__", "__getattribute__", "__setattr__",
})  # fmt: skip
"""Those of them that must be mild or reviewed; the others compute, and must only be inert."""
_DANGER = """
open exec eval compile __import__ import_module load loads system popen Popen run check_output check_call remove
unlink rmdir rmtree mkdir makedirs write writelines save savez dump connect urlopen urlretrieve download request
get_context start spawn fork kill dlopen CDLL LoadLibrary load_library load_module read_csv read_pickle fromfile
tofile memmap savetxt loadtxt from_pretrained snapshot_download hf_hub_download load_state_dict_from_url chmod rename
symlink extract extractall instantiate locate get_class resolve_name register free close
"""
DANGER = frozenset(_DANGER.split())

_MILD_NAMES = """
super isinstance issubclass len hasattr setattr getattr type str int float bool list dict set tuple frozenset hash id
sorted range zip repr any all iter max min enumerate vars callable object TypeError ValueError AttributeError KeyError
RuntimeError NotImplementedError parse_version format
"""
MILD_NAMES = frozenset(_MILD_NAMES.split())
_MILD_METHODS = """
__setstate__ __new__ __setattr__ __getattr__ __getattribute__ __setitem__ __init__ __hash__ __eq__ __reduce__
__reduce_ex__ update get pop items keys values setdefault copy warn format join startswith endswith split append
extend add is_tensor view as_subclass index lower upper is_available astype clear asarray array
"""
MILD_METHODS = frozenset(_MILD_METHODS.split())
_HARMLESS_BASES = """
object Exception BaseException ValueError TypeError RuntimeError KeyError AttributeError ImportError IndexError
Warning UserWarning DeprecationWarning FutureWarning RuntimeWarning NotImplementedError AssertionError OSError dict
list tuple set frozenset str int float bytes abc.ABC typing.Generic typing.Protocol typing.NamedTuple typing.TypedDict
enum.Enum enum.IntEnum enum.IntFlag enum.Flag enum.StrEnum collections.OrderedDict collections.UserDict
collections.UserList collections.abc.Mapping collections.abc.MutableMapping collections.abc.Sequence
collections.abc.MutableSequence collections.abc.Iterable collections.abc.Iterator collections.abc.Set
collections.abc.Hashable collections.defaultdict collections.Counter collections.abc.Callable collections.abc.Sized
collections.abc.Container dataclasses.dataclass argparse.Namespace typing_extensions.Protocol
typing_extensions.TypedDict six.with_metaclass collections.deque warnings.Warning ABC StopIteration SyntaxError
IOError NameError PendingDeprecationWarning LookupError numpy.linalg.LinAlgError numbers.Real numbers.Integral
numpy.ma.MaskedArray numpy.poly1d numpy.ndarray typing.ChainMap collections.ChainMap collections.abc.Reversible
collections.abc.Collection typing.Collection typing.Hashable typing.Sized typing.MutableSequence typing.Set
typing.Type typing.OrderedDict typing.Iterable string.Template typing.Dict typing.List typing.Mapping
typing.MutableMapping typing.Sequence typing.Callable typing.Iterable typing.Iterator collections.abc.MutableSet
datetime.tzinfo datetime.datetime datetime.date datetime.timedelta
"""
HARMLESS_BASES = frozenset(_HARMLESS_BASES.split())
COMMON_BASES = ("torch.nn.", "torch.utils.data.", "torch.optim.", "torch.autograd.", "torch.Tensor", "sklearn.")
"""Beginnings of base classes of other libraries that were surveyed themselves."""
ENUMS = ("enum.Enum", "enum.IntEnum", "enum.IntFlag", "enum.Flag", "enum.StrEnum")
METACLASSES = frozenset({"ABCMeta", "abc.ABCMeta", "EnumMeta", "enum.EnumMeta"})


class Verdict(NamedTuple):
    """What a class is: ``construct``, ``enum``, ``error``, or "" with the reason; ``state``: a shape of its state."""

    kind: str
    why: str = ""
    state: str = ""


class Survey:
    """Judges the classes of one library."""

    def __init__(self, library: Library, settings: dict[str, Any]) -> None:
        self.library = library
        self.reviewed: dict[str, str] = settings.get("reviewed", {})
        self.refused: dict[str, str] = settings.get("refused", {})
        self.states: dict[str, str] = settings.get("states", {})
        self.bases: tuple[str, ...] = tuple(settings.get("bases", ()))
        self._done: dict[str, Verdict] = {}

    def judge(self, one: Class) -> Verdict:
        """Return what a class is; each is judged once."""
        if one.dotted not in self._done:
            self._done[one.dotted] = Verdict("", "is its own base")
            self._done[one.dotted] = self._judge(one)
        return self._done[one.dotted]

    def _judge(self, one: Class) -> Verdict:
        if one.dotted in self.refused:
            return Verdict("", self.refused[one.dotted])
        kinds = set()
        state = self.states.get(one.dotted, "")
        for base in one.node.bases:
            found = self._base(one, base)
            if not found.kind:
                return found
            kinds.add(found.kind)
            state = state or found.state
        for keyword in one.node.keywords:
            if keyword.arg == "metaclass" and not self._metaclass(one, keyword.value):
                return Verdict("", f"metaclass {ast.unparse(keyword.value)}")
        for name, node in one.methods().items():
            if (name in RUN or name.endswith("=")) and not self._may(one, name, node):
                return Verdict("", name)
        return Verdict("enum" if "enum" in kinds else "error" if "error" in kinds else "construct", "", state)

    def _metaclass(self, one: Class, node: ast.AST) -> bool:
        name = dotted_of(node)
        found = self.library.resolve(one.module, name)
        dotted = found.dotted if isinstance(found, Class) else found
        return name in METACLASSES or f"{dotted}.metaclass" in self.reviewed

    def _base(self, one: Class, node: ast.expr) -> Verdict:
        if isinstance(node, ast.Call):
            name = dotted_of(node.func)
            if name.split(".")[-1] in ("namedtuple", "NamedTuple", "with_metaclass", "newtype"):
                return Verdict("construct")
        name = dotted_of(node)
        found = self.library.resolve(one.module, name) if name else "?"
        if isinstance(found, Class):
            below = self.judge(found)
            return below if below.kind else Verdict("", f"base {found.name}: {below.why}")
        if found in HARMLESS_BASES or found.startswith((*COMMON_BASES, *self.bases)):
            error = found.endswith(("Error", "Exception", "Warning"))
            return Verdict("enum" if found in ENUMS else "error" if error else "construct")
        return Verdict("", f"base {found or ast.unparse(node)} is not known")

    def _may(self, one: Class, name: str, node: ast.AST) -> bool:
        reviewed = (f"{one.dotted}.{name}", f"{one.name}.{name}", f"*.{name}")
        if any(key in self.reviewed for key in reviewed):
            return True
        if name == "__setstate__" and one.dotted in self.states:
            return True
        return (name != "__del__" and mild(node)) or (name not in STRICT and inert(node))


def mild(node: ast.AST) -> bool:
    """Whether a method calls nothing but harmless names: no import, no call of a value."""
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom, ast.Await, ast.Yield)):
            return False
        if isinstance(part, ast.Call):
            func = part.func
            named = isinstance(func, ast.Name) and (func.id in MILD_NAMES or func.id.endswith(("Error", "Warning")))
            method = isinstance(func, ast.Attribute) and func.attr in MILD_METHODS
            if not (named or method):
                return False
    return True


def inert(node: ast.AST) -> bool:
    """Whether a method names nothing that opens, runs, loads or imports: weaker than mild, for methods that compute."""
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom, ast.Await)):
            return False
        if isinstance(part, ast.Call) and not isinstance(part.func, (ast.Name, ast.Attribute)):
            return False
        if getattr(part, "attr", getattr(part, "id", "")) in DANGER:
            return False
    return True


def fits(module: str, globs: list[str]) -> bool:
    """Whether a module is one of the globs or below one of the names."""
    return any(module == g or module.startswith(f"{g}.") or fnmatchcase(module, g) for g in globs)


def main() -> None:
    """Survey every folder given and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--refused", action="store_true")
    parser.add_argument("--keep", action="store_true", help="also what the file lists already, of other versions")
    parser.add_argument("--show", action="store_true", help="with the text of each method that made it so")
    args = parser.parse_args()
    with open(os.path.join(HERE, "reviewed.toml"), "rb") as stream:
        settings = tomli.load(stream).get(args.package, {})
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    if args.keep:
        keep(args.package, found)
    for folder in args.folders:
        collect(Library(folder, args.package), settings, found, args)
    if not args.refused:
        write(args.package, found, settings)


def collect(
    library: Library, settings: dict[str, Any], found: dict[tuple[str, str], dict[str, set[str]]],
    args: argparse.Namespace,
) -> None:  # fmt: skip
    """Add the names of one version of a library."""
    survey = Survey(library, settings)
    only, skip = settings.get("only", ["*"]), settings.get("skip", [])
    for one in library.classes:
        if not fits(one.module, only) or fits(one.module, skip):
            continue
        verdict = survey.judge(one)
        if verdict.kind:
            found[verdict.kind, verdict.state][one.module].add(one.name)
        elif args.refused and ": " not in verdict.why:
            print(f"{one.dotted}: {verdict.why}")
            if args.show and (node := one.methods().get(verdict.why)):
                print(textwrap.indent(ast.unparse(node), "    "))
    for module in library.modules.values():
        if fits(module.name, settings.get("functions", [])):
            found["function", ""][module.name] |= {n for n in module.functions if not n.startswith("__")}


WHY = {
    "construct": ("construct reference", "", "what unpickling runs in it was read: its state is set, nothing else"),
    "enum": ("construct call reference", "data", "members of an enumeration, by value"),
    "error": ("construct call reference", "", "errors and warnings keep their arguments"),
    "function": ("reference", "", "a function that computes from what it is given, kept by name and not called"),
}


def keep(package: str, found: dict[tuple[str, str], dict[str, set[str]]]) -> None:
    """Add what stands below the marker already: the survey of versions whose folders are not given this time."""
    path = os.path.join(RULES, f"{package}.toml")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as stream:
        below = stream.read().partition(MARKER)[2]
    kinds = {(roles, args): kind for kind, (roles, args, _) in WHY.items()}
    for row in tomli.loads(below).get("allow", ()):
        kind = kinds[row["roles"], row.get("args", "")]
        for module, names in row["names"].items():
            found[kind, row.get("state", "")][module] |= set(names.split())


def write(package: str, found: dict[tuple[str, str], dict[str, set[str]]], settings: dict[str, Any]) -> None:
    """Write the groups below the marker; what stands above it is kept and not repeated."""
    path = os.path.join(RULES, f"{package}.toml")
    top = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as stream:
            top = stream.read().partition(MARKER)[0]
    top = top or f"# {settings.get('title', package)}\n"
    held = {(m, n) for row in tomli.loads(top).get("allow", ()) for m, ns in row["names"].items() for n in ns.split()}
    lines = [top.rstrip("\n"), "\n\n", MARKER]
    for (kind, state), modules in sorted(found.items(), key=lambda item: (list(WHY).index(item[0][0]), not item[0][1])):
        roles, args, why = WHY[kind]
        groups = {m: sorted(n for n in names if (m, n) not in held) for m, names in sorted(modules.items())}
        if any(groups.values()):
            head = {"roles": roles, "args": args, "state": state, "why": why if not state else STATE_WHY[state]}
            lines += [
                "\n[[allow]]\n",
                *(f'{key} = "{value}"\n' for key, value in head.items() if value),
                "[allow.names]\n",
            ]
            lines += [_line(module, names) for module, names in groups.items() if names]
            held |= {(m, n) for m, names in groups.items() for n in names}
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("".join(lines))
    print(path, {f"{kind} {state}".strip(): sum(map(len, m.values())) for (kind, state), m in found.items()})


STATE_WHY = {
    "parser": "its __setstate__ runs a text of its state: only SciPy's own text to parse arguments may stand there",
    "formula": "its __setstate__ evaluates a formula of its state: only plain names and operators may stand there",
}


def _line(module: str, names: list[str]) -> str:
    line = f'"{module}" = "{" ".join(names)}"'
    if len(line) > 118:  # noqa: PLR2004 - the width of a page
        line = f'"{module}" = """\n{textwrap.fill(" ".join(names), 118, break_long_words=False)}"""'
    return line + "\n"


if __name__ == "__main__":
    main()
