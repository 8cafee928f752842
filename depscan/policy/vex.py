"""OpenVEX documents: statements that a vulnerability does not concern a product (https://openvex.dev/ns/v0.2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import InputError, PolicyError
from depscan.policy.subject import means
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import array, string, table, tables
from depscan.text.source import SourceFile, read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.finding import Finding

_STATUSES = ("not_affected", "affected", "fixed", "under_investigation")
_EXCUSES = {"not_affected", "fixed"}


class Statement(NamedTuple):
    """One statement.

    Attributes:
        names: ids and aliases of the vulnerability, lower case.
        products: purls it is about; the subcomponents where it names some.
        status: a word of the specification.
        why: justification or impact statement; may be empty.
        when: seconds since the epoch; statements with later times override earlier ones.
        path, line: where it stands.
    """

    names: frozenset[str]
    products: tuple[str, ...]
    status: str
    why: str
    when: float
    path: str
    line: int


def load_vex(paths: Sequence[str]) -> tuple[Statement, ...]:
    """Return the statements of OpenVEX files, oldest first: a later one overrides an earlier one.

    Raises:
        PolicyError: unreadable, not JSON, not OpenVEX, or a statement of a wrong shape.
    """
    return tuple(sorted((s for path in paths for s in _load(path)), key=lambda s: s.when))


def _load(path: str) -> list[Statement]:
    try:
        source = read_source(path)
        document = table(load_json(source), "the document")
        if "openvex" not in str(document.get("@context", "")):
            raise source.error("not an OpenVEX document: no OpenVEX @context")
        rows = tables(document.get("statements"), "statements")
        default = _seconds(document.get("timestamp"), 0.0)
        return [_statement(source, row, i, default) for i, row in enumerate(rows)]
    except InputError as error:
        raise PolicyError(error.message, path=error.path or path, line=error.line, hint=error.hint) from None


def excuse(statements: Sequence[Statement], finding: Finding) -> str:
    """Return why a finding is allowed by VEX, or "" when the last fitting statement does not excuse it."""
    if not finding.ids:
        return ""
    ids = {i.lower() for i in finding.ids}
    fitting = [s for s in statements if s.names & ids and any(means(p, finding.subject) for p in s.products)]
    if not fitting or fitting[-1].status not in _EXCUSES:
        return ""
    last = fitting[-1]
    return f"{last.path}:{last.line}: {last.status}" + (f" ({last.why})" if last.why else "")


def _statement(source: SourceFile, row: dict[str, Any], index: int, default: float) -> Statement:
    line = locate_json(source, ("statements", index, "status")) or locate_json(source, ("statements", index))
    try:
        status = string(row.get("status"), "status of a statement")
        if status not in _STATUSES:
            raise InputError(f"status {status[:80]!r} is none of {', '.join(_STATUSES)}")  # noqa: TRY301
        why = row.get("justification") or row.get("impact_statement")
        names, products = _names(row.get("vulnerability")), _products(row.get("products"))
        why = string(why, "justification of a statement")
        when = _seconds(row.get("timestamp"), default)
    except InputError as error:
        raise source.error(error.message, error.line or line) from None
    return Statement(names, products, status, why, when, source.path, line)


def _names(value: Any) -> frozenset[str]:  # noqa: ANN401 - JSON
    """Return the ids of a vulnerability; versions before 0.2.0 wrote it as a text."""
    if isinstance(value, str):
        value = {"name": value}
    row = table(value, "vulnerability of a statement")
    found = [string(row.get("name"), "name of a vulnerability")]
    found += [string(a, "alias of a vulnerability") for a in array(row.get("aliases"), "aliases")]
    found.append(string(row.get("@id"), "@id of a vulnerability").rstrip("/").rpartition("/")[2])
    names = frozenset(n.lower() for n in found if n)
    if not names:
        raise InputError("a statement names no vulnerability")
    return names


def _products(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """Return the purls a statement is about. One without products is about nothing that we could match."""
    found: list[str] = []
    for item in array(value, "products of a statement"):
        row = {"@id": item} if isinstance(item, str) else table(item, "product of a statement")
        parts = array(row.get("subcomponents"), "subcomponents of a product")
        for part in parts or [row]:
            held = {"@id": part} if isinstance(part, str) else table(part, "subcomponent of a product")
            identifiers = table(held.get("identifiers"), "identifiers of a product")
            named = (string(held.get("@id"), "@id of a product"), string(identifiers.get("purl"), "purl of a product"))
            found += [n for n in named if n.startswith("pkg:")]
    return tuple(found)


def _seconds(value: Any, default: float) -> float:  # noqa: ANN401 - JSON
    """Return an RFC 3339 time as seconds since the epoch.

    Raises:
        InputError: it is something else; the order of statements would be a guess.
    """
    if value is None:
        return default
    import datetime as dt

    try:
        when = dt.datetime.fromisoformat(string(value, "timestamp"))
    except ValueError:
        raise InputError("timestamp is not an RFC 3339 time") from None
    return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp()
