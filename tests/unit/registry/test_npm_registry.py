"""npm over the loopback registry: packument, tarball, integrity."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from depscan.errors import HashMismatch, NotThere, RegistryError
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import registry


def serve(index: Loopback, data: bytes, promised: bytes) -> None:
    (Path(index.folder) / "alpha-1.0.0.tgz").write_bytes(data)
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(promised).digest()).decode()
    dist = {"tarball": f"{index.base}/files/alpha-1.0.0.tgz", "integrity": integrity}
    index.packuments["@scope/alpha"] = {"name": "@scope/alpha", "versions": {"1.0.0": {"dist": dist}}}


def test_a_scoped_package_is_asked_for_in_short_form_and_its_tarball_once(tmp_path: Path) -> None:
    with Loopback(str(tmp_path)) as index:
        serve(index, b"tarball", b"tarball")
        for _ in range(2):
            with registry("", tmp_path / "cache", npm=index.npm) as client:
                file = client.project("npm", "@scope/alpha").files[0]
                assert Path(client.fetch(file)).read_bytes() == b"tarball"
        pages = index.asked("/npm/")
        assert [(one.path, one.status) for one in pages] == [("/npm/@scope%2Falpha", 200), ("/npm/@scope%2Falpha", 304)]
        assert pages[0].headers["accept"].startswith("application/vnd.npm.install-v1+json")
        assert len(index.asked("/files/")) == 1


def test_upload_times_are_asked_for_in_long_form(tmp_path: Path) -> None:
    with Loopback(str(tmp_path)) as index:
        serve(index, b"tarball", b"tarball")
        with registry("", tmp_path / "cache", npm=index.npm) as client:
            client.project("npm", "@scope/alpha", times=True)
        assert index.log[0].headers["accept"] == "application/json"


def test_a_tarball_of_another_integrity_is_refused(tmp_path: Path) -> None:
    with Loopback(str(tmp_path)) as index:
        serve(index, b"other bytes", b"tarball")
        with (
            registry("", tmp_path / "cache", npm=index.npm) as client,
            pytest.raises(HashMismatch, match="not what the index promised"),
        ):
            client.fetch(client.project("npm", "@scope/alpha").files[0])


def test_names_that_are_none_are_not_asked_for(tmp_path: Path) -> None:
    with Loopback(str(tmp_path)) as index, registry("", tmp_path / "cache", npm=index.npm) as client:
        for name in ("", "../x", "@a", "@a/b/c", "a b", "a?x", "x" * 300):
            with pytest.raises(RegistryError, match="no name"):
                client.project("npm", name)
        assert index.log == []
        with pytest.raises(NotThere):
            client.project("npm", "not-there")
