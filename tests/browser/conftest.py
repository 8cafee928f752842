"""A headless Chromium, and pages that may not complain, ask anybody for anything or break their security policy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from depscan.overview.html import render
from depscan.overview.records import Overview
from tests.need import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip

Open = Callable[..., "Page"]
"""``open_page(overview, at="#hash", **context)`` shows the report of an overview in a browser context of its own."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start the browser for the tests of a module; its loop may not be open while other modules run theirs."""
    need("browser", missing="" if os.access(CHROMIUM, os.X_OK) else f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), headless=True)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open reports; at the end of the test none of them may have complained or asked for anything but itself."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []
    file = tmp_path / "report.html"

    def refused(dialog: Dialog) -> None:
        said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def opened(overview: Overview, at: str = "", **context: Any) -> Page:
        file.write_text(render(overview), "utf-8")
        made = chromium.new_context(**context)
        contexts.append(made)
        page = made.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", refused)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri() + at)
        if context.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    for one in contexts:
        one.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked} == {file.as_uri()}
