"""Turn the descriptions of incident twins into archives: a previous and a poisoned release of one invented package.

    for case in cases():
        pair = build(case, folder)      # folder/old/*, folder/new/*

Pure functions over text. Nothing is imported, installed or run, and no archive is committed. README.md has the keys.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import tomllib
import zipfile
from typing import Any, NamedTuple

from corpus.incidents.recipes import content

HERE = os.path.dirname(os.path.abspath(__file__))
Files = tuple[tuple[str, bytes], ...]


class Release(NamedTuple):
    """One archive before it is packed.

    Attributes:
        kind: wheel, sdist or npm.
        name, version: of the package, raw.
        files: member paths below the package's top folder, and content.
        requires: requirements of a Python package (PEP 508).
        manifest: package.json of an npm package, without name and version.
    """

    kind: str
    name: str
    version: str
    files: Files
    requires: tuple[str, ...] = ()
    manifest: tuple[tuple[str, object], ...] = ()


class Case(NamedTuple):
    """One incident: what came before, what came then.

    Attributes:
        id: name of its folder.
        incident: the real package and versions.
        date: of the incident, ISO 8601.
        shape: how the code came to run, one line.
        old, new: the archives of each release; the first of both are the same kind.
        beside: archives of other packages that the new release brings in.
        blocked_by: "" for both, "compare" where only the change shows it, with the reason in the case file.
    """

    id: str
    incident: str
    date: str
    shape: str
    old: tuple[Release, ...]
    new: tuple[Release, ...]
    beside: tuple[Release, ...] = ()
    blocked_by: str = ""


class Pair(NamedTuple):
    """Paths of the first archive of the old and of the new release; the others stand beside them."""

    old: str
    new: str


def cases(folder: str = HERE) -> list[Case]:
    """Return every case below a folder, sorted by date.

    Raises:
        ValueError: a case says nothing new.
    """
    found = []
    for slug in sorted(os.listdir(folder)):
        path = os.path.join(folder, slug, "case.toml")
        if os.path.isfile(path):
            found.append(_case(slug, _load(folder, slug)))
    return sorted(found, key=lambda case: (case.date, case.id))


def _load(folder: str, slug: str) -> dict[str, Any]:
    """Return a case file; one that says ``like`` has the name, the kinds and the old release of another."""
    with open(os.path.join(folder, slug, "case.toml"), "rb") as file:
        data = tomllib.load(file)
    return {**_load(folder, data["like"]), "new": [], "payload": {}, **data} if "like" in data else data


def build(case: Case, folder: str) -> Pair:
    """Write the archives of a case to ``folder/old`` and ``folder/new`` and return the first of each."""
    old = [_write(release, os.path.join(folder, "old")) for release in case.old]
    new = [_write(release, os.path.join(folder, "new")) for release in (*case.new, *case.beside)]
    return Pair(old[0], new[0])


def _write(release: Release, folder: str) -> str:
    os.makedirs(folder, exist_ok=True)
    name, data = pack(release)
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def pack(release: Release) -> tuple[str, bytes]:
    """Return file name and bytes of an archive; the same release gives the same bytes."""
    return {"wheel": _wheel, "sdist": _sdist, "npm": _npm}[release.kind](release)


def _case(slug: str, data: dict[str, Any]) -> Case:
    if not (data.get("new") or data.get("beside") or data.get("npm-new") or data.get("requires-new")):
        raise ValueError(f"{slug}: nothing is new in it")
    kinds = data["kinds"]
    before = tuple(data.get("requires", ()))
    after = (before, (*before, *data.get("requires-new", ())))
    manifests = (data.get("npm", {}), {**data.get("npm", {}), **data.get("npm-new", {})})
    made = [
        tuple(
            Release(
                kind,
                data["name"],
                data["versions"][i],
                _files(data, kind, new=bool(i)),
                after[i],
                tuple(manifests[i].items()),
            )
            for kind in kinds
        )
        for i in (0, 1)
    ]
    beside = tuple(_beside(row) for row in data.get("beside", ()))
    return Case(
        slug, data["incident"], str(data["date"]), data["shape"], made[0], made[1], beside, data.get("blocked-by", "")
    )


def _beside(row: dict[str, Any]) -> Release:
    files = tuple((file["path"], _bytes(file, row)) for file in row.get("file", ()))
    return Release(
        row["kind"],
        row["name"],
        row["version"],
        files,
        tuple(row.get("requires", ())),
        tuple(row.get("npm", {}).items()),
    )


def _files(data: dict[str, Any], kind: str, *, new: bool) -> Files:
    """Return the members of one archive: the old files, and over them what the new release has."""
    made: dict[str, bytes] = {}
    for row in (*data.get("old", ()), *(data.get("new", ()) if new else ())):
        if row.get("only", kind) != kind:
            continue
        if row.get("gone"):
            made.pop(row["path"])
        elif "replace" in row:
            made[row["path"]] = _replaced(row, made[row["path"]], data)
        else:
            made[row["path"]] = _bytes(row, data)
    return tuple(made.items())


def _replaced(row: dict[str, Any], before: bytes, data: dict[str, Any]) -> bytes:
    """Return a file with one passage of it replaced, as an attacker inserts lines into a file that is long."""
    passage, text = row["replace"].encode(), _bytes(row, data)
    if before.count(passage) != 1:
        raise ValueError(f"{row['path']}: the passage stands there {before.count(passage)} times")
    return before.replace(passage, text)


def _bytes(row: dict[str, Any], data: dict[str, Any]) -> bytes:
    """Return the content of one file; ``@payload:NAME@`` in its text stands for a recipe of the case."""
    payloads = data.get("payload", {})
    text = re.sub(
        r"@payload:([\w-]+)@", lambda m: _bytes(payloads[m[1]], data).decode("latin-1"), str(row.get("text", ""))
    )
    return content({**row, "text": text})


def _wheel(release: Release) -> tuple[str, bytes]:
    flat = release.name.replace("-", "_")
    info = f"{flat}-{release.version}.dist-info"
    files = [(path.replace("@info@", info), data) for path, data in release.files]
    files.append((f"{info}/METADATA", _metadata(release)))
    files.append((f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: twin\nRoot-Is-Purelib: true\nTag: py3-none-any\n"))
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files)
    files.append((f"{info}/RECORD", (record + f"{info}/RECORD,,\n").encode()))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            member = zipfile.ZipInfo(path)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return f"{flat}-{release.version}-py3-none-any.whl", held.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _metadata(release: Release) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {release.name}", f"Version: {release.version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in release.requires]
    return ("\n".join(lines) + "\n").encode()


def _sdist(release: Release) -> tuple[str, bytes]:
    top = f"{release.name.replace('-', '_')}-{release.version}"
    files = [(path, data) for path, data in release.files if not path.startswith("@info@")]
    files.append(("PKG-INFO", _metadata(release)))
    if all(path != "pyproject.toml" for path, _ in files):
        files.append(("pyproject.toml", _pyproject(release)))
    return f"{top}.tar.gz", _tar(top, files)


def _pyproject(release: Release) -> bytes:
    return (
        '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n'
        f'[project]\nname = "{release.name}"\nversion = "{release.version}"\n'
        f"dependencies = {json.dumps(list(release.requires))}\n"
    ).encode()


def _npm(release: Release) -> tuple[str, bytes]:
    manifest = {"name": release.name, "version": release.version, **dict(release.manifest)}
    files = [("package.json", (json.dumps(manifest, indent=2) + "\n").encode()), *release.files]
    flat = release.name.removeprefix("@").replace("/", "-")
    return f"{flat}-{release.version}.tgz", _tar("package", files)


def _tar(top: str, files: list[tuple[str, bytes]]) -> bytes:
    held = io.BytesIO()
    packing = gzip.GzipFile(filename="", fileobj=held, mode="wb", mtime=0)
    with packing as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path, data in files:
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return held.getvalue()
