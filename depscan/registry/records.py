"""What an index says about a project, and the limits of asking it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class IndexFile(NamedTuple):
    """One file of a release as an index lists it.

    Attributes:
        name: file name; never a path.
        url: absolute http or https URL, without credentials.
        hashes: pairs of algorithm and hex digest.
        version: the version its name states; "" when the name is of no known form.
        size: in bytes; -1 when the index does not say (PEP 700).
        upload_time: RFC 3339 text; "" when the index does not say (PEP 700).
        yanked: the reason, "" when none was given; None when it is not yanked (PEP 592). npm: text of ``deprecated``.
        metadata: hashes of ``url + ".metadata"``; () when it is there without hash, None when not (PEP 658, 714).
        provenance: URL of the provenance object (PEP 740), npm: of the attestations; "" when there is none.
        requires_python: version specifier; "" when not said.
    """

    name: str
    url: str
    hashes: tuple[tuple[str, str], ...]
    version: str
    size: int = -1
    upload_time: str = ""
    yanked: str | None = None
    metadata: tuple[tuple[str, str], ...] | None = None
    provenance: str = ""
    requires_python: str = ""


class Project(NamedTuple):
    """What an index holds under one name.

    Attributes:
        name: normalised by the ecosystem's rules.
        index: URL of the index that answered, without credentials.
        files: in the order of the index.
        status: active, archived, quarantined or deprecated (PEP 792).
        status_reason: the index's text; "" without one.
        versions: as the index lists them (PEP 700), else those of the files.
    """

    name: str
    index: str  # type: ignore[assignment] # hides tuple.index
    files: tuple[IndexFile, ...]
    status: str = "active"
    status_reason: str = ""
    versions: tuple[str, ...] = ()


class Budget(NamedTuple):
    """Limits of one ``Registry``.

    Attributes:
        total: most bytes received over all requests.
        page: most bytes of one index page or metadata file, unpacked.
        file: most bytes of one whole file.
        seconds: longest time from the first request to the last.
        answer: longest time for one page or range, and for the headers of any answer, in seconds.
        idle: longest time without a byte, in seconds.
        attempts: how often to try one request.
        pause: seconds before the second attempt; doubled for each further one.
        jobs: most requests at the same time.
        sleep: what waits.
    """

    total: int = 16 << 30
    page: int = 64 << 20
    file: int = 8 << 30
    seconds: float = 3600.0
    answer: float = 120.0
    idle: float = 20.0
    attempts: int = 3
    pause: float = 0.5
    jobs: int = 8
    sleep: Callable[[float], None] = time.sleep
