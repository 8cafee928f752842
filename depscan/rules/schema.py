"""The shape of a rule file: records, and a strict reader that names file and line of what is wrong."""

import os
from typing import Any, NamedTuple

from depscan.errors import InputError, RuleError
from depscan.facts.fact import TEST, WHATS, WHEN
from depscan.model.finding import Confidence, Severity
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import array, required, string, strings, table, tables
from depscan.text.source import SourceFile

VERDICTS = ("malicious", "unsafe", "suspicious", "note")
"""unsafe: loading it runs code nobody vouches for, or its layout deceives; hostile or not, it is not to be loaded."""
SCOPES = ("flow", "function", "file", "package")
STATUSES = ("preview", "stable", "deprecated")
_TOP = {
    "title", "severity", "confidence", "verdict", "status", "what", "why", "fix", "false-positives", "references",
    "tags", "match", "example",
}  # fmt: skip
_MATCH = {"when", "anchor", "from", "also", "never", "scope"}
_PATTERN = {"what", "when", "callee", "value", "not-value", "layer", "guard", "unknown", "path"}
_EXAMPLE = {"verdict", "path", "hits", "because", "text", "base64", "files"}


class FactPattern(NamedTuple):
    """What a fact must be like; empty fields hold for every fact.

    ``values`` and ``not_values`` are globs, ``re:`` regular expressions or ``@list`` names.
    """

    whats: tuple[str, ...]
    when: tuple[str, ...] = ()
    callees: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    not_values: tuple[str, ...] = ()
    layers: int = 0
    guards: tuple[str, ...] = ()
    unknown: bool | None = None
    paths: tuple[str, ...] = ()


class Example(NamedTuple):
    """A small package that shows the rule, or its honest twin that must stay silent.

    ``data`` is the content of ``path``: ``text`` in the file, or ``base64`` for formats that are no text.
    """

    bad: bool
    path: str
    data: bytes
    hits: tuple[int, ...]
    because: str
    files: tuple[tuple[str, str], ...]


class BehaviourRule(NamedTuple):
    """One rule over facts. ``id`` is its path below ``rules/`` without the ending."""

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    verdict: str
    status: str
    what: str
    why: str
    fix: str
    false_positives: str
    references: tuple[str, ...]
    tags: tuple[str, ...]
    when: tuple[str, ...]
    anchor: tuple[FactPattern, ...]
    sources: tuple[FactPattern, ...]
    also: tuple[FactPattern, ...]
    never: tuple[FactPattern, ...]
    scope: str
    examples: tuple[Example, ...]


def read_rule(source: SourceFile, rule_id: str, *, examples: bool = True) -> BehaviourRule:
    """Return the rule of a file; without its examples, which come last, when they are not wanted.

    Raises:
        RuleError: unknown key, wrong type, unknown word, missing text or missing example; with line.
    """
    try:
        head = source.data.partition(b"\n[[example]]")[0]
        wanted = source if examples else SourceFile(source.path, head)
        return _rule(load_toml(wanted), rule_id, examples=examples)
    except InputError as error:
        route = error.route or ("title",)
        line = error.line or locate_toml(source, route)
        raise RuleError(error.message, path=source.path, line=line) from None


def _rule(data: dict[str, Any], rule_id: str, *, examples: bool) -> BehaviourRule:
    _known(data, _TOP, "the rule")
    match = table(data.get("match"), "match")
    _known(match, _MATCH, "match")
    texts = {key: required(data.get(key), key).strip() for key in ("title", "what", "why", "fix", "false-positives")}
    shown = tuple(_example(row) for row in tables(data.get("example"), "example"))
    if examples and (not any(e.bad for e in shown) or all(e.bad for e in shown)):
        raise _at("a rule needs at least one bad and one ok example", "example")
    return BehaviourRule(
        rule_id,
        texts["title"],
        Severity[_word(data.get("severity"), "severity", ("low", "medium", "high", "critical")).upper()],
        Confidence[_word(data.get("confidence"), "confidence", ("low", "medium", "high")).upper()],
        _word(data.get("verdict"), "verdict", VERDICTS),
        _word(data.get("status", "preview"), "status", STATUSES),
        texts["what"],
        texts["why"],
        texts["fix"],
        texts["false-positives"],
        tuple(strings(data.get("references"), "references")),
        tuple(strings(data.get("tags"), "tags")),
        tuple(_word(w, "when", WHEN) for w in strings(match.get("when"), "when"))
        or tuple(w for w in WHEN if w != TEST),
        _patterns(match.get("anchor"), "anchor") or _missing("match.anchor"),
        _patterns(match.get("from"), "from"),
        _patterns(match.get("also"), "also"),
        _patterns(match.get("never"), "never"),
        _word(match.get("scope", "file"), "scope", SCOPES),
        shown,
    )


