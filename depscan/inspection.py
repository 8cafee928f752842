"""Inspect artifacts: what does this package do when it is installed, imported or started?

import depscan
print(depscan.inspect(["pkg-1.0-py3-none-any.whl"]).verdict)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.api import Options, scan_documents
from depscan.errors import ArtifactError, UsageError
from depscan.inputs.gather import Gathered
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.package import Package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from depscan.facts.inspected import Inspected
    from depscan.model.result import ScanResult


def inspect(paths: Sequence[str], options: Options | None = None, *, jobs: int = 1) -> ScanResult:
    """Return what the code of artifacts does; its ``verdict`` is malicious, suspicious, incomplete or clean.

    Args:
        paths: wheels, sdists, conda and npm archives, folders or single scripts.
        options: see ``Options``; only policy, baseline and vex matter here.
        jobs: worker processes; 1 reads in this process.

    Raises:
        UsageError: no path.
        PolicyError: the policy, baseline or VEX file is wrong.

    An artifact that cannot be opened is in ``result.coverage`` and decides ``result.exit_code``.
    """
    if not paths:
        raise UsageError("nothing to inspect was named")
    options = options or Options()
    gathered, found = Gathered(), []
    for path, made in _read(paths, jobs):
        options.progress(f"inspected {path}")
        if isinstance(made, ArtifactError):
            gathered.coverage.append(Coverage(path, "failed", made.message, needed=True))
        else:
            found.append(made)
    return _judge(gathered, found, paths[0], options)


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
        gathered.documents.append(document)
    return scan_documents(gathered, start, options, tuple(found), mode="inspect")


def _read(paths: Sequence[str], jobs: int) -> Iterator[tuple[str, Inspected | ArtifactError]]:
    if jobs <= 1 or len(paths) == 1:
        yield from ((path, _one(path)) for path in paths)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        yield from zip(paths, pool.map(_one, paths, chunksize=4), strict=True)


def _one(path: str) -> Inspected | ArtifactError:
    from depscan.facts.engine import inspect_path

    try:
        return inspect_path(path)
    except ArtifactError as error:
        return error
