"""How the answers of ``depscan names`` are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.names.verdict import BLOCK, COMMANDS, NONE, WARN
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from depscan.names.verdict import Verdict
    from depscan.naming import Names, Row

_LIMIT = 120
_WORDS = {BLOCK: "BLOCK", WARN: "warn", NONE: "ok"}


def text(names: Names) -> Iterator[str]:
    """Yield the answer for a person."""
    for row in names.rows:
        yield from _paragraph(row, names.ecosystem)
    yield f"\njudged by name alone against {names.source}\n"
    if names.without_advisories:
        yield f"not known which names are listed as malicious: {terminal(names.without_advisories, 300)}\n"


def _paragraph(row: Row, ecosystem: str) -> Iterator[str]:
    verdict = row.verdict
    shown = terminal(verdict.name, _LIMIT)
    word = "BLOCK" if row.malicious else _WORDS[verdict.tier]
    if row.malicious:
        yield f"{shown}: BLOCK, listed as malicious: {', '.join(terminal(i, 60) for i in row.malicious[:4])}\n"
    elif verdict.tier != NONE and verdict.target and verdict.about in {"imitation", "foreign-script"}:
        yield f"{shown}: {word}, looks like {terminal(verdict.target, _LIMIT)}\n"
    elif row.rank:
        yield f"{shown}: ok, number {row.rank:,} of the most downloaded\n"
    else:
        yield f"{shown}: {word}\n"
    for reason in verdict.reasons:
        yield f"  {terminal(reason, 400)}\n"
    if row.private:
        yield f"  private by the policy ({terminal(row.private, _LIMIT)}): it must come from your own index\n"
    if verdict.install and not row.rank:
        command = COMMANDS.get(ecosystem, "")
        asked = f"{command} {verdict.install}" if command else verdict.install
        yield f"  did you mean: {terminal(asked, 2 * _LIMIT)}\n"
    for signal, label, points in verdict.shares:
        yield f"  {points:+6.2f}  {signal}: {label}\n"
    if verdict.shares:
        yield f"  score {verdict.score:.2f}\n"


def record(row: Row) -> dict[str, Any]:
    """Return one answer as JSON has it."""
    verdict = row.verdict
    made: dict[str, Any] = {
        "name": verdict.name,
        "tier": verdict.tier,
        "target": verdict.target,
        "reasons": list(verdict.reasons),
        "about": verdict.about,
        "score": verdict.score,
        "install": verdict.install,
        "malicious": list(row.malicious),
    }
    if row.private:
        made["private"] = row.private
    if verdict.shares:
        made["signals"] = [{"signal": s, "label": label, "points": p} for s, label, p in verdict.shares]
    return made


def jsonl(names: Names) -> Iterator[str]:
    """Yield one JSON object a line, in the order of the names."""
    import json

    encode = json.JSONEncoder(ensure_ascii=True).encode
    for row in names.rows:
        if row[1:] == _PLAIN and row.verdict[1:] == _NOTHING:
            yield f'{{"name": {encode(row.verdict.name)}, "tier": "none", "target": "", "reasons": []}}\n'
        else:
            yield f"{encode(record(row))}\n"


_PLAIN = ((), "", 0)
_NOTHING = (NONE, "", (), "", 0.0, "", ())
COLUMNS = ("name", "tier", "score", "target", "about", "reasons")


def csv(names: Names) -> Iterator[str]:
    """Yield comma-separated rows under a head (RFC 4180)."""
    yield csv_row(COLUMNS)
    for row in names.rows:
        yield csv_row(cells(row.verdict))


def cells(verdict: Verdict) -> tuple[str, ...]:
    """Return the columns of one verdict; what a spreadsheet would take for a formula is made text."""
    reasons = "; ".join(verdict.reasons)
    found = (verdict.name, verdict.tier, f"{verdict.score:.2f}", verdict.target, verdict.about, reasons)
    return tuple(f"'{cell}" if cell[:1] in "=+@\t\r" and i != 2 and cell else cell for i, cell in enumerate(found))  # noqa: PLR2004


def csv_row(row: tuple[str, ...]) -> str:
    """Return one row."""
    from depscan.text.escape import visible

    return ",".join('"' + visible(cell).replace('"', '""') + '"' for cell in row) + "\r\n"


RENDERERS: dict[str, Callable[[Names], Iterator[str]]] = {"text": text, "jsonl": jsonl, "csv": csv}