def _patterns(value: Any, what: str) -> tuple[FactPattern, ...]:  # noqa: ANN401 - TOML
    rows = [value] if isinstance(value, dict) else array(value, what)
    return tuple(_pattern(table(row, what), what) for row in rows)


def _pattern(row: dict[str, Any], where: str) -> FactPattern:
    _known(row, _PATTERN, where)
    whats = _words(row.get("what"), "what")
    for word in whats:
        known = any(w.startswith(word[:-1]) for w in WHATS) if word.endswith(".*") else word in WHATS
        if not known:
            raise _at(f"{word!r} is no word of the facts' vocabulary", where)
    if not whats:
        raise _at(f"{where}: a pattern needs 'what'", where)
    layer, unknown = row.get("layer", 0), row.get("unknown")
    if not isinstance(layer, int) or not (unknown is None or isinstance(unknown, bool)):
        raise _at(f"{where}: layer is a number, unknown a truth value", where)
    return FactPattern(
        whats,
        tuple(_word(w, "when", WHEN) for w in _words(row.get("when"), "when")),
        _words(row.get("callee"), "callee"),
        _words(row.get("value"), "value"),
        _words(row.get("not-value"), "not-value"),
        layer,
        _words(row.get("guard"), "guard"),
        unknown,
        _words(row.get("path"), "path"),
    )


def _example(row: dict[str, Any]) -> Example:
    _known(row, _EXAMPLE, "example")
    bad = _word(row.get("verdict"), "example.verdict", ("bad", "ok")) == "bad"
    hits = tuple(h for h in array(row.get("hits"), "hits") if isinstance(h, int))
    because = string(row.get("because"), "because")
    if bad != bool(hits) or bad == bool(because):
        raise _at("a bad example has 'hits', an ok one has 'because'", "example")
    files = tuple((k, string(v, k)) for k, v in table(row.get("files"), "files").items())
    return Example(bad, required(row.get("path"), "path"), _content(row), hits, because, files)


def _content(row: dict[str, Any]) -> bytes:
    from base64 import b64decode

    if "base64" not in row:
        return required(row.get("text"), "text").encode()
    try:
        return b64decode(required(row.get("base64"), "base64"), validate=True)
    except ValueError:
        raise _at("base64: not base64", "base64") from None


def _words(value: Any, what: str) -> tuple[str, ...]:  # noqa: ANN401
    return (value,) if isinstance(value, str) else tuple(strings(value, what))


def _word(value: Any, what: str, known: tuple[str, ...]) -> str:  # noqa: ANN401
    if value not in known:
        raise _at(f"{what}: {value!r} is none of {', '.join(known)}", what)
    return str(value)


def _known(row: dict[str, Any], keys: set[str], where: str) -> None:
    for key in row:
        if key not in keys:
            raise _at(f"{where} has an unknown key {key!r}", key)


def _missing(what: str) -> tuple[FactPattern, ...]:
    raise _at(f"{what} is missing", "match")


def _at(message: str, key: str) -> InputError:
    error = InputError(message)
    error.route = (key,)
    return error


def rules_folder() -> str:
    """Return the folder of the rule files: package data, or the top-level folder of a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(here, "data", "rules")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(here), "rules")
