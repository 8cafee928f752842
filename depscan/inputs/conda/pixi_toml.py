"""pixi.toml: pixi's manifest (https://pixi.sh/latest/reference/pixi_manifest/).

Reads dependencies of the workspace, its features, their targets and the package built from it. What only a
feature outside the default environment asks for is labelled ``extra:FEATURE``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.inputs.conda._spec import exact
from depscan.inputs.format import InputFormat
from depscan.model.document import Document, IndexUse
from depscan.model.package import Package
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import array, string, strings, table
from depscan.text.source import SourceFile

PATTERNS = "pixi.toml"

_CONDA = {
    "dependencies": "prod",
    "run-dependencies": "prod",
    "host-dependencies": "build",
    "build-dependencies": "build",
}
_KNOWN = frozenset({"workspace", "project", "package", "environments", "feature", *_CONDA, "pypi-dependencies"})
_PIN = re.compile(r"={2,3}\s*([A-Za-z0-9_.!-]+)").fullmatch
_COMMIT = re.compile(r"[0-9a-f]{40}").fullmatch


class _Place(NamedTuple):
    """A table that may hold lists of dependencies: its route, feature and target platform."""

    table: dict[str, Any]
    route: tuple[str, ...]
    feature: str = ""
    target: str = ""


def parse(source: SourceFile) -> Document:
    """Return what a pixi.toml asks for.

    Raises:
        InputError: not TOML, not a pixi.toml, or a value of the wrong type.
    """
    manifest = load_toml(source)
    if not manifest.keys() & _KNOWN:
        raise source.error("not a pixi.toml: neither a workspace nor dependencies")
    document = Document(source.path, "pixi-toml")
    section = next((k for k in ("workspace", "project", "package") if k in manifest), "workspace")
    about = table(manifest.get(section), section)
    name = string(about.get("name"), "name of the workspace") or source.path
    document.add_root(name, (section, "name"))
    _channels(document, about, (section,))
    default = _default_features(table(manifest.get("environments"), "environments"))
    for place in _places(manifest):
        _indexes(document, place)
        _channels(document, place.table, place.route)
        for key, label in _CONDA.items():
            held = place.table.get(key)
            named = label if place.feature in default or label == "build" else f"extra:{place.feature}"
            for wanted, value in table(held, key).items():
                _add(document, _conda(wanted, value), named, place, key)
        named = "prod" if place.feature in default else f"extra:{place.feature}"
        for wanted, value in table(place.table.get("pypi-dependencies"), "pypi-dependencies").items():
            _add(document, _pypi(wanted, value), named, place, "pypi-dependencies")
    _backend(document, table(manifest.get("package"), "package"))
    return document


def _default_features(environments: dict[str, Any]) -> set[str]:
    """Return the features of the default environment; "" is the table outside of any feature."""
    value = environments.get("default")
    features = value if isinstance(value, list) else table(value, "environment default").get("features")
    return {"", *strings(features, "features")}


def _places(manifest: dict[str, Any]) -> Iterator[_Place]:
    tops = [_Place(manifest, ()), _Place(table(manifest.get("package"), "package"), ("package",))]
    for name, feature in table(manifest.get("feature"), "feature").items():
        tops.append(_Place(table(feature, f"feature {name}"), ("feature", name), name))
    for top in tops:
        yield top
        for target, held in table(top.table.get("target"), "target").items():
            yield _Place(table(held, f"target {target}"), (*top.route, "target", target), top.feature, target)


def _channels(document: Document, held: dict[str, Any], route: tuple[str, ...]) -> None:
    for channel in array(held.get("channels"), "channels"):
        named = channel.get("channel") if isinstance(channel, dict) else channel
        if url := string(named, "channel"):
            document.indexes.append(IndexUse(url, "channel", (*route, "channels")))


def _indexes(document: Document, place: _Place) -> None:
    options = table(place.table.get("pypi-options"), "pypi-options")
    at = (*place.route, "pypi-options")
    if url := string(options.get("index-url"), "index-url"):
        document.indexes.append(IndexUse(url, "index", (*at, "index-url")))
    for url in strings(options.get("extra-index-urls"), "extra-index-urls"):
        document.indexes.append(IndexUse(url, "extra", (*at, "extra-index-urls")))
    for link in array(options.get("find-links"), "find-links"):
        held = table(link, "find-links")
        if url := string(held.get("url") or held.get("path"), "find-links"):
            document.indexes.append(IndexUse(url, "find-links", (*at, "find-links")))


def _add(document: Document, found: tuple[Package, str, str], label: str, place: _Place, section: str) -> None:
    package, requested, marker = found
    at = (*place.route, section, package.raw_name or package.name)
    child = document.add(package, at)
    marker = marker or place.target
    document.link(document.root, child, label, marker=marker, requested=requested, at=at)


def _fields(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a text or a table
    return {"version": value} if isinstance(value, str) else table(value, f"dependency {name}")


def _origin(fields: dict[str, Any], name: str) -> tuple[str, str, str]:
    """Return (source, url, commit) of a git, URL or path dependency; ("", "", "") for one of an index."""
    if git := string(fields.get("git"), f"git of {name}"):
        rev = string(fields.get("rev"), f"rev of {name}")
        return "git", git, rev if _COMMIT(rev) else ""
    if url := string(fields.get("url"), f"url of {name}"):
        return "url", url, ""
    if path := string(fields.get("path"), f"path of {name}"):
        return "local", path, ""
    return "", "", ""


def _conda(raw: str, value: Any) -> tuple[Package, str, str]:  # noqa: ANN401 - a value of the file
    fields = _fields(raw, value)
    version = string(fields.get("version"), f"version of {raw}")
    build = string(fields.get("build"), f"build of {raw}")
    kind, url, commit = _origin(fields, raw)
    name = raw.lower()
    pin = exact(version, built=bool(build)) if not kind else None
    channel = string(fields.get("channel"), f"channel of {raw}")
    hashes = tuple(f"{k}:{fields[k]}" for k in ("sha256", "md5") if isinstance(fields.get(k), str))
    package = Package("conda", name, pin, kind or "conda", raw if raw != name else "", channel, url, commit, hashes)
    return package, url or " ".join(part for part in (version, build) if part), ""


def _pypi(raw: str, value: Any) -> tuple[Package, str, str]:  # noqa: ANN401 - a value of the file
    fields = _fields(raw, value)
    version = string(fields.get("version"), f"version of {raw}")
    kind, url, commit = _origin(fields, raw)
    # A local label (2.10+cu130) names a build of one index and may be shorter than the release it stands for
    # (2.10.0+cu130): the lock has the version, here it stays a constraint.
    pin = _PIN(version.strip()) if not kind else None
    name = normalise(raw)
    index = string(fields.get("index"), f"index of {raw}")
    package = Package(
        "PyPI", name, pin[1] if pin else None, kind or "registry", raw if raw != name else "", index, url, commit
    )
    extras = strings(fields.get("extras"), f"extras of {raw}")
    requested = (f"[{','.join(extras)}]" if extras else "") + (url or version)
    return package, requested, string(fields.get("env-markers"), f"env-markers of {raw}")


def _backend(document: Document, package: dict[str, Any]) -> None:
    """Record the build backend of ``[package.build]``: it runs when the package is built."""
    backend = table(table(package.get("build"), "package.build").get("backend"), "backend")
    if name := string(backend.get("name"), "name of the build backend"):
        place = _Place(package, ("package", "build"))
        _add(document, _conda(name, {k: v for k, v in backend.items() if k != "name"}), "build", place, "backend")


FORMAT = InputFormat("pixi-toml", "pixi.toml", "conda", parse, locate_toml)
