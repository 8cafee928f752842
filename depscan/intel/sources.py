"""Where records come from: a zip as OSV exports it, a folder of JSON or YAML files, or one such file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import IntelError

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD_LIMIT = 16 << 20
"""Largest record, in bytes; the largest in OSV's exports known to us has 3 MB."""
TOTAL_LIMIT = 8 << 30
"""Largest sum of all records of one source, in bytes."""
_SUFFIXES = (".json", ".yaml", ".yml")


class RawRecord(NamedTuple):
    """A parsed record, or the reason why it could not be parsed."""

    name: str
    value: Any
    problem: str = ""


def sha256_of(path: str) -> str:
    """Return the SHA-256 of a file, or of a folder's record names and contents, as hex."""
    from hashlib import file_digest, sha256

    try:
        if not os.path.isdir(path):
            with open(path, "rb") as stream:
                return file_digest(stream, "sha256").hexdigest()
        total = sha256()
        for name in _listing(path):
            total.update(os.path.relpath(name, path).replace(os.sep, "/").encode("utf-8", "surrogateescape"))
            total.update(_read(name))
        return total.hexdigest()
    except OSError as error:
        raise IntelError(f"cannot read: {(error.strerror or str(error)).lower()}", path=path) from None


def read_source(path: str) -> Iterator[RawRecord]:
    """Yield the records of a source, in the order of their names.

    Raises:
        IntelError: the source is missing, damaged, encrypted or over a limit. A damaged archive is refused
            as a whole: what is missing from it cannot be known.
    """
    if os.path.isdir(path):
        for name in _listing(path):
            yield _parse(os.path.relpath(name, path), _read(name))
    elif path.lower().endswith(_SUFFIXES):
        yield _parse(os.path.basename(path), _read(path))
    else:
        yield from _read_zip(path)


def _listing(folder: str) -> list[str]:
    found = [
        os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.lower().endswith(_SUFFIXES)
    ]
    return sorted(found)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            data = stream.read(RECORD_LIMIT + 1)
    except OSError as error:
        raise IntelError(f"cannot read: {(error.strerror or str(error)).lower()}", path=path) from None
    if len(data) > RECORD_LIMIT:
        raise IntelError(f"a record of more than {RECORD_LIMIT >> 20} MB", path=path)
    return data


def _read_zip(path: str) -> Iterator[RawRecord]:
    import zipfile
    import zlib

    broken = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(
                (m for m in archive.infolist() if m.filename.lower().endswith(_SUFFIXES)), key=lambda m: m.filename
            )
            total = 0
            for member in members:
                with archive.open(member) as stream:
                    data = stream.read(RECORD_LIMIT + 1)
                total += len(data)
                if len(data) > RECORD_LIMIT or total > TOTAL_LIMIT:
                    raise IntelError(f"{member.filename[:100]!r} is over the size limit", path=path)
                yield _parse(member.filename, data)
    except broken as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise IntelError(f"not a whole zip of OSV records: {reason[:200]}", path=path) from None


def _parse(name: str, data: bytes) -> RawRecord:
    try:
        if name.lower().endswith(".json"):
            import json

            return RawRecord(name, json.loads(data))
        return RawRecord(name, _parse_yaml(data))
    except (ValueError, RecursionError) as error:
        return RawRecord(name, None, f"not readable: {str(error)[:200] or type(error).__name__}")


def _parse_yaml(data: bytes) -> Any:  # noqa: ANN401 - YAML
    """Return the value with every scalar kept as text, so that 1.10 does not become 1.1."""
    import yaml

    # The C loader where PyYAML has it; both build texts, lists and tables and nothing else.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return yaml.load(data, Loader=loader)  # noqa: S506 - a base loader constructs no objects
    except yaml.YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from None
