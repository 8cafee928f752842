"""Say which repositories contain or reach a package, by which path, since when.

depscan history who torch==2.4.0
depscan history who "torch>=2,<2.6" --owner search
depscan history who org/model --format json

A name means every version of it. Exit 0 when somebody has it, 3 when nobody has, 4 when that cannot be told: a version
that cannot be compared, or a repository that had it and could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.cli import _nights
from depscan.cli._arguments import write

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from depscan.history.who import Answer, Reach

    Escape = Callable[[str, int], str]


_END = 10


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("package", help="name, name==version, name@version, name with a range, purl, model, publisher")
    parser.add_argument("--owner", default="", metavar="NAME", help="only repositories of this owner or team")
    parser.add_argument("--tag", default="", metavar="TAG", help="only repositories with this tag")
    _nights.add_question(parser)


def run(args: Namespace) -> int:
    """Answer and return the exit code."""
    from depscan.history.who import Filter, who

    limit = 0 if args.format == "json" else _nights.SHOWN
    with _nights.opened(args) as store:
        answer = who(store.database, args.package, args.night, Filter(args.owner, args.tag), limit)
    if args.format == "json":
        _nights.write_json(_json(answer), args.output)
    else:
        write("\n".join(_text(answer) if args.format == "text" else _markdown(answer)) + "\n", args.output)
    return _exit_code(answer)


def _exit_code(answer: Answer) -> int:
    if answer.found:
        return 0
    return 4 if answer.unsure or any(one.had for one in answer.unread) else 3


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "schema_version": _nights.SCHEMA_VERSION,
        "night": _nights.night_json(answer.night),
        "asked": answer.asked.text,
        "publisher": answer.asked.publisher,
        "exit_code": _exit_code(answer),
        "found": answer.found,
        "searched": answer.searched,
        "partly_looked_at": answer.partly,
        "packages": [node.purl for node in answer.asked.packages.values()],
        "reaches": [one._asdict() for one in answer.reaches],
        "undecided": [one._asdict() for one in answer.undecided],
        "unread": [one._asdict() for one in answer.unread],
        "other_versions": answer.others,
    }


def _head(answer: Answer, escape: Escape) -> list[str]:
    """Return the answer in a sentence or two."""
    name, searched = escape(answer.asked.text, 200), _nights.repositories(answer.searched)
    when = _nights.night_words(answer.night)
    what = f"what {name} publishes" if answer.asked.publisher and answer.asked.packages else name
    if answer.found:
        return [f"{what}: in {answer.found:,} of {searched} ({when})"]
    were = "was" if answer.searched == 1 else "were"
    lines = [f"{what}: nobody has it in {searched} that {were} searched ({when})"]
    if answer.partly:
        partly = _nights.repositories(answer.partly)
        lines.append(f"of these, {partly} were looked at only in part: depscan report says what is missing")
    return lines


def _tail(answer: Answer, escape: Escape) -> list[str]:
    """Return what was not decided and not looked at."""
    lines = []
    if answer.others:
        told = sorted(answer.others.items(), key=lambda pair: (-pair[1], pair[0]))
        some = ", ".join(f"{escape(version or 'without a version', 60)} ({n:,})" for version, n in told[:10])
        more = f" and {len(told) - 10:,} more" if len(told) > 10 else ""  # noqa: PLR2004 - as many as are shown
        lines.append(f"other versions, and in how many repositories: {some}{more}")
    return lines + _nights.unread(answer.unread, escape)


def _since(one: Reach) -> str:
    return f"since before {one.since}" if one.before else f"since {one.since}"


def _text(answer: Answer) -> list[str]:
    from depscan.text.escape import terminal

    lines = _head(answer, terminal)
    lines += _repositories(answer.reaches, terminal)
    lines += _left(answer.found)
    if answer.unsure:
        lines.append(f"cannot be decided in {_nights.repositories(answer.unsure)}: no version, or none to compare")
        lines += _repositories(answer.undecided, terminal) + _left(answer.unsure)
    return lines + _tail(answer, terminal)


def _way(one: Reach, escape: Escape, arrow: str) -> str:
    """Return a path; of one that is longer than any real one its ends."""
    names = [escape(name, 120) for name in (*one.via[:_END], *one.via[_END:][-_END:])]
    between = len(one.via) - len(names)
    return arrow.join(names if between <= 0 else [*names[:_END], f"({between:,} between)", *names[_END:]])


def _left(count: int) -> list[str]:
    more = count - _nights.SHOWN
    return [f"  and {more:,} more repositories (--format json lists all)"] if more > 0 else []


def _repositories(reaches: tuple[Reach, ...], escape: Escape) -> list[str]:
    lines, before = [], ""
    several = len({one.ecosystem for one in reaches}) > 1
    for one in reaches:
        if one.repository != before:
            tags = "".join(f" #{escape(tag, 60)}" for tag in one.tags)
            team = f", {escape(one.team, 100)}" if one.team else ""
            owner = f"  ({escape(one.owner or 'no owner', 100)}{team})" if one.owner or one.team else ""
            lines.append(f"  {escape(one.repository, 200)}{owner}{tags}")
            before = one.repository
        asks = "asked for directly" if one.direct else "reached"
        world = f" ({escape(one.ecosystem, 60)})" if several else ""
        lines.append(f"    {escape(one.path or '(files without a lock)', 200)}: {asks}, {_since(one)}{world}")
        lines.append(f"      {_way(one, escape, ' > ')}")
    return lines


def _markdown(answer: Answer) -> list[str]:
    from depscan.text.escape import markdown

    lines = [*_head(answer, markdown), ""]
    lines += _table(answer.reaches, markdown) + [line.strip() for line in _left(answer.found)]
    if answer.unsure:
        count = _nights.repositories(answer.unsure)
        lines += ["", f"Cannot be decided in {count}: no version, or none to compare", ""]
        lines += _table(answer.undecided, markdown) + [line.strip() for line in _left(answer.unsure)]
    return lines + [f"- {line.strip()}" for line in _tail(answer, markdown)]


def _table(reaches: tuple[Reach, ...], escape: Escape) -> list[str]:
    if not reaches:
        return []
    rows = [
        (escape(one.owner, 100), escape(one.repository, 200), escape(one.path, 200),
         _way(one, escape, " &gt; "), "yes" if one.direct else "no", _since(one))
        for one in reaches
    ]  # fmt: skip
    return _nights.table(("owner", "repository", "file", "path", "direct", "since"), rows)
