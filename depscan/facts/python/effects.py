"""From a foreign call to its fact: values chosen, flows joined, files remembered, commands read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from depscan.facts.python.calls import RESULT, Spec
from depscan.facts.python.fetching import is_own, told
from depscan.facts.python.given import given_away
from depscan.facts.python.labels import labelled
from depscan.facts.python.machine import MAX_TEXT, Machine
from depscan.facts.python.staged import started
from depscan.facts.python.values import (
    HOLE,
    NONE,
    Alt,
    Const,
    Ref,
    Seq,
    Value,
    all_layers,
    sources,
    text_of,
    texts,
    wrap,
)

_PERSIST = re.compile(
    r"start menu.{0,4}programs.{0,4}startup|currentversion.{0,4}run|/etc/cron|/etc/init\.d|/systemd/|launchagents"
    r"|launchdaemons|\.bashrc|\.bash_profile|\.zshrc|\.profile$|/etc/profile|/etc/rc\.local|\.config/autostart"
    r"|authorized_keys|ld\.so\.preload|sitecustomize\.py|usercustomize\.py|\.pth$|windows.{0,4}start menu"
    r"|\.config/fish|/etc/ld\.so|site-packages.{0,3}$|/etc/sudoers|\\startup\\|/startup/",
    re.IGNORECASE,
)
_BROWSER = re.compile(
    r"login data|user data|\\cookies|/cookies|cookies\.sqlite|web data|local state|leveldb|google.{0,3}chrome"
    r"|mozilla.{0,3}firefox|bravesoftware|opera software|microsoft.{0,3}edge|logins\.json|key4\.db|places\.sqlite"
    r"|discord.{0,8}local storage|vivaldi|yandexbrowser|discordcanary|discordptb|keychains",
    re.IGNORECASE,
)
_WALLET = re.compile(
    r"wallet\.dat|exodus|electrum|atomic.{0,3}local storage|metamask|nkbihfbeogaeaoehlefnkodbefgpgknn|\.ethereum"
    r"|coinomi|bytecoin|zcash|armory|\.bitcoin|keystore|solana.{0,3}id\.json|phantom|jaxx|binance|trust ?wallet",
    re.IGNORECASE,
)
_DATA = frozenset(
    [
        "env.dump",
        "env.read",
        "file.read",
        "host.identify",
        "clipboard.read",
        "browser.read",
        "wallet.read",
        "screen.read",
        "keyboard.read",
        "camera.read",
        "process.spawn",
        "secret.parameter",
        "file.list",
        "crypto.key",
    ]
)
"""What makes a request that only fetches a request that sends."""
_INTO = 2
"""An archive and the folder it is unpacked into."""


def selected(spec: Spec, fn: Ref, pos: list[Value], kw: dict[str, Value]) -> list[Value]:
    """Return the arguments a row of the table asks for."""
    out: list[Value] = []
    for choice in spec.select:
        for key in choice:
            value = _one(key, fn, pos, kw, out)
            if value is not None:
                out.append(value)
                break
    return out


def _one(key: str, fn: Ref, pos: list[Value], kw: dict[str, Value], out: list[Value]) -> Value | None:
    if key == "*":
        out.extend((*pos, *kw.values()))
        return None
    if key == "self":
        where: Ref | None = fn
        for _ in range(4):
            if where is None:
                break
            if where.value is not None:
                return where.value
            where = where.base
        return None
    if key == "fn":
        return Const(fn.name.rpartition(".")[2])
    if key.isdigit():
        return pos[int(key)] if int(key) < len(pos) else None
    return kw.get(key)


def shown(values: Iterable[Value], most: int = 8) -> tuple[str, ...]:
    """Return values as texts; a list (an address, an argv) is one text."""
    out: list[str] = []
    for value in values:
        for option in value.options if isinstance(value, Alt) else [value]:
            if isinstance(option, Seq):
                items = [text_of(wrap(i)) or HOLE for i in option.items[:40]]
                out.append((":" if option.kind == "tuple" else " ").join(items))
                continue
            text = text_of(option)
            out.extend([text] if text is not None else list(texts(option))[:most])
    return tuple(t for t in out if t)[:most]


def effect(  # noqa: C901, PLR0913, PLR0917
    m: Machine, spec: Spec, fn: Ref, callee: str, pos: list[Value], kw: dict[str, Value], node: ast.AST,
    found: frozenset[int],
) -> frozenset[int]:  # fmt: skip
    """Add the facts of a call; returns the sources its result carries."""
    what = spec.what
    values = selected(spec, fn, pos, kw)
    flows = found | fn.sources | _gathered(fn)
    if what == "process.spawn":
        return spawn(m, callee, values, pos, kw, node)
    if what.startswith("file.") and values:
        return touch(m, what, callee, values, flows, node)
    listed = shown(values)
    if what == "dns.query" and values and isinstance(values[0], Ref) and values[0].name == "socket.gethostname":
        what, listed = "host.identify", ()
    if what == "persist":
        listed = tuple(_deep(fn, pos))
        if callee.startswith(("winreg", "os.chdir")) and not any(map(_PERSIST.search, listed)):
            return NONE
        listed = listed[:8]
    if what.startswith("net."):
        listed = _addresses(what, fn, listed)
        flows = told(fn, pos, kw, flows)
    if what == "net.send":
        flows |= labelled(m, [*pos[1:], *kw.values()], node)
    if m.written and what in {"code.load-native", "deserialize"}:
        flows |= written_in(m, listed[:1])
    index = m.emit(what, callee, node, listed, flows)
    if index < 0:
        return NONE
    result = frozenset((index,)) if what in RESULT else NONE
    if what == "archive.extract" and len(values) == _INTO:
        remember(m, values[1], index)
    if not _saved(m, what, callee, pos, kw, node, result):
        given_away(m, what, callee, node, listed, flows)
    if what == "net.connect" and isinstance(fn.base, Ref) and values:
        fn.base.value = fn.base.value or values[0]
    return _answered(m, what, callee, pos, kw, node, listed, flows, result)


def _answered(  # noqa: PLR0913, PLR0917
    m: Machine, what: str, callee: str, pos: list[Value], kw: dict[str, Value], node: ast.AST,
    listed: tuple[str, ...], flows: frozenset[int], result: frozenset[int],
) -> frozenset[int]:  # fmt: skip
    """Add what follows from a call to the network; returns the sources its result carries."""
    if what in {"net.download", "net.connect"} and is_data(m, flows):
        m.emit("net.send", callee, node, listed, flows)
    if what == "net.send":
        waiting = m.token(("net.download", m.line_of(node), callee, listed[0] if listed else ""))
        result |= {waiting}
    return result


def _deep(fn: Ref, pos: list[Value]) -> list[str]:
    out = [t for value in pos for t in texts(value)]
    where: Ref | None = fn
    for _ in range(3):
        if where is not None and where.value is not None:
            out.extend(texts(where.value))
        where = where.base if where is not None else None
    return out


def _gathered(fn: Ref) -> frozenset[int]:
    """Return what the receiver of a method gathered."""
    found = NONE
    where = fn.base
    for _ in range(3):
        if where is None:
            break
        found |= sources(where)
        where = where.base
    return found


def _addresses(what: str, fn: Ref, listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return host and path of an http.client request as one address."""
    if fn.name.startswith("http.client.") and len(listed) > 1 and listed[1].startswith("/"):
        scheme = "https" if "HTTPS" in fn.name else "http"
        return (f"{scheme}://{listed[0]}{listed[1]}", *listed[2:])
    return listed


