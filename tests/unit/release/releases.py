"""Pairs of releases made in memory: inert, on reserved hosts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from depscan.artifacts.open import open_bytes
from depscan.release.release import Release, read_release
from tests.unit.artifacts.builders import tar_of, zip_of

Files = Mapping[str, bytes | str]
CODE = "def main():\n    return 1\n"


def wheel_bytes(files: Files, version: str = "1.0", *, name: str = "demo", metadata: str = "") -> bytes:
    """Return a wheel; ``metadata`` are further header lines."""
    info = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n"
    return zip_of({**files, f"{info}/METADATA": head, f"{info}/WHEEL": "Wheel-Version: 1.0\n", f"{info}/RECORD": ""})


def wheel(files: Files, version: str = "1.0", *, metadata: str = "") -> Release:
    data = wheel_bytes(files, version, metadata=metadata)
    return read_release(open_bytes(data, f"demo-{version}-py3-none-any.whl"))


def sdist_bytes(files: Files, version: str = "1.0", *, name: str = "demo", metadata: str = "") -> bytes:
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n"
    return tar_of({f"{name}-{version}/{path}": text for path, text in {"PKG-INFO": head, **files}.items()})


def sdist(files: Files, version: str = "1.0", *, metadata: str = "") -> Release:
    return read_release(open_bytes(sdist_bytes(files, version, metadata=metadata), f"demo-{version}.tar.gz"))


def npm_bytes(manifest: str, files: Files | None = None) -> bytes:
    return tar_of({"package/package.json": manifest, **{f"package/{p}": t for p, t in (files or {}).items()}})


def npm(manifest: str, files: Files | None = None, version: str = "1.0.0") -> Release:
    return read_release(open_bytes(npm_bytes(manifest, files), f"demo-{version}.tgz"))


def save(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)
