"""``depscan names update`` and ``--status``: where the lists of popular names come from and how old they are."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

from depscan.errors import IntelError, UsageError
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from depscan.intel.name_table import NameTable, Popular

_NAMES = {"pypi": "PyPI", "npm": "npm"}


def status(explicit: str) -> int:
    """Print which table is used, what it holds and how old it is."""
    from depscan.intel.age import age_days
    from depscan.intel.name_table import open_table

    table = open_table(explicit)
    rows = [("names", f"{table.path} ({table.origin})"), ("built", str(table.meta["built"]))]
    for ecosystem, given in sorted(table.meta["sources"].items()):
        date = f"{given['date']}-01"[:10] if len(given["date"]) == 7 else given["date"]  # noqa: PLR2004 - YYYY-MM
        text = f"{given['popular']:,} popular of {given['names']:,} names, {given['date']}, {age_days(date)} days old"
        rows.append((ecosystem, f"{text} ({given['source']})"))
    sys.stdout.write("".join(f"{name + ':':15} {terminal(text, 1000)}\n" for name, text in rows))
    return 0


def update(sources: list[str], explicit: str, date: str = "") -> int:
    """Build the user's table from lists: ``PyPI=FILE-OR-URL npm=...``; ecosystems not named are kept.

    Raises:
        UsageError: a source is not of the form ECOSYSTEM=FILE-OR-URL.
        IntelError: a list cannot be had or read; the old table stays.
    """
    from depscan.intel.name_lists import group_words
    from depscan.intel.name_table import open_table, write_table, write_target

    if not sources:
        raise UsageError("no list was named", hint="depscan names update PyPI=FILE-OR-URL npm=FILE-OR-URL")
    words: Counter[str] = Counter()
    made = dict(_popular(source, words, date) for source in sources)
    target = write_target(explicit)
    try:
        kept: NameTable | None = open_table(explicit)
    except IntelError:
        kept = None
    # A list of popular names only says nothing about how common words are: the words held so far stay.
    enough = sum(given.total for given in made.values()) > _WHOLE_INDEX
    write_table(target, made, group_words(words) if enough else "", _today(), kept)
    for ecosystem, given in made.items():
        text = f"{ecosystem}: {len(given.names):,} popular of {given.total:,} names, of {given.date}"
        sys.stdout.write(f"{terminal(text, 1000)}\n")
    sys.stdout.write(f"{terminal(target, 1000)}: written\n")
    return 0


_WHOLE_INDEX = 100_000


def _popular(text: str, words: Counter[str], date: str) -> tuple[str, Popular]:
    from depscan.intel.name_lists import popular_of, read_list
    from depscan.names.lists import name_list

    key, mark, source = text.partition("=")
    ecosystem = _NAMES.get(key.lower())
    if not mark or ecosystem is None or not source:
        raise UsageError(f"not ECOSYSTEM=FILE-OR-URL: {text[:200]!r}", hint=f"ecosystems: {', '.join(_NAMES.values())}")
    path, when, shown = _fetched(source) if "://" in source else (source, _date_of(source), os.path.basename(source))
    try:
        return ecosystem, popular_of(read_list(path), ecosystem, shown, date or when, words, name_list("scopes").names)
    finally:
        if path != source:
            os.unlink(path)


def _fetched(url: str) -> tuple[str, str, str]:
    """Download a list into the folder of the user's table; return path, date and host."""
    from urllib.parse import urlsplit

    from depscan.intel.download import Budget, fetch
    from depscan.intel.name_table import write_target

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise IntelError(f"not an http(s) URL for a list of names: {url[:100]!r}")
    folder = os.path.dirname(os.path.abspath(write_target()))
    os.makedirs(folder, exist_ok=True)
    part = os.path.join(folder, f"names.{os.getpid()}.part")
    got = fetch(url, part, {}, Budget(size=1 << 29))
    if got is None:
        raise IntelError("the server sent nothing", path=parts.hostname or "")
    if os.path.exists(f"{part}.json"):
        os.unlink(f"{part}.json")
    return got.path, _today(), parts.hostname or "a URL"


def _date_of(path: str) -> str:
    import time

    try:
        return time.strftime("%Y-%m-%d", time.gmtime(os.stat(path).st_mtime))
    except OSError as error:
        raise IntelError(f"cannot read: {(error.strerror or str(error)).lower()}", path=path) from None


def _today() -> str:
    import time

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%d", time.gmtime(int(epoch) if epoch.isdigit() else None))
