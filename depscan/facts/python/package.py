"""A whole package: which modules are worth reading, in which order, and what they import of each other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from depscan.facts.fact import CALL, IMPORT, INSTALL, LOAD, STARTUP, TEST
from depscan.facts.python import (
    archives,
    commands,
    expr,
    fed,
    library,
    paths,
    remotes,
    starts,
    statements,
    tricks,
    typed,
    wrappers,
)
from depscan.facts.python import layers as _layers
from depscan.facts.python.hidden import hidden
from depscan.facts.python.imports import absolute
from depscan.facts.python.invoke import call_function, run_function
from depscan.facts.python.loading import run_loading
from depscan.facts.python.machine import RANK, Machine, Module
from depscan.facts.python.parse import decode_source, parse, parse_part
from depscan.facts.python.payees import read_payees
from depscan.facts.python.prune import aliases, imports_of, prune
from depscan.facts.python.tool_text import read_tool_text
from depscan.facts.python.values import Class, Const, Func, Mod, Obj, Value
from depscan.facts.python.vocabulary import Sought, is_dressed, words_of

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Surface
    from depscan.facts.sink import Sink

_ = (_layers, archives, expr, fed, library, paths, remotes, statements, tricks, typed, wrappers)

ORDER = (INSTALL, STARTUP, IMPORT, "load", CALL, TEST)
_SINKS = (
    b"exec(", b"eval(", b"exec ", b"__import__", b"import_module", b"subprocess", b"os.system", b"popen", b"Popen", b"socket",
    b"requests", b"urllib", b"urlopen", b"httpx", b"aiohttp", b"http.client", b"httplib", b"smtplib", b"ftplib", b"paramiko",
    b"ctypes", b"winreg", b"marshal", b"clip", b"pynput", b"keyboard", b"ImageGrab", b"startfile", b"spawn", b"os.exec",
    b"telebot", b"telegram", b"discord", b"websocket", b"webbrowser", b"b64decode", b"fromhex", b"decrypt", b"dns.resolver",
    b"from_key", b"urlretrieve", b"multiprocessing", b"VideoCapture", b"crontab", b"rmtree", b"telnetlib", b"pip.main",
    b"_internal", b"getattr(os", b"globals()", b"pyarmor", b"zipimport", b"= exec\n", b"= eval\n",
    b"autostart", b"LaunchAgents", b"Startup", b".bashrc", b"authorized_keys", b"PhysicalDrive", b"/dev/sd", b"post-commit",
)  # fmt: skip
"""Words without which code that has to be called cannot do harm. Plain searches: ten times faster than one pattern."""
_WORDS = (
    *_SINKS, b"exec", b"compile(", b"importlib", b"getattr", b"os.", b"http", b"base64", b"b64", b"zlib", b"environ",
    b"open(", b"pickle", b"telnet", b"codecs", b"lambda", b"chr(", b"globals(", b"__builtins__", b"shutil", b"threading",
    b"atexit",
)  # fmt: skip
_STRONG = (
    b"webhook", b"api.telegram", b"pastebin", b"b64decode", b"exec(", b"powershell", b"wallet", b"private_key",
    b"Login Data", b"environ", b"gethostname", b"startfile", b"os.system", b"Popen", b"clipboard", b"winreg", b"ctypes",
    b"marshal", b"Fernet", b"/etc/passwd", b".ssh", b"ImageGrab", b"raw.githubusercontent", b"ipify", b"http://",
)  # fmt: skip
_SINKS_SOUGHT, _WORDS_SOUGHT = Sought(_SINKS), Sought(_WORDS)
_MAX_EARLY = 400_000
"""Bytes of source parsed for what runs by itself (install, start, import)."""
_MAX_LATE = 550_000
"""Bytes parsed in all, what runs only when called included."""
_MAX_TEST = 100_000
"""Bytes of other code up to which tests, docs and examples are read at all: no rule judges what they do."""
_TEST_STEPS = 20_000
_RUNS = {
    INSTALL: "that run at install", STARTUP: "that run at interpreter start", IMPORT: "that an import may run",
    "load": "that run when a model is loaded", CALL: "that only run when called", TEST: "of tests, docs or examples",
}  # fmt: skip
_LITTLE = 150_000
"""Bytes of Python up to which every function of a small module is followed, whatever its words."""

_RESERVE = 60_000
"""Bytes parsed beyond these of modules that tell by their words: one generated giant must not hide them."""
_FETCH = (b"b64decode", b"urlopen", b"urlretrieve", b"requests.get", b"requests.post", b"httpx.", b"fromhex")
_START = (b"os.system", b"exec(", b"eval(", b"Popen", b"startfile", b"marshal", b"__import__(")
_SMALL = 30_000
_TOTAL = 250_000
_PER_FUNCTION = 8_000
_MAX_FUNCTIONS = 20_000
_DECODING = 8
"""How much more fuel a function gets that evaluates text."""
_SHADOWED = frozenset({"requests", "httpx", "aiohttp", "urllib3"})
"""Libraries that a package may bring a copy of, and whose calls are known without reading the copy."""
_COMPILED = (".so", ".pyd", ".dll", ".dylib", ".pyc", ".pyo")


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Add the facts of all Python code of an artifact (the name the reader is found by)."""
    read_python(artifact, surface, sink)


