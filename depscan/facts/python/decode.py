"""Decoders a payload is wrapped in: each takes known bytes and gives bytes, at most 8 MB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from depscan.facts.python.fold import MAX_BYTES, FoldError

_CODECS = {
    "hex": "hex", "hex_codec": "hex", "base64": "base64", "base64_codec": "base64", "rot13": "rot13",
    "rot_13": "rot13", "zlib": "zlib", "zlib_codec": "zlib", "zip": "zlib", "bz2": "bz2", "bz2_codec": "bz2",
    "unicode_escape": "unicode_escape", "unicode-escape": "unicode_escape", "string_escape": "unicode_escape",
    "raw_unicode_escape": "unicode_escape", "utf-16": "", "punycode": "", "uu": "uu", "rot-13": "rot13",
}  # fmt: skip


def codec_layer(codec: str) -> str:
    """Return the decoding that a codec's name stands for; "" for plain text encodings."""
    return _CODECS.get(codec.lower().replace(" ", "_"), "")


def _bytes(data: Any) -> bytes:
    if isinstance(data, str):
        return data.encode("latin-1" if data.isascii() else "utf-8")
    if isinstance(data, bytes | bytearray):
        return bytes(data)
    raise FoldError


def _inflate(data: Any, wbits: int = 15, *_rest: Any) -> bytes:
    import zlib

    machine = zlib.decompressobj(wbits)
    return machine.decompress(_bytes(data), MAX_BYTES)


def _gunzip(data: Any) -> bytes:
    return _inflate(data, 31)


def _bunzip(data: Any) -> bytes:
    import bz2

    return bz2.BZ2Decompressor().decompress(_bytes(data), MAX_BYTES)


def _unlzma(data: Any, *_rest: Any) -> bytes:
    import lzma

    try:
        return lzma.LZMADecompressor(memlimit=64 << 20).decompress(_bytes(data), MAX_BYTES)
    except lzma.LZMAError as error:
        raise FoldError from error


def _base64(data: Any, altchars: Any = None, *_rest: Any) -> bytes:
    import base64

    raw = _bytes(data)
    if len(raw) > MAX_BYTES:
        raise FoldError
    return base64.b64decode(raw, altchars=altchars if isinstance(altchars, bytes) else None)


def _urlsafe(data: Any) -> bytes:
    import base64

    return base64.urlsafe_b64decode(_bytes(data))


def _base(name: str) -> Callable[..., bytes]:
    def run(data: Any, *rest: Any) -> bytes:
        import base64

        raw = _bytes(data)
        if len(raw) > MAX_BYTES // 8:
            raise FoldError
        return bytes(getattr(base64, name)(raw, *rest))

    return run


def _hex(data: Any) -> bytes:
    import binascii

    return binascii.unhexlify(_bytes(data))


def _rot13(data: Any) -> str:
    import codecs

    return codecs.decode(data if isinstance(data, str) else _bytes(data).decode(), "rot13")


def _escape(data: Any) -> str:
    return _bytes(data).decode("unicode_escape")


def _unquote(data: Any, *_rest: Any) -> str:
    from urllib.parse import unquote

    return unquote(data if isinstance(data, str) else _bytes(data).decode())


def _unquote_plus(data: Any, *_rest: Any) -> str:
    from urllib.parse import unquote_plus

    return unquote_plus(data)


def _json(data: Any) -> Any:
    import json

    return json.loads(data)


def _unescape(data: Any) -> str:
    import html

    return html.unescape(data)


_BY_LAYER: dict[str, Callable[..., Any]] = {
    "hex": _hex, "base64": _base64, "rot13": _rot13, "zlib": _inflate, "bz2": _bunzip, "unicode_escape": _escape,
}  # fmt: skip


def by_codec(data: Any, codec: str) -> tuple[Any, str]:
    """Return data decoded by a codec's name, and the layer it makes.

    Raises:
        ValueError: unknown codec or wrong data (also the others of ``fold.ERRORS``, zlib.error included).
    """
    layer = codec_layer(codec)
    decoder = _BY_LAYER.get(layer)
    if decoder is not None:
        return decoder(data), layer
    if isinstance(data, bytes | bytearray):
        return bytes(data).decode(codec), ""
    if isinstance(data, str):
        return data.encode(codec), ""
    raise FoldError


DECODERS: dict[str, tuple[str, Callable[..., Any]]] = {
    "base64.b64decode": ("base64", _base64),
    "base64.standard_b64decode": ("base64", _base64),
    "base64.decodebytes": ("base64", _base64),
    "base64.decodestring": ("base64", _base64),
    "base64.urlsafe_b64decode": ("base64", _urlsafe),
    "base64.b32decode": ("base32", _base("b32decode")),
    "base64.b32hexdecode": ("base32", _base("b32hexdecode")),
    "base64.b16decode": ("hex", _base("b16decode")),
    "base64.b85decode": ("base85", _base("b85decode")),
    "base64.a85decode": ("base85", _base("a85decode")),
    "base64.z85decode": ("base85", _base("b85decode")),
    "binascii.a2b_base64": ("base64", _base64),
    "binascii.unhexlify": ("hex", _hex),
    "binascii.a2b_hex": ("hex", _hex),
    "pybase64.b64decode": ("base64", _base64),
    "bytes.fromhex": ("hex", bytes.fromhex),
    "bytearray.fromhex": ("hex", bytes.fromhex),
    "zlib.decompress": ("zlib", _inflate),
    "gzip.decompress": ("gzip", _gunzip),
    "bz2.decompress": ("bz2", _bunzip),
    "lzma.decompress": ("lzma", _unlzma),
    "urllib.parse.unquote": ("url", _unquote),
    "urllib.parse.unquote_plus": ("url", _unquote_plus),
    "json.loads": ("", _json),
    "html.unescape": ("html", _unescape),
}
"""Dotted name -> (layer, decoder)."""

OPAQUE = {
    "marshal.loads": "marshal",
    "Crypto.Cipher.AES.new.decrypt": "aes",
    "Crypto.Cipher.ARC4.new.decrypt": "rc4",
    "Crypto.Cipher.DES.new.decrypt": "des",
    "Crypto.Cipher.DES3.new.decrypt": "des",
    "Crypto.Cipher.ChaCha20.new.decrypt": "chacha20",
    "Crypto.Cipher.Salsa20.new.decrypt": "salsa20",
    "Crypto.Cipher.AES.new.decrypt_and_verify": "aes",
    "pyaes.AESModeOfOperationCBC.decrypt": "aes",
    "pyaes.AESModeOfOperationCTR.decrypt": "aes",
    "pyaes.AESModeOfOperationGCM.decrypt": "aes",
    "cryptography.fernet.Fernet.decrypt": "fernet",
    "rsa.decrypt": "rsa",
    "cryptocode.decrypt": "aes",
    "nacl.secret.SecretBox.decrypt": "nacl",
    "win32crypt.CryptUnprotectData": "dpapi",
    "zstandard.ZstdDecompressor.decompress": "zstd",
    "brotli.decompress": "brotli",
    "base64.decode": "base64",
    "quopri.decodestring": "quopri",
    "dill.loads": "dill",
}
"""Decoders that are recognised, not undone (Fernet is, when its key is known)."""
