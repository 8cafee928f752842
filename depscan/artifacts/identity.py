"""What kind of artifact a listing is, which folder to strip, and what it calls itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from depscan.artifacts.magic import CLOSED_ARCHIVES, MEDIA, NATIVE

WHEEL, SDIST, CONDA, NPM, EGG, FOLDER, SCRIPT, ARCHIVE = (
    "wheel", "sdist", "conda", "npm", "egg", "folder", "script", "archive",
)  # fmt: skip

_ROOT_FILES = frozenset({"PKG-INFO", "setup.py", "pyproject.toml", "setup.cfg"})
_SUFFIXES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tbz2", ".tar", ".zip", ".whl", ".egg", ".conda")
_EXPECTED = {
    ".whl": "zip", ".egg": "zip", ".zip": "zip", ".conda": "zip", ".gz": "gzip", ".tgz": "gzip", ".bz2": "bzip2",
    ".tbz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".tar": "tar", ".7z": "7z", ".lz4": "lz4",
}  # fmt: skip
_MEDIA_NAMES = frozenset({
    ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ico", ".wav", ".avi", ".ogg", ".mp3",
    ".flac", ".mp4", ".m4a", ".pdf", ".ttf", ".otf", ".woff", ".woff2",
})  # fmt: skip
_STRICT_MEDIA = frozenset({".png", ".jpg", ".jpeg", ".gif", ".pdf"})
_TEXT_NAMES = frozenset({
    ".txt", ".md", ".rst", ".json", ".csv", ".tsv", ".cfg", ".toml", ".ini", ".yaml", ".yml", ".html", ".htm",
    ".css", ".xml", ".log", ".svg", ".pyi", ".py", ".pyw", ".sh", ".ps1", ".bat", ".cmd", ".js", ".ts", ".mjs",
    ".cjs", ".ipynb", ".sql", ".env", ".in", ".typed", ".lock", ".pem", ".crt", ".key",
})  # fmt: skip
_COMPILED_NAMES = frozenset({".pyc", ".pyo"})
_NOT_BYTECODE = NATIVE | CLOSED_ARCHIVES | {"zip", "gzip", "bzip2", "xz", "zstd", "7z", "lz4"}
_NOT_TEXT = NATIVE | CLOSED_ARCHIVES | {"zip", "gzip", "bzip2", "xz", "zstd", "7z", "lz4", "pyc"}
_METADATA_LINE = re.compile(rb"(?im)^(name|version):[ \t]*([^\r\n]{1,200})")
_DIST_INFO = re.compile(r"[^/]+\.dist-info/(?:METADATA|WHEEL|RECORD)").fullmatch
_NAMED = re.compile(r"(.+?)-v?(\d[^-]*(?:-\d+)?)").fullmatch


def suffix(path: str) -> str:
    """Return the lower-cased last suffix with its dot; "" for none."""
    name = path.rpartition("/")[2]
    at = name.rfind(".")
    return name[at:].lower() if at >= 0 else ""


def expected(name: str) -> str:
    """Return the format of content that an archive's file name promises; "" for other names."""
    return _EXPECTED.get(suffix(name), "")


def names_text(path: str) -> bool:
    """Return whether a name promises text."""
    return suffix(path) in _TEXT_NAMES


def disguise(path: str, kind: str) -> str:
    """Return in words how content contradicts a member's name; "" when it does not.

    Names that promise nothing (``.dat``, ``.bin``, none) contradict nothing; an icon that is a PNG is honest.
    A program whose bytes are masked is never what its name says.
    """
    ending = suffix(path)
    if kind == "masked-program":
        return f"named {ending or path}, is a program under a one-byte mask"
    if ending in _TEXT_NAMES:
        return f"named {ending}, is {kind}" if kind in _NOT_TEXT else ""
    if ending in _COMPILED_NAMES:
        return f"named {ending}, is {kind}" if kind in _NOT_BYTECODE else ""
    if ending in _MEDIA_NAMES and kind not in MEDIA and kind != "empty":
        if kind == "binary" and ending not in _STRICT_MEDIA:
            return ""
        return f"named {ending}, is {kind}"
    return f"named {ending}, is {kind}" if ending in _EXPECTED and kind in NATIVE else ""


