"""Who knows what a pin requires: one question, several who may answer, asked in order and per pin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from depscan.ecosystems.pypi import normalise, order, public

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.package import Package
    from depscan.resolution.metadata import Metadata


class Requirements(NamedTuple):
    """What a package requires.

    Attributes:
        requires: values of Requires-Dist.
        build: requirements that are installed and run to build it (PEP 518); () for a wheel.
        origin: site-packages, wheel, index metadata, ranged wheel, whole wheel, sdist.
        path: file that states them, as it can be shown.
        unknown: why ``requires`` is not known although ``build`` is; "" when it is.
    """

    requires: tuple[str, ...]
    build: tuple[str, ...]
    origin: str
    path: str = ""
    unknown: str = ""


class Failed(str):
    """A reason that is an outage, a budget or damage: somebody should have known (exit 4), not "has it not"."""

    __slots__ = ()


class Provider(Protocol):
    """Somebody who may know what a pin requires."""

    def requirements(self, package: Package) -> Requirements | str:
        """Return it, or why it is not known."""


class Chain:
    """Asks providers in order until one answers.

    Attributes:
        tried: (name, version) of a package to pairs of provider and its answer: origin, or why it has none.
    """

    def __init__(self, providers: Sequence[tuple[str, Provider]]) -> None:
        self._providers = providers
        self.tried: dict[tuple[str, str | None], list[tuple[str, str]]] = {}

    def requirements(self, package: Package) -> Requirements | str:
        """See ``Provider.requirements``; half an answer (build requirements only) is kept until a whole one comes."""
        tried = self.tried[package.name, package.version] = []
        half: Requirements | None = None
        failed = False
        for name, provider in self._providers:
            answer = provider.requirements(package)
            if isinstance(answer, str):
                failed = failed or isinstance(answer, Failed)
                tried.append((name, answer))
            elif answer.unknown:
                half = half or answer
                tried.append((name, answer.unknown))
            else:
                tried.append((name, answer.origin))
                return answer
        if half is not None and not failed:
            return half
        why = "; ".join(dict.fromkeys(f"{name}: {answer}" for name, answer in tried)) or "nobody was asked"
        return Failed(why) if failed else why


def mistaken(package: Package, metadata: Metadata) -> str:
    """Return why metadata is not that of a package; "" when it is. Local builds of the version count (``+cu121``)."""
    if normalise(metadata.name) != package.name:
        return f"its metadata says that it is {metadata.name[:80]}"
    wanted, stated = package.version or "", metadata.version.strip()
    if stated == wanted or (order(stated) is not None and order(stated) == order(wanted)):
        return ""
    if "+" not in wanted and order(public(stated)) is not None and order(public(stated)) == order(wanted):
        return ""
    return f"its metadata says that it is version {stated[:80]}"
