"""What the text itself shows: code pushed out of sight, names meant to be unreadable, obfuscators, sandbox words."""

from __future__ import annotations

import re

from depscan.facts.python.machine import Machine

_BLANKS = (" " * 100, "\t" * 60)
_FAR = 120
"""Columns from which code is out of sight."""
_NAME = re.compile(
    r"^[ \t]*(?:def[ \t]+|class[ \t]+|for[ \t]+)?([^\W\d_a-zA-Z]{3,60}|_{8,200}|[Il1]{10,200}|[O0]{10,200})[ \t]*[=(:,]",
    re.MULTILINE,
)
_BANNERS = (
    "pyarmor", "obfuscated with", "obfuscated by", "obfuscated using", "hyperion", "blankobf", "blank obf", "pyobfuscate",
    "development-tools.net", "kramer", "jawbreaker", "pyminifier", "berserker", "wodx", "anubisobf", "anubis obf", "plusobf",
    "pyfuscate", "py-fuscate", "0x_pyobf", "oxyry", "intensio", "hexaobf", "hexa-obf", "vare obf", "__pyc_wrapper__",
    "sourcedefender", "py protector", "pyc protector", "specter obf", "xindex", "lzma_obf",
)  # fmt: skip
_SANDBOX = re.compile(
    r"vmware|virtualbox|vbox(?:service|tray|guest)|qemu|xenservice|sandboxie|wireshark|processhacker|x64dbg|ollydbg|ida64"
    r"|httpdebugger|fiddler|cuckoo|joesandbox|WDAGUtilityAccount|vmtoolsd|joeboxserver|procmon|dnspy|sbiedll",
    re.IGNORECASE,
)
_SANDBOX_HINTS = ("vmware", "vbox", "virtualbox", "wireshark", "processhacker", "wdagutility", "sandboxie", "ollydbg")
_LITERAL = re.compile(r"['\"]([A-Za-z0-9+/=_\-\\n]{200,})['\"]")
_CODE = re.compile(
    rb"\bimport\b|\bexec\b|\beval\b|\bdef \w|\bsubprocess|\brequests\b|powershell|https?://|\x78\x9c|^MZ|\x7fELF"
)
_FEW = 3
_LONG = 200


def hidden(m: Machine, text: str) -> None:
    """Add the facts of what a source text hides."""
    _blanks(m, text)
    if not text.isascii() or "________" in text or "IlI" in text or "O0O" in text:
        names = {match[1] for line in text[:400_000].split("\n") if (match := _NAME.match(line[:400]))}
        if len(names) > _FEW:
            match = _NAME.search(text)
            _add(m, text, match.start() if match else 0, "identifiers", next(iter(sorted(names)))[:80])
    edges = f"{text[:3000]}\n{text[-1500:]}".lower()
    banner = next((name for name in _BANNERS if name in edges), "")
    if banner:
        _add(m, text, max(text.lower().find(banner), 0), "obfuscator", banner)
    lowered = text[:400_000].lower()
    words = sorted({w.lower() for w in _SANDBOX.findall(lowered)}) if any(w in lowered for w in _SANDBOX_HINTS) else []
    if len(words) >= _FEW:
        match = _SANDBOX.search(text)
        m.emit("anti.analysis", "names", _line(text, match.start() if match else 0), tuple(words))
    _literals(m, text)


def _blanks(m: Machine, text: str) -> None:
    """Add code that stands behind 100 blanks or more, right of what an editor shows."""
    if not any(blanks in text for blanks in _BLANKS):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) < _FAR:
            continue
        code = line.rstrip()
        body = code.lstrip()
        at = max((code.rfind(blanks, len(code) - len(body)) for blanks in _BLANKS), default=-1)
        behind = code[at:].strip() if at >= 0 else body if len(code) - len(body) >= _FAR else ""
        if len(behind) > _FEW and behind[0] not in "#\\'\",)]}|+:" and ("(" in behind or "import" in behind):
            m.emit("text.hidden", "", number, ("blanks", behind[:200]))
            return


def _literals(m: Machine, text: str) -> None:
    """Add long literals that decode to code: at most three."""
    import base64
    import binascii

    count = 0
    if max(map(len, text.split("\n"))) <= _LONG:
        return
    for match in _LITERAL.finditer(text):
        head = match[1][:4096].replace("\\n", "")
        for run in (base64.b64decode, binascii.unhexlify):
            try:
                data = run(head[: len(head) // 4 * 4])
            except ValueError:
                continue
            if len(_CODE.findall(data)) >= (1 if data[:2] in {b"\x78\x9c", b"MZ"} else 2):
                shown = data[:300].decode("utf-8", "backslashreplace")
                m.emit("literal", "", _line(text, match.start()), (shown,))
                count += 1
                break
        if count >= _FEW:
            break


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _add(m: Machine, text: str, at: int, kind: str, shown: str) -> None:
    m.emit("text.hidden", "", _line(text, at), (kind, shown))
