"""The words that a source text is made of, found in one pass: what makes it worth reading is asked of them.

A source says the same few words again and again: all its different words are a tenth of its length. Taking it apart
is as fast as searching it for a handful of texts, and afterwards hundreds can be asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_TABLE = bytes(c if c > 127 or chr(c).isalnum() or c == 95 else 32 for c in range(256))  # noqa: PLR2004 - ASCII, "_"
_CORE = re.compile(rb"\w+")
_NAME = re.compile(r"\w+")


def words_of(data: bytes) -> set[bytes]:
    """Return the identifiers, keywords and numbers of a source, and the words of its texts and comments."""
    return set(data.translate(_TABLE).split())


def is_dressed(words: set[bytes]) -> bool:
    """Whether names are written with letters that only look like others (full-width, mathematical).

    Python reads such a name as the plain one; no search finds it.
    """
    for word in words:
        if not word.isascii():
            text = word.decode("utf-8", "replace")
            if not unicodedata.is_normalized("NFKC", text) and any(map(_is_plain, _NAME.findall(text))):
                return True
    return False


def _is_plain(name: str) -> bool:
    return not name.isascii() and name.isidentifier() and unicodedata.normalize("NFKC", name).isascii()


class Sought:
    """A list of texts to be looked for in many sources.

    Args:
        texts: any bytes with at least one word of two letters in them.
    """

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._texts = [(text, max(_CORE.findall(text), key=len)) for text in texts]

    def held(self, data: bytes, joined: bytes) -> list[bytes]:
        """Return which of the texts a source holds.

        Args:
            data: the source.
            joined: its different words, with a blank between them.
        """
        return [text for text, core in self._texts if core in joined and (core == text or text in data)]

    def any(self, data: bytes, joined: bytes) -> bool:
        """Whether a source holds one of them."""
        for text, core in self._texts:  # noqa: SIM110 - any() with a generator takes half as long again
            if core in joined and (core == text or text in data):
                return True
        return False