def read_python(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Add the facts of all Python code of an artifact.

    Args:
        artifact: opened; its members are read at most once each.
        surface: what runs when, and the names modules have.
        sink: where facts and gaps go.
    """
    import sys

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 6000))
    try:
        package = Package(artifact, surface, sink)
        package.run()
        package.release()
    finally:
        sys.setrecursionlimit(limit)


class Package:
    """The modules of an artifact while it is read."""

    def __init__(self, artifact: Artifact, surface: Surface, sink: Sink) -> None:
        self.sink = sink
        self.members: dict[str, Member] = {}
        for member in artifact.members:
            self.members.setdefault(_key(member.path, member.container), member)
        self.names: dict[str, str] = {
            name: path for name, path in surface.modules.items() if not path.lower().endswith(_COMPILED)
        }
        self.by_path = {path: name for name, path in reversed(list(self.names.items()))}
        self.entries = [e._replace(path=_key(e.path, e.container)) for e in surface.entries if e.language == "python"]
        self.tests = {e.path for e in self.entries if e.when == TEST}
        self.modules: dict[str, Module | None] = {}
        self.data: dict[str, bytes] = {}
        self.joined: dict[str, bytes] = {}
        self.dressed: set[str] = set()
        self.chosen: set[str] = set()
        self.machine = Machine(sink, total=_TOTAL)
        self.machine.import_name = self.import_name
        self.machine.run_script = lambda listed: starts.run_started(self, listed)
        self.surface = surface
        self.parsed = 0
        self.left_out: dict[str, list[str]] = {}
        self.reserve = _RESERVE
        modules = {e.path for e in self.entries if e.when != TEST} & self.members.keys()
        self.little = sum(self.members[path].size for path in modules) <= _LITTLE

    def run(self) -> None:
        """Read the entries, earliest first; then what nothing called."""
        first: dict[str, str] = {}
        for when in ORDER:
            for entry in self.entries:
                if entry.when == when:
                    first.setdefault(entry.path, when)
        for when in ORDER:
            if when == TEST:
                # Not before the rest: a function that tests call would count as one that only they run.
                self.follow_rest([m for m in self.modules.values() if m is not None], CALL)
                self.machine.total = min(self.machine.total, self.machine.steps + _TEST_STEPS)
            if when == STARTUP:
                starts.run_start_files(self, self.surface)
            for path in self.ordered([p for p, w in first.items() if w == when], when):
                module = self.enter(path, when)
                if module is not None:
                    self.begin(module, path, when)
        self.follow_rest([m for m in self.modules.values() if m is not None and self.key(m) in self.tests], TEST)
        for when, unread in self.left_out.items():
            self.sink.gap("", f"{len(unread)} modules {_RUNS[when]} were not read: too much code", when=when)

    def release(self) -> None:
        """Undo what holds each other, so that nothing is left for Python's garbage collector to find."""
        m = self.machine
        vars(m).clear()  # functions that call themselves hold it, and it holds all that was evaluated
        for module in filter(None, self.modules.values()):
            for cls in module.classes:
                cls.attrs.clear()
                cls.made = None
            for names in (module.scope.names, module.functions, module.classes):
                names.clear()
            module.tree = None

    def ordered(self, paths: list[str], when: str) -> list[str]:
        """Return the entries of one moment that are worth reading, in the order in which to read them."""
        if when == TEST and self.parsed > _MAX_TEST and paths:
            self.left_out[TEST] = paths  # none of them will be read: nor are their bytes
            return []
        if when in {CALL, TEST}:
            return self.worth(paths)
        if when != IMPORT:
            return paths
        # What a user's import of the package reaches comes first, then single modules, the worst first.
        single = {e.path for e in self.entries if e.why == "submodule"}
        return [p for p in paths if p not in single] + self.worth([p for p in paths if p in single])

    def begin(self, module: Module, path: str, when: str) -> None:
        """Run a module as what starts it does: a program with its main block, a build back end with its hooks."""
        why = [e.why for e in self.entries if e.path == path and e.when == INSTALL] if when == INSTALL else []
        if any(starts.is_program(path, w) for w in why):
            starts.as_program(module)
        self.start(module, when)
        if any(starts.is_hook(w) for w in why):
            starts.run_hooks(self.machine, module)
        if when == LOAD:
            run_loading(self.machine, module)

    def follow_rest(self, modules: list[Module], when: str) -> None:
        """Follow what nothing called in modules."""
        for module in modules:
            if module.tree is not None:
                self.rest(module, when)

    @staticmethod
    def key(module: Module) -> str:
        """Return what a module's member is known by."""
        return _key(module.path, module.container)

    def worth(self, paths: list[str]) -> list[str]:
        """Return modules in the order in which to read them, the most suspicious first."""
        self.chosen.update(paths)
        sources = {path: self.read(path) for path in paths}
        room = self.parsed + sum(map(len, sources.values())) <= _MAX_TEST  # all of them will be read
        scored = [
            (0 if room else -sum(word in data for word in _STRONG), len(data), path) for path, data in sources.items()
        ]
        return [path for _, _, path in sorted(scored)]

    def enter(self, path: str, when: str) -> Module | None:
        """Return the module of an entry; None, and counted, when the budget for its time is spent."""
        late = when in {CALL, TEST}
        full = self.parsed > (_MAX_TEST if when == TEST else _MAX_LATE if late else _MAX_EARLY)
        if full and (when == TEST or self.reserve <= 0 or not self.telling(path)):
            self.left_out.setdefault(when, []).append(path)
            return None
        if path in self.chosen and not self.holds(path, _SINKS_SOUGHT):
            return None
        before = self.parsed
        module = self.load(path, strict=late, whole=when in {INSTALL, STARTUP})
        self.reserve -= self.parsed - before if full else 0
        return module

    def telling(self, path: str) -> bool:
        """Whether a module both fetches or decodes and starts or evaluates: read even when the budget is spent."""
        data = self.read(path)
        return any(word in data for word in _FETCH) and any(word in data for word in _START)

    def read(self, path: str) -> bytes:
        """Return the bytes of a member; b"" when there is none."""
        held = self.data.get(path)
        if held is None:
            member = self.members.get(path)
            held = self.data[path] = member.read() if member is not None else b""
            if member is not None and path not in self.tests:
                read_payees(held, member.path, member.container, self.sink)
                read_tool_text(held, member.path, member.container, self.sink)
        return held

    def words(self, path: str) -> bytes:
        """Return the different words of a member, with a blank between them."""
        held = self.joined.get(path)
        if held is None:
            data = self.read(path)
            words = words_of(data)
            held = self.joined[path] = b" ".join(words)
            if not data.isascii() and is_dressed(words):
                self.dressed.add(path)
        return held

    def holds(self, path: str, sought: Sought) -> bool:
        """Whether a member holds one of the words sought, or hides its words."""
        return sought.any(self.read(path), self.words(path)) or path in self.dressed

    def load(self, path: str, *, strict: bool = False, whole: bool = False) -> Module | None:
        """Return the parsed module of a path; None when nothing in it matters."""
        if path in self.modules:
            return self.modules[path]
        self.modules[path] = None
        data = self.read(path)
        if not data or not self.holds(path, _SINKS_SOUGHT if strict else _WORDS_SOUGHT):  # noqa: SIM102
            if not data or (strict or len(data) > _SMALL):
                return self._opaque(path, data)
        member = self.members[path]
        text = decode_source(data)
        shorter, words = (text, None) if whole or path in self.dressed else prune(text, self.words(path))
        if not shorter:
            return self._opaque(path, data)
        self.parsed += len(shorter) - shorter.count("\n\n")
        module = Module(self.by_path.get(path, ""), member.path, text, member.container)
        module.words = None if self.little and words is not None and words.few else words
        self.modules[path] = module
        tree = parse_part(shorter) if shorter is not text else None
        if tree is None:
            self.parsed += len(text) if shorter is not text else 0
            parsed = parse(text)
            tree, module.opaque = parsed.tree, parsed.partial
        module.tree = tree
        module.opaque |= tree is None
        return module

    def load_early(self, path: str) -> Module | None:
        """Return the module of a path that something starts at install, start or import; None past the budget."""
        if path in self.modules:
            return self.modules[path]
        if self.parsed > _MAX_EARLY:
            self.sink.gap(path, "not read: too much code comes before what starts it")
            return None
        return self.load(path, whole=True)

    def _opaque(self, path: str, data: bytes) -> Module | None:
        """Return a module whose own code does not matter, only what it imports."""
        if not data or b"import" not in data:
            return None
        kept = imports_of(data.decode("utf-8", "replace"))
        module = Module(self.by_path.get(path, ""), self.members[path].path, kept, self.members[path].container)
        module.tree = parse_part(kept)
        if module.tree is None:
            return None
        self.modules[path] = module
        return module

    def start(self, module: Module, when: str) -> None:
        """Evaluate the top level of a module, once for its earliest time."""
        if module.when is not None and RANK[module.when] <= RANK[when]:
            return
        if module.running:
            return
        module.when = when
        module.running = True
        m = self.machine
        held = (
            m.when,
            m.module,
            m.qual,
            m.guards,
            m.container,
            m.frames,
            m.depth,
            m.concrete,
            m.nest,
            m.layer,
            m.given,
            m.fixed_line,
        )
        m.when, m.module, m.qual, m.guards, m.container = when, module, "", [], module.container
        m.frames, m.depth, m.concrete, m.nest, m.layer, m.given, m.fixed_line = [], 0, 0, 0, (), frozenset(), 0
        limit = m.limit
        m.limit = max(limit, min(m.steps + 120_000, _TOTAL * 2))
        try:
            hidden(m, module.text)
            if module.tree is not None:
                _guarded(m, module)
            if module.opaque and module.text.strip():
                from depscan.facts.python.fallback import read_words

                read_words(m, module.text, 1, (), frozenset())
        finally:
            m.limit = limit
            (
                m.when,
                m.module,
                m.qual,
                m.guards,
                m.container,
                m.frames,
                m.depth,
                m.concrete,
                m.nest,
                m.layer,
                m.given,
                m.fixed_line,
            ) = held
            module.running = False
        if when == INSTALL and module.tree is not None and module.path.rpartition("/")[2] == "setup.py":
            self._commands(module)

    def _commands(self, module: Module) -> None:
        """Run command classes of a setup.py whatever way they are handed to setup()."""
        m = self.machine
        for cls in list(module.classes):
            if _is_command(cls) and cls.made is None:
                m.when, m.module, m.container = INSTALL, module, module.container
                m.granted(60_000, lambda c=cls: commands.run_unnamed(m, c), share=False)  # type: ignore[misc]

    def rest(self, module: Module, when: str) -> None:
        """Evaluate the functions nobody called, with arguments nobody knows."""
        m = self.machine
        m.when, m.module, m.container, m.guards, m.frames = when, module, module.container, [], []
        m.depth = m.nest = m.concrete = 0
        m.layer, m.given, m.fixed_line, m.layer_depth = (), frozenset(), 0, 0
        run_rest(m, module)

    def import_name(self, name: str, module: Module, line: int) -> Value | None:  # noqa: ARG002
        """Resolve ``import x.y`` (with that prefix), or an attribute of a module of the package."""
        if not name.startswith("import "):
            return self._member(name, module)
        full = absolute(name[7:], module)
        path = self._path(full, module)
        if path is None:
            return None
        m = self.machine
        parent = full.rpartition(".")[0]
        if parent and parent != module.name and parent in self.names:
            self._start_once(self.names[parent], m.when)
        target = self._start_once(path, m.when)
        root = full.partition(".")[0]
        if root in _SHADOWED and module.name.partition(".")[0] != root:
            return None  # its copy is read too; what its calls do is known by their names
        return Mod(target) if target is not None else None

    def _path(self, full: str, module: Module) -> str | None:
        path = self.names.get(full)
        if (path is None and module.path == "setup.py") or "/" not in module.path:
            flat = full.replace(".", "/")
            path = path or next((p for p in (f"{flat}.py", f"{flat}/__init__.py") if p in self.members), None)
        return path

    def _start_once(self, path: str, when: str) -> Module | None:
        known = self.modules.get(path)
        if known is None and path not in self.modules:
            if self.parsed <= _MAX_EARLY:
                known = self.load(path, strict=when in {CALL, TEST}, whole=when == INSTALL and "/" not in path)
            elif when in {INSTALL, STARTUP}:
                # Padding must not push what runs by itself out of sight and leave the verdict clean.
                self.sink.gap(path, "not read: too much code comes before it at install or start", fatal=True)
        if known is not None and not known.running:
            self.start(known, when)
        return known

    def _member(self, name: str, module: Module) -> Value | None:
        if not name:
            return Mod(module)
        found = module.scope.names.get(name)
        if found is not None:
            return found
        full = f"{module.name}.{name}" if module.name else name
        path = self.names.get(full)
        if path is not None and path != module.path:
            target = self._start_once(path, self.machine.when)
            return Mod(target) if target is not None else None
        getter = module.scope.names.get("__getattr__")
        if isinstance(getter, Func):
            return call_function(self.machine, getter, [Const(name)], {}, getter.node)
        return None


def _key(path: str, container: tuple[str, ...]) -> str:
    """Return what tells members of nested archives apart."""
    return " > ".join((*container, path)) if container else path


def _is_command(cls: Class) -> bool:
    foreign = cls.foreign()
    return "command" in foreign or foreign.rpartition(".")[2] in {
        "install",
        "develop",
        "egg_info",
        "build_py",
        "Command",
        "build_ext",
        "sdist",
        "bdist_wheel",
    }


def _guarded(m: Machine, module: Module) -> None:
    body = module.tree.body if module.tree is not None else []
    _, ended = m.granted(120_000, lambda: statements.run_module(m, body, module.scope), share=False)
    if not ended:
        m.sink.gap(module.path, "too much work to follow this module to its end")


def run_whole(m: Machine, module: Module) -> None:
    """Evaluate a module that stands alone: its top level, then what nothing called."""
    guards = list(m.guards)
    _guarded(m, module)
    m.guards = guards
    when = m.when
    m.when = CALL if RANK[when] < RANK[CALL] else when
    run_rest(m, module)
    m.when = when


def run_rest(m: Machine, module: Module) -> None:
    """Evaluate functions, methods and classes that nothing reached."""
    if module.words is not None and module.words.few:
        for known in (*module.functions, *(f for c in module.classes for f in c.attrs.values() if isinstance(f, Func))):
            if not isinstance(known.node, ast.Lambda):
                module.words.learn(known.node.name, module.part(known.node.lineno, known.node.end_lineno or 0))
    for cls in list(module.classes):
        _methods(m, cls)
    at = 0
    while at < min(len(module.functions), _MAX_FUNCTIONS):  # a function that is read may define others
        fn = module.functions[at]
        at += 1
        if id(fn.node) not in m.reached:
            _unreached(m, fn, [])


def _methods(m: Machine, cls: Class) -> None:
    made = cls.made
    for name in sorted(cls.attrs, key=lambda n: n not in {"__init__", "setUp"}):
        method = cls.attrs[name]
        if not isinstance(method, Func) or id(method.node) in m.reached:
            continue
        if made is None:
            made = cls.made = Obj(cls)
        _unreached(
            m, method, [made] if method.kind not in {"static", "class"} else [cls] if method.kind == "class" else []
        )


def _unreached(m: Machine, fn: Func, given: list[Value]) -> None:
    m.reached.add(id(fn.node))
    module = fn.scope.module
    if module.words is not None and not module.words.worth(module.part(fn.node.lineno, fn.node.end_lineno or 0)):
        return
    if m.steps > m.total:
        m.sink.gap(m.module.path, "too much code to follow all functions", getattr(fn.node, "lineno", 0))
        return
    fuel = _PER_FUNCTION * _DECODING if _evaluates(module, fn) else _PER_FUNCTION
    m.limit = max(m.limit, m.steps + fuel)
    m.granted(fuel, lambda: run_function(m, fn, given, {}), share=False)


def _evaluates(module: Module, fn: Func) -> bool:
    """Whether a function evaluates text: what it decodes first, letter by letter, may take long to follow."""
    part = module.part(fn.node.lineno, fn.node.end_lineno or 0)
    return "exec(" in part or "eval(" in part or any(f"{name}(" in part for name in aliases(module.text))