def is_data(m: Machine, flows: frozenset[int]) -> bool:
    """Whether anything of the host or user flows in, at whatever distance."""
    todo, seen = list(flows), set[int]()
    while todo and len(seen) < 400:  # noqa: PLR2004 - enough of a chain
        index = todo.pop()
        if index in seen:
            continue
        seen.add(index)
        if index < 0:
            waiting = m.pending.get(index)
            if waiting is not None and waiting[0] in _DATA and not is_own(waiting[0], waiting[3:4]):
                return True
            todo.extend(m.written.get(index, ()))
            continue
        fact = m.sink.facts[index]
        if fact.what in _DATA and not is_own(fact.what, fact.values):
            return True
        if fact.what not in {"net.download", "net.send", "code.decode"}:
            todo.extend(fact.sources)
    return False


# -- files ---------------------------------------------------------------------------------------------------------


def path_keys(value: Value) -> list[object]:
    """Return the identities of a path: its text, and the tokens of unknown values in it."""
    keys: list[object] = [s for s in sources(value) if s < 0]
    for option in value.options if isinstance(value, Alt) else [value]:
        text = text_of(option)
        if text and text.strip("{?}/. "):
            keys.append(text.replace("\\", "/"))
    return keys


def remember(m: Machine, path: Value, index: int) -> None:
    """Remember that a fact wrote to a path."""
    for key in path_keys(path)[:6]:
        m.written.setdefault(key, set()).add(index)


def written_in(m: Machine, listed: Iterable[str]) -> frozenset[int]:
    """Return the facts that wrote a file one of these texts (paths, commands) names."""
    found: set[int] = set()
    for text in listed:
        flat = text.replace("\\", "/")
        for key, facts in m.written.items():
            if not isinstance(key, str):
                continue
            base = key.rpartition("/")[2]
            if key in flat or (len(base) > 3 and base in flat):  # noqa: PLR2004 - a name, not a letter
                found |= facts
    return frozenset(found)


