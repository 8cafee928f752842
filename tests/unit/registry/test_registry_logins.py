"""Credentials go to their own host, in one header, and into no message."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import pytest

from depscan.errors import RegistryError
from depscan.registry.client import Client
from depscan.registry.credentials import Credentials, basic
from depscan.registry.registry import Registry
from depscan.registry.settings import Settings, load_settings
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import QUICK, wheel

LOGIN = basic("me", "secretword")


def settings_for(tmp_path: Path, url: str, netrc: str = "") -> Settings:
    (tmp_path / ".netrc").write_text(netrc, "utf-8")
    return load_settings(str(tmp_path), {"HOME": str(tmp_path), "PIP_INDEX_URL": url})


def with_login(index: Loopback) -> str:
    return index.url.replace("http://", "http://me:secretword@")


def test_a_login_in_the_url_is_sent_to_that_host(tmp_path: Path) -> None:
    wheel(str(tmp_path), "alpha")
    with (
        Loopback(str(tmp_path)) as index,
        Registry(settings_for(tmp_path, with_login(index)), cache=str(tmp_path / "c")) as client,
    ):
        index.login = LOGIN
        client.fetch(client.project("PyPI", "alpha").files[0])
        assert {one.headers["authorization"] for one in index.log} == {LOGIN}


def test_a_login_in_netrc_is_sent_to_its_host_and_the_default_entry_to_none(tmp_path: Path) -> None:
    wheel(str(tmp_path), "alpha")
    with Loopback(str(tmp_path)) as index:
        index.login = LOGIN
        settings = settings_for(tmp_path, index.url, "machine 127.0.0.1 login me password secretword\n")
        with Registry(settings, cache=str(tmp_path / "c")) as client:
            client.project("PyPI", "alpha")
        settings = settings_for(tmp_path, index.url, "default login me password secretword\n")
        with (
            Registry(settings, cache=str(tmp_path / "d"), budget=QUICK) as client,
            pytest.raises(RegistryError, match="refused"),
        ):
            client.project("PyPI", "alpha")
        assert "authorization" not in index.log[-1].headers


def test_a_redirect_to_another_host_gets_no_login_and_neither_does_the_way_back(tmp_path: Path) -> None:
    path = f"/files/{Path(wheel(str(tmp_path), 'alpha')).name}"
    with Loopback(str(tmp_path)) as index, Loopback(str(tmp_path)) as other:
        index.mode[path] = f"{other.base}/back"
        other.mode["/back"] = f"{index.base}/plain{path}"
        with (
            Registry(settings_for(tmp_path, with_login(index)), cache=str(tmp_path / "c"), budget=QUICK) as client,
            pytest.raises(RegistryError),
        ):
            client.fetch(client.project("PyPI", "alpha").files[0])
        assert [one.headers.get("authorization") for one in other.log] == [None]
        assert [one.headers.get("authorization") for one in index.log] == [LOGIN, LOGIN, None]


def test_files_on_another_host_get_no_login(tmp_path: Path) -> None:
    wheel(str(tmp_path), "alpha")
    with Loopback(str(tmp_path)) as index, Loopback(str(tmp_path)) as other:
        index.file_base = other.base
        with Registry(settings_for(tmp_path, with_login(index)), cache=str(tmp_path / "c")) as client:
            client.source(client.project("PyPI", "alpha").files[0]).at(0, 1)
        assert other.log
        assert all("authorization" not in one.headers for one in other.log)


@pytest.mark.parametrize(
    "mode", ["500-always", "missing", "redirect-loop", "redirect-host", "wrong-type", "invalid-json"]
)
def test_no_message_shows_a_login(mode: str, tmp_path: Path) -> None:
    wheel(str(tmp_path), "alpha")
    with Loopback(str(tmp_path)) as index:
        index.mode["/simple/alpha/"] = mode
        with (
            Registry(settings_for(tmp_path, with_login(index)), cache=str(tmp_path / "c"), budget=QUICK) as client,
            pytest.raises(RegistryError) as caught,
        ):
            client.project("PyPI", "alpha", with_login(index))
    assert "secretword" not in "".join(traceback.format_exception(caught.value))


def test_a_refusal_says_where_logins_come_from(tmp_path: Path) -> None:
    wheel(str(tmp_path), "alpha")
    with Loopback(str(tmp_path)) as index:
        index.login = LOGIN
        with (
            Registry(settings_for(tmp_path, index.url), cache=str(tmp_path / "c"), budget=QUICK) as client,
            pytest.raises(RegistryError, match="netrc or keyring"),
        ):
            client.project("PyPI", "alpha")


def test_a_broken_netrc_is_none(tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine x login\nfoo bar", "utf-8")
    assert Credentials({}, str(tmp_path / "netrc")).header("https://x/") == ""


def test_keyring_is_asked_when_a_host_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "path" / "keyring"
    package.mkdir(parents=True)
    (package / "errors.py").write_text("class KeyringError(Exception): ...\n", "utf-8")
    (package / "__init__.py").write_text(
        "from types import SimpleNamespace\n"
        "def get_credential(service, username):\n"
        "    return SimpleNamespace(username='me', password='secretword') if service == '127.0.0.1' else None\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(package.parent))
    wheel(str(tmp_path), "alpha")
    with Loopback(str(tmp_path)) as index:
        index.login = LOGIN
        with Registry(settings_for(tmp_path, index.url), cache=str(tmp_path / "c"), budget=QUICK) as client:
            client.fetch(client.project("PyPI", "alpha").files[0])
        assert [one.status for one in index.log] == [401, 200, 200]
    for name in ("keyring", "keyring.errors"):
        sys.modules.pop(name, None)


def test_a_step_from_https_to_http_is_refused() -> None:
    client = Client(Credentials(), QUICK)
    url = "https://index.example/simple/a/"
    with pytest.raises(RegistryError, match="from https to http"):
        client._next(url, url, "http://index.example/simple/a/", elsewhere=True)
    assert client._next(url, url, "/other/", elsewhere=False) == "https://index.example/other/"
    assert client._next("http://a.example/", "http://a.example/", "https://a.example/", elsewhere=False)
