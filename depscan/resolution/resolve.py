"""Unpinned requirements, resolved today for a target: an answer, though not what anybody has installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.ecosystems.pypi import order, prerelease
from depscan.errors import DepscanError, InputError
from depscan.model.decision import Coverage
from depscan.resolution.provider import Failed
from depscan.resolution.uv import SECONDS, compile_requirements
from depscan.resolution.wheels import OTHER, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from depscan.model.document import Document, Edge
    from depscan.resolution.index import Registry
    from depscan.resolution.target import Target

_FEW = 5


class Resolved(NamedTuple):
    """What became of one input; ``document`` is None where there was nothing to resolve or it could not be."""

    document: Document | None
    coverage: tuple[Coverage, ...]


def resolve(
    document: Document,
    target: Target,
    registry: Registry[Any] | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Resolved:
    """Resolve what the root of an input asks for without pinning all of it.

    Args:
        document: of a format that states wishes, not a lock.
        target: see ``Target``.
        registry: asked for newer versions that were passed over for want of a wheel; None: uv's own log tells.
        environment: see ``compile_requirements``.
        seconds: see ``compile_requirements``.

    A missing uv, a failure and a timeout are needed coverage (exit 4).
    """
    texts, left_out = _wishes(document)
    coverage = list(_not_resolved(document, left_out))
    if not texts:
        return Resolved(None, tuple(coverage))
    made = compile_requirements(texts, target, environment, seconds)
    if isinstance(made, Failed):
        why = f"not resolved for {target}: {made}"
        return Resolved(None, (*coverage, Coverage(document.path, "failed", why, needed=True, kind="resolution")))
    path = f"{document.path} (resolved today for {target}, not what you installed)"
    try:
        pins = _read(path, made.requirements)
    except InputError as error:
        why = f"uv's answer cannot be read: {error.message}"
        return Resolved(None, (*coverage, Coverage(document.path, "failed", why, needed=True, kind="resolution")))
    if registry is None:
        over = [f"{name} {version} was taken, uv could not use a newer version" for name, version in made.passed_over]
    else:
        over = list(newer_without_wheel(pins, registry, target))
    coverage += [
        Coverage(path, "partial", f"passed over for want of a wheel: {why}", kind="resolution") for why in over
    ]
    said = f"{len(pins.nodes) - 1} packages resolved today for {target}, not what you installed"
    return Resolved(pins, (*coverage, Coverage(document.path, "done", said, kind="resolution")))


def _wishes(document: Document) -> tuple[list[str], list[str]]:
    """Return the requirements to resolve ([] where all are pinned), and those of other sources or groups."""
    texts: dict[str, None] = {}
    left_out: dict[str, None] = {}
    unpinned = False
    for edge in document.edges:
        package = document.nodes[edge.child]
        if edge.parent != document.root or package.ecosystem not in {"PyPI", "project"}:
            continue
        if package.source != "registry" or edge.label != "prod":
            left_out[f"{package.name} ({edge.label if edge.label != 'prod' else package.source})"] = None
            continue
        text = _canonical(package.name, edge)
        if text:
            texts[text] = None
            unpinned = unpinned or package.version is None
        else:
            left_out[package.name] = None
    return (list(texts) if unpinned else []), list(left_out)


def _canonical(name: str, edge: Edge) -> str:
    """Return a requirement as packaging writes it, so that nothing but a requirement reaches uv; "" for no such."""
    from packaging.requirements import InvalidRequirement, Requirement

    constraint = edge.requested if edge.requested != "*" else ""
    try:
        made = str(Requirement(f"{name}{constraint}{f' ; {edge.marker}' if edge.marker else ''}"))
    except (InvalidRequirement, RecursionError, ValueError):
        return ""
    return made if made.isprintable() and "@" not in made.partition(";")[0] else ""


def _not_resolved(document: Document, left_out: list[str]) -> Iterator[Coverage]:
    if left_out:
        more = f" and {len(left_out) - _FEW} more" if len(left_out) > _FEW else ""
        why = f"not resolved (other sources, extras and groups): {', '.join(left_out[:_FEW])}{more}"
        yield Coverage(document.path, "partial", why, kind="resolution")
    indexes = [use.url for use in document.indexes if use.role in {"index", "extra", "find-links"}]
    if indexes:
        why = f"resolved from the indexes of your own settings, not from those of the file: {', '.join(indexes[:_FEW])}"
        yield Coverage(document.path, "partial", why, kind="resolution")


def _read(path: str, data: bytes) -> Document:
    from depscan.inputs.python.requirements import parse
    from depscan.text.source import SourceFile

    return parse(SourceFile(path, data))


def newer_without_wheel(pins: Document, registry: Registry[Any], target: Target) -> Iterator[str]:
    """Yield a sentence per pin of which the index has a newer release without a wheel for the target.

    Yanked releases and pre-releases do not count; a project the index cannot show is passed over here, for the
    pin itself was resolved.
    """
    for package in pins.nodes.values():
        if package.ecosystem != "PyPI" or not package.version:
            continue
        try:
            files = registry.project("PyPI", package.name, package.registry).files
        except DepscanError:
            continue
        own = order(package.version)
        names: dict[str, list[str]] = {}
        for file in files:
            if getattr(file, "yanked", None) is None and order(file.version) is not None:
                names.setdefault(file.version, []).append(file.name)
        newest = max((v for v in names if not prerelease(v)), key=lambda v: order(v) or (), default="")
        if newest and own is not None and order(newest) > own and not _has_wheel(names[newest], target):
            yield f"{package.name} {package.version} was taken, {newest} has no wheel for {target}"


def _has_wheel(names: Iterable[str], target: Target) -> bool:
    return any(name.endswith(".whl") and rank(name, target) < OTHER for name in names)
