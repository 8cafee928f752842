"""Which parts of a large module are worth parsing: those that can do something, and what they mention.

Parsing costs a second per megabyte and almost all code of honest packages can do nothing a rule asks about. A module
is cut at its unindented lines (and classes at their methods); parts without a word of capability, and not mentioned
by one that has, become blank lines, so that line numbers stay. When the rest does not parse, all of it is parsed.
"""

from __future__ import annotations

import re

SMALL = 6_000
"""Characters up to which a module is parsed whole."""

_SURE = (
    "__import__", "import_module", "subprocess", "pyarmor", "os.system", "os.exec", "os.spawn", "os.startfile", "os.fork", "dup2",
    "popen", "Popen", "spawn(", "socket", "requests.", "urllib", "urlopen", "urlretrieve", "httpx", "aiohttp", "http.client",
    "httplib", "smtplib", "ftplib", "paramiko", "telnetlib", "ctypes.", "winreg", "marshal.", "pickle.load", "pyperclip",
    "clipboard", "pynput", "keyboard.", "ImageGrab", "telebot", "telegram", "discord", "websocket", "webbrowser",
    "b64decode", "b32decode", "b85decode", "a85decode", "b16decode", "unhexlify", "fromhex", ".decrypt(", "dns.resolver",
    "from_key", "from_mnemonic", "VideoCapture", "crontab", "pip.main", "pip._internal", "globals()[", "__builtins__",
    "builtins.", "__subclasses__", "maketrans", "[::-1]", "rot13", "rot_13", "runpy", "FunctionType", "LambdaType",
    "zlib.decompress", "sys.modules[", "__dict__[", "extractall", '.exe"', ".exe'", "powershell", "create_subprocess",
    "CDLL", "windll", "WindowsHook", "Login Data", "/etc/passwd", ".ssh/", "webhook", "sendall", "private_key",
    "mnemonic", "atexit.", "ThreadPool", "multiprocessing.", "importlib.resources", "pkgutil.get_data", "startfile",
)  # fmt: skip
_MAYBE = ("exec(", "eval(", "compile(", "execfile(", "environ", "getattr(")
_CAPABLE = re.compile(
    r"(?<![.\w])(?:exec|eval|compile|execfile)\(|environ\b(?!\.get\(|\[|\.setdefault|\.pop)"
    r"|getattr\([\w.]+, *(?:[^'\"\w]|['\"]\w*['\"] *\+|\w+\()"
)
_MODULES = frozenset(
    [
        "os",
        "subprocess",
        "socket",
        "requests",
        "urllib",
        "urllib2",
        "urllib3",
        "http",
        "httpx",
        "aiohttp",
        "smtplib",
        "ftplib",
        "ctypes",
        "marshal",
        "base64",
        "binascii",
        "codecs",
        "zlib",
        "builtins",
        "runpy",
        "pty",
        "telnetlib",
        "paramiko",
        "winreg",
        "importlib",
        "multiprocessing",
        "websocket",
        "pyperclip",
        "pynput",
        "asyncio",
        "dns",
        "webbrowser",
        "imp",
        "pexpect",
        "commands",
        "platform",
        "posix",
        "nt",
    ]
)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]+)|import[ \t]+([^\n#;]+))", re.M
)
_HEAD = re.compile(r"^(?!else\b|elif\b|except\b|finally\b|[\s#)\]}'\"])", re.M)
_DEF = re.compile(r"(?:@|(?:async[ \t]+)?def[ \t]+(\w+)|class[ \t]+(\w+))")
_NAMED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.M)
_METHOD = re.compile(r"^(?:    |\t)(?=(?:async )?def |@)", re.M)
_WORD = re.compile(r"[A-Za-z_]\w*")
_HARMLESS = frozenset({"path", "environ", "sep", "name", "getenv", "PathLike", "fspath", "getcwd", "makedirs", "gather", "sleep",
                       "Path", "parse", "quote", "urlparse", "urljoin", "urlencode", "util", "metadata", "reload", "stat"})  # fmt: skip
_DOTTED = re.compile(r"[\w.]+|\*")
_COMMON = frozenset(
    {"", "__init__", "get", "run", "call", "close", "open", "read", "write", "__call__", "start", "update"}
)
_ROUNDS = 4


def prune(text: str) -> tuple[str, Words | None]:
    """Return a module's text without the parts that can do nothing, and its words; "" when nothing is left."""
    if len(text) <= SMALL:
        return text, None
    capable = Words(text)
    chunks = _cut(text, _HEAD)
    kept = _choose(chunks, capable)
    if not any(kept):
        return "", None
    out: list[str] = []
    for chunk, keep in zip(chunks, kept, strict=True):
        if not keep:
            out.append("\n" * chunk.count("\n"))
        elif chunk.startswith("class ") and len(chunk) > SMALL // 2:
            out.append(_prune_class(chunk, capable))
        else:
            out.append(chunk)
    return "".join(out), capable


