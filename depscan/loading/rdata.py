"""R's serialisation, walked: what would be evaluated when the object is looked at.

Source: R Internals, "Serialization Formats"; ``src/main/serialize.c``. CVE-2024-27322: a promise in the place of the
object is evaluated when it is first used.
"""

from __future__ import annotations

import re
import struct

from depscan.loading.steps import HOSTILE, ODD, Report, Step

MAX_DEPTH = 250
MAX_TEXT = 300
_SYM, _LIST, _CLO, _ENV, _PROM, _LANG = 1, 2, 3, 4, 5, 6
_SPECIAL, _BUILTIN, _CHAR, _STR, _DOT, _VEC, _EXPR, _BCODE = 7, 8, 9, 16, 17, 19, 20, 21
_EXTPTR, _WEAKREF, _RAW, _S4 = 22, 23, 24, 25
_WIDTH = {10: 4, 13: 4, 14: 8, 15: 16}
_NUMBERS = {10: 1, 13: 1, 14: 1, 15: 2}
_REF, _NIL, _ALTREP = 255, 254, 238
_PERSIST, _PACKAGE, _NAMESPACE = 247, 248, 249
_SINGLE = frozenset({254, 253, 252, 251, 250, 242, 241})
_BC_LANG = frozenset({_LANG, _LIST, 244, 243, 240, 239})
_ACTIVE = 1 << 15
_CALLS = frozenset({
    "system", "system2", "shell", "shell.exec", "pipe", "eval", "evalq", "parse", "source", "sys.source", "do.call",
    "download.file", "url", "socketConnection", "dyn.load", "library.dynam", "install.packages", "unlink",
    "file.remove", "writeLines", "Sys.setenv", "getFromNamespace", "loadNamespace", "library", "require", "Recall",
    "match.fun", "get", "readRDS", "unserialize", "load", "attachNamespace", "setHook", "reg.finalizer", "file",
    "cat", "write",
})  # fmt: skip
_ENCODING = re.compile(rb"(?:utf-?(?:8|16|32)|ucs-?[24]|us-ascii|ascii|ansi[\w.-]*|iso-?8859-?\d+|iso88\w+|latin-?\d+|"
                       rb"cp-?\d+|windows-\d+|koi8-\w|gb\w+|big5\w*|euc-?\w+|shift_?jis|sjis|646|unknown|c)\Z",
                       re.IGNORECASE)  # fmt: skip


class BrokenError(ValueError):
    """The bytes end, or are no serialisation."""


class Bytes:
    """Reads the XDR (big-endian), native or text form."""

    def __init__(self, data: bytes, at: int, form: str) -> None:
        self.data = data
        self.at = at
        self.form = form
        self._int = struct.Struct("<i" if form == "B" else ">i")

    def integer(self) -> int:
        """Read one integer."""
        if self.form == "A":
            line = self._line()
            try:
                return -(1 << 31) if line == b"NA" else int(line[:20])
            except ValueError:
                raise BrokenError("no number") from None
        if self.at + 4 > len(self.data):
            raise BrokenError("cut short")
        self.at += 4
        return int(self._int.unpack_from(self.data, self.at - 4)[0])

    def _line(self) -> bytes:
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise BrokenError("cut short")
        line = self.data[self.at : end]
        self.at = end + 1
        return line.strip()

    def length(self) -> int:
        """Read a vector's length; -1 stands before the two halves of a long one."""
        count = self.integer()
        if count == -1:
            count = (self.integer() << 32) + self.integer()
        if count < 0 or count > len(self.data) - self.at:
            raise BrokenError(f"claims {count} items in {len(self.data) - self.at} bytes")
        return count

    def skip(self, kind: int, count: int) -> None:
        """Pass over numbers."""
        if self.form == "A":
            for _ in range(count * _NUMBERS[kind]):
                self._line()
            return
        self.take(count * _WIDTH[kind])

    def take(self, count: int) -> bytes:
        """Read bytes."""
        if count < 0 or count > len(self.data) - self.at:
            raise BrokenError(f"claims {count} bytes where {len(self.data) - self.at} are left")
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self, count: int) -> str:
        """Read a text of so many bytes."""
        if self.form == "A":
            return self._line().decode("utf-8", "replace")
        return self.take(count)[: MAX_TEXT * 4].decode("utf-8", "replace")

    def raw(self, count: int) -> None:
        """Pass over raw bytes."""
        if self.form == "A":
            for _ in range(count):
                self._line()
        else:
            self.take(count)


