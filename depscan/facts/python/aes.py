"""AES-CBC decryption in pure Python (FIPS 197), bounded: opens Fernet tokens whose key lies beside them."""

from __future__ import annotations

import struct
from functools import lru_cache

MAX_CIPHERTEXT = 192 << 10
"""Bytes that are decrypted at most: the slow way costs about 2 microseconds a byte."""


@lru_cache(maxsize=1)
def _boxes() -> tuple[bytes, bytes, list[list[int]]]:
    """Return the S-box, its inverse and the inverse round tables."""
    exp, log, x = [0] * 256, [0] * 256, 1
    for i in range(255):
        exp[i], log[x] = x, i
        x ^= (x << 1) ^ (0x11B if x & 0x80 else 0)
        x &= 0xFF
    exp[255] = exp[0]
    box = bytearray(256)
    for i in range(256):
        inverse = exp[255 - log[i]] if i else 0
        s = inverse
        for shift in range(1, 5):
            s ^= (inverse << shift | inverse >> (8 - shift)) & 0xFF
        box[i] = s ^ 0x63
    back = bytearray(256)
    for i, value in enumerate(box):
        back[value] = i

    def mul(a: int, b: int) -> int:
        return exp[(log[a] + log[b]) % 255] if a and b else 0

    tables = [[0] * 256 for _ in range(4)]
    for i in range(256):
        x = back[i]
        word = mul(x, 14) << 24 | mul(x, 9) << 16 | mul(x, 13) << 8 | mul(x, 11)
        for t in range(4):
            tables[t][i] = word
            word = (word >> 8) | (word & 0xFF) << 24
    return bytes(box), bytes(back), tables


def _expand(key: bytes) -> list[list[int]]:
    """Return the round keys, four words each."""
    box, _, _ = _boxes()
    size = len(key) // 4
    words = list(struct.unpack(f">{size}I", key))
    rounds = size + 7
    round_constant = 1
    for i in range(size, 4 * rounds):
        word = words[-1]
        if i % size == 0:
            word = (word << 8 | word >> 24) & 0xFFFFFFFF
        if i % size == 0 or (size > 6 and i % size == 4):  # noqa: PLR2004 - FIPS 197, 5.2
            word = box[word >> 24] << 24 | box[word >> 16 & 255] << 16 | box[word >> 8 & 255] << 8 | box[word & 255]
        if i % size == 0:
            word ^= round_constant << 24
            round_constant = (round_constant << 1) ^ (0x11B if round_constant & 0x80 else 0)
        words.append(words[i - size] ^ word)
    return [words[i : i + 4] for i in range(0, len(words), 4)]


def _inverse_keys(keys: list[list[int]]) -> list[list[int]]:
    """Return the round keys for the equivalent inverse cipher (FIPS 197, 5.3.5)."""
    box, _, tables = _boxes()
    t0, t1, t2, t3 = tables
    out = [keys[-1]]
    for words in keys[-2:0:-1]:
        out.append([  # noqa: PERF401
            t0[box[w >> 24]] ^ t1[box[w >> 16 & 255]] ^ t2[box[w >> 8 & 255]] ^ t3[box[w & 255]] for w in words
        ])  # fmt: skip
    out.append(keys[0])
    return out


def decrypt_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Return the plain text of AES-CBC with PKCS 7 padding taken off.

    Raises:
        ValueError: wrong sizes, wrong padding or more than ``MAX_CIPHERTEXT`` bytes.
    """
    if len(key) not in {16, 24, 32} or len(iv) != 16 or not data or len(data) % 16 or len(data) > MAX_CIPHERTEXT:  # noqa: PLR2004 - AES's sizes
        raise ValueError("not AES-CBC")
    _, back, (t0, t1, t2, t3) = _boxes()
    keys = _inverse_keys(_expand(key))
    head, middle, last = keys[0], keys[1:-1], keys[-1]
    out = bytearray()
    previous = struct.unpack(">4I", iv)
    for block in struct.iter_unpack(">4I", data):
        a, b, c, d = (w ^ k for w, k in zip(block, head, strict=True))
        for k0, k1, k2, k3 in middle:
            a, b, c, d = (
                t0[a >> 24] ^ t1[d >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[b & 255] ^ k0,
                t0[b >> 24] ^ t1[a >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[c & 255] ^ k1,
                t0[c >> 24] ^ t1[b >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[d & 255] ^ k2,
                t0[d >> 24] ^ t1[c >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[a & 255] ^ k3,
            )
        state = ((a, d, c, b), (b, a, d, c), (c, b, a, d), (d, c, b, a))
        plain = [
            (back[w >> 24] << 24 | back[x >> 16 & 255] << 16 | back[y >> 8 & 255] << 8 | back[z & 255]) ^ k ^ p
            for (w, x, y, z), k, p in zip(state, last, previous, strict=True)
        ]
        out += struct.pack(">4I", *plain)
        previous = block
    pad = out[-1]
    if not 1 <= pad <= 16 or out[-pad:] != bytes([pad]) * pad:  # noqa: PLR2004 - a block
        raise ValueError("wrong padding")
    return bytes(out[:-pad])


def open_fernet(key: str | bytes, token: str | bytes) -> bytes:
    """Return what a Fernet token holds (https://github.com/fernet/spec); its age is not looked at.

    Raises:
        ValueError: key or token are not of that form, or do not belong together.
    """
    import base64
    import hashlib
    import hmac

    raw_key = base64.urlsafe_b64decode(key)
    raw = base64.urlsafe_b64decode(token)
    if len(raw_key) != 32 or len(raw) < 73 or raw[0] != 0x80:  # noqa: PLR2004 - the spec's sizes
        raise ValueError("not a Fernet token")
    if not hmac.compare_digest(hmac.new(raw_key[:16], raw[:-32], hashlib.sha256).digest(), raw[-32:]):
        raise ValueError("the key does not open the token")
    return decrypt_cbc(raw_key[16:], raw[9:25], raw[25:-32])
