"""What the subcommands of ``depscan history`` share: their arguments, and tables for a terminal and for Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from depscan.history.records import Night
    from depscan.history.store import Store
    from depscan.history.who import Unread

    Escape = Callable[[str, int], str]

SCHEMA_VERSION = "1"
SHOWN = 20


def add_question(parser: ArgumentParser) -> None:
    """Add store, night, format and destination."""
    arguments.add_store(parser)
    parser.add_argument(
        "--night", default="", metavar="N|DATE", help="an older night: its number, or the last one on or before a day"
    )
    arguments.add_output(parser, ["text", "json", "markdown"])


def opened(args: Namespace) -> AbstractContextManager[Store]:
    """Return the store, to be asked in a ``with`` statement.

    Raises:
        StoreError: it is not there, or cannot be read.
    """
    from depscan.history.store import consulted

    return consulted(args.store)


def write_json(value: dict[str, Any], output: str) -> None:
    """Write an answer as JSON, in ASCII; the keys in the order given."""
    import json

    # No indentation: the C encoder is 20 times faster without, and answers have thousands of rows.
    rows = [f"{json.dumps(key)}: {_rows(json.dumps, held)}" for key, held in value.items()]
    arguments.write("{\n" + ",\n".join(rows) + "\n}\n", output)


def _rows(dumps: Any, value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a list of records with one record a line, so that lines can be compared and searched."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(dumps, value)) + "\n]"
    text: str = dumps(value)
    return text


def night_json(night: Night) -> dict[str, Any]:
    """Return which night was looked at."""
    return {"id": night.id, "started": night.started, "shard": night.shard}


def night_words(night: Night) -> str:
    """Return which night was looked at, in words."""
    shard = f", shard {night.shard} only" if night.shard else ""
    return f"night {night.id}, {night.started[:10]}{shard}"


def columns(rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Return rows as aligned lines; cells are escaped already."""
    if not rows:
        return []
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [indent + "  ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows as a Markdown table; cells are escaped already."""
    return [f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *(f"| {' | '.join(row)} |" for row in rows), ""]


def repositories(count: int) -> str:
    """Return a number of repositories in words."""
    from depscan.text.count import counted

    return counted(count, "repository")


def unread(found: Sequence[Unread], escape: Escape) -> list[str]:
    """Return what is said of repositories that could not be read."""
    if not found:
        return []
    had = [one for one in found if one.had]
    count = f"{repositories(len(found))} ({len(had):,} had it when read last)"
    lines = [f"not read: {count}; nothing is said of what is in there now"]
    for one in had[:SHOWN]:
        owner = f" ({escape(one.owner, 100)})" if one.owner else ""
        lines.append(f"  {escape(one.repository, 200)}{owner}: had it on {one.last}; {escape(one.problem, 300)}")
    return [*lines, f"  and {len(had) - SHOWN:,} more (--format json lists all)"] if len(had) > SHOWN else lines
