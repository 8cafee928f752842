"""PowerShell text lowered to facts: constants are folded by rewriting, then each statement is read.

Within one statement, and through variables and files, what was fetched or collected flows into what evaluates,
starts or sends it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts._call import Call, Session, is_autostart
from depscan.facts._power_fold import fold, statements
from depscan.facts.place import UNKNOWN, Place, Val
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "powershell"
MAX_TEXT = 200_000
_MAX_STATEMENTS = 3000
_FLAGS = re.compile(r"(?i)[-/–](?:e(?:c|nc|nco\w*)?|encodedcommand)$")
_SOURCES: tuple[tuple[str, str, str], ...] = (
    ("net.download", "web", r"\.Download(?:String|Data|File)(?:Async|TaskAsync)?\b|\.OpenRead\b|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer|wget|curl)\b(?!\.exe)|Net\.WebRequest\]|HttpClient|Msxml2\.XMLHTTP|\.GetStringAsync|\.GetByteArrayAsync"),  # noqa: E501
    ("net.connect", "TCPClient", r"(?:Net\.Sockets\.)(?:TCPClient|UdpClient|Socket)"),
    ("env.dump", "env:", r"(?:gci|dir|ls|Get-ChildItem|Get-Item)\s+(?:-Path\s+)?['\"]?env:|GetEnvironmentVariables\(\)"),  # noqa: E501
    ("host.identify", "host", r"\$env:(?:USERNAME|COMPUTERNAME|USERDOMAIN)|\bwhoami\b|\bhostname\b|Get-ComputerInfo|Win32_(?:ComputerSystem|OperatingSystem|BIOS|Processor|VideoController)|\[Environment\]::(?:UserName|MachineName)|Get-NetIPAddress|systeminfo|ipconfig"),  # noqa: E501
    ("clipboard.read", "Get-Clipboard", r"Get-Clipboard|\bgcb\b|Clipboard\]::Get"),
    ("screen.read", "CopyFromScreen", r"CopyFromScreen"),
    ("keyboard.read", "GetAsyncKeyState", r"GetAsyncKeyState|SetWindowsHookEx|GetForegroundWindow"),
    ("browser.read", "browser", r"(?i)\\(?:Google\\Chrome|Microsoft\\Edge|BraveSoftware|Mozilla\\Firefox)\\"),
    ("file.read", "Get-Content", r"\b(?:Get-Content|gc)\b|ReadAll(?:Text|Bytes|Lines)\("),
    ("file.list", "Get-ChildItem", r"\b(?:Get-ChildItem|gci)\b(?!\s+(?:-Path\s+)?['\"]?env:)"),
)  # fmt: skip
_SINKS: tuple[tuple[str, str, str], ...] = (
    ("net.send", "upload", r"-Method\s+['\"]?(?:Post|Put)|\.Upload(?:String|Data|File|Values)|\.PostAsync|Send-MailMessage|SmtpClient|\.Method\s*=\s*['\"]POST"),  # noqa: E501
    ("file.write", "Set-Content", r"-OutFile\b|\bOut-File\b|\bSet-Content\b|\bAdd-Content\b|WriteAll(?:Text|Bytes|Lines)\(|\.DownloadFile\w*\(|-Destination\b"),  # noqa: E501
    ("code.eval", "Invoke-Expression", r"(?<![\w.-])(?:iex|Invoke-Expression)\b|ScriptBlock\]::Create|\.InvokeScript\(|\bAdd-Type\b|ExecutionContext\.InvokeCommand"),  # noqa: E501
    ("code.load-native", "Assembly.Load", r"Assembly\]::(?:Load|LoadFile|UnsafeLoadFrom)\b|VirtualAlloc|CreateThread|GetDelegateForFunctionPointer|DllImport"),  # noqa: E501
    ("process.spawn", "Start-Process", r"(?<![\w.-])(?:Start-Process|saps|Invoke-Item|ii|Invoke-WmiMethod|Invoke-CimMethod)\b|Process\]::Start|(?:^|[|;({]\s*)&\s*[\"'$(]|WScript\.Shell|ShellExecute|^start\s"),  # noqa: E501
    ("persist", "persist", r"(?i)CurrentVersion\\Run|(?:New|Register)-ScheduledTask\b|Register-ScheduledJob|New-Service|\\Startup\\|\bschtasks\b.*/create|Set-WmiInstance|__EventFilter|\$PROFILE\b"),  # noqa: E501
    ("anti.analysis", "defender", r"(?i)(?:Add|Set)-MpPreference|amsiutils|AmsiScanBuffer|amsiInitFailed|Clear-EventLog|Remove-MpPreference|DisableRealtimeMonitoring|Set-NetFirewallProfile"),  # noqa: E501
    ("file.delete", "Remove-Item", r"(?<![\w-])Remove-Item\b"),
    ("sleep", "Start-Sleep", r"(?i)\bStart-Sleep\b"),
)  # fmt: skip
_URL = re.compile(r"(?i)(?:https?|ftp|tcp)://[^\s'\"`)>;,|]+")
_PATH = re.compile(
    r"(?i)(?:\$env:\w+|\$HOME|[A-Z]:|~)?[\\/][^\s'\";,|<>]+|\$env:\w+|[\w-]+\.(?:exe|ps1|bat|cmd|vbs|dll|txt|zip|js|py|msi)\b"
)
_EXTERNAL = re.compile(
    r"(?i)^(?:&\s*)?[\"']?((?:[A-Z]:)?[\w\\/. ]*?(?:curl\.exe|certutil|bitsadmin|schtasks|reg|cmd|powershell|pwsh|python\d?|pip\d?|npm|node|mshta|rundll32|regsvr32"  # noqa: E501
    r"|wscript|cscript|bash|wsl|nslookup|ping|msiexec|git|ssh|scp|netsh|wmic|sc|taskkill)(?:\.exe)?)[\"']?\s+(.*)", re.DOTALL,  # noqa: E501
)  # fmt: skip


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every PowerShell file of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_powershell(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_powershell(  # noqa: PLR0913
    text: str, *, path: str, line: int, when: str, layer: tuple[str, ...], sink: Sink, sources: tuple[int, ...] = (),
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower PowerShell text to facts; see ``depscan.facts.shell.read_shell``.

    Returns:
        Indices of the facts that were added.
    """
    place = Place(sink, path, line, when, layer, (), guards, scope, text_line, container)
    before = len(sink.facts)
    run_power_text(text, place if UNKNOWN in text else place._replace(sources=sources), Session(sources))
    return list(range(before, len(sink.facts)))


