"""Which release of an action a workflow runs, as far as the workflow says it."""

from __future__ import annotations

from collections.abc import Iterable

from depscan.model.package import Package

ECOSYSTEM = "GitHub Actions"


def as_published(package: Package, claimed: str, known: Iterable[str]) -> Package:
    """Return an action as advisories speak of it: the repository, and a release for a commit that says it.

    Args:
        package: the node; its name may hold a path inside the repository.
        claimed: release that a comment names; "" without one.
        known: versions that advisories list: a commit among them needs no release.
    """
    name = "/".join(package.name.split("/")[:2])
    version = package.version
    if package.commit and claimed and package.commit not in known:
        version = claimed
    return package._replace(name=name, version=version)
