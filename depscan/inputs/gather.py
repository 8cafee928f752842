"""From paths to documents: walk folders, pick formats, follow includes, keep going when a file is broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import InputError
from depscan.inputs.discover import by_id, candidates, entries, format_of, formats_beside
from depscan.inputs.kept import Kept
from depscan.inputs.reach import Reach, within
from depscan.model.decision import Coverage
from depscan.model.document import Document, Edge
from depscan.model.location import Location, Route
from depscan.model.package import mask
from depscan.text.source import LIMIT, SourceFile, read_source

if TYPE_CHECKING:
    from depscan.inputs.format import InputFormat

SKIPPED_FOLDERS = frozenset({
    ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "site-packages", "__pycache__", ".tox", ".nox",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".pixi", ".eggs",
})  # fmt: skip
"""Folders a scan of a project does not enter: version control, caches and installed packages."""

MAX_FILES = 20_000
MAX_INCLUDES = 200


class Gathered:
    """Everything read from disk for one scan.

    Args:
        follow: whether included files are read too.
        root: folder below which paths are shown, and named in documents, as if it were the working directory.
        skip: a file that is not read though it lies below a path: what the command is about to write.
        cache: whether what code says is kept between runs, in the user's cache folder.
        jobs: worker processes that read the code of large folders; below two, none.

    Attributes:
        documents: the facts of every file that could be read, in path order.
        coverage: files that could not be read, in part or at all.
    """

    def __init__(
        self, *, follow: bool = True, root: str = "", skip: str = "", cache: bool = False, jobs: int = 0
    ) -> None:
        self.documents: list[Document] = []
        self.coverage: list[Coverage] = []
        self._follow = follow
        self._root = root.rstrip(os.sep) + os.sep if root else ""
        self._known = entries()
        self._sources: dict[str, tuple[SourceFile, InputFormat]] = {}
        self._seen: set[tuple[str, bool]] = {(os.path.realpath(skip), False)} if skip else set()
        self._scope: tuple[str, ...] = ()
        self._including: list[tuple[Document, SourceFile]] = []
        self._constraints: list[tuple[Document, Document]] = []
        self._reach = Reach(self.on_disk, self._shown)
        self._kept = Kept(self._reach) if cache or jobs > 1 else None
        self._cache, self._jobs = cache, jobs
        self._lines: dict[tuple[str, Route], Location] = {}

    def on_disk(self, shown: str) -> str:
        """Return where a file is read that documents name ``shown``."""
        return os.path.join(self._root, shown)

    def _shown(self, path: str) -> str:
        if self._root and (path + os.sep).startswith(self._root):
            return path[len(self._root) :] or "."
        return path

    def locate(self, path: str, route: Route) -> Location:
        """Return the location, with its line and text, of a route in a file that was read."""
        made = self._lines.get((path, route))
        if made is None:
            held = self._sources.get(path)
            known = route if isinstance(route, int) and held else 0
            line = known or (held[1].locate(held[0], route) if held and route else 0)
            text = _shown_line(held[0].line(line).strip()) if held and line else ""
            made = self._lines[path, route] = Location(path, line, text)
        return made

    def add_paths(self, paths: list[str], format_hint: str = "", stdin: bytes | None = None) -> None:
        """Read files and folders (``-`` for ``stdin``); what cannot be read becomes coverage."""
        for path in paths:
            self._scope = _scope(path)
            self._reach.enter(self._scope)
            if path == "-":
                self._add_source(SourceFile("<stdin>", stdin or b""), format_hint, named=True)
            elif os.path.isdir(path):
                if self._kept is not None:
                    self._open(self._kept, path)
                self._walk(path)
                if self._kept is not None:
                    self._kept.close()
            else:
                self._add_file(path, format_hint, named=True)
            # A list that grows while it is read, no recursion: a chain of includes may be as long as it likes.
            for document, source in self._including:
                self._follow_includes(document, source)
            self._including.clear()
        self._apply_constraints()

    def add_document(self, document: Document) -> None:
        """Add facts that were read elsewhere (an installed environment)."""
        self.documents.append(document)
        self._note_problems(document)

    def _walk(self, top: str) -> None:
        skipped: set[str] = set()
        count = 0
        for folder, folders, files in os.walk(top, onerror=self._closed_folder):
            skipped.update(n for n in folders if n in SKIPPED_FOLDERS)
            folders[:] = sorted(n for n in folders if n not in SKIPPED_FOLDERS)
            in_requirements = os.path.basename(folder) == "requirements"
            for name in sorted(files):
                found = candidates(name, self._known, named=in_requirements)
                if not found or (all(e.beside for _, e in found) and self._is_data(os.path.join(folder, name))):
                    continue
                count += 1
                if count > MAX_FILES:
                    why = f"more than {MAX_FILES} files with dependencies below it; the rest was not read"
                    self.coverage.append(Coverage(self._shown(top), "partial", why, needed=True, kind="budget"))
                    return
                self._add_file(os.path.join(folder, name), "", named=False, guess=in_requirements)
        skipped -= {".git", "__pycache__"}
        if skipped:
            names = ", ".join(sorted(skipped))
            self.coverage.append(
                Coverage(self._shown(top), "skipped", f"folders of installed packages and caches: {names}")
            )

    def _open(self, kept: Kept, top: str) -> None:
        """Begin with a folder: what was kept of it, and what workers read of it."""
        if self._cache:
            kept.open(top)
        else:
            kept.begin()
        if self._jobs > 1:
            from depscan.inputs.ahead import code_below, read_ahead

            found = ((path, self._shown(path)) for path in code_below(top, self._known, SKIPPED_FOLDERS))
            new = [pair for pair in found if not kept.holds(pair[1])][:MAX_FILES]
            kept.take(read_ahead(new, self._root, self._scope, self._jobs))

    def _is_data(self, path: str) -> bool:
        """Return whether a file of which only something beside would be read is too large to be that; it is said so."""
        try:
            large = os.stat(path).st_size > LIMIT
        except OSError:
            return False  # reading it says what is wrong
        if large:
            self.coverage.append(Coverage(self._shown(path), "skipped", f"data of more than {LIMIT >> 20} MB"))
        return large

    def _closed_folder(self, error: OSError) -> None:
        """Record a folder that cannot be listed: ``os.walk`` would leave it out without a word."""
        why = f"folder cannot be read: {(error.strerror or str(error)).lower()}"
        self.coverage.append(Coverage(self._shown(str(error.filename)), "failed", why, needed=True))

    def _add_file(
        self, path: str, format_hint: str, *, named: bool, guess: bool = False, role: str = ""
    ) -> Document | None:
        """Read a file once, whatever paths lead to it; what is not below the named paths is not touched."""
        real = os.path.realpath(path)
        seen = (real, role == "constraint")
        if seen in self._seen:
            return None
        if not named and not within(real, self._scope):
            # Whoever wrote the scanned files would else choose which other files' lines stand in the report.
            why = "is outside of what was named for the scan and was not read; name it to read it"
            self.coverage.append(Coverage(self._shown(path), "skipped", why, needed=True, kind="include"))
            return None
        try:
            source = read_source(path, self._shown(path))
        except InputError as error:
            self._seen.add(seen)
            self._failed(self._shown(path), error)
            return None
        self._seen.add(seen)  # before parsing: a file may include itself
        document = self._add_source(source, format_hint, named=named, guess=guess, role=role)
        if source.path not in self._sources and not named:
            self._seen.discard(seen)  # of no format as long as nobody names it
        return document

    def _add_source(
        self, source: SourceFile, format_hint: str, *, named: bool, guess: bool = False, role: str = ""
    ) -> Document | None:
        """Read a file of a format that is hinted, told by name, or (``guess``) only by its explicit globs."""
        self._reach.connect(source)
        beside = [] if format_hint or role else formats_beside(source, self._known, self._kept)
        for extra in beside:
            self._add_beside(source, extra)
        made: InputFormat | None = None
        try:
            made = by_id(format_hint) if format_hint else format_of(source, self._known, named=named or guess)
            if made is None:
                if named and not beside:
                    why = "not a file format depscan knows (--format-hint names one; depscan formats lists them)"
                    self.coverage.append(Coverage(source.path, "failed", why, needed=True))
                return None
            self._sources[source.path] = (source, made)
            document = made.parse(source)
        except InputError as error:
            if error.line == 0 and made is not None and error.route:
                error.line = made.locate(source, error.route)
            self._failed(source.path, error)
            return None
        if role != "constraint":
            self.documents.append(document)
        self._note_problems(document)
        if self._follow and document.includes:
            self._including.append((document, source))
        return document

    def _add_beside(self, source: SourceFile, made: InputFormat) -> None:
        """Read what else a file says: such formats give line numbers, and a document only where they find something."""
        try:
            document = made.parse(source) if self._kept is None else self._kept.parse(source, made)
        except InputError as error:
            if made.templated and (b"{{" in source.data or b"{%" in source.data):
                why = f"a template, not the file that is made of it: {error.message}"
                self.coverage.append(Coverage(source.path, "skipped", why, line=error.line))
            else:
                self._failed(source.path, error)
            return
        if not document.nodes and not document.uses and not document.problems:
            return
        self._sources.setdefault(source.path, (source, made))
        self.documents.append(document)
        self._note_problems(document)
        source.forget()

    def _note_problems(self, document: Document) -> None:
        for problem in document.problems:
            line = self.locate(document.path, problem.at).line
            self.coverage.append(Coverage(document.path, "partial", problem.message, needed=True, line=line))

    def _follow_includes(self, document: Document, source: SourceFile) -> None:
        base = os.path.dirname(self.on_disk(source.path)) if source.path != "<stdin>" else "."
        for include in document.includes:
            line = self.locate(document.path, include.at).line
            shown = f"{include.role} file {mask(include.path)}"
            if "://" in include.path:
                why = f"{shown} is a URL and was not fetched"
                self.coverage.append(Coverage(document.path, "skipped", why, needed=True, line=line, kind="include"))
                continue
            if len(self._seen) > MAX_FILES + MAX_INCLUDES:
                why = f"too many includes; {shown} was not read"
                self.coverage.append(Coverage(document.path, "partial", why, needed=True, line=line, kind="budget"))
                return
            path = os.path.normpath(os.path.join(base, include.path))
            child = self._add_file(path, "requirements", named=False, role=include.role)
            if child is not None and include.role == "constraint":
                self._constraints.append((document, child))

    def _apply_constraints(self) -> None:
        """Keep of a constraints file only the pins of packages that something asks for.

        One that is scanned for its own sake too, as pip-compile's output often is, is already whole.
        """
        whole = {os.path.realpath(self.on_disk(d.path)) for d in self.documents}
        wanted = {(p.ecosystem, p.name) for d in self.documents for p in d.nodes.values()}
        for parent, constraint in self._constraints:
            if os.path.realpath(self.on_disk(constraint.path)) in whole:
                continue
            kept = Document(constraint.path, constraint.format)
            for key, package in constraint.nodes.items():
                if package.version is not None and (package.ecosystem, package.name) in wanted:
                    child = kept.add(package, constraint.at[key])
                    if parent.root:
                        kept.nodes.setdefault(parent.root, parent.nodes[parent.root])
                        kept.at.setdefault(parent.root, 0)
                        requested = f"constraint {constraint.path}"
                        at = constraint.at[key]
                        kept.edges.append(Edge(parent.root, child, "prod", "", requested, at, constraint.path))
            self.documents.append(kept)
        self._constraints.clear()

    def _failed(self, path: str, error: InputError) -> None:
        why = f"{error.message} ({error.hint})" if error.hint else error.message
        self.coverage.append(Coverage(path, "failed", why, needed=True, line=error.line))


_MAY_BE_SECRET = ("key", "token", "secret", "passw", "auth", "bearer", "cred", "pat", "dsn", "cookie", "sk-", "gh",
                  "hf_", "akia", "aiza", "eyj", "://")  # fmt: skip
"""What a line with a secret has one of: the expressions that find it are not built for other lines."""


def _shown_line(text: str) -> str:
    """Return a line of a scanned file as reports may show it."""
    lowered = text.lower()
    if not any(word in lowered for word in _MAY_BE_SECRET):
        return text
    from depscan.text.secrets import mask_secrets

    return mask_secrets(text)


def _scope(path: str) -> tuple[str, ...]:
    """Return the real folders from which a named path may pull in files: its own, and the project around it.

    The project is the repository, or else the working directory when the path is below it, or else the
    folder above a file (requirements/dev.txt includes ../requirements.txt).
    """
    here = os.path.realpath(".")
    real = here if path == "-" else os.path.realpath(path)
    folder = real if os.path.isdir(real) else os.path.dirname(real)
    root = folder
    while root != os.path.dirname(root):
        if os.path.lexists(os.path.join(root, ".git")):
            return folder, root
        root = os.path.dirname(root)
    if here != root and within(folder, (here,)):
        return folder, here
    return folder, folder if folder == real else os.path.dirname(folder)
