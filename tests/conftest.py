"""Rules for every test: no network but loopback; golden files are rewritten only when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import pytest_socket
from hypothesis import settings

settings.register_profile("shared machine", deadline=None)  # how long one example takes is no property of the code
settings.load_profile("shared machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing")


@pytest.fixture(autouse=True)
def _closed_sockets() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep facts of tests out of the user's cache, and those of one run out of the next."""
    monkeypatch.setenv("DEPSCAN_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "no-pip-cache"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return ``compare(name, text)``: the text must equal the file ``golden/<name>`` byte for byte."""
    folder = os.path.join(os.path.dirname(__file__), "golden")

    def compare(name: str, text: str) -> None:
        path = os.path.join(folder, name)
        if request.config.getoption("--update-golden"):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as stream:
                stream.write(text.encode())
            return
        with open(path, "rb") as stream:
            assert text.encode() == stream.read(), f"{name} changed: --update-golden writes it, then read the diff"

    return compare