class Walk:
    """Walks one object; every method returns a short text of what it read."""

    def __init__(self, source: Bytes, report: Report) -> None:
        self.source = source
        self.report = report
        self.references: list[str] = []
        self.lazy = 0

    def add(self, verdict: str, slug: str, text: str, why: str, values: tuple[str, ...] = (), does: str = "") -> None:
        """Add a step that stands where the walk is."""
        what = "load.call" if verdict == HOSTILE else "load.state"
        self.report.add(Step(what, verdict, slug, text, why, "", values, does, at=self.source.at))

    def item(self, depth: int = 0, place: str = "top") -> str:
        """Read one item; ``place`` is top, frame (an environment's), list or other."""
        if depth > MAX_DEPTH or self.report.meter.late:
            raise BrokenError("nests too deep" if depth > MAX_DEPTH else "took too long")
        flags = self.source.integer()
        kind = flags & 0xFF
        if kind in _SINGLE:
            return "NULL" if kind == _NIL else ""
        if kind == _REF:
            index = flags >> 8 or self.source.integer()
            return self.references[index - 1] if 0 < index <= len(self.references) else ""
        if kind in {_LIST, _LANG, _CLO, _PROM, _DOT}:
            return self._pairs(flags, depth, place)
        return self._other(kind, flags, depth)

    def _pairs(self, flags: int, depth: int, place: str) -> str:
        """Read a pair list, call, closure or promise; the rest of a list is read in a loop."""
        texts: list[str] = []
        first = flags & 0xFF
        while True:
            kind = flags & 0xFF
            if kind == _PROM:
                return self._promise(flags, depth, place)
            if flags & 1 << 9:
                self.item(depth + 1, "other")
            tag = self.item(depth + 1, "other") if flags & 1 << 10 else ""
            active = kind == _LIST and bool(flags >> 12 & _ACTIVE) and place == "frame"
            self.lazy += active
            texts.append(self.item(depth + 1, "frame" if place == "frame" else "list" if place == "top" else "other"))
            self.lazy -= active
            if active:
                self.add(ODD, "active-binding", tag, "a function that is called whenever the name is looked at")
            flags = self.source.integer()
            if flags & 0xFF not in {_LIST, _LANG, _CLO, _DOT, _PROM}:
                texts.append(self._rest(flags, depth))
                break
        if first == _CLO:
            self.add(ODD, "closure", f"function {texts[-1]}", "a function comes along; it runs when it is called")
        return self._call(texts) if first == _LANG else ""

    def _rest(self, flags: int, depth: int) -> str:
        """Read what ends a pair list, whose flags were read."""
        kind = flags & 0xFF
        if kind in _SINGLE:
            return ""
        if kind == _REF:
            index = flags >> 8 or self.source.integer()
            return self.references[index - 1] if 0 < index <= len(self.references) else ""
        return self._other(kind, flags, depth + 1)

    def _promise(self, flags: int, depth: int, place: str) -> str:
        start = self.source.at
        if place in {"top", "list"}:
            why = "a promise in the place of the object: R evaluates it when the object is first looked at"
            self.add(HOSTILE, "promise", self._readable(start), why, (self._readable(start),), "code.eval")
        self.lazy += 1
        if flags & 1 << 9:
            self.item(depth + 1, "other")
        if flags & 1 << 10:
            self.item(depth + 1, "other")
        self.item(depth + 1, "other")
        text = self.item(depth + 1, "other")
        self.lazy -= 1
        if place == "frame":
            self.add(ODD, "promise", text, "a variable that is evaluated when it is first looked at")
        return text

    def _readable(self, start: int) -> str:
        """Return the printable text after a place: what a promise of any shape, whole or not, is about."""
        found = re.findall(rb"[ -~]{3,}", self.source.data[start : start + 2000])
        return b" ".join(found)[:MAX_TEXT].decode("ascii") or "a promise"

    def _call(self, texts: list[str]) -> str:
        name = texts[0] if texts else ""
        shown = f"{name}({', '.join(text for text in texts[1:] if text)})"[:MAX_TEXT]
        if self.lazy and name in _CALLS:
            why = "is evaluated by itself: it stands in a promise or an active binding"
            does = "shell.run" if name in {"system", "system2", "shell", "shell.exec", "pipe"} else "code.eval"
            self.add(HOSTILE, "evaluated-call", shown, why, (shown,), does)
        return shown

    def _other(self, kind: int, flags: int, depth: int) -> str:
        text = self._body(kind, depth)
        if flags & 1 << 9 and kind not in {_ENV, _SYM, _ALTREP, _CHAR}:
            self.item(depth + 1, "other")
        return text

    def _body(self, kind: int, depth: int) -> str:
        source = self.source
        if kind == _SYM:
            self.references.append("")
            slot = len(self.references) - 1
            self.references[slot] = self.item(depth + 1, "other")
            return self.references[slot]
        if kind == _CHAR:
            length = source.integer()
            return "NA" if length == -1 else source.text(length)
        if kind in _WIDTH:
            source.skip(kind, source.length())
            return ""
        if kind in {_STR, _VEC, _EXPR}:
            return self._vector(kind, depth)
        if kind == _RAW:
            source.raw(source.length())
            return ""
        if kind in {_SPECIAL, _BUILTIN}:
            return source.text(source.length())
        if kind == _BCODE:
            source.integer()
            return self._bytecode(depth + 1)
        if kind in {_ENV, _EXTPTR, _WEAKREF, _S4, _ALTREP}:
            return self._object(kind, depth)
        if kind in {_NAMESPACE, _PACKAGE, _PERSIST}:
            return self._names(depth)
        raise BrokenError(f"an item of the unknown kind {kind}")

    def _vector(self, kind: int, depth: int) -> str:
        place = "list" if depth == 0 and kind == _VEC else "other"
        texts = [self.item(depth + 1, place) for _ in range(self.source.length())]
        return repr(texts[0]) if kind == _STR and texts else ""

    def _object(self, kind: int, depth: int) -> str:
        if kind == _ENV:
            self.references.append("")
            self.source.integer()
            for place in ("other", "frame", "hash", "other"):
                self._table(depth + 1) if place == "hash" else self.item(depth + 1, place)
        elif kind == _EXTPTR:
            self.references.append("")
            self.item(depth + 1, "other")
            self.item(depth + 1, "other")
            self.add(ODD, "external-pointer", "an external pointer", "an address of the process that wrote it")
        elif kind == _WEAKREF:
            self.references.append("")
        elif kind == _ALTREP:
            for _ in range(3):
                self.item(depth + 1, "other")
        return ""

    def _table(self, depth: int) -> None:
        """Read the hash table of an environment: a list of frames."""
        flags = self.source.integer()
        if flags & 0xFF == _VEC:
            for _ in range(self.source.length()):
                self.item(depth + 1, "frame")
        elif flags & 0xFF not in _SINGLE:
            self._other(flags & 0xFF, flags, depth)

    def _names(self, depth: int) -> str:
        self.source.integer()
        texts = [self.item(depth + 1, "other") for _ in range(self.source.length())]
        self.references.append(texts[0] if texts else "")
        return self.references[-1]

    def _bytecode(self, depth: int) -> str:
        self.item(depth, "other")
        text = ""
        for _ in range(self.source.length()):
            kind = self.source.integer()
            if kind == _BCODE:
                self._bytecode(depth + 1)
            elif kind in _BC_LANG:
                text = self._bytecode_call(kind, depth + 1) or text
            else:
                self.item(depth + 1, "other")
        return text

    def _bytecode_call(self, kind: int, depth: int) -> str:
        """Read a call in the constants of bytecode, which has kinds of its own for what is shared."""
        if depth > MAX_DEPTH:
            raise BrokenError("nests too deep")
        if kind == 243:  # noqa: PLR2004 - BCREPREF
            self.source.integer()
            return ""
        if kind == 244:  # noqa: PLR2004 - BCREPDEF
            self.source.integer()
            kind = self.source.integer()
        if kind not in {_LANG, _LIST, 240, 239}:
            return self.item(depth, "other")
        texts = []
        while kind in {_LANG, _LIST, 240, 239}:
            if kind in {240, 239}:
                self.item(depth + 1, "other")
            self.item(depth + 1, "other")
            texts.append(self._bytecode_call(self.source.integer(), depth + 1))
            kind = self.source.integer()
        self._bytecode_call(kind, depth + 1)
        return self._call(texts)


