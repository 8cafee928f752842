"""Archives made in memory: small, harmless, and wrong where a test wants them to be."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from collections.abc import Mapping

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" + bytes(100)
PE = b"MZ" + bytes(58) + b"\x80\x00\x00\x00" + bytes(64) + b"PE\0\0" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)

Files = Mapping[str, bytes | str]


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def zip_of(files: Files, *, stored: bool = False) -> bytes:
    """Return a zip archive."""
    return zip_pairs(list(files.items()), stored=stored)


def zip_pairs(files: list[tuple[str, bytes | str]], *, stored: bool = False) -> bytes:
    """Return a zip archive in which a name may come twice."""
    stream = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), _bytes(content), method)
    return stream.getvalue()


def tar_of(files: Files, mode: str = "w:gz") -> bytes:
    """Return a tar archive; ``mode`` names the compression as for tarfile."""
    return tar_members([(file_info(name), _bytes(content)) for name, content in files.items()], mode)


def file_info(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Return the header of a member or a link."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def tar_members(
    members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz", form: int = tarfile.PAX_FORMAT
) -> bytes:
    """Return a tar archive of members with headers of their own."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


WHEEL: Files = {
    "alpha/__init__.py": "from alpha import core\n",
    "alpha/core.py": "def main():\n    return 1\n",
    "alpha/_fast.cpython-311-x86_64-linux-gnu.so": ELF,
    "alpha/tests/test_core.py": "def test(): ...\n",
    "alpha-1.0.data/scripts/alpha-run": "#!/bin/sh\nexec python -m alpha\n",
    "alpha-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: Alpha\nVersion: 1.0\n\nVersion: 9\n",
    "alpha-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
    "alpha-1.0.dist-info/entry_points.txt": "[console_scripts]\nalpha = alpha.core:main\n",
    "alpha-1.0.dist-info/RECORD": "",
}
SDIST: Files = {
    "alpha-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n",
    "alpha-1.0/setup.py": "from setuptools import setup\nsetup()\n",
    "alpha-1.0/src/alpha/__init__.py": "",
    "alpha-1.0/src/alpha/core.py": "x = 1\n",
    "alpha-1.0/tests/conftest.py": "",
    "alpha-1.0/tools/release.sh": "echo hello\n",
}
