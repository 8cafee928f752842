"""The lower parts of the page: tree, inventory, what changed, coverage and repositories."""

from __future__ import annotations

from itertools import groupby

from depscan.fleet.gaps import Gap
from depscan.overview.page.markup import Markup, called, element, fold, join, listed, name, section, table
from depscan.overview.records import Member, Moved, Overview, Stock
from depscan.text.count import counted
from depscan.text.escape import visible

_MOVED = 300
_STOCK = 300
_MEMBERS = 2000
_FEW = 40
"""Entries that are one table; more are folded by kind."""
_TITLES = {"model": "Models", "data set": "Data sets", "model file": "Model files", "hosted model": "Hosted models",
           "service": "Vendors and services", "agent tool": "Agent tools", "agent instructions": "Agent instructions",
           "action": "Workflow actions", "image": "Images", "repository": "Code repositories"}  # fmt: skip
_STATES = {
    "new": "new",
    "gone": "gone",
    "changed": "changed",
    "unreadable": "cannot be read any more",
    "readable": "can be read again",
}


def tree(overview: Overview) -> Markup:
    """Return the frame of the dependency tree; the script opens it step by step."""
    note = f"{counted(len(overview.tree.names), 'package')}, models and tools in {counted(len(overview.tree.roots), 'repository')}; opened step by step."  # noqa: E501
    if not overview.tree.names:
        return section("tree", "Dependency tree", element("p", "No dependency is known.", class_="calm"))
    if overview.tree.left_out:
        note += f" Of {counted(len(overview.tree.left_out), 'repository')} it only has what they ask for themselves: the rest was too much for one page."  # noqa: E501
    without = element(
        "noscript", element("p", "The tree needs scripts. Table, graph and lists of this page do not.", class_="calm")
    )
    search = element(
        "label",
        "Search",
        element(
            "input",
            type="search",
            id="tree-q",
            placeholder="package or repository",
            autocomplete="off",
            spellcheck="false",
        ),
    )
    return section(
        "tree", "Dependency tree", without,
        element("div", search, class_="filters controls", id="tree-filters", hidden=True),
        element("p", id="tree-said", role="status", class_="soft"),
        element("div", id="tree-rows", class_="tree"), note=note,
    )  # fmt: skip


def inventory(overview: Overview) -> Markup:
    """Return models, data sets, vendors, tools, actions and images, one fold for each kind."""
    note = "What the repositories use besides packages, and whether the version is fixed."
    if not overview.stock:
        return section(
            "inventory", "Inventory", element("p", "No model, vendor, tool, action or image is used.", class_="calm")
        )
    heads = ("Name", "Version", "Pin", "Reached at", "Repositories", "Places")
    if len(overview.stock) <= _FEW:
        rows = [(_stock(s)[0], name(s.kind), *_stock(s)[1:]) for s in overview.stock]
        return section("inventory", "Inventory", table((heads[0], "Kind", *heads[1:]), rows, "Inventory"), note=note)
    folds = []
    for kind, group in groupby(overview.stock, key=lambda s: s.kind):
        held = list(group)
        floating = sum(s.pin == "floating" for s in held)
        title = f"{_TITLES.get(kind) or visible(kind, 40)}: {len(held):,}" + (
            f", {floating:,} floating" if floating else ""
        )
        made = table(heads, [_stock(s) for s in held[:_STOCK]], title)
        folds.append(fold(title, made, _cut(len(held), _STOCK)))
    return section("inventory", "Inventory", *folds, note=note)


def _cut(number: int, shown: int) -> str:
    return element("p", f"{number - shown:,} more are in the JSON report.", class_="soft") if number > shown else ""


def _stock(stock: Stock) -> tuple[str, ...]:
    pin = element("span", stock.pin, class_=f"pin {stock.pin}") if stock.pin in {"pinned", "floating"} else Markup("–")
    places = (
        fold(f"{len(stock.places)} shown", element("p", join([name(p) for p in stock.places], ", ")), class_="inline")
        if stock.places
        else ""
    )
    return (
        name(stock.name, class_="mono"),
        name(stock.version or "–", 40, "mono"),
        pin,
        listed(stock.endpoints, 3),
        _places(stock.repositories),
        places,
    )


def _places(repositories: tuple[str, ...]) -> Markup:
    """Return one name, or the number with the names behind it."""
    if len(repositories) <= 1:
        return listed(repositories)
    return fold(counted(len(repositories), "repository"), element("p", listed(repositories, 60)), class_="inline")