def start_of(data: bytes) -> tuple[str, int]:
    """Return the form (X, A or B) and where the version stands; "" and 0 when it is no serialisation of R."""
    at = 5 if re.match(rb"RD[XAB][23]\n", data) else 0
    match = re.match(rb"([XAB])\n", data[at:])
    if match is None:
        return "", 0
    form = match[1].decode()
    after = data[at + 2 : at + 14]
    if form == "A":
        return (form, at + 2) if re.match(rb"[23]\n\d+\n", after) else ("", 0)
    version = struct.unpack("<i" if form == "B" else ">i", after[:4])[0] if len(after) >= 4 else 0  # noqa: PLR2004
    return (form, at + 2) if version in {2, 3} else ("", 0)


def walk(data: bytes, report: Report) -> None:
    """Add what the evaluation of an R object would do."""
    form, at = start_of(data)
    source = Bytes(data, at, form)
    try:
        version = source.integer()
        source.integer()
        source.integer()
        after = source.at
        if version == 3:  # noqa: PLR2004
            length = source.integer()
            encoding = source.text(length) if 0 <= length < 64 else ""  # noqa: PLR2004
            if not _ENCODING.match(encoding.encode()):
                why = "the header of version 3 has no encoding: readers that check it and ones that do not differ"
                report.add(Step("load.layout", ODD, "header", "no encoding", why, at=after))
                source.at = after
        Walk(source, report).item()
    except (BrokenError, struct.error, IndexError, RecursionError) as error:
        report.gap(f"only a part could be read: {str(error)[:100] or type(error).__name__} at {source.at}")
