"""Inspect artifacts: what does this package do when it is installed, imported or started?

import depscan
print(depscan.inspect(["pkg-1.0-py3-none-any.whl"]).verdict)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from depscan.api import Options, gather_environment, scan_documents
from depscan.errors import ArtifactError, UsageError
from depscan.facts.many import read_paths, read_targets
from depscan.facts.project import needed_package
from depscan.inputs.gather import Gathered
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.package import Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.artifacts.installed import Part
    from depscan.facts.cache import FactCache
    from depscan.facts.inspected import Inspected
    from depscan.model.result import ScanResult

T = TypeVar("T")


def inspect(
    paths: Sequence[str], options: Options | None = None, *, jobs: int = 0, cache: FactCache | None = None
) -> ScanResult:
    """Return what the code of artifacts does; its ``verdict`` is malicious, suspicious, incomplete or clean.

    Args:
        paths: wheels, sdists, conda and npm archives, folders or single scripts.
        options: see ``Options``; only policy, baseline and vex matter here.
        jobs: worker processes, each under limits of memory and time; 0 reads in this process without them.
        cache: where facts are kept between runs; None for nowhere.

    Raises:
        UsageError: no path.
        PolicyError: the policy, baseline or VEX file is wrong.

    An artifact that cannot be opened or read is in ``result.coverage`` and decides ``result.exit_code``.
    """
    if not paths:
        raise UsageError("nothing to inspect was named")
    options = options or Options()
    gathered = Gathered()
    found = _collect(read_paths(paths, jobs, cache), gathered, options)
    return _judge(gathered, found, paths[0], options)


def inspect_environment(target: str, options: Options | None = None, *, jobs: int = 0) -> ScanResult:
    """Scan an installed environment and read the code of everything in it.

    Args:
        target: a virtual environment, its python (never started) or a site-packages folder; "" for this one.
        options: see ``Options``.
        jobs: see ``inspect``.

    Raises:
        UsageError: there are no installed packages to be found at ``target``.
    """
    from depscan.artifacts.installed import split_environment

    options = options or Options()
    gathered, folders = gather_environment(target)
    found = _collect(read_targets(split_environment(folders), _one_part, jobs), gathered, options)
    return scan_documents(gathered, ".", options, tuple(found))


def inspect_bytes(data: bytes, name: str, options: Options | None = None) -> ScanResult:
    """Return what the code of one artifact in memory does.

    Raises:
        ArtifactError: it cannot be opened.
    """
    from depscan.facts.engine import inspect_data

    return _judge(Gathered(), [inspect_data(data, name)], ".", options or Options())


def _judge(gathered: Gathered, found: list[Inspected], start: str, options: Options) -> ScanResult:
    for item in found:
        document = Document(item.name, item.kind)
        ecosystem = "npm" if item.kind == "npm" else "PyPI"
        document.root = document.add(Package(ecosystem, item.package, item.version or None, "local", url=item.name))
        for name in sorted({need for model in item.models for need in model.needs}):
            document.link(document.root, document.add(needed_package(name)), "loads")
        gathered.documents.append(document)
    return scan_documents(gathered, start, options, tuple(found), mode="inspect")


def _collect(
    made: Iterable[tuple[T, Inspected | ArtifactError]], gathered: Gathered, options: Options
) -> list[Inspected]:
    """Return what was read; what could not be is added to the coverage."""
    found = []
    for target, item in made:
        options.progress(f"inspected {target}")
        if isinstance(item, ArtifactError):
            gathered.coverage.append(Coverage(str(target), "failed", item.message, needed=True))
        else:
            found.append(item)
    return found


def _one_part(part: Part) -> Inspected | ArtifactError:
    from depscan.artifacts.installed import open_part
    from depscan.facts.engine import inspect_opened

    return inspect_opened(open_part(part))
