"""Facts kept between runs, by the hash of an artifact's bytes and the version of the engine that read it.

Rules and policy are no part of the key: they judge anew each time. A file that cannot be read back is no hit.
The folder is the user's own (mode 700), because who writes there decides verdicts.
"""

from __future__ import annotations

import os
from typing import Any

from depscan.facts.fact import Fact
from depscan.facts.inspected import CodeGap, Inspected
from depscan.model.modelfile import ModelFile
from depscan.text.cachefolder import cache_folder, is_own
from depscan.text.engine import engine

_FORMAT = "2"
_PARTS = ("artifacts", "facts", "loading", "inputs", "text", "ecosystems", "data/rules/loading", "../rules/loading")
_KEEP = 512 << 20
_HASHED = 64 << 20
"""Bytes up to which any file is hashed; packages always are, since reading them takes longer than that."""


class FactCache:
    """A folder of facts.

    Args:
        folder: made when the first facts are kept; "" for the user's own
            (DEPSCAN_CACHE, else the XDG cache folder, else the local application data).
    """

    def __init__(self, folder: str = "") -> None:
        self._folder = os.path.join(folder or cache_folder(), f"facts-{_FORMAT}")
        self._engine = engine(_PARTS) if is_own(self._folder) else ""

    def key(self, path: str) -> str:
        """Return the key of the artifact in a file.

        "" for what is no file, where no facts may be kept, and for a large model, most of which nobody reads.
        """
        import hashlib

        from depscan.artifacts.identity import expected

        if not self._engine or not os.path.isfile(path):
            return ""
        try:
            if os.path.getsize(path) > _HASHED and not expected(path):
                return ""
            with open(path, "rb") as stream:
                return self.key_of(os.path.basename(path), hashlib.file_digest(stream, "sha256").hexdigest())
        except OSError:
            return ""

    def key_of(self, name: str, sha256: str) -> str:
        """Return the key of an artifact by its file name and hash; "" where no facts may be kept."""
        import hashlib

        if not self._engine:
            return ""
        return hashlib.sha256(f"{self._engine}\n{name}\n{sha256}".encode("utf-8", "surrogateescape")).hexdigest()

    def load(self, key: str) -> Inspected | None:
        """Return what was kept under a key; None when nothing that can be read is there."""
        import json
        import zlib

        try:
            with open(self._place(key), "rb") as stream:
                return _decode(json.loads(zlib.decompress(stream.read())))
        except (OSError, ValueError, TypeError, zlib.error):
            return None

    def keep(self, key: str, item: Inspected) -> None:
        """Keep facts; without a place to write to, nothing is kept."""
        import json
        import zlib

        place = self._place(key)
        packed = zlib.compress(json.dumps(item, ensure_ascii=True, separators=(",", ":")).encode(), 1)
        made = f"{place}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
            with open(made, "wb") as stream:
                stream.write(packed)
            os.replace(made, place)
        except OSError:
            return
        if int(key[:2], 16) == 0:
            self._trim()

    def _place(self, key: str) -> str:
        return os.path.join(self._folder, key[:2], key[2:])

    def _trim(self) -> None:
        """Remove what was not written for longest once all is more than 512 MiB."""
        found = []
        for inside, _, files in os.walk(self._folder):
            for name in files:
                path = os.path.join(inside, name)
                try:
                    status = os.stat(path)
                except OSError:
                    continue
                found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= _KEEP:
                return
            try:
                os.remove(path)
            except OSError:
                continue
            total -= size


def _decode(row: list[Any]) -> Inspected:
    """Return the record that ``json.dumps`` wrote as nested lists.

    Raises:
        ValueError, TypeError: it is of another shape.
    """
    name, subject, kind, package, version, facts, gaps, models = row
    made = tuple(Fact._make(tuple(v) if isinstance(v, list) else v for v in fact) for fact in facts)
    files = tuple(_model(model) for model in models)
    return Inspected(name, subject, kind, package, version, made, tuple(CodeGap(*gap) for gap in gaps), files)


def _model(row: list[Any]) -> ModelFile:
    made = ModelFile(*row)
    program = tuple((place, text, verdict, why) for place, text, verdict, why in made.program)
    about = tuple((key, value) for key, value in made.about)
    return made._replace(container=tuple(made.container), program=program, needs=tuple(made.needs), about=about)
