"""Figures over the nights: a small step line each, with its first and last value in words, and the table of all."""

from __future__ import annotations

from collections.abc import Callable

from depscan.overview.page.markup import Markup, element, fold, section, table
from depscan.overview.page.svg import steps
from depscan.overview.records import Overview, Point

_WIDE, _HIGH = 200.0, 36.0
_EDGE = 5.0

_SERIES: tuple[tuple[str, Callable[[Point], int]], ...] = (
    ("Blocked findings", lambda p: p.blocked),
    ("Repositories reached", lambda p: p.reached),
    ("Malicious packages", lambda p: p.malicious),
    ("Warnings", lambda p: p.warned),
    ("Distinct packages", lambda p: p.packages),
    ("Repositories not readable", lambda p: p.unreadable),
)


def trends(overview: Overview) -> Markup:
    """Return the part of the page about the nights so far."""
    points = overview.points
    if len(points) < 2:  # noqa: PLR2004 - a line needs two ends
        return section("trends", "Trends", element("p", "One night so far: a line needs two.", class_="calm"))
    figures = [_figure(title, [take(p) for p in points], points) for title, take in _SERIES]
    heads = ("Night", "Repositories", *(title for title, _ in _SERIES))
    rows = [(p.day, f"{p.repositories:,}", *(f"{take(p):,}" for _, take in _SERIES)) for p in reversed(points)]
    everything = table(heads, rows, "Figures of every night, the newest first", numbers=heads[1:])
    note = f"{len(points):,} nights from {points[0].day} to {points[-1].day}. Every line starts at 0."
    return section(
        "trends",
        "Trends",
        element("div", *figures, class_="charts"),
        fold("The figures as a table", everything),
        note=note,
    )


def _figure(title: str, values: list[int], points: tuple[Point, ...]) -> Markup:
    path, x, y = steps(values, _WIDE, _HIGH)
    words = said(values)
    picture = element(
        "svg",
        element("title", f"{title}: {words}"),
        element("path", d=f"M0 {_HIGH:g}H{_WIDE:g}", class_="ground"),
        element("path", d=path, class_="line"),
        element("circle", cx=f"{x:g}", cy=f"{y:g}", r="3", class_="end"),
        viewBox=f"{-_EDGE:g} {-_EDGE:g} {_WIDE + 2 * _EDGE:g} {_HIGH + 2 * _EDGE:g}", role="img",
    )  # fmt: skip
    head = element("span", title, class_="what"), element("b", f"{values[-1]:,}")
    return element(
        "figure", element("figcaption", *head), picture, element("p", f"{words}, since {points[0].day}", class_="soft")
    )


def said(values: list[int]) -> str:
    """Return first and last value in words: ``from 3 up to 9``."""
    first, last = values[0], values[-1]
    if first == last:
        return f"{last:,} at both ends" if len(set(values)) > 1 else f"always {last:,}"
    return f"from {first:,} {'up' if last > first else 'down'} to {last:,}"