def kind_of(paths: list[str], *, zipped: bool, stripped: bool = False) -> str:
    """Return what a listing is.

    Args:
        paths: clean member paths.
        zipped: whether the outermost format is zip.
        stripped: whether the top folder is gone already; before that no sdist or npm package is told.
    """
    names = set(paths)
    if "info/index.json" in names:
        return CONDA
    if zipped and "EGG-INFO/PKG-INFO" in names:
        return EGG
    if zipped and any(map(_DIST_INFO, paths)):
        return WHEEL
    if stripped and names & {"setup.py", "pyproject.toml", "PKG-INFO"}:
        return SDIST
    return NPM if stripped and "package.json" in names else ARCHIVE


def top_folder(paths: list[str]) -> str:
    """Return the folder to strip with its slash: the only one, or the only one that holds a project; "" for none."""
    tops = {path.partition("/")[0] for path in paths if "/" in path and not path.startswith("..")}
    loose = any("/" not in path for path in paths)
    if len(tops) == 1 and not loose:
        return f"{tops.pop()}/"
    if any(path in _ROOT_FILES or path == "package.json" for path in paths):
        return ""
    holding = {
        path.partition("/")[0] for path in paths if path.count("/") == 1 and path.rpartition("/")[2] in _ROOT_FILES
    }
    return f"{holding.pop()}/" if len(holding) == 1 else ""


def identify(name: str, kind: str, read: Mapping[str, Callable[[], bytes]]) -> tuple[str, str]:
    """Return package name and version: from the artifact's metadata, else from its file name; "" unknown.

    Args:
        name: file name.
        kind: see ``Artifact.kind``.
        read: readers by clean path (the first member of a path).
    """
    if kind in {CONDA, NPM}:
        found = _from_json(read.get("info/index.json" if kind == CONDA else "package.json"))
    else:
        found = _from_headers(_metadata(kind, read))
    if all(found):
        return found
    guessed = _from_name(name, kind)
    return found[0] or guessed[0], found[1] or guessed[1]


def _metadata(kind: str, read: Mapping[str, Callable[[], bytes]]) -> Callable[[], bytes] | None:
    if kind == WHEEL or (kind == FOLDER and "PKG-INFO" not in read):
        held = [path for path in read if path.endswith(".dist-info/METADATA") and path.count("/") == 1]
        return read[held[0]] if len(held) == 1 else None
    return read.get("EGG-INFO/PKG-INFO" if kind == EGG else "PKG-INFO")


def _from_headers(reader: Callable[[], bytes] | None) -> tuple[str, str]:
    if reader is None:
        return "", ""
    headers = reader()[:65536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    fields: dict[str, str] = {}
    for key, value in _METADATA_LINE.findall(headers):
        fields.setdefault(key.decode().lower(), value.decode("utf-8", "replace").strip())
    return fields.get("name", ""), fields.get("version", "")


def load_json(data: bytes) -> dict[str, Any]:
    """Return a JSON object of an artifact; {} for anything else."""
    import json

    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _from_json(reader: Callable[[], bytes] | None) -> tuple[str, str]:
    value = load_json(reader()) if reader is not None else {}
    name, version = value.get("name"), value.get("version")
    return (name if isinstance(name, str) else "")[:200], (version if isinstance(version, str) else "")[:200]


def _from_name(name: str, kind: str) -> tuple[str, str]:
    stem = name.rpartition("/")[2]
    ending = next((s for s in _SUFFIXES if stem.lower().endswith(s)), "")
    if not ending:
        return "", ""
    stem = stem[: -len(ending)]
    if kind in {WHEEL, EGG}:
        parts = stem.split("-")
        return parts[0], parts[1] if len(parts) > 1 else ""
    found = _NAMED(stem)
    return (found[1], found[2]) if found else (stem, "")