def run_power_text(text: str, place: Place, session: Session) -> Val:
    """Follow PowerShell text; returns what flows out of it."""
    if place.too_deep():
        return Val(UNKNOWN)
    if len(text) > MAX_TEXT:
        place.sink.gap(
            place.path,
            f"PowerShell text of {len(text)} characters: only its beginning and its end were read",
            place.line,
        )
        text = text[: MAX_TEXT // 2] + "\n" + text[-MAX_TEXT // 2 :]
    return _Power(place, session).run(text)


def run_powershell_arguments(call: Call) -> Val:
    """Read the arguments of ``powershell`` (about_PowerShell_exe)."""
    args = list(call.args)
    guards: tuple[str, ...] = ()
    while args:
        flag = args[0].text.lower()
        if _FLAGS.match(flag) and len(args) > 1:
            return _encoded(call, args[1], guards)
        if re.match(r"[-/]w(?:i\w*)?$", flag) and len(args) > 1:
            guards = ("hidden",) if re.match(r"(?i)h|1", args[1].text) else guards
            args = args[2:]
        elif re.match(
            r"[-/](?:ex?p?|exec\w*|version|v|psconsolefile|outputformat|o|inputformat|configurationname)$", flag
        ):
            args = args[2:]
        elif re.match(r"[-/]f(?:i\w*)?$", flag) and len(args) > 1:
            return _file(call, args[1])
        elif flag.startswith(("-", "/")) and not re.match(r"[-/]c(?:o\w*)?$", flag):
            args = args[1:]
        else:
            rest = args[1:] if flag.startswith(("-", "/")) else args
            return _text(call, rest, guards)
    if call.stdin.text or call.stdin.sources:
        return _text(call, [call.stdin], guards)
    return Val(UNKNOWN, (call.add("process.spawn", call.whole.text, guards=guards),))


def _file(call: Call, path: Val) -> Val:
    held = call.session.written(path.text)
    sources = held.sources if held is not None else path.sources
    if held is not None and held.known:
        return run_power_text(held.text, call.place.deeper(*held.layer, "powershell", sources=sources), call.session)
    if held is not None:
        return Val(UNKNOWN, (call.add("code.eval", path.text, sources=sources),))
    return Val(UNKNOWN, (call.add("process.spawn", call.whole.text, sources=sources),))


def _text(call: Call, words: list[Val], guards: tuple[str, ...]) -> Val:
    from depscan.facts.place import join_vals

    code = join_vals(words, " ")
    if code.text in {"-", UNKNOWN, ""}:
        code = call.stdin if code.text == "-" else code
        return Val(UNKNOWN, (call.add("code.eval", code.text, sources=code.sources),)) if code.sources else Val(UNKNOWN)
    place = call.place.deeper(*code.layer, "powershell", sources=code.sources if code.layer else ())
    place = place._replace(guards=(*place.guards, *guards))
    session = Session(tuple({*call.session.unknown, *code.sources}))
    session.files, session.fuel = call.session.files, call.session.fuel
    return run_power_text(code.text, place, session)


def _encoded(call: Call, blob: Val, guards: tuple[str, ...]) -> Val:
    import base64

    compact = re.sub(r"[^A-Za-z0-9+/]", "", blob.text)
    try:
        data = base64.b64decode(compact + "=" * (-len(compact) % 4))
    except ValueError:
        data = b""
    text = data.decode("utf-16-le", "replace") if blob.known else ""
    index = call.add("code.decode", text, sources=blob.sources, guards=guards)
    index = call.place.deeper("base64").add("code.eval", "powershell", (text,), (*blob.sources, index), guards)
    if not text:
        return Val(UNKNOWN, (index,))
    return _text(call, [Val(text, (index,), ("base64",))], guards)


class _Power:
    def __init__(self, place: Place, session: Session) -> None:
        self._outer = place
        self._place = place
        self._session = session
        self._flows: dict[str, tuple[int, ...]] = {}
        self._link: tuple[int, ...] = ()
        self._decoded: tuple[int, ...] = ()
        self._evaluates = False

    def run(self, text: str) -> Val:
        out: tuple[int, ...] = ()
        for number, (offset, statement) in enumerate(statements(text)):
            if number > _MAX_STATEMENTS:
                self._place.sink.gap(
                    self._place.path, "PowerShell text too long to follow to its end", self._place.line
                )
                break
            line = self._outer.line if self._outer.layer else self._outer.line + text.count("\n", 0, offset)
            self._place = self._outer._replace(line=line, text=statement)
            out = self._statement(statement)
        if self._link and self._evaluates:
            self._place.add("process.spawn", "powershell", (text,), self._link, ("reverse",))
        return Val(UNKNOWN, out)

    def _statement(self, statement: str) -> tuple[int, ...]:
        folded, layers = fold(
            statement, {name: value.text for name, value in self._session.variables.items() if value.known}
        )
        decoded = tuple(self._place.add("code.decode", "FromBase64String", (text,)) for text in layers)
        assigned = re.match(r"\s*(?:\[[\w.\[\]]+\]\s*)?\$(?:\w+:)?(\w+)\s*\+?=(?!=)\s*(.*)", folded, re.DOTALL)
        body = assigned[2] if assigned else folded
        sources = {
            index for name in re.findall(r"\$\{?(?:\w+:)?(\w+)", body) for index in self._flows.get(name.lower(), ())
        }
        sources.update(decoded)
        if UNKNOWN in body:
            sources.update(self._session.unknown)
        external = _EXTERNAL.match(body.strip())
        if external is not None:
            sources.update(self._external(external))
        sources.update(self._sources(body))
        sinks = self._sinks(body, tuple(sorted(sources)))
        if layers and any(self._place.sink.facts[i].what == "code.eval" for i in sinks if i >= 0):
            self._evaluate(layers[-1], decoded)
        if assigned:
            self._assign(assigned[1], body, tuple(sorted(sources)))
        return tuple(sorted({*sources, *sinks}))

    def _assign(self, name: str, body: str, sources: tuple[int, ...]) -> None:
        self._flows[name.lower()] = sources
        constant = re.fullmatch(r"\s*'((?:[^']|'')*)'\s*", body)
        if constant is not None:
            self._session.variables[name.lower()] = Val(constant[1].replace("''", "'"), sources)
        else:
            self._session.variables.pop(name.lower(), None)

    def _external(self, match: re.Match[str]) -> tuple[int, ...]:
        from depscan.facts._run import run_words

        words = [match[1], *(word.strip("\"'") for word in re.findall(r"(?:[^\s\"'|]|\"[^\"]*\"|'[^']*')+", match[2]))]
        return run_words(tuple(self._session.lit(word) for word in words), Val(), self._place, self._session).sources

    def _values(self, what: str, body: str) -> tuple[str, ...]:
        if what.startswith("net."):
            if what == "net.connect":
                host = re.search(
                    r"(?i)(?:TCPClient|UdpClient)['\"]?\s*\(?\s*(?:-ArgumentList\s*)?\(?['\"]?([\w.-]+)['\"]?\s*,\s*(\d+)",
                    body,
                )
                return (f"tcp://{host[1]}:{host[2]}",) if host else ()
            return tuple(dict.fromkeys(_URL.findall(body)))[:3]
        if what == "file.write":
            named = re.search(r"(?i)(?:-OutFile|-FilePath|-Destination|-Path)\s+['\"]?([^\s'\",;|]+)", body)
            return (named[1],) if named else tuple(p for p in _PATH.findall(_URL.sub(" ", body)))[:1]
        if what in {"file.read", "file.list", "file.delete", "browser.read"}:
            return tuple(_PATH.findall(_URL.sub(" ", body)))[:2]
        if what == "code.eval":
            return (body,)
        return (body,)

    def _sources(self, body: str) -> set[int]:
        found: set[int] = set()
        for what, callee, pattern in _SOURCES:
            if re.search(pattern, body, re.IGNORECASE):
                if what == "net.download" and re.search(_SINKS[0][2], body, re.IGNORECASE):
                    continue  # it sends
                index = self._place.add(what, callee, self._values(what, body))
                found.add(index)
                self._link = (*self._link, index) if what == "net.connect" else self._link
        for name in re.findall(r"(?i)\$env:(\w+)", body):
            if re.search(r"(?i)TOKEN|SECRET|PASSW|API_?KEY|_KEY\b|CREDENTIAL", name):
                found.add(self._place.add("env.read", "$env:" + name, (name,)))
        return found

    def _sinks(self, body: str, sources: tuple[int, ...]) -> list[int]:
        found: list[int] = []
        for what, callee, pattern in _SINKS:
            if not re.search(pattern, body, re.IGNORECASE | re.MULTILINE):
                continue
            values = self._values(what, body)
            flows = self._from_files(body, sources) if what == "process.spawn" else sources
            hidden = ("hidden",) if re.search(r"(?i)-W\w*\s+Hidden|-NoNewWindow|CreateNoWindow", body) else ()
            found.append(self._place.add(what, callee, values, flows, hidden))
            self._evaluates = self._evaluates or what == "code.eval"
            if what == "file.write":
                self._written(values, flows)
            elif what == "code.eval":
                self._literal(body, sources)
        return found

    def _written(self, values: tuple[str, ...], sources: tuple[int, ...]) -> None:
        for value in values:
            self._session.files[value.removeprefix("./")] = Val(UNKNOWN, sources)
            self._session.files[re.split(r"[\\/]", value)[-1]] = Val(UNKNOWN, sources)
            if is_autostart(value):
                self._place.add("persist", "Set-Content", (value,), sources)
            for name in re.findall(r"\$(\w+)", value):
                self._flows[name.lower()] = tuple(sorted({*self._flows.get(name.lower(), ()), *sources}))

    def _from_files(self, body: str, sources: tuple[int, ...]) -> tuple[int, ...]:
        held = {
            index
            for path, value in self._session.files.items()
            if len(path) > 3 and path in body  # noqa: PLR2004
            for index in value.sources
        }
        return tuple(sorted({*sources, *held}))

    def _literal(self, body: str, sources: tuple[int, ...]) -> None:
        """Follow ``iex 'known text'``."""
        code = re.search(
            r"(?i)(?:iex|Invoke-Expression|Create)\b[\s(]*(?:-Command\s+)?'((?:[^']|'')+)'|^\s*'((?:[^']|'')+)'\s*\|\s*(?:iex|Invoke-Expression)",
            body,
        )
        if code is not None:
            self._evaluate((code[1] or code[2]).replace("''", "'"), sources)

    def _evaluate(self, text: str, sources: tuple[int, ...]) -> None:
        self._session.fuel -= 50
        if self._session.fuel > 0:
            run_power_text(text, self._place.deeper("powershell", sources=sources), self._session)
