"""Digests of model files, for those who write down or compare them: of the whole, of the header, of each template.

Nothing of this is done in a plain scan: reading the bytes of all weights takes longer than everything else together.
The header of a safetensors file and the metadata of a GGUF file say what the weights are; the templates in settings
and metadata are what runs.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from depscan.artifacts.source import Source
    from depscan.loading.file import File
    from depscan.loading.steps import Report

SHA256, HEADER, TEMPLATES, AUTO_MAP = "sha256", "header-sha256", "template-sha256", "auto-map"
"""Keys of ``ModelFile.about``; the last two hold one text per line."""

ALL = -1
_PIECE = 4 << 20
_ODD = re.compile(r"[^\w.\[\]/-]")
_WEIGHTS = ("*.safetensors", "*.gguf", "*.onnx", "*.bin", "*.ckpt", "*.pt", "*.pth", "*.h5", "*.keras", "*.msgpack",
            "*.pkl", "*.joblib", "*.skops", "*.nemo")  # fmt: skip


class Digests:
    """What is to be hashed.

    Args:
        budget: bytes of whole files that may be hashed altogether; ``ALL`` for every file, 0 for none. Headers and
            templates are always hashed.

    Attributes:
        left: files that were not hashed, because the budget was used up.
    """

    def __init__(self, budget: int = ALL) -> None:
        self._budget = budget
        self.left: list[str] = []

    def about(self, file: File, report: Report) -> dict[str, str]:
        """Return the digests of one file by the keys of ``ModelFile.about``; what does not apply is left out."""
        made = {} if file.container else self.whole(file)
        if report.header:
            made[HEADER] = digest_of(file.source, report.header)
        if report.templates:
            made[TEMPLATES] = "\n".join(sorted({f"{_plain(where)} {hex_}" for where, hex_ in report.templates}))
        references = _references(file)
        if references:
            made[AUTO_MAP] = "\n".join(references)
        return made

    def whole(self, file: File) -> dict[str, str]:
        """Return the digest of the whole file, if the budget allows it."""
        return {SHA256: digest_of(file.source)} if self._takes(file) else {}

    def _takes(self, file: File) -> bool:
        if self._budget == ALL:
            return True
        if file.size > self._budget:
            self.left.append(file.path)
            return False
        self._budget -= file.size
        return True


def digest_of(source: Source, size: int = -1) -> str:
    """Return the SHA-256 of the first ``size`` bytes of a source (all of them for -1), in hexadecimal digits."""
    made = sha256()
    at, end = 0, source.size if size < 0 else min(size, source.size)
    while at < end:
        piece = source.at(at, min(_PIECE, end - at))
        if not piece:
            break
        made.update(piece)
        at += len(piece)
    return made.hexdigest()


def _plain(where: str) -> str:
    return _ODD.sub("_", where)[:100] or "template"


def _references(file: File) -> list[str]:
    """Return the code that a settings file names, as ``key: reference``."""
    from depscan.loading.automap import code_references
    from depscan.loading.plain import json_of
    from depscan.loading.repository import SETTINGS

    if file.name not in SETTINGS:
        return []
    return sorted({f"{key}: {value}".replace("\n", " ")[:300] for key, value in code_references(json_of(file))})


def archives(files: Mapping[str, File], opened: Iterable[str], digests: Digests) -> Iterator[tuple[str, int, str]]:
    """Yield path, size in bytes and SHA-256 ("" when the budget did not allow it) of the archives that hold models.

    Of their members only headers and templates are hashed: the weights of a torch archive are members that no reader
    looks at.
    """
    for path in sorted(set(opened)):
        if path in files:
            yield path, files[path].size, digests.whole(files[path]).get(SHA256, "")


def code_beside(files: Mapping[str, File], loaded: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield path, when it runs ("load" or "call") and SHA-256 of the Python files that come along with models.

    Args:
        files: model files and Python files of a folder by path.
        loaded: paths of the code that loading runs.
    """
    from depscan.loading.repository import model_folders

    marked = {folder for folder, why in model_folders(files).items() if not why.startswith("weights")}
    marked |= _weights_alone(files)
    at_load = {path for path in loaded if path.startswith(tuple(marked))}
    for path in sorted(files):
        folder = path[: path.rfind("/") + 1]
        if path in at_load or (path.endswith(".py") and folder in marked):
            yield path, "load" if path in at_load else "call", digest_of(files[path].source)


def _weights_alone(files: Mapping[str, File]) -> set[str]:
    """Return the folders below the top that hold weights and are no package of the project's own code."""
    found = {
        path[: path.rfind("/") + 1]
        for path, file in files.items()
        if "/" in path and any(fnmatchcase(file.name, glob) for glob in _WEIGHTS)
    }
    return {folder for folder in found if f"{folder}__init__.py" not in files}