def changes(overview: Overview) -> Markup:
    """Return what changed in each repository since the night before, and the findings that are cleared."""
    if not overview.previous:
        return section(
            "changes", "What changed", element("p", "The first night: nothing to compare with.", class_="calm")
        )
    gone = [join([name(called(f), 60, "mono"), " ", name(f.title, 120)]) for f in overview.cleared[:_MOVED]]
    count = len(overview.cleared)
    items = element("ul", *(element("li", g) for g in gone))
    cleared = fold(f"{counted(count, 'finding')} cleared", items, _cut(count, len(gone))) if gone else ""
    if not overview.moved:
        return section("changes", "What changed", cleared, element("p", "No repository changed.", class_="calm"))
    folds = [_moved(m) for m in overview.moved[:_MOVED]]
    note = f"{counted(len(overview.moved), 'repository')} changed since last night."
    return section("changes", "What changed", cleared, *folds, _cut(len(overview.moved), _MOVED), note=note)


def _moved(moved: Moved) -> Markup:
    parts = [
        f"{len(moved.moved):,} moved" if moved.moved else "",
        f"{len(moved.added):,} added" if moved.added else "",
        f"{len(moved.removed):,} removed" if moved.removed else "",
    ]
    counts = ", ".join(p for p in parts if p)
    state = _STATES.get(moved.what) or name(moved.what, 40)
    said = join(
        [name(moved.repository), element("span", join(filter(None, [state, counts]), ", "), class_="soft")], " "
    )
    owner = element("p", "Owner: ", name(moved.owner), class_="soft") if moved.owner else ""
    steps = [join([name(n), " ", name(a, 60), " → ", name(b, 60)]) for n, a, b in moved.moved]
    lists = [
        element("div", element("h3", title), element("ul", *(element("li", i) for i in items), class_="mono"))
        for title, items in (
            ("Moved", steps),
            ("Added", [name(n) for n in moved.added]),
            ("Removed", [name(n) for n in moved.removed]),
        )
        if items
    ]
    problem = element("p", name(moved.problem, 500)) if moved.problem else ""
    return fold(said, owner, problem, element("div", *lists, class_="columns three") if lists else "")


def coverage(overview: Overview) -> Markup:
    """Return what was not looked at: what the policy needs first; then repositories that nobody could read."""
    broken = [m for m in overview.members if m.problem]
    if not overview.gaps and not broken:
        return section(
            "coverage", "Coverage", element("p", "Everything that depscan knows how to read was read.", class_="calm")
        )
    gaps = sorted(overview.gaps, key=lambda g: (not g.needed, -len(g.repositories), g.what))
    rows = [_gap(g) for g in gaps]
    heads = ("What", "State", "Why", "Repositories")
    told = table(heads, rows, "What was not looked at") if rows else ""
    unread = (
        table(
            ("Repository", "Owner", "Why it could not be read"),
            [(name(m.name), name(m.owner or "–"), name(m.problem, 400)) for m in broken],
            "Repositories that could not be read",
        )
        if broken
        else ""
    )
    title = element("h3", f"{counted(len(broken), 'repository')} could not be read") if broken else ""
    note = "Not looked at is not clean: nothing is said about these."
    return section("coverage", "Coverage: what was not looked at", told, title, unread, note=note)


def _gap(gap: Gap) -> tuple[str, ...]:
    needed = element("span", "policy needs it", class_="new needed") if gap.needed else ""
    return (join([name(gap.what), needed], " "), name(gap.status, 60), name(gap.why, 400), _places(gap.repositories))


def repositories(overview: Overview) -> Markup:
    """Return every repository of the night; many fold away."""
    members = overview.members
    if not members:
        return section("repositories", "Repositories", element("p", "None.", class_="calm"))
    heads = ("Repository", "Owner", "Team", "Tags", "Revision", "Files", "Packages", "Blocked", "Warned")
    ordered = sorted(members, key=lambda m: (-m.blocked, -m.warned, m.name))
    made = table(
        heads,
        [_member(m) for m in ordered[:_MEMBERS]],
        "Repositories, those with most blocked findings first",
        numbers=heads[5:],
    )
    inside = (made, _cut(len(members), _MEMBERS))
    if len(members) > 20:  # noqa: PLR2004
        inside = (fold(f"All {len(members):,} repositories", *inside), "")
    return section("repositories", "Repositories", *inside)


def _member(member: Member) -> tuple[str, ...]:
    figures = (
        ("–",) * 4
        if member.problem
        else tuple(f"{n:,}" for n in (member.files, member.packages, member.blocked, member.warned))
    )
    return (name(member.name, 60), name(member.owner or "–", 40), name(member.team or "–", 40),
            name(", ".join(member.tags) or "–", 60), name(member.revision[:12] or "–", class_="mono"),
            *figures)  # fmt: skip
