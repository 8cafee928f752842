"""What JavaScript calls mean: Node's modules, the usual HTTP clients, evaluation and decoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts._call import is_autostart
from depscan.facts._js_value import Js, all_sources, decode, fold_method, longest_layer
from depscan.facts.place import UNKNOWN, Place

if TYPE_CHECKING:
    from depscan.facts._js_walk import Walk

_FETCH = re.compile(
    r"^(?:(?:http|https|http2)\.(?:get|request)|fetch|(?:window|globalThis|self)\.fetch|node-fetch|undici\.(?:fetch|request)|axios(?:\.\w+)?|got(?:\.\w+)?"
    r"|needle(?:\.\w+)?|request(?:\.\w+)?|request-promise|superagent\.\w+|phin|bent|ky(?:\.\w+)?|navigator\.sendBeacon|cross-fetch|follow-redirects\.https?\.\w+)$"
)
_POST = re.compile(r"\.(?:post|put|patch|sendBeacon)$")
_FILES = {
    "readFile": "file.read", "readFileSync": "file.read", "createReadStream": "file.read", "readdir": "file.list", "readdirSync": "file.list",  # noqa: E501
    "writeFile": "file.write", "writeFileSync": "file.write", "appendFile": "file.write", "appendFileSync": "file.write",  # noqa: E501
    "createWriteStream": "file.write", "outputFile": "file.write", "unlink": "file.delete", "unlinkSync": "file.delete", "rm": "file.delete",  # noqa: E501
    "rmSync": "file.delete", "rmdirSync": "file.delete", "chmod": "file.chmod", "chmodSync": "file.chmod", "readJson": "file.read", "readJsonSync": "file.read",  # noqa: E501
    "copyFile": "file.read", "copyFileSync": "file.read", "opendir": "file.list",
}  # fmt: skip
_IDENTITY = frozenset(
    [
        "os.hostname",
        "os.userInfo",
        "os.networkInterfaces",
        "os.release",
        "os.version",
        "os.cpus",
        "process.getuid",
        "username",
        "whoami",
        "public-ip",
        "internal-ip",
        "node-machine-id.machineId",
        "node-machine-id.machineIdSync",
        "systeminformation.osInfo",
    ]
)
_SPAWN = re.compile(
    r"^(?:child_process|cross-spawn|execa|shelljs|Bun|Deno)(?:\.(exec|execSync|spawn|spawnSync|execFile|execFileSync|fork|execa|command|sync|\$|run|Command))?$"
)
_OTHER = {
    "clipboardy.read": "clipboard.read", "clipboardy.readSync": "clipboard.read", "navigator.clipboard.readText": "clipboard.read",  # noqa: E501
    "clipboardy.write": "clipboard.write", "clipboardy.writeSync": "clipboard.write", "navigator.clipboard.writeText": "clipboard.write",  # noqa: E501
    "screenshot-desktop": "screen.read", "desktopCapturer.getSources": "screen.read", "iohook.start": "keyboard.read",
    "keytar.getPassword": "file.read", "keytar.findCredentials": "file.read", "WebSocket": "net.connect", "ws": "net.connect",  # noqa: E501
    "socket.io-client": "net.connect", "process.dlopen": "code.load-native", "WebAssembly.instantiate": "code.load-native",  # noqa: E501
}  # fmt: skip


def call(walk: Walk, callee: Js, owner: Js, method: str, args: tuple[Js, ...], start: int, *, new: bool) -> Js:
    """Add the facts of one call and return its value; functions among the arguments are walked with it."""
    place = walk.place(start)
    value = _known_call(walk, callee, owner, method, args, place)
    if value is None:
        value = _generic(walk, callee, owner, method, args)
    for arg in args:
        if arg.function is not None:
            given = Js(None, all_sources(value, owner))
            walk.call_function(arg, (given, given, given, given))
        elif arg.name in {"eval", "Function"} and all_sources(owner):
            place.add("code.eval", arg.name, (), all_sources(owner))
    return value if not new or value.name else value._replace(name=callee.name and f"{callee.name}()")


def _generic(walk: Walk, callee: Js, owner: Js, method: str, args: tuple[Js, ...]) -> Js:
    """A call nobody knows: a function of this text, a foldable method, or something the data passes through."""
    if callee.function is not None:
        return walk.call_function(callee, args)
    folded = fold_method(owner, method, args) if method else None
    if folded is not None:
        return folded
    if method in {"toString", "trim"} and owner.text is not None:
        return owner
    name = callee.name if callee.name.endswith("()") or not callee.name else f"{callee.name}()"
    kept = name if re.match(r"(?:net|tls|dgram|XMLHttpRequest|http|https)\b", name) else ""
    return Js(None, all_sources(callee, owner, *args), name=kept)


def _known_call(walk: Walk, callee: Js, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:
    name = callee.name
    if name in {"require", "import"}:
        return _require(walk, args, place)
    for handler in (_decoding, _evaluation, _process, _network, _files, _stream, _other):
        found = handler(walk, name, owner, method, args, place)
        if found is not None:
            return found
    return None


def _require(walk: Walk, args: tuple[Js, ...], place: Place) -> Js:
    if args and args[0].known and args[0].text:
        return walk.module(args[0].text)
    sources = all_sources(*args)
    if sources:
        place.add("code.import-dynamic", "require", tuple(arg.shown for arg in args[:1]), sources)
    return Js(None, sources)


def _decoding(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:  # noqa: ARG001
    first = args[0] if args else Js()
    if name in {"atob", "Buffer.from", "Buffer", "window.atob", "globalThis.atob", "buffer.Buffer.from"}:
        encoding = "base64" if name.endswith("atob") else (args[1].shown if len(args) > 1 else "utf8")
        if first.items is not None:
            return _characters(first)
        if encoding.lower() not in {"base64", "base64url", "hex"}:
            return first
        text = decode(first.text, encoding) if first.known and first.text is not None else None
        index = place.add("code.decode", name, (text,) if text else (), all_sources(first))
        return Js(text, (*first.sources, index), layer=(*first.layer, encoding.lower()))
    if name == "String.fromCharCode":
        return _characters(Js(items=args))
    if name in {"decodeURIComponent", "unescape", "decodeURI"} and first.known and first.text is not None:
        from urllib.parse import unquote

        return first._replace(text=unquote(first.text))
    if name in {
        "JSON.stringify",
        "Object.entries",
        "Object.keys",
        "encodeURIComponent",
        "querystring.stringify",
        "btoa",
        "Object.assign",
        "String",
        "escape",
    }:
        return Js(first.text if first.known else None, all_sources(*args), layer=longest_layer(*args))
    if name in {"path.join", "path.resolve", "path.normalize"}:
        return Js(
            "/".join(arg.shown.strip("/") if n else arg.shown.rstrip("/") for n, arg in enumerate(args)),
            all_sources(*args),
        )
    return {"os.homedir": Js("~"), "os.tmpdir": Js("/tmp")}.get(name)  # noqa: S108


def _characters(value: Js) -> Js:
    codes = [item.text for item in value.items or ()]
    if not codes or not all(code is not None and code.isdecimal() and len(code) < 8 for code in codes):  # noqa: PLR2004
        return Js(None, all_sources(value))
    text = "".join(chr(int(code)) for code in codes if code is not None and int(code) < 0x110000)  # noqa: PLR2004
    return Js(text, all_sources(value), layer=("char-codes",))


def _evaluation(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:
    named = name in {"eval", "Function", "vm.Script", "globalThis.eval", "window.eval", "setTimeout", "setInterval"}
    if not named and not re.match(r"vm\.(?:run|compile)", name) and method not in {"_compile", "constructor"}:
        return None
    code = args[-1] if name == "Function" and args else args[0] if args else Js()
    if name in {"setTimeout", "setInterval"} and (code.text is None or code.function is not None):
        if len(args) > 1 and (args[1].text or "").isdecimal() and int(args[1].text or "0") >= 60_000:  # noqa: PLR2004
            place.add("sleep", name, (args[1].shown,))
        return None
    if method == "constructor" and not (code.text and owner.name == "") and not all_sources(code):
        return None
    index = place.add("code.eval", name or method, (code.text,) if code.text else (), all_sources(*args))
    if code.known and code.text:
        from depscan.facts.javascript import follow

        follow(code.text, place.deeper(*(code.layer or ("eval",)), sources=(*code.sources, index)), walk)
    return Js(None, (index,))


def _process(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:  # noqa: ARG001
    if not _SPAWN.match(name) or not args or ("." not in name and name not in {"cross-spawn", "execa"}):
        return None
    from depscan.facts.command import read_command

    command: str | list[str] = args[0].shown
    listed = args[1].items if len(args) > 1 and args[1].items is not None else args[0].items
    if listed is not None:
        command = [*([] if args[0].items is not None else [args[0].shown]), *(item.shown for item in listed)]
    elif not re.search(r"\.(?:exec|execSync|command|run|\$)$", name):
        command = [args[0].shown]
    program = walk.names.get(f"file {args[0].shown.split(' ')[0]}", Js())
    found = read_command(
        command, path=place.path, line=place.line, when=place.when, layer=place.layer, sink=place.sink, guards=place.guards,  # noqa: E501
        sources=tuple({*place.sources, *all_sources(program, *args)}), text=place.text, container=place.container,
    )  # fmt: skip
    return Js(None, tuple(index for index in found if index >= 0), name="child_process()")


def _address(args: tuple[Js, ...]) -> Js:
    """Return the address of a request: its first argument, or what the options name."""
    for arg in args[:2]:
        if arg.text is not None:
            return arg
        props = arg.props or {}
        for key in ("url", "uri", "baseURL", "hostname", "host"):
            if key in props:
                path = props.get("path", Js(""))
                host = props[key]
                text = host.shown if "://" in host.shown or host.text is None else "https://" + host.shown
                return Js(text + (path.shown if key in {"hostname", "host"} else ""), all_sources(host, path))
    return args[0] if args else Js()


def _network(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:  # noqa: ARG001
    if re.match(r"dns(?:\.promises)?\.(?:lookup|resolve|reverse)", name) or name.endswith(".resolve4"):
        index = place.add("dns.query", name, tuple(arg.shown for arg in args[:1]), all_sources(*args[:1]))
        return Js(None, (index,))
    if name in {"net.connect", "net.createConnection", "tls.connect"} or (
        method == "connect" and re.match(r"(?:net|tls)\b", owner.name)
    ):
        texts = [arg.shown for arg in args if arg.text is not None]
        host = ":".join(reversed(texts[:2])) or _address(args).shown
        index = place.add("net.connect", name, ("tcp://" + host,), all_sources(*args))
        return Js(None, (index,), name="net.connect()")
    if not _FETCH.match(name):
        return None
    return _request(name, args, place)


def _request(name: str, args: tuple[Js, ...], place: Place) -> Js:
    address = _address(args)
    verb = next((arg.props["method"].shown for arg in args if arg.props and "method" in arg.props), "").upper()
    sends = bool(_POST.search(name)) or verb in {"POST", "PUT", "PATCH"}
    sources = all_sources(*args)
    values = (address.text,) if address.text else ()
    indices: list[int] = []
    if sends or (sources and not address.shown.startswith(UNKNOWN)):
        indices.append(place.add("net.send", name, values, sources))
    if not sends:
        indices.append(place.add("net.download", name, values, address.sources))
    return Js(None, tuple(indices), name=f"http.request() {address.shown}")


def _files(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:  # noqa: ARG001
    module, _, function = name.rpartition(".")
    what = _FILES.get(function)
    if (
        what is None
        or module.removesuffix(".promises") not in {"fs", "fs-extra", "graceful-fs", "original-fs"}
        or not args
    ):
        return None
    path = args[0]
    if what == "file.write":
        content = args[1] if len(args) > 1 and not function.startswith("create") else Js()
        values = (path.shown, content.text) if content.known and content.text else (path.shown,)
        index = place.add(what, name, values, all_sources(path, content))
        if path.text and is_autostart(path.text):
            place.add("persist", name, values, all_sources(path, content))
        if path.text:
            walk.names[f"file {path.text}"] = Js(None, (*all_sources(content), index))
        return Js(path.text, (index,), name="fs.stream()")
    index = place.add(what, name, (path.shown,), path.sources)
    if function.startswith("copyFile") and len(args) > 1:
        index = place.add("file.write", name, (args[1].shown,), (index,))
    return Js(None, (*path.sources, index))


def _stream(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:  # noqa: ARG001
    """Data written to a request, a socket or a file that is open."""
    target = args[0] if args else Js()
    if method == "pipe" and target.name == "fs.stream()":
        index = place.add("file.write", "pipe", (target.text,) if target.text else (), all_sources(owner))
        walk.names[f"file {target.text}"] = Js(None, (*all_sources(owner), index))
        return target
    if method in {"write", "end", "send", "emit"} and owner.name.startswith(
        ("http.request()", "net.connect()", "XMLHttpRequest", "dgram", "WebSocket", "ws")
    ):
        data = all_sources(*args)
        if data:
            address = owner.name.removeprefix("http.request()").strip()
            place.add("net.send", method, (address,) if "." in address else (), data)
        return owner
    if (
        method == "pipe"
        and re.match(r"(?:net|tls)\.(?:connect|Socket|TLSSocket|createConnection)\(\)", owner.name)
        and target.name == "child_process().stdin"
    ):
        links = (i for i, fact in enumerate(place.sink.facts) if fact.what == "net.connect" and fact.path == place.path)
        place.add("process.spawn", "pipe", (place.text,), tuple({*owner.sources, *links}), ("reverse",))
        return target
    return None


def _other(walk: Walk, name: str, owner: Js, method: str, args: tuple[Js, ...], place: Place) -> Js | None:  # noqa: ARG001
    if name in _IDENTITY:
        return Js(None, (place.add("host.identify", name, (name,)),))
    what = _OTHER.get(name)
    if what is not None:
        return Js(
            None,
            (place.add(what, name, tuple(arg.shown for arg in args[:1]), all_sources(*args)),),
            name=name if what == "net.connect" else "",
        )
    return None
