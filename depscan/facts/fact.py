"""The vocabulary: what a piece of code does, when, with what, and where its data comes from."""

from typing import NamedTuple

INSTALL, STARTUP, IMPORT, LOAD, CALL, TEST = "install", "startup", "import", "load", "call", "test"
WHEN = (INSTALL, STARTUP, IMPORT, LOAD, CALL, TEST)
"""When code runs: at installation, at every interpreter start, at import, when a model is loaded, when the
user calls it, or only in tests, docs and examples. Earlier ones weigh more."""

WHATS = frozenset({
    "net.connect", "net.send", "net.download", "dns.query", "process.spawn", "shell.run", "code.eval",
    "code.decode", "code.load-native", "code.import-dynamic", "code.unreadable", "env.read", "env.dump",
    "file.read", "file.write", "file.delete", "file.chmod", "file.list", "host.identify", "persist",
    "clipboard.read", "clipboard.write", "screen.read", "keyboard.read", "camera.read", "browser.read",
    "wallet.read", "crypto.mine", "crypto.key", "archive.extract", "deserialize", "anti.analysis", "sleep",
    "service.call", "hook.declare", "start.line", "package.install", "text.hidden", "text.prompt",
    "secret.parameter", "native.binary", "file.disguised", "archive.odd", "literal",
    "package.shape", "argument.sent", "money.sent",
    "load.call", "load.import", "load.state", "load.layout", "load.path", "load.native", "load.operator",
    "load.template", "load.code", "load.bomb",
})  # fmt: skip
"""Every word a fact may use (DESIGN section 6, extended; docs/decisions/0007-facts.md says by what and why)."""


class Fact(NamedTuple):
    """One thing that code does.

    Attributes:
        what: a word of ``WHATS``.
        when: a word of ``WHEN``.
        path: member path inside the artifact.
        line: 1-based line in that member; for decoded layers the line of the outermost literal.
        callee: resolved dotted name of what is called (``requests.post``), or the command's name.
        values: folded texts that matter: URL or host for net, path for file, variable name for env, the
            whole command for process and shell, the code for code.eval. Unknown parts are ``{?}``;
            a wholly unknown value is left out. At most 2,000 characters each.
        sources: indices (in the same list) of the facts whose data flows into this one.
        layer: decodings around it, outermost first ("base64", "zlib", "shell"); () for plain source.
        guards: conditions it stands under: "os:nt", "os:posix", "ci", "argv:install", "date", "try", "debugger";
            "answer:unused" (nobody looks at what the call returns), "wraps:original" (the function also hands its
            arguments to the one of the same name it stands for), "written-file" (the code was written to a file
            by other code and started), "command:NAME" (a command class of a setup script; with "?" where its base
            alone says which).
        scope: qualified name of the function or class body it stands in; "" for module level.
        text: the source line, or for a decoded layer the decoded line; at most 300 characters, unescaped.
        container: archives around the member, outermost first.
        offset: byte in the member where a binary format states it; -1 where lines say it, or nothing does.
    """

    what: str
    when: str
    path: str
    line: int = 0
    callee: str = ""
    values: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    layer: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    scope: str = ""
    text: str = ""
    container: tuple[str, ...] = ()
    offset: int = -1


class Gap(NamedTuple):
    """Something a reader could not follow: it is shown as coverage.

    ``fatal`` is a defect of the reader itself: the verdict is then incomplete whenever the code would run.
    ``when`` says when it would run; "" for the first time that its path runs.
    """

    path: str
    why: str
    line: int = 0
    fatal: bool = False
    when: str = ""
