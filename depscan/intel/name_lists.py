"""Reading lists of package names: tables with a head line (TSV, CSV), JSON with download counts, plain lines.

Columns are told by their titles: one that says ``name``, ``project`` or ``package``, one with ``rank`` or
``download`` in it, and ``summary`` where there is one. A plain list is taken as sorted, most downloaded first.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.ecosystems import ecosystem as rules_of
from depscan.errors import IntelError
from depscan.intel.name_table import WORD_GROUPS, Popular, summary_print

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

MOST = 15_000
"""So many names of a list are popular ..."""
MANY = 1_000_000
"""... and everything that is downloaded more often than this in a month."""
ROWS_LIMIT = 20_000_000
_NAMES = ("name", "project", "package")
_AI = re.compile(
    r"\b(ai|ml|machine learning|deep learning|neural|llms?|tensor\w*|gpt|transformers?|nlp|data science|pytorch|keras"
    r"|language models?|embeddings?|agents?|dataframes?|inference|cuda|numpy|diffusion"
    r"|vector (?:store|database)|hugging ?face)\b"
)
_WORD = re.compile(r"[a-z0-9]{2,40}")


class Row(NamedTuple):
    """One line of a list: ``weight`` is higher for more popular names; 0 when the list says nothing about it."""

    name: str
    weight: float
    summary: str = ""


def read_list(path: str) -> Iterator[Row]:
    """Yield the rows of a list file.

    Raises:
        IntelError: unreadable, no text, JSON of another shape, or too many rows.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            first = stream.readline(1 << 20)
            if first.lstrip()[:1] in {"{", "["}:
                yield from _json(path, first + stream.read(1 << 28))
                return
            yield from _lines(path, first, stream)
    except (OSError, UnicodeDecodeError) as error:
        raise IntelError(f"cannot read: {error}", path=path) from None


def _lines(path: str, first: str, rest: Iterable[str]) -> Iterator[Row]:
    mark = "\t" if "\t" in first else "," if "," in first else ""
    head = [cell.strip().lower() for cell in _cells(first, mark)] if mark else []
    at = _column(head, lambda title: title in _NAMES)
    if mark and at < 0:
        raise IntelError("no column named name, project or package", path=path, line=1)
    rank, loads = _column(head, lambda t: "rank" in t), _column(head, lambda t: "download" in t)
    summary = _column(head, lambda t: t.startswith("summary"))
    if not mark and first.strip():
        yield Row(first.strip(), ROWS_LIMIT)
    for number, line in enumerate(rest, 2):
        if number > ROWS_LIMIT:
            raise IntelError(f"more than {ROWS_LIMIT:,} names", path=path, line=number)
        if not mark:
            if line.strip():
                yield Row(line.strip(), ROWS_LIMIT - number)
            continue
        cells = _cells(line, mark)
        if len(cells) > at and cells[at]:
            text = cells[summary] if 0 <= summary < len(cells) else ""
            yield Row(cells[at], _weight(cells, rank, loads), text)


def _cells(line: str, mark: str) -> list[str]:
    """Return the cells of a line; of comma-separated values without their quotes (RFC 4180; no line breaks inside)."""
    line = line.rstrip("\r\n")
    if mark == "," and '"' in line:
        import csv

        return next(csv.reader([line]), [])
    return line.split(mark)


def _column(head: list[str], fits: Any) -> int:  # noqa: ANN401 - a predicate
    return next((i for i, title in enumerate(head) if fits(title)), -1)


def _weight(cells: list[str], rank: int, loads: int) -> float:
    if 0 <= rank < len(cells) and cells[rank].isdigit():
        return 1e9 - int(cells[rank])
    if rank < 0 and 0 <= loads < len(cells) and cells[loads].isdigit():
        return float(cells[loads])
    return 0.0


def _json(path: str, text: str) -> Iterator[Row]:
    """Yield the rows of JSON: a list of names or tables, or a table with such a list under ``rows``."""
    import json

    try:
        value = json.loads(text)
        rows = value.get("rows", value.get("packages")) if isinstance(value, dict) else value
        for i, row in enumerate(rows or ()):
            if isinstance(row, str):
                yield Row(row, ROWS_LIMIT - i)
            else:
                name = next(row[key] for key in _NAMES if key in row)
                yield Row(str(name), float(next((row[k] for k in row if "download" in k), ROWS_LIMIT - i)))
    except (ValueError, TypeError, StopIteration, AttributeError, RecursionError) as error:
        raise IntelError(f"JSON of another shape: {error}", path=path) from None


def popular_of(
    rows: Iterable[Row], ecosystem: str, source: str, date: str, words: Counter[str], scopes: Container[str] = ()
) -> Popular:
    """Return the popular names of a list, and count the words of all its names into ``words``.

    Args:
        rows: the list.
        ecosystem: OSV name, for the rules of its names.
        source: where the list comes from.
        date: how old it is.
        words: is added to.
        scopes: scopes of vendors, all of whose names are kept.

    Raises:
        IntelError: the list says of no name how popular it is.
    """
    rules = rules_of(ecosystem)
    held: dict[str, Row] = {}
    total = 0
    for row in rows:
        name = (rules.normalise(row.name) if rules else row.name).lower()
        total += 1
        words.update(set(_WORD.findall(name)))
        if row.weight > 0 and (name not in held or held[name].weight < row.weight):
            held[name] = row
    ranked = sorted(held, key=lambda n: (-held[n].weight, n))
    chosen = [n for i, n in enumerate(ranked) if i < MOST or MANY < held[n].weight < 1e9 - MOST]
    if not chosen:
        raise IntelError(f"the list says of no name how popular it is ({source})")
    ai = "".join("1" if _AI.search(f"{n.replace('-', ' ')} {held[n].summary.lower()}") else "0" for n in chosen)
    summaries = tuple(summary_print(held[n].summary) for n in chosen)
    rest = set(held) - set(chosen)
    scoped = tuple(sorted(n for n in rest if n[0] == "@" and n.partition("/")[0] in scopes))
    return Popular(tuple(chosen), ai, source, date, total, scoped, summaries)


def group_words(words: Counter[str]) -> str:
    """Return the section ``words``: groups from rare to common, one a line, words separated by blanks."""
    groups: list[list[str]] = [[] for _ in WORD_GROUPS]
    for word, count in words.items():
        level = sum(count >= least for least in WORD_GROUPS) - 1
        if level >= 0:
            groups[level].append(word)
    return "\n".join(" ".join(sorted(group)) for group in groups)
