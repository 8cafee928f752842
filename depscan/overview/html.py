"""The report of a night as one HTML page: opens offline, asks nobody for anything, says the answer first."""

from __future__ import annotations

import os
from base64 import b64encode
from hashlib import sha256

from depscan.overview.format import Report
from depscan.overview.page.answer import answer, contents, sentence
from depscan.overview.page.data import block, findings_data, tree_data
from depscan.overview.page.lists import changes, coverage, inventory, repositories, tree
from depscan.overview.page.markup import Markup, element
from depscan.overview.page.table import findings
from depscan.overview.page.trends import trends
from depscan.overview.page.why import why
from depscan.overview.records import Overview


def render(overview: Overview) -> str:
    """Return the page."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="color-scheme", content="light dark"),
        element("meta", name_="referrer", content="no-referrer"),
        element("title", f"{sentence(overview)} · depscan {overview.night[:10]}"),
        element("style", Markup(style)),
    )
    parts = (answer, findings, why, tree, trends, inventory, changes, coverage, repositories)
    about = f"depscan {overview.tool}, {overview.night}. This page holds everything it shows and asks no other place."
    body = element(
        "body",
        element("a", "Skip to the findings", href="#findings", class_="skip"),
        element("header", contents()),
        element("main", *(part(overview) for part in parts)),
        element("footer", about, class_="soft"),
        block("data", findings_data(overview)),
        block("tree-data", tree_data(overview.tree)),
        element("script", Markup(script)),
    )
    return f'<!doctype html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def _asset(name: str) -> str:
    """Return a file beside this module."""
    with open(os.path.join(os.path.dirname(__file__), "page", name), encoding="utf-8") as stream:
        return stream.read()


def _digest(text: str) -> str:
    """Return the source expression that allows exactly this text (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


REPORT = Report("html", "page for people, opens offline", "text/html", render)
