"""Which parts of a large module are worth parsing: those that can do something, and what they mention.

Parsing costs a second per megabyte and almost all code of honest packages can do nothing a rule asks about. A module
is cut at its unindented lines (and classes at their methods); parts without a word of capability, and not mentioned
by one that has, become blank lines, so that line numbers stay. When the rest does not parse, all of it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.facts.python.vocabulary import Sought, words_of

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
_SURE_SOUGHT = Sought(word.encode() for word in _SURE)
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
        "zipimport",
        "imp",
        "pexpect",
        "commands",
        "platform",
        "posix",
        "nt",
    ]
)
_IMPORT = re.compile(r"[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]+)|import[ \t]+([^\n#;]+))")
_HEAD = re.compile(r"\n(?=[^\s#)\]}'\"])(?!el(?:se|if)\b|except\b|finally\b)")
_DEF = re.compile(r"(?:@|(?:async[ \t]+)?def[ \t]+(\w+)|class[ \t]+(\w+))")
_NAMED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.M)
_METHOD = re.compile(r"\n(?:    |\t)(?=(?:async )?def |@)")
_BOUND = re.compile(r"=[ \t]*(?:exec|eval|__import__|execfile)[ \t]*(?:#[^\n]*)?(?=[\r\n]|\Z)")
_HARMLESS = frozenset({"path", "environ", "sep", "name", "getenv", "PathLike", "fspath", "getcwd", "makedirs", "gather", "sleep",
                       "Path", "parse", "quote", "urlparse", "urljoin", "urlencode", "util", "metadata", "reload", "stat"})  # fmt: skip
_DOTTED = re.compile(r"[\w.]+|\*")
_COMMON = frozenset(
    [b"", b"__init__", b"get", b"run", b"call", b"close", b"open", b"read", b"write", b"__call__", b"start", b"update"]
)
_ROUNDS = 4
_IDLE = 60_000
"""Characters that a table of long lines may ask for in a module without a word of capability (generated classes)."""
_LONG = 400


def prune(text: str, joined: bytes = b"") -> tuple[str, Words | None]:
    """Return a module's text without the parts that can do nothing, and its words; "" when nothing is left.

    Args:
        text: the source.
        joined: its different words with a blank between them, when they are known.
    """
    data = text.encode("utf-8", "surrogatepass")
    capable = Words(text, data, joined or b" ".join(words_of(data)))
    if len(text) <= SMALL:
        capable.few = True
        return text, capable
    if not capable.any and not _has_long_line(text):
        return "", None
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
    marks = [match.start() + 1 for match in at.finditer(text)]
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

    def __init__(self, text: str, data: bytes, joined: bytes) -> None:
        self.sure = [word.decode() for word in _SURE_SOUGHT.held(data, joined)]
        self.maybe = [word for word in _MAYBE if word in text]
        self.bound = _capable_names(text)
        self.names: set[bytes] = set()
        self.few = False
        """Whether the module is small: ``names`` are asked for by ``learn``, and one of them is enough."""
        self.any = bool(self.sure or self.bound or (self.maybe and _CAPABLE.search(text)))

    def worth(self, part: str) -> bool:
        """Whether a function can do something, or joins two that can."""
        return self.stand_in(part, _words(part))

    def learn(self, name: str, part: str) -> None:
        """Remember the name of a function that can do something: what mentions it can do that too."""
        if name.encode() not in _COMMON and self.worth(part):
            self.names.add(name.encode())

    def stand_in(self, part: str, words: set[bytes]) -> bool:
        """Whether a part of the module holds one of them; ``words`` are the part's identifiers."""
        for word in self.sure:
            if word in part:
                return True
        if not self.bound.isdisjoint(words):
            return True
        if self.names and len(self.names & words) > (not self.few):
            return True
        return any(word in part for word in self.maybe) and _CAPABLE.search(part) is not None


