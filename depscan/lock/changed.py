"""One row of a lock beside what the project says now: which classes of drift that is, and in what words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.model.modelfile import MODEL_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from depscan.lock.records import Row

Said = tuple[str, str]
"""Class and sentence."""

SETTINGS = (".json", ".jinja", ".jinja2", ".j2", ".yaml", ".yml", ".xml", ".txt", ".cfg", ".py", ".ipynb", "mlmodel",
            ".pbtxt", ".prototxt")  # fmt: skip
"""Ends of the names of files that are no weights."""


_EXPLAIN = frozenset({"code-appeared", "automap-changed"})
"""Classes that say themselves why loading needs foreign code now."""


def is_weights(row: Row) -> bool:
    """Return whether a file holds weights rather than settings."""
    return row.section == "file" and not row.text("path").lower().endswith(SETTINGS)


def is_pickle(row: Row) -> bool:
    """Return whether a file is a pickle, packed or not."""
    return row.section == "file" and "pickle" in row.text("format")


def is_data(row: Row) -> bool:
    """Return whether a file holds weights in a format that is no pickle; of an archive its members say."""
    return is_weights(row) and not is_pickle(row) and row.text("format") != "archive"


def changed(old: Row, new: Row) -> Iterator[Said]:
    """Yield class and sentence of everything in which two rows of one thing differ; nothing for equal ones."""
    yield from _BY_SECTION[old.section](old, new)


def _package(old: Row, new: Row) -> Iterator[Said]:
    name = new.text("name")
    before, now = old.text("version"), new.text("version")
    if before and not now and not new.text("commit"):
        yield "revision-unpinned", f"{name} was fixed to {before} and is to no version now."
    elif before != now or old.text("commit") != new.text("commit"):
        yield "version-changed", f"{name} was {_version(old)} and is {_version(new)}."
    else:
        yield from _hashes(old, new)
    if old.text("from") != new.text("from") and (old.text("from") or new.text("commit")):
        yield "source-changed", f"{name} came from {_or(old, 'from')} and comes from {_or(new, 'from')}."
    people, others = set(old.texts("publishers")), set(new.texts("publishers"))
    if people and others and people.isdisjoint(others):
        yield "publisher-changed", f"{name} was published by {_list(people)} and is by {_list(others)}."
    if "surface" in old.fields and "surface" in new.fields:
        more = sorted(set(new.texts("surface")) - set(old.texts("surface")))
        if more:
            yield "surface-grew", f"{name} does more at installation or start: {_list(more)}."


def _version(row: Row) -> str:
    return " at ".join(part for part in (row.text("version"), row.text("commit")) if part) or "not pinned"


def _hashes(old: Row, new: Row) -> Iterator[Said]:
    before, now = set(old.texts("hashes")), set(new.texts("hashes"))
    name = f"{new.text('name')} {new.text('version')}".rstrip()
    gone, more = sorted(before - now), sorted(now - before)
    if before and not now:
        yield "hash-dropped", f"{name} had hashes and has none now."
    elif gone and more:
        yield "hash-changed", f"{name} is of the same version and of other hashes: {gone[0]} is gone, {more[0]} is new."
    elif before and more:
        yield "hash-added", f"{name} is of the same version and has {len(more)} hashes more: {_list(more)}."


def _model(old: Row, new: Row) -> Iterator[Said]:
    name = new.title
    if new.text("code") == "yes" != old.text("code"):
        yield "code-appeared", f"The code of {name} is allowed to run now."
    if new.text("safe") == "no" != old.text("safe"):
        yield "verdict-worse", f"{new.name} is loaded in a way now that can run code."
    before, now = _or(old, "revision"), _or(new, "revision")
    if old.text("pinned") == "yes" != new.text("pinned"):
        yield "revision-unpinned", f"{new.name} was fixed to {before} and is not now ({now})."
    elif old.text("pinned") != "yes" == new.text("pinned"):
        yield "version-changed", f"{new.name} was at {before} and is fixed to {now}."
    elif before != now:
        yield "revision-moved", f"{new.name} was taken at {before} and is at {now}."


def _hosted(old: Row, new: Row) -> Iterator[Said]:
    before, now = old.title, new.title
    if old.text("vendor") != new.text("vendor"):
        yield "vendor-changed", f"Where {before} was called, {now} is."
    elif old.text("id") != new.text("id"):
        yield "model-id-changed", f"Where {before} was called, {now} is."
    if old.text("pinned") == "yes" and new.text("pinned") == "no":
        yield "revision-unpinned", f"{old.name} was a fixed snapshot, {now} floats."
    yield from _endpoints(old, new)


def _service(old: Row, new: Row) -> Iterator[Said]:
    if old.text("name") != new.text("name"):
        yield "endpoint-changed", f"Where {old.title} was called, {new.title} is."
    else:
        yield from _endpoints(old, new)


def _endpoints(old: Row, new: Row) -> Iterator[Said]:
    before, now = set(old.texts("endpoints")), set(new.texts("endpoints"))
    if now - before or (before and not now):
        yield "endpoint-changed", f"{new.name} was reached at {_host(before)} and is at {_host(now)}."


def _file(old: Row, new: Row) -> Iterator[Said]:
    path = new.text("path")
    if is_pickle(new) and not is_pickle(old):
        yield "pickle-appeared", f"{path} was {old.text('format')} and is a pickle now."
    elif old.text("format") != new.text("format"):
        yield "weights-changed", f"{path} was {old.text('format')} and is {new.text('format')}."
    told = list(_what_runs(old, new))
    explained = bool(told) and told[0][0] in _EXPLAIN and new.text("verdict") != "hostile"
    if _rank(new) < _rank(old) and not explained:
        yield "verdict-worse", f"Loading {path} was: {old.text('verdict')}. It is: {new.text('verdict')}."
    yield from told
    if old.text("header-sha256") and _differs(old, new, "header-sha256"):
        yield "header-changed", f"The header of {path} is another one."


def _what_runs(old: Row, new: Row) -> Iterator[Said]:
    path = new.text("path")
    special = False
    if old.texts("template-sha256") != new.texts("template-sha256"):
        special = True
        yield "template-changed", f"The templates of {path} are others: {_what_became(old, new, 'template-sha256')}."
    before, now = set(old.texts("auto-map")), set(new.texts("auto-map"))
    if now - before:
        special = True
        klass = "automap-changed" if before else "code-appeared"
        yield klass, f"{path} names code to run: {_list(now - before)}."
    if old.text("format") == new.text("format") and _content(old, new):
        if is_weights(new):
            yield "weights-changed", f"{path} has the same name and other content: {_content(old, new)}."
        elif not special:
            yield "settings-changed", f"{path} has other content: {_content(old, new)}."


def _content(old: Row, new: Row) -> str:
    if _differs(old, new, "sha256"):
        return f"SHA-256 {old.text('sha256')[:12]} was, {new.text('sha256')[:12]} is"
    before, now = old.text("size"), new.text("size")
    return f"{before} bytes were, {now} are" if before != now else ""


def _what_became(old: Row, new: Row, field: str) -> str:
    before, now = (dict(one.rpartition(" ")[::2] for one in row.texts(field)) for row in (old, new))
    words = {"new": now.keys() - before.keys(), "gone": before.keys() - now.keys(),
             "changed": {k for k in before.keys() & now.keys() if before[k] != now[k]}}  # fmt: skip
    return "; ".join(f"{word} {_list(found)}" for word, found in words.items() if found)


def _rank(row: Row) -> int:
    word = row.text("verdict")
    return MODEL_VERDICTS.index(word) if word in MODEL_VERDICTS else len(MODEL_VERDICTS)


def _differs(old: Row, new: Row, field: str) -> bool:
    """Return whether a digest is known on both sides and another one."""
    return bool(old.text(field) and new.text(field) and old.text(field) != new.text(field))


def _code(old: Row, new: Row) -> Iterator[Said]:
    path = new.text("path")
    if new.text("runs") == "load" != old.text("runs"):
        yield "code-appeared", f"{path} stood beside a model, and loading runs it now."
    if _differs(old, new, "sha256"):
        yield "code-changed", f"{path} is other code than the lock's."


def _tool(old: Row, new: Row) -> Iterator[Said]:
    name = new.name
    if old.text("pinned") == "yes" != new.text("pinned"):
        yield "tool-unpinned", f"{name} was fixed to {_or(old, 'version')} and is not now ({_or(new, 'version')})."
        fields: tuple[str, ...] = ("package", "transport", "endpoint")
    else:
        fields = ("package", "version", "transport", "endpoint", "command")
    for field in fields:
        if old.text(field) != new.text(field):
            yield "tool-changed", f"{name}: {field} was {_or(old, field)} and is {_or(new, field)}."
            return


def _action(old: Row, new: Row) -> Iterator[Said]:
    yield from _moved(old, new, "action-moved", ("commit", "ref"))


def _image(old: Row, new: Row) -> Iterator[Said]:
    yield from _moved(old, new, "image-moved", ("digest", "tag"))


def _moved(old: Row, new: Row, klass: str, fields: tuple[str, str]) -> Iterator[Said]:
    fixed, name = fields
    before, now = (row.text(name) or row.text(fixed) or "no revision" for row in (old, new))
    if old.text(fixed) and not new.text(fixed):
        yield "revision-unpinned", f"{new.name} was fixed to {old.text(fixed)[:19]} and is not now ({now})."
    elif any(old.text(field) != new.text(field) for field in fields):
        same = f" (other {fixed})" if before == now else ""
        yield klass, f"{new.name} was {before} and is {now}{same}."


def _card(old: Row, new: Row) -> Iterator[Said]:
    for field in ("licence", "base-models", "datasets", "task", "id"):
        before, now = old.texts(field), new.texts(field)
        if before != now:
            yield "card-changed", f"{new.text('path')}: {field} was {_list(before)} and is {_list(now)}."
            return


def _or(row: Row, field: str) -> str:
    return row.text(field) or "none"


def _host(found: set[str]) -> str:
    return _list(found) if found else "its vendor's own address"


def _list(found: object, most: int = 3) -> str:
    items = sorted(map(str, found))  # type: ignore[call-overload]
    rest = f" and {len(items) - most} more" if len(items) > most else ""
    return (", ".join(items[:most]) or "none") + rest


_BY_SECTION: dict[str, Callable[[Row, Row], Iterator[Said]]] = {
    "package": _package, "model": _model, "dataset": _model, "card": _card, "file": _file, "code": _code,
    "hosted": _hosted, "service": _service, "tool": _tool, "action": _action, "image": _image,
}  # fmt: skip
