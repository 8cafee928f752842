"""What came from indexes, on disk: pages by URL, files by SHA-256, blocks of files that were read by range.

Everything read back is checked against a digest: a damaged entry is no entry. The folder is the user's own (mode
700); where others can write it, a private folder for this run takes its place.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from typing import NamedTuple

from depscan.registry.hashes import Digests
from depscan.text.cachefolder import cache_folder, is_own

_FORMAT = "registry-1"
_KEEP = 8 << 30
_PIECE = 1 << 20
_DAY = 86400
_DIGEST = 32


class Page(NamedTuple):
    """A kept answer: where it came from, its type, validators for a conditional request, and the body."""

    url: str
    content_type: str
    etag: str
    last_modified: str
    body: bytes


class Cache:
    """A folder of answers; safe to use from several threads and processes.

    Args:
        folder: where; "" for the user's own.
    """

    def __init__(self, folder: str = "") -> None:
        top = folder or cache_folder()
        self._private = ""
        self._lock = threading.Lock()
        self._count = 0
        self._wrote = 0
        self.folder = os.path.join(top, _FORMAT)
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
        except OSError:
            self.folder = ""
        # Who owns the folder above could at most put a folder of somebody else in its place, which is not used.
        if not self.folder or not is_own(self.folder):
            self.folder = self._private = tempfile.mkdtemp(prefix="depscan-")

    @property
    def lasting(self) -> bool:
        """Whether the next run finds what is kept."""
        return not self._private

    def close(self) -> None:
        """Remove the private folder, or, once a day, what was not used for longest above 8 GiB."""
        if self._private:
            shutil.rmtree(self._private, ignore_errors=True)
        elif self._wrote and self._is_due():
            self._trim()

    def page(self, key: str) -> Page | None:
        """Return a kept answer."""
        import json

        held = self._read(self._place("pages", key))
        head, _, body = held.partition(b"\n")
        try:
            row = json.loads(head)
            texts = [str(row[k]) for k in ("url", "type", "etag", "modified")]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        return Page(texts[0], texts[1], texts[2], texts[3], body)

    def keep_page(self, key: str, page: Page) -> None:
        """Keep an answer."""
        import json

        row = {"url": page.url, "type": page.content_type, "etag": page.etag, "modified": page.last_modified}
        self._write(self._place("pages", key), json.dumps(row).encode() + b"\n" + page.body)

    def alias(self, key: str) -> str:
        """Return the SHA-256 of the file that a URL with other hashes gave; "" when not known."""
        digest = self._read(self._place("names", key)).decode("ascii", "replace")
        return digest if re.fullmatch("[0-9a-f]{64}", digest) else ""

    def keep_alias(self, key: str, sha256: str) -> None:
        """Remember which content a URL gave."""
        self._write(self._place("names", key), sha256.encode())

    def blocks(self, key: str) -> str:
        """Return the folder for blocks of one file."""
        return os.path.join(self.folder, "ranges", key[:2], key[2:])

    def block(self, folder: str, name: str) -> bytes:
        """Return one kept block; b"" when there is none."""
        return self._read(os.path.join(folder, name))

    def keep_block(self, folder: str, name: str, data: bytes) -> None:
        """Keep one block."""
        self._write(os.path.join(folder, name), data)

    def file(self, sha256: str, name: str, algorithms: tuple[str, ...] = ()) -> tuple[str, Digests] | None:
        """Return the path of a kept file and the digests of what stands there now; None when it is not there whole."""
        path = self._file(sha256, name)
        digests = Digests(algorithms)
        try:
            with open(path, "rb") as stream:
                while piece := stream.read(_PIECE):
                    digests.update(piece)
            if digests.hex() == sha256:
                os.utime(path)
                return path, digests
            os.unlink(path)
        except OSError:
            return None
        return None

    def adopt(self, part: str, sha256: str, name: str) -> str:
        """Move a finished file to its place; returns the path."""
        path = self._file(sha256, name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        self._wrote += 1
        os.replace(part, path)
        return path

    def part(self) -> str:
        """Return a path for a file in the making."""
        with self._lock:
            self._count += 1
            folder = os.path.join(self.folder, "parts")
            os.makedirs(folder, mode=0o700, exist_ok=True)
            return os.path.join(folder, f"{os.getpid()}-{id(self):x}-{self._count}")

    def _file(self, sha256: str, name: str) -> str:
        # The name stays: what opens the file tells the package from it.
        return os.path.join(self.folder, "files", sha256[:2], sha256, re.sub(r"[^A-Za-z0-9._+!-]", "_", name)[-200:])

    def _place(self, kind: str, key: str) -> str:
        return os.path.join(self.folder, kind, key[:2], key[2:])

    def _read(self, path: str) -> bytes:
        try:
            with open(path, "rb") as stream:
                held = stream.read()
            os.utime(path)
        except OSError:
            return b""
        body = held[_DIGEST:]
        return body if hashlib.sha256(body).digest() == held[:_DIGEST] else b""

    def _write(self, path: str, body: bytes) -> None:
        """Write an entry whole or not at all; without room, nothing is kept."""
        with suppress(OSError):
            part = self.part()
            with open(part, "wb") as stream:
                stream.write(hashlib.sha256(body).digest() + body)
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            os.replace(part, path)
            self._wrote += 1

    def _is_due(self) -> bool:
        """Whether nobody looked at the size of all for a day; remembers that somebody does now."""
        stamp = os.path.join(self.folder, "trimmed")
        with suppress(OSError):
            if 0 <= time.time() - os.stat(stamp).st_mtime < _DAY:
                return False
        with suppress(OSError), open(stamp, "wb"):
            pass
        return True

    def _trim(self) -> None:
        found: list[tuple[float, int, str]] = []
        for inside, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(inside, name)
                with suppress(OSError):
                    status = os.stat(path)
                    found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= _KEEP:
                return
            with suppress(OSError):
                os.unlink(path)
                total -= size


def key(*parts: str) -> str:
    """Return the name of an entry."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
