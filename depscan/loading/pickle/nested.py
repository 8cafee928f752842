"""Pickles inside constants: bytes that a known function unpickles, and constants that look like an encoded pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.pickle.values import ENCODERS, Blob, Call, Value
from depscan.loading.steps import FOREIGN, HOSTILE, Report

if TYPE_CHECKING:
    from depscan.artifacts.source import Source
    from depscan.loading.pickle.judge import Judge

_RAW = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"x\x9c",
        b"x\xda", b"x\x01", b"cos\n", b"cposix\n", b"cnt\n", b"c__builtin__\n", b"cbuiltins\n", b"csubprocess\n",
        b"(cos\n", b"(cposix\n", b"(c__builtin__\n", b"(cbuiltins\n", b"(S'")  # fmt: skip
_TEXT = (
    "gAJ", "gAN", "gAR", "gAS", "gAW", "gAV", "gAI", "eJ", "eN", "eA", "H4sI", "QlpoO", "/Td6WFo", "Y29z", "Y3Bvc2l4",
    "Y19f", "Y2J1a", "KGN", "KFM", "UEsDB", "8002", "8003", "8004", "8005", "789c", "78da", "1f8b", "636f730a",
    "cos\n", "cposix\n", "c__builtin__\n", "cbuiltins\n", "csubprocess\n", "(cos\n", "(cposix\n", "(S'",
)  # fmt: skip
_SHORTEST = 12
_PEEK = 4096
_UNPACKED = 16 << 20
_PACKED = 16 << 20
_ENCODED = 64 << 20
_CODECS = frozenset({"utf-8", "raw-unicode-escape"})
_FIRST = frozenset({"\x80", "c", "(", "P", "x", "\x1f", "B"})


class Part:
    """A part of another source."""

    __slots__ = ("_source", "_start", "size")

    def __init__(self, source: Source, start: int, size: int) -> None:
        self._source = source
        self._start = start
        self.size = max(0, min(size, source.size - start))

    def at(self, start: int, length: int) -> bytes:
        """See ``Source.at``."""
        if start < 0 or start >= self.size:
            return b""
        return self._source.at(self._start + start, min(length, self.size - start))


def loaded(judge: Judge, args: tuple[Value, ...]) -> str:
    """Read the pickle that a known function loads from its argument; return why it cannot be read, "" if it was."""
    first = _encoded(judge, args[0] if args else None)
    if not isinstance(first, (bytes, bytearray, Blob)):
        return "what it unpickles is no constant"
    key: object = (first.at, first.size) if isinstance(first, Blob) else bytes(first)
    if key not in judge.loads:
        judge.loads[key] = _loaded(judge, first)
    return judge.loads[key]


def _loaded(judge: Judge, first: Value) -> str:
    source = _source(judge, first)
    if source is None:
        return "what it unpickles cannot be read"
    report = _read(judge, source, (f"pickle @ {judge.now:#x}",), "loaded.pkl")
    if report is None:
        return "what it unpickles is no pickle"
    judge.report.merge(report)
    return ""


def _encoded(judge: Judge, value: Value) -> Value:
    """Return the bytes that a long text stands for when ``_codecs.encode`` makes them, as protocols 0 to 2 do."""
    if not isinstance(value, Call) or value.callee not in ENCODERS or not isinstance(value.args, tuple):
        return value
    text = value.args[0]
    if not isinstance(text, Blob) or text.text not in _CODECS or text.size > _ENCODED:
        return value
    try:
        return judge.source.at(text.at, text.size).decode(text.text).encode("latin-1")
    except UnicodeError:
        return value


def constant(judge: Judge, value: Value, at: int) -> None:
    """Look into a constant; what is found is told only when loading it would run code."""
    if isinstance(value, Blob):
        head: bytes | str = value.head.decode("latin-1") if value.text else value.head
    elif isinstance(value, (bytes, str)):
        head = value
    elif isinstance(value, Call):
        _encoded_constant(judge, value, at)
        return
    else:
        return
    if len(head) < _SHORTEST:
        return
    if isinstance(head, bytes):
        if head.startswith(_RAW):
            _look(judge, value, "", at)
        elif head[:3].decode("latin-1").startswith(("gA", "eJ", "eN", "H4s", "KGN", "Y29", "Y3B", "Y2J")):
            _look(judge, value, "text", at)
    elif head.startswith(_TEXT):
        _look(judge, value, "text", at)


def _encoded_constant(judge: Judge, value: Call, at: int) -> None:
    """Look into a long text that is made bytes: when its start is one of a pickle."""
    text = value.args[0] if isinstance(value.args, tuple) and value.args else None
    if not isinstance(text, Blob) or text.text not in _CODECS:
        return
    if text.head.decode(text.text, "replace")[:1] in _FIRST:
        made = _encoded(judge, value)
        if isinstance(made, bytes):
            constant(judge, made, at)


def packed(judge: Judge, at: int, size: int, head: bytes) -> None:
    """Look into compressed bytes that stand in the file at an offset, as into a constant."""
    _look(judge, Blob(at, size, head), "", at)


def _look(judge: Judge, value: Value, kind: str, at: int) -> None:
    source = _source(judge, value)
    meter = judge.report.meter
    if source is None or judge.depth >= meter.budget.depth or meter.late:
        return
    from depscan.artifacts.source import BytesSource
    from depscan.loading.pickle.search import plausible

    layers: tuple[str, ...] = (f"constant before {at:#x}",)
    if kind == "text" and not (source.at(0, 1) in {b"c", b"("} and plausible(source, 0)):
        decoded = _decoded(source)
        if decoded is None:
            return
        source = BytesSource(decoded[1])
        layers = (*layers, decoded[0])
    packed = _unpacked(source)
    if packed is not None:
        source = BytesSource(packed[1])
        layers = (*layers, packed[0])
    report = _read(judge, source, layers, "")
    if report is None:
        return
    for step in report.steps:
        if step.verdict in {HOSTILE, FOREIGN} and step.what not in {"load.bomb", "load.layout"}:
            judge.report.add(step)


def _read(judge: Judge, source: Source, layer: tuple[str, ...], name: str) -> Report | None:
    """Read a pickle, or a file of any other format that hides in a constant."""
    meter = judge.report.meter
    if judge.depth >= meter.budget.depth:
        judge.report.gap(f"more than {meter.budget.depth} pickles inside each other")
        return None
    if meter.late:
        judge.report.gap("pickles inside others are longer than the budget")
        return None
    from depscan.loading.pickle.search import plausible
    from depscan.loading.pickle.streams import read_streams

    if source.at(0, 1) != b"P" and plausible(source, 0):
        report = Report(meter)
        read_streams(source, report, depth=judge.depth + 1, alone=bool(name))
        report.steps = [step._replace(layer=(*layer, *step.layer)) for step in report.steps]
        return report
    if source.at(0, 4) == b"PK\x03\x04":
        from depscan.loading.file import File
        from depscan.loading.route import read_file

        return read_file(File(name or "constant", lambda: source, source.size), meter, layer=layer)
    return None


def _source(judge: Judge, value: Value) -> Source | None:
    from depscan.artifacts.source import BytesSource

    if isinstance(value, Blob):
        return Part(judge.source, value.at, value.size)
    if isinstance(value, str):
        return BytesSource(value.encode("utf-8", "surrogatepass"))
    return BytesSource(bytes(value)) if isinstance(value, (bytes, bytearray)) else None


def _decoded(source: Source) -> tuple[str, bytes] | None:
    """Return the encoding's name and the bytes of a text that is base64 or hexadecimal."""
    if source.size > _UNPACKED:
        return None
    import binascii

    text = bytes(source.at(0, source.size))
    try:
        return "hex", binascii.unhexlify(text.strip())
    except (binascii.Error, ValueError):
        pass
    try:
        plain = b"".join(text.replace(b"-", b"+").replace(b"_", b"/").split())
        return "base64", binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def _unpacked(source: Source) -> tuple[str, bytes] | None:
    """Return the compression's name and the first 16 MiB of what was packed."""
    head = source.at(0, 6)
    if head[:2] in {b"x\x9c", b"x\xda", b"x\x01", b"x^", b"\x1f\x8b"}:
        import zlib

        try:
            if not zlib.decompressobj(47).decompress(source.at(0, _PEEK), _PEEK).startswith(_RAW):
                return None
            data = zlib.decompressobj(47).decompress(source.at(0, min(source.size, _PACKED)), _UNPACKED)
        except zlib.error:
            return None
        return ("gzip" if head[0] == 0x1F else "zlib"), data  # noqa: PLR2004 - gzip's magic
    if head[:3] == b"BZh":
        import bz2

        try:
            return "bz2", bz2.BZ2Decompressor().decompress(source.at(0, min(source.size, _PACKED)), _UNPACKED)
        except (OSError, ValueError):
            return None
    if head == b"\xfd7zXZ\x00":
        import lzma

        try:
            unpacker = lzma.LZMADecompressor(memlimit=128 << 20)
            return "xz", unpacker.decompress(source.at(0, min(source.size, _PACKED)), _UNPACKED)
        except lzma.LZMAError:
            return None
    return None
