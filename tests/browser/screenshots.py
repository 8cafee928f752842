"""Write the screenshots of the docs: ``python -m tests.browser.screenshots [FOLDER]`` (default docs/images)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from depscan.overview.html import render
from depscan.overview.records import Hit, Overview, Told
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.overviews import three, told

ROOT = Path(__file__).resolve().parent.parent.parent

_MORE = (
    ("transformers", "4.44.2", "critical", ("search", 14, ("sentence-transformers 5.1.0",)), ("ml-infra", 9, ())),
    ("pillow", "10.2.0", "high", ("vision", 11, ("torchvision 0.20.1",)), ("growth", 3, ("streamlit 1.36.0",))),
    ("aiohttp", "3.9.1", "high", ("search", 14, ("langchain 0.3.27",)), ("growth", 3, ("streamlit 1.36.0", "fsspec 2024.2.0"))),  # noqa: E501
    ("jinja2", "3.1.2", "high", ("ml-infra", 9, ("mlflow 2.9.2", "flask 3.0.0")), ("vision", 11, ("torchvision 0.20.1", "torch 2.5.1"))),  # noqa: E501
    ("tornado", "6.4", "high", ("ml-infra", 9, ("jupyterlab 4.1.0",)), ("growth", 3, ("streamlit 1.36.0",))),
)  # fmt: skip
"""Name, version, severity, and who is reached: owner, how many repositories, by which way."""


def night() -> Overview:
    """Return a night whose repositories are many enough to be drawn by owner."""
    few = three()
    findings: list[Told] = list(few.findings)
    for number, (name, version, severity, *reached) in enumerate(_MORE, 10):
        hits = tuple(
            Hit(f"{owner}/service-{i}", f"team-{owner}", "uv.lock", 90 + i, (*via, f"{name} {version}"), "2026-11-20")
            for owner, count, via in reached
            for i in range(count)
        )
        findings.append(told(number, name, version, severity, hits))
    return few._replace(findings=tuple(findings))


def main(folder: Path) -> None:
    """Take the top of the report, and the why graph in dark."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        file = Path(place) / "report.html"
        file.write_text(render(three()), "utf-8")
        top = browser.new_page(viewport={"width": 1200, "height": 1250}, color_scheme="light")
        top.goto(file.as_uri())
        top.wait_for_selector("html[data-ready]")
        top.screenshot(path=folder / "report.png")
        file.write_text(render(night()), "utf-8")
        dark = browser.new_page(viewport={"width": 1360, "height": 900}, color_scheme="dark")
        dark.goto(file.as_uri())
        dark.wait_for_selector("html[data-ready]")
        dark.locator("#why").screenshot(path=folder / "report-why.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
