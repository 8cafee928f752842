"""``depscan compare`` as a user calls it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from depscan.cli import _main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def call(*argv: str) -> tuple[int, str, str]:
        code = _main.main(["compare", *argv])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call