def _cut(text: str, at: re.Pattern[str]) -> list[str]:
    marks = [match.start() for match in at.finditer(text)]
    starts = [0, *(m for m in marks if m)]
    chunks = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    joined: list[str] = []
    waiting: list[str] = []
    for chunk in chunks:
        head = chunk.lstrip()
        waiting.append(chunk)
        if not head.startswith("@"):
            joined.append("".join(waiting))
            waiting = []
    return [*joined, "".join(waiting)] if waiting else joined


class Words:
    """The words of capability that occur in a module at all: its parts are searched for these only."""

    def __init__(self, text: str) -> None:
        self.sure = [word for word in _SURE if word in text]
        self.maybe = [word for word in _MAYBE if word in text]
        self.bound = _capable_names(text)
        self.names: set[str] = set()

    def worth(self, part: str) -> bool:
        """Whether a function can do something, or joins two that can."""
        return self.stand_in(part, set(_WORD.findall(part)))

    def stand_in(self, part: str, words: set[str]) -> bool:
        """Whether a part of the module holds one of them; ``words`` are the part's identifiers."""
        if any(word in part for word in self.sure) or not self.bound.isdisjoint(words):
            return True
        if len(self.names & words) > 1:
            return True
        return any(word in part for word in self.maybe) and _CAPABLE.search(part) is not None


def _choose(chunks: list[str], capable: Words) -> list[bool]:
    """Return which chunks to keep."""
    words = [set(_WORD.findall(chunk)) for chunk in chunks]
    names = [_name(chunk) for chunk in chunks]
    plain = [_DEF.match(chunk) is None for chunk in chunks]
    kept = [_dense(chunk) or capable.stand_in(chunk, words[i]) for i, chunk in enumerate(chunks)]
    if not any(k and not _only_import(chunks[i]) for i, k in enumerate(kept)):
        return [False] * len(chunks)
    capable.names = {names[i] for i, keep in enumerate(kept) if keep and names[i]}
    for i, chunk in enumerate(chunks):
        kept[i] = kept[i] or (plain[i] and len(chunk) < SMALL) or len(capable.names & words[i]) > 1
    for _ in range(_ROUNDS):
        wanted = set().union(*(words[i] for i, keep in enumerate(kept) if keep))
        more = [i for i, keep in enumerate(kept) if not keep and names[i] and names[i] in wanted]
        small = [i for i in more if len(chunks[i]) < SMALL // 2]
        if not small:
            break
        for i in small:
            kept[i] = True
    return kept


def _only_import(chunk: str) -> bool:
    return chunk.startswith(("import ", "from ")) and ";" not in chunk


def _dense(chunk: str) -> bool:
    """Whether lines are far longer than people write them."""
    return len(chunk) > 400 * (chunk.count("\n") + 1)


def _name(chunk: str) -> str:
    match = _NAMED.search(chunk)
    return match[1] if match else ""


def _own_name(method: str) -> str:
    match = re.search(r"def[ \t]+(\w+)", method)
    return match[1] if match else ""


def _prune_class(chunk: str, capable: Words) -> str:
    """Return a class without the methods that can do nothing and that nobody mentions."""
    methods = _cut(chunk, _METHOD)
    out = [methods[0]]
    keep = False
    words = [set(_WORD.findall(m)) for m in methods]
    own = [capable.stand_in(m, words[i]) for i, m in enumerate(methods)]
    mentioned = set().union(*(w for w, k in zip(words, own, strict=True) if k))
    capable.names |= {_own_name(m) for m, k in zip(methods[1:], own[1:], strict=True) if k} - _COMMON
    for method, able in zip(methods[1:], own[1:], strict=True):
        name = _own_name(method)
        keep = able or name in mentioned or (name in {"__init__", "run"} and len(method) < SMALL)
        out.append(method if keep else "\n" * method.count("\n"))
    if not any(line.strip() for part in out for line in part.split("\n")[1:]):
        return chunk
    joined = "".join(out)
    head, _, tail = joined.partition("\n")
    if head.rstrip().endswith(":") and not tail.strip():
        return chunk
    return joined


def _capable_names(text: str) -> set[str]:
    """Return the names that imports bind to something capable."""
    found: set[str] = set()
    for match in _IMPORT.finditer(text):
        for part in (match[2] or match[3] or "").strip("() \n").split(","):
            words = part.split()
            if not words:
                continue
            module = (match[1] or words[0]).lstrip(".").partition(".")[0]
            if module not in _MODULES:
                continue
            given = words[-1] if len(words) == 3 else words[0].partition(".")[0]  # noqa: PLR2004 - a as b
            renamed = len(words) == 3  # noqa: PLR2004
            if words[0].rpartition(".")[2] in _HARMLESS or (match[1] is None and not renamed):
                continue
            found.add(given)
    return found


def imports_of(text: str) -> str:
    """Return the import statements of a text, one name each, as they may be parsed alone."""
    out: list[str] = []
    for match in _IMPORT.finditer(text[: 1 << 20]):
        for part in (match[2] or match[3] or "").strip("() \n").split(",")[:100]:
            words = part.split("#")[0].split()
            if not words or not all(_DOTTED.fullmatch(w) for w in words) or len(words) not in {1, 3}:
                continue
            named = " ".join(words)
            out.append(f"from {match[1]} import {named}" if match[1] else f"import {named}")
    return "\n".join(out)
