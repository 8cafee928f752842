"""One file over HTTP: conditional, resumable, with retries and a budget."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import IntelError

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 1 << 14
"""Bytes per read; what came of a piece that breaks off is lost, so pieces are small."""
_OK, _PARTIAL, _UNCHANGED, _BAD_RANGE = 200, 206, 304, 416
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class Budget(NamedTuple):
    """Limits of one download.

    Attributes:
        size: most bytes; OSV's npm export has about 300 MB.
        seconds: longest time for all attempts together.
        idle: longest time without a byte, in seconds.
        attempts: how often to try.
        pause: seconds before the second attempt; doubled for each further one.
        sleep: what waits.
    """

    size: int = 2 << 30
    seconds: float = 1800.0
    idle: float = 30.0
    attempts: int = 5
    pause: float = 0.5
    sleep: Callable[[float], None] = time.sleep


class Download(NamedTuple):
    """A complete download: where it lies, and the validators for the next conditional request."""

    path: str
    validators: dict[str, str]


class _TryAgainError(Exception):
    """An attempt failed in a way that another one may not."""


def fetch(url: str, part: str, known: dict[str, str], budget: Budget) -> Download | None:
    """Download ``url`` to the file ``part``; None when the server says that nothing changed.

    A ``part`` left by an earlier attempt is continued with Range and If-Range if its validator is known.

    Args:
        url: an http or https URL.
        part: file to write; ``part + ".json"`` beside it remembers the validators.
        known: ``etag`` and ``last_modified`` of what is held already; {} asks unconditionally.
        budget: see there.

    Raises:
        IntelError: it failed for good, or went over the budget.
    """
    import requests

    end = time.monotonic() + budget.seconds
    reason = ""
    with requests.Session() as session:
        for attempt in range(budget.attempts):
            if attempt:
                budget.sleep(min(budget.pause * 2 ** (attempt - 1), 30.0))
            try:
                return _attempt(session, url, part, known, budget, end)
            except (_TryAgainError, requests.RequestException) as error:
                reason = str(error) if isinstance(error, _TryAgainError) else type(error).__name__
            except OSError as error:
                raise IntelError(f"cannot write: {(error.strerror or str(error)).lower()}", path=part) from None
            if time.monotonic() > end:
                break
    raise _failed(url, reason or "no attempt allowed")


def _attempt(session: Any, url: str, part: str, known: dict[str, str], budget: Budget, end: float) -> Download | None:  # noqa: ANN401
    held = _size(part)
    earlier = _validators(part) if held else {}
    strong = earlier.get("etag", "")
    resume = (strong if strong and not strong.startswith("W/") else "") or earlier.get("last_modified", "")
    headers = {"Accept-Encoding": "identity", "User-Agent": "depscan"}
    if held and resume and earlier.get("url") == url:
        headers |= {"Range": f"bytes={held}-", "If-Range": resume}
    elif known:
        headers |= {
            k: known[n] for k, n in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified")) if known.get(n)
        }
    with session.get(url, headers=headers, stream=True, timeout=budget.idle) as response:
        return _receive(response, url, part, "Range" in headers, budget, end)


def _receive(response: Any, url: str, part: str, ranged: bool, budget: Budget, end: float) -> Download | None:  # noqa: ANN401, FBT001
    code = response.status_code
    if code == _UNCHANGED and not ranged:
        return None
    if code == _BAD_RANGE or (code == _PARTIAL and not _continues(response, _size(part), ranged=ranged)):
        _drop(part)
        raise _TryAgainError("the server cannot continue the earlier download")
    if code in _AGAIN:
        raise _TryAgainError(f"HTTP status {code}")
    if code not in (_OK, _PARTIAL):
        raise _failed(url, f"HTTP status {code}")
    validators = {
        "url": url,
        "etag": response.headers.get("ETag", ""),
        "last_modified": response.headers.get("Last-Modified", ""),
    }
    if code == _OK:
        _drop(part)
        _remember(part, validators)
    start = _size(part)
    length = response.headers.get("Content-Length", "")
    announced = start + int(length) if length.isascii() and length.isdigit() and len(length) < 20 else -1  # noqa: PLR2004
    if announced > budget.size:
        raise _failed(url, f"{announced} bytes are over the limit of {budget.size}")
    _store(response, url, part, budget, end)
    if announced >= 0 and _size(part) != announced:
        raise _TryAgainError(f"{_size(part)} of {announced} bytes came")
    return Download(part, validators)


def _store(response: Any, url: str, part: str, budget: Budget, end: float) -> None:  # noqa: ANN401
    total = _size(part)
    with open(part, "ab") as stream:
        for piece in response.iter_content(_PIECE):
            total += len(piece)
            if total > budget.size:
                _drop(part)
                raise _failed(url, f"more than {budget.size} bytes")
            if time.monotonic() > end:
                raise _failed(url, f"not done after {budget.seconds:g} seconds")
            stream.write(piece)


def _continues(response: Any, held: int, *, ranged: bool) -> bool:  # noqa: ANN401
    return ranged and str(response.headers.get("Content-Range", "")).startswith(f"bytes {held}-")


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _validators(part: str) -> dict[str, str]:
    import json

    try:
        with open(part + ".json", encoding="utf-8") as stream:
            held = json.load(stream)
    except (OSError, ValueError, RecursionError):
        return {}
    return {k: v for k, v in held.items() if isinstance(v, str)} if isinstance(held, dict) else {}


def _remember(part: str, validators: dict[str, str]) -> None:
    import json

    with open(part + ".json", "w", encoding="utf-8") as stream:
        json.dump(validators, stream)


def _drop(part: str) -> None:
    for name in (part, part + ".json"):
        with suppress(FileNotFoundError):
            os.unlink(name)


def _failed(url: str, reason: str) -> IntelError:
    """Return the error, with the URL but without a password in it."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("/")[0]
    shown = f"{scheme}://{rest.removeprefix(place.rpartition('@')[0] + '@') if '@' in place else rest}"
    return IntelError(f"advisory download failed: {shown}: {reason}", hint="the index that was there is unchanged")