def _choose(chunks: list[str], capable: Words) -> list[bool]:
    """Return which chunks to keep."""
    words = [_words(chunk) for chunk in chunks]
    names = [_name(chunk) for chunk in chunks]
    plain = [_DEF.match(chunk) is None for chunk in chunks]
    kept = [_dense(chunk) or capable.stand_in(chunk, words[i]) for i, chunk in enumerate(chunks)]
    if not any(k and not _only_import(chunks[i]) for i, k in enumerate(kept)):
        return [False] * len(chunks)
    capable.names = {names[i] for i, keep in enumerate(kept) if keep and names[i]}
    for i, chunk in enumerate(chunks):
        kept[i] = kept[i] or (plain[i] and len(chunk) < SMALL) or len(capable.names & words[i]) > 1
    room = _IDLE
    for _ in range(_ROUNDS):
        wanted = set().union(*(words[i] for i, keep in enumerate(kept) if keep))
        more = [i for i, keep in enumerate(kept) if not keep and names[i] and names[i] in wanted]
        small = [i for i in more if len(chunks[i]) < SMALL // 2]
        if not capable.any:
            small = _shortest(small, chunks, room)
            room -= sum(len(chunks[i]) for i in small)
        if not small:
            break
        for i in small:
            kept[i] = True
    return kept


def _shortest(found: list[int], chunks: list[str], most: int) -> list[int]:
    """Return the shortest of some chunks, up to that many characters together."""
    out: list[int] = []
    for i in sorted(found, key=lambda i: len(chunks[i])):
        most -= len(chunks[i])
        if most < 0:
            break
        out.append(i)
    return out


def _only_import(chunk: str) -> bool:
    return chunk.startswith(("import ", "from ")) and ";" not in chunk


def _words(part: str) -> set[bytes]:
    return words_of(part.encode("utf-8", "surrogatepass"))


def _has_long_line(text: str) -> bool:
    """Whether a line is so long that it may be what ``_dense`` means."""
    return max(map(len, text.split("\n"))) > _LONG


def _dense(chunk: str) -> bool:
    """Whether lines are far longer than people write them."""
    return len(chunk) > _LONG * (chunk.count("\n") + 1)


def _name(chunk: str) -> bytes:
    match = _NAMED.search(chunk)
    return match[1].encode() if match else b""


def _own_name(method: str) -> bytes:
    match = re.search(r"def[ \t]+(\w+)", method)
    return match[1].encode() if match else b""


def _prune_class(chunk: str, capable: Words) -> str:
    """Return a class without the methods that can do nothing and that nobody mentions."""
    methods = _cut(chunk, _METHOD)
    out = [methods[0]]
    keep = False
    words = [_words(m) for m in methods]
    own = [capable.stand_in(m, words[i]) for i, m in enumerate(methods)]
    mentioned = set().union(*(w for w, k in zip(words, own, strict=True) if k))
    capable.names |= {_own_name(m) for m, k in zip(methods[1:], own[1:], strict=True) if k} - _COMMON
    for method, able in zip(methods[1:], own[1:], strict=True):
        name = _own_name(method)
        keep = able or name in mentioned or (name in {b"__init__", b"run"} and len(method) < SMALL)
        out.append(method if keep else "\n" * method.count("\n"))
    if not any(line.strip() for part in out for line in part.split("\n")[1:]):
        return chunk
    joined = "".join(out)
    head, _, tail = joined.partition("\n")
    if head.rstrip().endswith(":") and not tail.strip():
        return chunk
    return joined


def _imports(text: str) -> Iterator[re.Match[str]]:
    """Yield the import statements of a text."""
    at = text.find("import")
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        match = _IMPORT.match(text, start)
        following = text.find("\n", match.end() if match else at)
        at = text.find("import", following) if following >= 0 else -1
        if match:
            yield match


def _capable_names(text: str) -> set[bytes]:
    """Return the names that imports, or assignments of a bare builtin, bind to something capable."""
    found: set[bytes] = {name.encode() for name in aliases(text)}
    for match in _imports(text):
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
            found.add(given.encode("utf-8", "surrogatepass"))
    return found


def imports_of(text: str) -> str:
    """Return the import statements of a text, one name each, as they may be parsed alone."""
    out: list[str] = []
    for match in _imports(text[: 1 << 20]):
        for part in (match[2] or match[3] or "").strip("() \n").split(",")[:100]:
            words = part.split("#")[0].split()
            if not words or not all(_DOTTED.fullmatch(w) for w in words) or len(words) not in {1, 3}:
                continue
            named = " ".join(words)
            out.append(f"from {match[1]} import {named}" if match[1] else f"import {named}")
    return "\n".join(out)


def aliases(text: str) -> list[str]:
    """Return the names that assignments bind to a builtin that runs text (``run = exec``)."""
    lines = (text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip() for found in _BOUND.finditer(text))
    return [name for name in lines if name.isidentifier()]
