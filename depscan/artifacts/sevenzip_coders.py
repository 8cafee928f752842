"""Unpack the streams of a 7z archive: its coders one behind the other, each a generator over the one before."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from depscan.artifacts.streams import UnpackError, unpack

if TYPE_CHECKING:
    from depscan.artifacts.ledger import Ledger
    from depscan.artifacts.sevenzip_header import Coder, Folder

COPY, LZMA1, LZMA2 = b"\x00", b"\x03\x01\x01", b"\x21"
_SHARED = {
    b"\x04\x01\x08": "deflate",
    b"\x04\x02\x02": "bzip2",
    b"\x04\xf7\x11\x01": "zstd",
    b"\x04\xf7\x11\x04": "lz4",
}
_FILTERS = {
    b"\x03": lzma.FILTER_DELTA, b"\x04": lzma.FILTER_X86, b"\x05": lzma.FILTER_POWERPC, b"\x06": lzma.FILTER_IA64,
    b"\x07": lzma.FILTER_ARM, b"\x08": lzma.FILTER_ARMTHUMB, b"\x09": lzma.FILTER_SPARC,
    b"\x03\x03\x01\x03": lzma.FILTER_X86, b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x03\x03\x04\x01": lzma.FILTER_IA64, b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB, b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
}  # fmt: skip
_NAMED = {b"\x06\xf1\x07\x01": "AES, which needs a password", b"\x03\x04\x01": "PPMd", b"\x03\x03\x01\x1b": "BCJ2"}
_MOST_DICTIONARY = 128 << 20
_OUT = 1 << 18
_CHUNK = 1 << 16


def order(folder: Folder) -> list[tuple[Coder, int]]:
    """Return coders in the order of unpacking, each with the bytes that it gives.

    Raises:
        UnpackError: they are no plain chain, or one is not known.
    """
    if len(folder.packed) != 1 or any(c.inputs != 1 or c.outputs != 1 for c in folder.coders):
        named = next((_NAMED[c.method] for c in folder.coders if c.method in _NAMED), "of several streams")
        raise UnpackError(f"packed with a method that is not read: {named}")
    feeds = {output: one for one, output in folder.bound}
    at = folder.packed[0]
    chain: list[tuple[Coder, int]] = []
    while 0 <= at < len(folder.coders) and len(chain) < len(folder.coders):
        coder = folder.coders[at]
        if coder.method not in _SHARED and coder.method not in _FILTERS and coder.method not in {COPY, LZMA1, LZMA2}:
            named = _NAMED.get(coder.method, coder.method.hex())
            raise UnpackError(f"packed with a method that is not read: {named}")
        chain.append((coder, folder.sizes[at]))
        at = feeds.get(at, -1)
    if len(chain) != len(folder.coders):
        raise UnpackError("packed with coders that are no chain")
    return chain


def unpacked(packed: Iterator[bytes], folder: Folder, path: str, ledger: Ledger) -> Iterator[bytes]:
    """Yield what packed bytes unpack to, in pieces of at most 256 KiB; whatever is wrong ends it and is an oddity."""
    try:
        for coder, size in order(folder):
            packed = _step(packed, coder, size, path, ledger)
        yield from packed
    except UnpackError as error:
        ledger.odd("unreadable", path, str(error))
    except (lzma.LZMAError, EOFError, ValueError, MemoryError) as error:
        ledger.odd("broken", path, f"damaged 7z data: {str(error)[:100] or type(error).__name__}")


def _step(packed: Iterator[bytes], coder: Coder, size: int, path: str, ledger: Ledger) -> Iterator[bytes]:
    if coder.method == COPY:
        return _first(packed, size)
    if coder.method in _SHARED:
        return _first(unpack(packed, _SHARED[coder.method], path, ledger), size)
    if coder.method in _FILTERS:
        return _filtered(packed, _filter(coder), size)
    return _decoded(packed, _model(coder, size), size, path, ledger)


def _first(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in packed:
        if size <= 0:
            return
        yield piece[:size]
        size -= len(piece)


def _model(coder: Coder, size: int) -> dict[str, Any]:
    """Return the filter of LZMA or LZMA2; a dictionary larger than what it unpacks to has no use.

    Raises:
        UnpackError: its properties are none, or it needs more than 128 MiB.
    """
    data = coder.properties
    if coder.method == LZMA2:
        if len(data) != 1 or data[0] > 40:  # noqa: PLR2004 - the largest step
            raise UnpackError("LZMA2 without a dictionary's size")
        return {"id": lzma.FILTER_LZMA2, "dict_size": _dictionary((2 | data[0] & 1) << (data[0] // 2 + 11), size)}
    if len(data) < 5 or data[0] >= 225:  # noqa: PLR2004 - 9 * 5 * 5
        raise UnpackError("LZMA without its properties")
    rest, lc = divmod(data[0], 9)
    pb, lp = divmod(rest, 5)
    dictionary = _dictionary(int.from_bytes(data[1:5], "little"), size)
    return {"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}


def _dictionary(stated: int, size: int) -> int:
    needed = max(min(stated, size), 4096)
    if needed > _MOST_DICTIONARY:
        raise UnpackError("an LZMA dictionary larger than 128 MiB")
    return needed


def _decoded(packed: Iterator[bytes], model: dict[str, Any], size: int, path: str, ledger: Ledger) -> Iterator[bytes]:
    tool = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[model])
    taken = made = 0
    data = b""
    while made < size and not tool.eof:
        if tool.needs_input:
            data = next(packed, b"")
            taken += len(data)
            if not data:
                ledger.odd("broken", path, "the 7z data ends early", "data-cut")
                return
        out = tool.decompress(data, min(_OUT, size - made))
        data = b""
        made += len(out)
        yield out
        if ledger.explodes(path, taken, made) or ledger.late(path):
            return


def _filter(coder: Coder) -> dict[str, Any]:
    kind = _FILTERS[coder.method]
    return {"id": kind, "dist": coder.properties[0] + 1 if coder.properties else 1} if kind == lzma.FILTER_DELTA else {
        "id": kind
    }  # fmt: skip


def _filtered(packed: Iterator[bytes], one: dict[str, Any], size: int) -> Iterator[bytes]:
    """Yield bytes behind a branch or delta filter.

    liblzma has these only in front of a decoder, and they hold back bytes until that one says that it ends (which
    LZMA without an end mark never does): so plain bytes are given to it as stored chunks of LZMA2, with an end.
    """
    tool = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[one, {"id": lzma.FILTER_LZMA2, "dict_size": _CHUNK}])
    mark = b"\x01"
    for piece in _first(packed, size):
        for at in range(0, len(piece), _CHUNK):
            chunk = piece[at : at + _CHUNK]
            out = tool.decompress(mark + (len(chunk) - 1).to_bytes(2, "big") + chunk)
            mark = b"\x02"
            if out:
                yield out
    if not tool.eof:
        yield tool.decompress(b"\0")
