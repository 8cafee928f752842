"""The findings table: the first rows as plain HTML; the script takes over from there with the data block."""

from __future__ import annotations

from depscan.overview.page.markup import Markup, anchor_of, badge, called, element, join, name, section
from depscan.overview.records import Overview, Told
from depscan.text.count import counted

ROWS = 100
"""Rows that are there without a script, and on one page with it."""
HEADS = (("severity", "Severity"), ("name", "Finding"), ("class", "Class"), ("action", "Policy"), ("fixed", "Fixed in"),
         ("repositories", "Repositories"), ("owners", "Owners"), ("since", "Since"))  # fmt: skip
_NUMBERS = {"repositories"}


def findings(overview: Overview) -> Markup:
    """Return the part of the page with filters, table and paging."""
    told = overview.findings
    if not told:
        return section("findings", "Findings", element("p", "There is no finding.", class_="calm"))
    heads = [
        element("th", title, scope="col", data_key=key, class_="number" if key in _NUMBERS else None)
        for key, title in HEADS
    ]
    inside = (
        element("caption", "Findings, the worst first", class_="unseen"),
        element("thead", element("tr", *heads)),
        element("tbody", *(_row(f) for f in told[:ROWS]), id="rows"),
    )
    more = f" of {len(told):,}; the rest needs scripts" if len(told) > ROWS else ""
    return section(
        "findings",
        "Findings",
        _filters(),
        element("p", f"{counted(min(len(told), ROWS), 'finding')}{more}", id="shown", role="status", class_="soft"),
        element("div", element("table", *inside, class_="cards findings"), class_="wide"),
        element("p", id="pages", class_="controls", hidden=True),
    )


def _filters() -> Markup:
    """Return the controls; the script fills and shows them."""
    search = element(
        "label",
        "Search",
        element("input", type="search", id="q", placeholder="name, id, text", autocomplete="off", spellcheck="false"),
    )
    picks = [
        element("label", title, element("select", element("option", "all", value=""), id=key))
        for key, title in (("severity", "Severity"), ("class", "Class"), ("action", "Policy"), ("owner", "Owner"))
    ]
    where = element(
        "label",
        "Repository",
        element(
            "input",
            type="search",
            id="repository",
            placeholder="part of it",
            autocomplete="off",
            spellcheck="false",
        ),
    )
    new = element("label", element("input", type="checkbox", id="new"), " only new", class_="check")
    clear = element("button", "Clear", type="button", id="clear")
    return element(
        "div",
        search,
        *picks,
        where,
        new,
        clear,
        class_="filters controls",
        id="filters",
        role="search",
        aria_label="Filter findings",
        hidden=True,
    )


def _row(told: Told) -> Markup:
    """Return one row without its details; ``page.js`` makes the same one."""
    owners = [owner or "no owner" for owner in sorted({h.owner for h in told.hits}, key=lambda o: (not o, o))]
    places = len({hit.repository for hit in told.hits})
    new = join([" ", element("span", "new", class_="new")]) if told.new else ""
    subject = element("strong", name(called(told), 60), class_="mono")
    cells = (
        ("Finding", join([subject, new, element("span", name(told.message or told.title, 300), class_="told")])),
        ("Class", name(told.klass, 30)),
        ("Policy", name(told.action, 30)),
        ("Fixed in", name(told.fixed_version or "–", 30)),
        ("Repositories", f"{places:,}"),
        ("Owners", join([name(", ".join(owners[:2]), 60), f" +{len(owners) - 2}" if len(owners) > 2 else ""])),  # noqa: PLR2004
        ("Since", name(told.since, 30)),
    )
    told_cells = [
        element("td", cell, data_label=head, class_="number" if head == "Repositories" else None)
        for head, cell in cells
    ]
    return element("tr", element("td", badge(told.severity), data_label="Severity"), *told_cells, id=anchor_of(told.id))
