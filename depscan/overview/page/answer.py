"""The top of the page: may this go on, what is new since last night, and who has to do what."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from depscan.overview.page.markup import (
    SEVERITIES,
    Markup,
    anchor_of,
    badge,
    called,
    element,
    fold,
    join,
    name,
)
from depscan.overview.records import Deed, Overview, Todo, Told
from depscan.text.count import counted

_NEW = 6
_WIDER = 4
_FEW = 12
"""Deeds that are all shown at once; more are folded by owner."""
_DEEDS = 12
"""Deeds of an owner that are on the page; the table has all."""
_LINKS = 3
_ALONE = 2
_NAMED = 30

_WORDS = {
    "blocked": ("Blocked", "bad"),
    "bad-input": ("Something could not be read", "bad"),
    "incomplete": ("Incomplete", "warn"),
    "nothing": ("Nothing was looked at", "warn"),
    "warnings": ("Passed with warnings", "warn"),
    "clean": ("Clean", "good"),
}


def reached(findings: tuple[Told, ...]) -> int:
    """Return how many repositories the findings reach."""
    return len({hit.repository for told in findings for hit in told.hits})


def sentence(overview: Overview) -> str:
    """Return the verdict as one sentence."""
    head = _WORDS.get(overview.verdict, (overview.verdict, "warn"))[0]
    blocked = tuple(f for f in overview.findings if f.action == "block")
    warned = sum(f.action == "warn" for f in overview.findings)
    asked = counted(len(overview.members), "repository")
    if blocked:
        stops = "finding stops" if len(blocked) == 1 else "findings stop"
        return f"{head}: {len(blocked):,} {stops} {reached(blocked):,} of {asked}"
    if overview.verdict == "nothing":
        return head
    rest = counted(warned, "warning") if warned else "no finding"
    return f"{head}: {rest} in {asked}"


def answer(overview: Overview) -> Markup:
    """Return the verdict, the figures, what is new and what needs doing."""
    kind = _WORDS.get(overview.verdict, ("", "warn"))[1]
    compared = (
        f"compared with {_time(overview.previous)}" if overview.previous else "the first night: nothing to compare with"
    )
    about = [f"Night of {_time(overview.night)}", compared, f"exit code {overview.exit_code}"]
    rests = [overview.snapshot, f"policy {overview.policy}" if overview.policy else "the default policy"]
    return element(
        "section",
        element("p", "Nightly report of depscan", class_="eyebrow"),
        element("h1", sentence(overview), id="answer-title"),
        element("p", "; ".join(about), class_="soft"),
        element("p", join([name("; ".join(filter(None, rests)), 400)]), class_="soft"),
        _figures(overview),
        _gap_warning(overview),
        element("div", _new(overview), _todo(overview), class_="columns"),
        id="answer",
        class_=f"verdict {kind}",
        aria_labelledby="answer-title",
    )


def _time(moment: str) -> str:
    """Return ``2026-11-29 02:00`` for an RFC 3339 time."""
    return moment.replace("T", " ")[:16] + (" UTC" if moment.endswith(("Z", "+00:00")) else "")


def _figures(overview: Overview) -> Markup:
    blocked = tuple(f for f in overview.findings if f.action == "block")
    new = sum(f.new and f.action != "allow" for f in overview.findings)
    compared = (
        (new, "new since last night", "#new=1"),
        (len(overview.cleared), "cleared since last night", "#changes"),
    )
    if not overview.previous:
        packages = overview.points[-1].packages if overview.points else 0
        compared = ((len(overview.members), "repositories", "#repositories"), (packages, "packages", "#tree"))
    figures = (
        (len(blocked), "blocked findings", "#action=block"),
        (reached(blocked), "repositories reached", "#repositories"),
        *compared,
        (sum(f.action == "warn" for f in overview.findings), "warnings", "#action=warn"),
        (len(overview.gaps), "gaps: not looked at", "#coverage"),
    )
    boxes = [
        element("li", element("a", element("b", f"{number:,}"), element("span", words), href=link))
        for number, words, link in figures
    ]
    return element("ul", *boxes, class_="figures")


def _gap_warning(overview: Overview) -> str:
    needed = [gap for gap in overview.gaps if gap.needed]
    if not needed:
        return ""
    places = len({r for gap in needed for r in gap.repositories})
    told = f"{counted(len(needed), 'thing')} the policy needs could not be looked at, or only partly, "
    told += f"in {counted(places, 'repository')}. "
    return element(
        "p",
        element("strong", "Not the whole picture. "),
        told,
        element("a", "See the gaps", href="#coverage"),
        class_="callout",
    )


def _new(overview: Overview) -> Markup:
    title = element("h2", "New since last night" if overview.previous else "Found in the first night")
    new = [f for f in overview.findings if f.action != "allow" and (f.new or not overview.previous)]
    if not new:
        none = "No finding is new." if overview.previous else "Nothing was found."
        return element("div", title, element("p", none, _gone(overview), class_="calm"), _spread(overview))
    groups = _by_subject(new)
    rows = [_fresh(group, len({hit.repository for f in group for hit in f.hits}), "") for group in groups[:_NEW]]
    more = len(groups) > _NEW
    link = "#new=1" if overview.previous else "#findings"
    all_new = element("p", element("a", f"All {len(new):,} in the table", href=link)) if more else ""
    return element(
        "div",
        title,
        element("ul", *rows, class_="plain"),
        all_new,
        _spread(overview),
        element("p", _gone(overview), class_="soft"),
    )


def _spread(overview: Overview) -> Markup:
    """Return which findings of the nights before reach more repositories now."""
    known = [f for f in overview.findings if not f.new and f.action != "allow" and any(hit.new for hit in f.hits)]
    wider = _by_subject(known)
    if not wider:
        return Markup("")
    rows = [
        _fresh(group, len({h.repository for f in group for h in f.hits if h.new}), "more ") for group in wider[:_WIDER]
    ]
    rest = (
        element("p", f"and {counted(len(wider) - _WIDER, 'more subject')}", class_="soft")
        if len(wider) > _WIDER
        else ""
    )
    return join([element("h3", "Known, but reaching further"), element("ul", *rows, class_="plain"), rest])


def _by_subject(findings: list[Told]) -> list[list[Told]]:
    """Return findings in groups of those about one package, each as they came: the worst first."""
    groups: dict[str, list[Told]] = {}
    for told in findings:
        groups.setdefault(called(told), []).append(told)
    return list(groups.values())


def _fresh(group: list[Told], places: int, more: str) -> Markup:
    told = group[0]
    where = counted(places, f"{more}repository")
    what = f"{_short(told)} and {len(group) - 1:,} more" if len(group) > 1 else " ".join((told.title, *told.ids[:1]))
    return element(
        "li",
        badge(told.severity),
        " ",
        _link(told),
        element("div", name(what, 200), f", in {where}", class_="soft under"),
    )


def _link(told: Told) -> Markup:
    return element(
        "a",
        name(called(told), 60),
        href=f"#{anchor_of(told.id)}",
        class_="mono",
    )


def _gone(overview: Overview) -> str:
    if not overview.cleared:
        return ""
    verb = "is" if len(overview.cleared) == 1 else "are"
    freed = f", {overview.freed:,} more left some repositories" if overview.freed else ""
    return f" {counted(len(overview.cleared), 'finding')} of the night before {verb} cleared{freed}."


def _todo(overview: Overview) -> Markup:
    title = element("h2", "What needs doing")
    if not overview.todo:
        return element("div", title, element("p", "Nothing: the policy blocks nothing.", class_="calm"))
    known = {f.id: f for f in overview.findings}
    few = len(overview.todo) == 1 or sum(len(todo.deeds) for todo in overview.todo) <= _FEW
    return element("div", title, *(_owner(todo, known, unfolded=few) for todo in overview.todo))


def _owner(todo: Todo, known: dict[str, Told], *, unfolded: bool) -> Markup:
    """Return the deeds of an owner; many owners with much to do are folded, with what is worst on the outside."""
    places = len({r for deed in todo.deeds for r in deed.repositories})
    told = f"{counted(len(todo.deeds), 'thing')} to do in {counted(places, 'repository')}"
    worst = Counter(deed.severity for deed in todo.deeds)
    head = [name(todo.owner or "No owner", 60), " ", element("span", told, class_="soft")]
    deeds = [_deed(deed, known) for deed in todo.deeds[:_DEEDS]]
    rest: str = ""
    if len(todo.deeds) > _DEEDS:
        link = "#" + urlencode({"action": "block", "owner": todo.owner or "no owner"})
        rest = element("p", element("a", f"All {len(todo.deeds):,} in the table", href=link))
    inside = (element("ul", *deeds, class_="plain"), rest)
    if unfolded:
        return element("div", element("h3", *head), *inside, class_="owner")
    marks = [badge(word, worst[word]) for word in SEVERITIES if worst[word]]
    return fold(join([*head, element("span", join(marks, " "), class_="worst")]), *inside, class_="owner")


def _deed(deed: Deed, known: dict[str, Told]) -> Markup:
    found = [known[i] for i in deed.findings if i in known]
    shown = list({_short(f): f for f in reversed(found)}.values())[::-1][:_LINKS]
    links: list[str] = [element("a", name(_short(f), 40), href=f"#{anchor_of(f.id)}") for f in shown]
    links += [f"{len(found) - len(shown):,} more"] if len(found) > len(shown) else []
    where = " in " if len(deed.repositories) <= _ALONE else "; "
    clears = join(["clears ", join(links, ", "), where]) if links else ""
    new = join([" ", element("span", "new", class_="new")]) if deed.new else ""
    return element(
        "li", badge(deed.severity), " ", element("strong", name(deed.text, 200)), new,
        element("div", clears, _named(deed.repositories), class_="soft under"),
    )  # fmt: skip


def _named(repositories: tuple[str, ...]) -> Markup:
    """Return one or two names, or how many there are with the first of them behind it."""
    if len(repositories) <= _ALONE:
        return join([name(r, 60) for r in repositories], ", ")
    rest = f", and {len(repositories) - _NAMED:,} more: see the finding" if len(repositories) > _NAMED else ""
    names = join([name(r, 60) for r in repositories[:_NAMED]], ", ")
    return fold(counted(len(repositories), "repository"), element("p", names, rest), class_="inline")


def _short(told: Told) -> str:
    """Return the id people know it by, otherwise its title."""
    return told.ids[0] if told.ids else told.title


def contents() -> Markup:
    """Return the links to the parts of the page."""
    parts = (("answer", "Answer"), ("findings", "Findings"), ("why", "Why"), ("tree", "Dependency tree"),
             ("trends", "Trends"), ("inventory", "Inventory"), ("changes", "What changed"), ("coverage", "Coverage"),
             ("repositories", "Repositories"))  # fmt: skip
    links = [element("li", element("a", title, href=f"#{anchor}")) for anchor, title in parts]
    return element("nav", element("ul", *links), aria_label="Parts of the report")