def touch(
    m: Machine, what: str, callee: str, values: list[Value], flows: frozenset[int], node: ast.AST
) -> frozenset[int]:
    """Add the facts of reading, writing, listing, changing or deleting a path."""
    listed = shown(values)
    if what in {"file.read", "file.chmod"}:
        flows |= written_in(m, listed[:1])
    index = m.emit(what, callee, node, listed, flows)
    if index < 0:
        return NONE
    result = {index}
    if what in {"file.write", "file.chmod"}:
        remember(m, values[0], index)
    if what in {"file.write"} and any(_PERSIST.search(t) for t in listed):
        m.emit("persist", callee, node, listed, flows | {index})
    result |= _stores(m, what, callee, listed, flows, node)
    return frozenset(result) if what in RESULT else NONE


def _stores(
    m: Machine, what: str, callee: str, listed: tuple[str, ...], flows: frozenset[int], node: ast.AST
) -> set[int]:
    out: set[int] = set()
    if what in {"file.read", "file.list"}:
        for pattern, kind in ((_BROWSER, "browser.read"), (_WALLET, "wallet.read")):
            hits = tuple(t for t in listed if pattern.search(t))
            if hits:
                out.add(m.emit(kind, callee, node, hits, flows))
    out.discard(-1)
    return out


def _saved(
    m: Machine, what: str, callee: str, pos: list[Value], kw: dict[str, Value], node: ast.AST, result: frozenset[int]
) -> bool:
    """Remember the file that urlretrieve and its like write the answer to; returns whether there is one."""
    if what != "net.download" or not ("retrieve" in callee or callee == "wget.download"):
        return False
    target = pos[1] if len(pos) > 1 else kw.get("filename") or kw.get("out")
    if target is None:
        return False
    for index in result:
        remember(m, target, index)
    if any(_PERSIST.search(t) for t in shown([target])):
        m.emit("persist", "urlretrieve", node, shown([target]), result)
    return True


# -- commands ------------------------------------------------------------------------------------------------------

_MOST_LEFT = 40
_QUIET = frozenset({"env", "cwd", "stdout", "stderr", "stdin", "creationflags", "startupinfo"})


def spawn(
    m: Machine, callee: str, values: list[Value], pos: list[Value], kw: dict[str, Value], node: ast.AST
) -> frozenset[int]:
    """Add the facts of starting a process, and read its command when it is known."""
    if not values:
        values = [v for k, v in kw.items() if k not in _QUIET][:1]
    if callee.startswith(("os.exec", "os.spawn", "os.posix_spawn")) and pos and pos[0] not in values:
        listed = shown([pos[0], *values])
    else:
        listed = shown(values)
    flows = NONE
    chain: tuple[str, ...] = ()
    for value in (*values, *(v for k, v in kw.items() if k not in _QUIET), *pos[:3]):
        flows |= sources(value)
        chain = chain or all_layers(value)
    flows |= written_in(m, listed)
    index = m.emit("process.spawn", callee, node, listed, flows)
    if index < 0:
        return NONE
    out = {index}
    started(m, listed, node)
    m.run_script(listed)
    for value in values[:1]:
        for option in value.options[:4] if isinstance(value, Alt) else [value]:
            out.update(read_inner(m, option, flows, chain, node))
    _left_behind(m, index, node)
    if any(re.search(r"\bpip3?(\.exe)?['\"]?,? +['\"]?install", t) for t in listed):
        m.emit("package.install", callee, node, listed, flows)
    return frozenset(i for i in out if i >= 0)


def _left_behind(m: Machine, index: int, node: ast.AST) -> None:
    """Remember the files that a command wrote: a later one may start them."""
    facts = m.sink.facts
    for i in range(index + 1, min(len(facts), index + _MOST_LEFT)):
        fact = facts[i]
        if fact.what == "file.write" and fact.values and len(fact.values[0]) > 4:  # noqa: PLR2004 - a path
            m.written.setdefault(fact.values[0].replace("\\", "/"), set()).add(i)


def read_inner(m: Machine, value: Value, flows: frozenset[int], chain: tuple[str, ...], node: ast.AST) -> list[int]:
    """Read the command with the reader of its language."""
    try:
        from depscan.facts.command import read_command
    except ImportError:
        return []
    command: str | list[str] | None
    command = [text_of(wrap(i)) or HOLE for i in value.items[:200]] if isinstance(value, Seq) else text_of(value)
    if not command or command == HOLE or m.layer_depth > 8 or len(m.layer) > 10:  # noqa: PLR2004 - deep enough
        return []
    key = ("command", str(command)[:4000], m.when, m.module.path, m.line_of(node))
    if key in m.seen:
        return []
    m.seen.add(key)
    return read_command(
        command, path=m.module.path, line=m.line_of(node), when=m.when, layer=(*m.layer, *chain), sink=m.sink,
        sources=m.real(flows | m.given, "process.spawn"), guards=tuple(dict.fromkeys(m.guards)), scope=m.qual,
        text=m.module.line(getattr(node, "lineno", 0))[:MAX_TEXT], container=m.container,
    )  # fmt: skip
