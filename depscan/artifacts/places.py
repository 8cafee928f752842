"""Which paths are tests, docs and examples, and where in an artifact importable modules lie."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

TEST_FOLDERS = frozenset({
    "test", "tests", "testing_data", "testdata", "test_data", "unit_tests", "unittests", "doc", "docs",
    "documentation", "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials",
    "benchmark", "benchmarks", "bench", "benches", "fixtures", "ci", ".ci", ".github", ".circleci",
})  # fmt: skip
_TEST_FILE = re.compile(r"(?:test_[^/]*|[^/]*_test|conftest|tests)\.pyi?").fullmatch
_SITE = re.compile(r"(?:[^/]+\.data/(?:purelib|platlib)/|(?:lib/python\d[\d.]*/|Lib/)?site-packages/)")
_DATA_SITE = re.compile(r"[^/]+\.data/data/(?:lib/python[\d.]+|Lib)/site-packages/")
_NAME = re.compile(r"[\w-]+").fullmatch  # importlib takes names that an import statement cannot
_NO_MODULE = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "hatch_build.py"})
_MODULE_ENDS = (".py", ".pyc", ".pyd", ".so", ".pyw")


def site_prefix(path: str) -> str:
    """Return the part of a path that an installer maps to site-packages (PEP 427 ``.data``, conda); "" for none."""
    if "site-packages/" not in path and ".data/" not in path:
        return ""
    found = _SITE.match(path) or _DATA_SITE.match(path)
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def _test_folder(folder: str) -> str:
    for part in folder.lower().split("/"):
        if part in TEST_FOLDERS:
            return part
    return ""


def in_tests(path: str, real: frozenset[str] = frozenset()) -> bool:
    """Whether a path belongs to tests, docs, examples or benchmarks.

    Args:
        path: member path.
        real: lower-cased top-level names that are the product itself though they are called ``demo`` or ``tests``.
    """
    folder, _, name = path.rpartition("/")
    if folder:
        top, _, below = folder.partition("/")
        folder = below if top.lower() in real else folder
        if folder and _test_folder(folder):
            return True
    return _TEST_FILE(name) is not None and name.partition(".")[0].lower() not in real


def _in_folder(path: str, real: frozenset[str]) -> bool:
    top, _, below = path.rpartition("/")[0].partition("/")
    return bool(_test_folder(below if top.lower() in real else f"{top}/{below}"))


class Layout:
    """The modules of an artifact.

    Attributes:
        modules: dotted name -> member path; a package stands for its ``__init__``. A module may have several
            names where a layout does not say from which folder it is imported.
        top_level: importable top-level names, without tests and docs.
        only_tests: every module has the name of a test and lies in no folder of tests: they are the product.
        roots: folders (with slash) that stand on the import path; "" is the artifact's own top.
    """

    def __init__(self, paths: Iterable[str], *, installed: bool, declared: frozenset[str], product: str) -> None:
        """Find modules.

        Args:
            paths: member paths of one container.
            installed: the paths are laid out as in site-packages (wheel, egg, conda).
            declared: top-level names that the metadata declare; may be empty.
            product: normalised name of the package, "" unknown.
        """
        self.installed = installed
        self._python = [p for p in paths if p.endswith(_MODULE_ENDS)]
        self._known = frozenset(n.lower() for n in declared) | {product, product.replace("-", "_")} - {""}
        self._packages = {p.rpartition("/")[0] for p in self._python if p.endswith(("/__init__.py", "/__init__.pyc"))}
        self.roots = self._roots()
        self.modules: dict[str, str] = {}
        self._of: dict[str, str] = {}
        for path in self._python:
            self._add(path)
        tops = dict.fromkeys(name.partition(".")[0] for name in self._of.values())
        mine = {t for t in tops if t in declared or t.lower().replace("_", "-") == product}
        honest = [t for t in tops if t.lower() not in TEST_FOLDERS and not _TEST_FILE(f"{t}.py")]
        if not honest:  # a package that is called "demo" is no demo of anything, with or without __init__
            mine.update(tops, (p.partition("/")[0] for p in self._python if "/" in p))
        self.top_level = tuple(dict.fromkeys([*(t for t in tops if t in mine), *honest]))
        self.real = frozenset(t.lower() for t in mine)
        own = [p for p in self._of if p not in _NO_MODULE]
        tests = [p for p in own if _TEST_FILE(p.rpartition("/")[2]) and not _in_folder(p, self.real)]
        self.only_tests = bool(own) and tests == own

    def _roots(self) -> tuple[str, ...]:
        if self.installed:
            return tuple(dict.fromkeys(["", *(prefix for p in self._python if (prefix := site_prefix(p)))]))
        folders = {p.partition("/")[0] for p in self._python if "/" in p}
        return (*tuple(f"{f}/" for f in ("src", "lib", "python") if f in folders and f not in self._packages), "")

    def _add(self, path: str) -> None:
        root = next(r for r in sorted(self.roots, key=len, reverse=True) if path.startswith(r))
        inside = path[len(root) :]
        stem = inside.rpartition("/")[0] if "/__init__." in inside else _stem(inside)
        parts = stem.split("/") if stem else []
        if "__pycache__" in parts or not parts or not all(map(_NAME, parts)):
            return
        dotted = ".".join(parts)
        self.modules.setdefault(dotted, path)
        short = self._short(root, parts)
        if short:
            self.modules.setdefault(short, path)
        if (
            self.installed
            or short
            or self._is_namespace(root, parts)
            or (len(parts) == 1 and (root or inside not in _NO_MODULE))
        ):
            self._of[path] = short if short and not self.installed else dotted

    def _is_namespace(self, root: str, parts: list[str]) -> bool:
        """Whether a folder without ``__init__`` is installed all the same: below ``src`` or of the product's name."""
        return len(parts) > 1 and (root == "src/" or parts[0].lower() in self._known)

    def _short(self, root: str, parts: list[str]) -> str:
        """Return the name from the first real package on: ``python/foo/bar.py`` is ``foo.bar``; "" without one."""
        folder = root.rstrip("/")
        for at, part in enumerate(parts):
            folder = f"{folder}/{part}" if folder else part
            if folder in self._packages:
                return ".".join(parts[at:])
        return ""

    def module_of(self, path: str) -> str:
        """Return the dotted name that a path is imported by; "" when it is no module of an importable package."""
        return self._of.get(path, "")


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.partition('.')[0]}"
