"""A live second opinion on Python packages, through pip-audit's client of the OSV service.

The only module that knows pip-audit (extra ``online``, pinned below the next major version). Whatever
the service does not answer is coverage that the policy needs: an outage is never "clean".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests import Response

_THREADS = 8
_TIMEOUT = 15
"""Seconds one request may take."""


class Opinion(NamedTuple):
    """What the live service says about one package: ids and aliases of a record, and its fixed versions."""

    key: str
    ids: tuple[str, ...]
    fixed: tuple[str, ...]


def ask(packages: Iterable[tuple[str, str, str]], url: str = "") -> tuple[list[Opinion], dict[str, str]]:
    """Ask the live service about packages, several at a time.

    Args:
        packages: (node id, name, exact version) of PyPI packages.
        url: query address; DEPSCAN_OSV_API, or pip-audit's own constant when empty.

    Returns:
        The opinions, and for every node id that got no answer the reason.

    Raises:
        UsageError: pip-audit is not installed.
    """
    try:
        from pip_audit._service.osv import OsvService
    except ImportError:
        raise UsageError("--online needs pip-audit", hint="pip install depscan-ai[online]") from None
    from concurrent.futures import ThreadPoolExecutor
    from tempfile import TemporaryDirectory

    url = url or os.environ.get("DEPSCAN_OSV_API", "") or OsvService.DEFAULT_OSV_URL
    opinions: list[Opinion] = []
    failed: dict[str, str] = {}
    with TemporaryDirectory() as cache, ThreadPoolExecutor(_THREADS) as pool:
        from pathlib import Path

        service = OsvService(Path(cache), _TIMEOUT, url)
        service.session.hooks["response"].append(_demand_whole_answer)
        for key, found, reason in pool.map(lambda p: _query(service, p), packages):
            opinions += found
            if reason:
                failed[key] = reason
        service.session.close()
    return opinions, failed


def _query(service: object, package: tuple[str, str, str]) -> tuple[str, list[Opinion], str]:
    """Return (node id, opinions, why there is no answer)."""
    import requests
    from packaging.version import InvalidVersion, Version
    from pip_audit._service.interface import ResolvedDependency, ServiceError

    key, name, version = package
    try:
        _, results = service.query(ResolvedDependency(name, Version(version)))  # type: ignore[attr-defined]
    except InvalidVersion:
        return key, [], "its version is none the service understands"
    except (requests.RequestException, ServiceError) as error:
        return key, [], f"the live service did not answer ({type(error).__name__})"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return key, [], "the live service gave an answer that makes no sense"
    return key, [Opinion(key, (r.id, *sorted(r.aliases)), tuple(map(str, r.fix_versions))) for r in results], ""


def _demand_whole_answer(response: Response, **_: object) -> None:
    """Refuse an answer that pip-audit would take for "nothing known": an odd shape, or one page of several.

    Source: https://google.github.io/osv.dev/post-v1-query/

    Raises:
        ValueError: the answer is not what the service's description says.
    """
    if not response.ok:
        return
    answer = response.json()
    records = answer.get("vulns", [])
    if not isinstance(records, list) or not all(isinstance(r["id"], str) for r in records):
        raise ValueError("records without an id")
    if answer.get("next_page_token"):
        raise ValueError("there are more pages")
