"""Say who would inherit a compromise of a package, what brings it in, and what would free them.

depscan history blast torch
depscan history blast torch==2.4.0 --format markdown
depscan history blast org/model

Takes a name, name==version, name with a range, purl, vendor, model, action or publisher. Exit 0 when somebody would
inherit it, 3 when nobody would, 4 when only a repository would that had it and could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.cli import _nights
from depscan.cli._arguments import write

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from depscan.history.blast import Blast, Victim

    Escape = Callable[[str, int], str]

_THROUGH = 4


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("package", help="name, name==version, range, purl, vendor, model, action, publisher")
    _nights.add_question(parser)


def run(args: Namespace) -> int:
    """Answer and return the exit code."""
    from depscan.history.blast import blast

    with _nights.opened(args) as store:
        found = blast(store.database, args.package, args.night)
    if args.format == "json":
        _nights.write_json(_json(found), args.output)
    else:
        write("\n".join(_text(found) if args.format == "text" else _markdown(found)) + "\n", args.output)
    return _exit_code(found)


def _exit_code(found: Blast) -> int:
    if found.victims:
        return 0
    return 4 if any(one.had for one in found.unread) else 3


def _json(found: Blast) -> dict[str, Any]:
    return {
        "schema_version": _nights.SCHEMA_VERSION,
        "night": _nights.night_json(found.night),
        "asked": found.asked.text,
        "publisher": found.asked.publisher,
        "exit_code": _exit_code(found),
        "searched": found.searched,
        "packages": [{"package": purl, "repositories": count} for purl, count in found.versions.items()],
        "undecided": [node.purl for node in found.asked.undecided.values() if node.purl in found.versions],
        "owners": [{"owner": owner, "repositories": count} for owner, count in _owners(found)],
        "between": [one._asdict() for one in found.between],
        "repositories": [one._asdict() for one in found.victims],
        "uses": [one._asdict() for one in found.used],
        "unread": [one._asdict() for one in found.unread],
    }


def _owners(found: Blast) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for one in found.victims:
        counts[one.owner] = counts.get(one.owner, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _head(found: Blast, escape: Escape) -> list[str]:
    """Return the answer in a few sentences."""
    name, when = escape(found.asked.text, 200), _nights.night_words(found.night)
    what = f"what {name} publishes" if found.asked.publisher and found.versions else name
    searched = _nights.repositories(found.searched)
    lines = []
    if found.victims:
        direct = sum(one.direct for one in found.victims)
        lines.append(
            f"{what}: {len(found.victims):,} of {searched} would inherit a compromise of it, {direct:,} ask for it"
            f" themselves ({when})"
        )
    else:
        were = "was" if found.searched == 1 else "were"
        lines.append(f"{what}: nobody would inherit a compromise of it, in {searched} that {were} searched ({when})")
    undecided = sum(node.purl in found.versions for node in found.asked.undecided.values())
    if undecided:
        lines.append(f"{undecided:,} of the packages have no version to compare and count as if they were meant")
    return lines + _nights.unread(found.unread, escape)


def _advice(found: Blast, escape: Escape) -> list[str]:
    """Return what to take out first, where that alone frees anybody."""
    if not found.between or not found.between[0].frees:
        return []
    best = [one for one in found.between if one.frees == found.between[0].frees]
    names = ", ".join(escape(one.name, 120) for one in best[:3])
    which = names if len(best) == 1 else f"any one of {names}" + (" and others" if len(best) > 3 else "")  # noqa: PLR2004
    return [f"without {which}, {best[0].frees:,} of these {len(found.victims):,} would be free of it"]


def _versions(found: Blast, escape: Escape) -> list[str]:
    told = sorted(found.versions.items(), key=lambda pair: (-pair[1], pair[0]))
    if not told:
        return []
    some = ", ".join(f"{escape(purl, 200)} ({count:,})" for purl, count in told[:8])
    more = f" and {len(told) - 8:,} more" if len(told) > 8 else ""  # noqa: PLR2004 - as many as are shown
    return [f"packages: {some}{more}"]


def _owner_words(found: Blast, escape: Escape) -> list[str]:
    owners = _owners(found)
    if not owners or owners == [("", len(found.victims))]:
        return []
    shown = _nights.SHOWN
    some = ", ".join(f"{escape(owner or 'no owner', 100)} ({count:,})" for owner, count in owners[:shown])
    return [f"owners: {some}" + (f" and {len(owners) - shown:,} more" if len(owners) > shown else "")]


def _through(one: Victim, escape: Escape) -> str:
    ways = ["asked for directly"] if one.direct else []
    if one.through:
        more = len(one.through) - _THROUGH
        some = ", ".join(escape(name, 120) for name in one.through[:_THROUGH])
        ways.append(f"by way of {some}" + (f" and {more:,} more" if more > 0 else ""))
    return "; ".join(ways)


def _tables(found: Blast, escape: Escape) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]], int]]:
    """Return title, head, first rows and number of all rows of what is listed."""
    shown = _nights.SHOWN
    between: list[tuple[str, ...]] = [
        (escape(one.name, 120), escape(one.ecosystem, 60), f"{one.brings:,}", f"{one.frees:,}")
        for one in found.between[:shown]
    ]
    victims: list[tuple[str, ...]] = [
        (escape(one.repository, 200), escape(one.owner, 100), _through(one, escape)) for one in found.victims[:shown]
    ]
    used: list[tuple[str, ...]] = [
        (escape(one.package, 200), escape(one.repository, 200), escape(f"{one.path}:{one.line}", 200),
         escape(one.how, 120))
        for one in found.used[:shown]
    ]  # fmt: skip
    return [
        ("what pulls it in", ("package", "ecosystem", "in repositories", "frees"), between, len(found.between)),
        ("repositories", ("repository", "owner", "how"), victims, len(found.victims)),
        ("where it is used", ("what", "repository", "place", "how"), used, len(found.used)),
    ]


def _text(found: Blast) -> list[str]:
    from depscan.text.escape import terminal

    lines = _head(found, terminal) + _advice(found, terminal) + _versions(found, terminal)
    lines += _owner_words(found, terminal)
    for title, head, rows, count in _tables(found, terminal):
        if rows:
            lines += ["", f"{title} ({count:,})", *_nights.columns([head, *rows])]
        if count > len(rows):
            lines.append(f"  and {count - len(rows):,} more (--format json lists all)")
    return lines


def _markdown(found: Blast) -> list[str]:
    from depscan.text.escape import markdown

    head = _head(found, markdown) + _advice(found, markdown)
    lines = [*head, "", *(f"- {line}" for line in _versions(found, markdown) + _owner_words(found, markdown))]
    for title, names, rows, count in _tables(found, markdown):
        if rows:
            lines += ["", f"### {title} ({count:,})", "", *_nights.table(names, rows)]
        if count > len(rows):
            lines.append(f"and {count - len(rows):,} more (--format json lists all)")
    return lines
