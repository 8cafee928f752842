"""Measure the HTML report: its size, and how long it takes a browser to open it.

    python -m tests.bench.report_page [--locks FOLDER] [--repositories 1000] [--findings 500] [--runs 5]

FOLDER holds the unpacked ``lockfiles.zip`` (``expected/*.json``): real names and real graphs; without it they are made
up. Opening is from the start of the navigation until the findings table answers (the script's end), in a fresh profile.
Not a test: the figures depend on the machine, which is shared.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from depscan.overview.html import render
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.fleets import fleet, made_graphs, real_graphs


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--locks", type=Path)
    parser.add_argument("--repositories", type=int, default=1000)
    parser.add_argument("--findings", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="write the page here too")
    given = parser.parse_args()
    graphs = real_graphs(given.locks) if given.locks else made_graphs()
    overview = fleet(graphs, given.repositories, given.findings)
    start = time.process_time()
    page = render(overview)
    spent = time.process_time() - start
    hits = sum(len(f.hits) for f in overview.findings)
    say(f"{len(overview.members):,} repositories, {len(overview.findings):,} findings, {hits:,} hits, "
        f"{len(overview.tree.names):,} packages")  # fmt: skip
    blocks = ", ".join(
        f"{i} {len(t.encode()) / 1e6:.2f} MB" for i, t in re.findall(r'json" id="(\S+?)">(.*?)</script>', page)
    )
    say(f"written in {spent:.2f} s CPU; {len(page.encode()) / 1e6:.2f} MB ({blocks})")
    if given.keep:
        given.keep.write_text(page, "utf-8")
    times = opened(page, given.runs)
    say(f"open to interactive: median {median(times):.0f} ms, worst {max(times):.0f} ms of {len(times)} runs")


def opened(page: str, runs: int) -> list[float]:
    """Return milliseconds from the start of the navigation until the table answers, one per run."""
    from playwright.sync_api import sync_playwright

    times = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "report.html"
        file.write_text(page, "utf-8")
        for _ in range(runs):
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(file.as_uri())
            tab.wait_for_selector("html[data-ready]")
            times.append(float(tab.evaluate("document.documentElement.dataset.ready")))
            browser.close()
    return times


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
