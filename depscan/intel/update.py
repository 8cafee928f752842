"""``depscan db update``: download OSV's published exports and build the index from them.

Any failure is an IntelError and leaves the old index whole: it is replaced at the very end, in one step.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import IntelError
from depscan.intel.build import BuildReport, build, index_file
from depscan.intel.download import Budget, Download, fetch
from depscan.intel.files import replace_file
from depscan.intel.index import Index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXPORTS = "https://storage.googleapis.com/osv-vulnerabilities"
"""OSV's published exports (https://google.github.io/osv.dev/data/#data-dumps)."""
VARIABLE = "DEPSCAN_OSV_URL"
STATE = "update.json"
DEFAULT_ECOSYSTEMS = ("PyPI", "npm")


class UpdateReport(NamedTuple):
    """What an update did: the build, or None when everything was up to date already."""

    build: BuildReport | None
    unchanged: tuple[str, ...]
    fetched: tuple[str, ...]


def base_url(argument: str = "", configured: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Return where exports are fetched from: argument, environment, policy file, or OSV's own place.

    Raises:
        IntelError: it is no http or https URL.
    """
    url = (argument or environment.get(VARIABLE, "") or configured or EXPORTS).rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise IntelError(f"not an http(s) URL for advisory exports: {url[:100]!r}")
    return url


def update(
    ecosystems: Sequence[str], base: str, target: str, *, budget: Budget | None = None, built: str = ""
) -> UpdateReport:
    """Bring the index up to date with the exports below ``base``.

    Args:
        ecosystems: OSV names, such as PyPI and npm.
        base: URL; ``<base>/<ecosystem>/all.zip`` is fetched.
        target: index file or folder.
        budget: limits of bytes, seconds and attempts per file.
        built: RFC 3339 time written into the index; now by default.

    Raises:
        IntelError: a download failed, or what came is no export of the ecosystem.
    """
    path = index_file(target)
    folder = os.path.dirname(os.path.abspath(path))
    state = _read_state(folder)
    present = _present(path)
    unchanged, done = [], []
    _make(os.path.join(folder, "downloads"))
    for name in dict.fromkeys(ecosystems):
        url = f"{base}/{_quoted(name)}/all.zip"
        known = state.get(name, {}) if name in present else {}
        part = os.path.join(folder, "downloads", f"{_slug(name)}.zip.part")
        got = fetch(url, part, known if known.get("url") == url else {}, budget or Budget())
        if got is None:
            unchanged.append(name)
        else:
            done.append((name, got))
    if not done:
        return UpdateReport(None, tuple(unchanged), ())
    report = _build(path, done, built)
    for name, got in done:
        state[name] = got.validators
        _forget(got)
    _write_state(folder, state)
    return UpdateReport(report, tuple(unchanged), tuple(name for name, _ in done))


def _build(path: str, done: list[tuple[str, Download]], built: str) -> BuildReport:
    """Build everything in one step; what cannot be built is not resumed next time."""
    try:
        return build(path, [(got.path, name) for name, got in done], built=built)
    except IntelError:
        for _, got in done:
            _forget(got)
        raise


def _present(path: str) -> tuple[str, ...]:
    """Return the ecosystems of the index that is there; () when it cannot be used."""
    try:
        with Index.open(path) as index:
            return index.ecosystems
    except IntelError:
        return ()


def _read_state(folder: str) -> dict[str, dict[str, str]]:
    """Return what is remembered of earlier downloads; {} when nothing useful is."""
    import json

    try:
        with open(os.path.join(folder, STATE), encoding="utf-8") as stream:
            state: Any = json.load(stream)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(state, dict):
        return {}
    return {
        name: {k: v for k, v in known.items() if isinstance(v, str)}
        for name, known in state.items()
        if isinstance(known, dict)
    }


def _write_state(folder: str, state: dict[str, dict[str, str]]) -> None:
    import json

    text = json.dumps(state, indent=1, sort_keys=True) + "\n"
    replace_file(os.path.join(folder, STATE), [text.encode("ascii")])


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise IntelError(f"cannot write: {(error.strerror or str(error)).lower()}", path=folder) from None


def _forget(got: Download) -> None:
    for name in (got.path, got.path + ".json"):
        with suppress(OSError):
            os.unlink(name)


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-." else "_" for c in name.lstrip("."))[:100] or "_"
