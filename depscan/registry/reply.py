"""One answer of a server, read within limits: bytes, time, and what its headers promised."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from depscan.errors import RegistryError
from depscan.registry.urls import shown

_PIECE = 1 << 16
_OUT = 1 << 20
GZIP = 31
"""zlib's window bits for a gzip stream."""


class TryAgainError(Exception):
    """A request failed in a way that another attempt may not.

    Args:
        reason: what happened; made by us, without anything secret.
        wait: seconds the server asked to wait.
        silent: whether the host did not answer at all.
    """

    def __init__(self, reason: str, *, wait: float = 0.0, silent: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.silent = silent


class Reply:
    """Status, headers and body of an answer.

    Args:
        url: what answered.
        response: of requests, opened as a stream.
        spend: counts bytes received; raises when the run's budget is spent.
        end: when the run is over, as ``time.monotonic`` counts.
        moved: whether another host than the asked one answered.
    """

    def __init__(self, url: str, response: Any, spend: Callable[[int], None], end: float, *, moved: bool) -> None:  # noqa: ANN401
        self.url = url
        self.status = int(response.status_code)
        self.moved = moved
        self._response = response
        self._spend = spend
        self._end = end

    def header(self, name: str) -> str:
        """Return a header's value; "" when it is not there."""
        return str(self._response.headers.get(name, ""))

    def content_type(self) -> str:
        """Return the media type without parameters, in lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def length(self) -> int:
        """Return the announced length of the body; -1 when there is none."""
        text = self.header("Content-Length")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1  # noqa: PLR2004 - 64 bits

    @property
    def framed(self) -> bool:
        """Whether the server told where the body ends, so that a cut one is noticed."""
        return self.length() >= 0 or "chunked" in self.header("Transfer-Encoding").lower()

    def body(self, limit: int, seconds: float) -> bytes:
        """Return the whole unpacked body; see ``pieces``."""
        return b"".join(self.pieces(limit, seconds, unpack=True))

    def pieces(self, limit: int, seconds: float, *, unpack: bool = False) -> Iterator[bytes]:
        """Yield the body.

        Args:
            limit: most bytes, unpacked.
            seconds: longest time for all of it.
            unpack: whether to undo the content encoding gzip.

        Raises:
            RegistryError: over a limit or a budget.
            TryAgainError: it broke off.
        """
        end = min(self._end, time.monotonic() + seconds)
        announced = self.length()
        if announced > limit:
            raise RegistryError(f"{shown(self.url)}: {announced} bytes are over the limit of {limit}")
        tool = self._decoder() if unpack else None
        came = made = 0
        while piece := self._read():
            came += len(piece)
            self._spend(len(piece))
            for out in _unpacked(tool, piece) if tool else (piece,):
                made += len(out)
                if made > limit:
                    raise RegistryError(f"{shown(self.url)}: more than {limit} bytes")
                yield out
            if time.monotonic() > end:
                raise RegistryError(f"{shown(self.url)}: not done in time, {came} bytes came")
        if 0 <= announced != came:
            raise TryAgainError(f"{came} of {announced} bytes came")
        if tool is not None and came and not tool.eof:
            raise TryAgainError("the packed body is cut short")

    def _decoder(self) -> Any:  # noqa: ANN401 - zlib's object has no public type
        encoding = self.header("Content-Encoding").strip().lower()
        if encoding in {"", "identity"}:
            return None
        if encoding != "gzip":
            raise RegistryError(f"{shown(self.url)}: a content encoding that was not asked for")
        return zlib.decompressobj(GZIP)

    def _read(self) -> bytes:
        """Return what came next; not more than one read of the socket, so that a slow server is noticed."""
        import http.client

        import urllib3

        try:
            return bytes(self._response.raw.read1(_PIECE, decode_content=False))
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError, AttributeError) as error:
            raise TryAgainError(f"the body broke off ({type(error).__name__})") from None


def _unpacked(tool: Any, piece: bytes) -> Iterator[bytes]:  # noqa: ANN401
    """Yield what a piece unpacks to, at most 1 MiB at a time."""
    try:
        while piece and not tool.eof:
            out = tool.decompress(piece, _OUT)
            piece = tool.unconsumed_tail
            if out:
                yield out
        if piece or tool.unused_data:
            raise TryAgainError("there are bytes behind the packed body")
    except zlib.error:
        raise TryAgainError("the packed body is damaged") from None


def printable(text: str) -> str:
    """Return a header's value if it may be sent back as it is; else ""."""
    return text if len(text) <= 1000 and text.isascii() and text.isprintable() else ""  # noqa: PLR2004
