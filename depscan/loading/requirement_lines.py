"""Lines of a requirements file that come along with a model: where they make the installer take code from.

Source: pip's requirements file format; PEP 508 direct references.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Report, Step

_OPTION = re.compile(
    r"(?P<option>--extra-index-url|--index-url|--default-index|--index|--find-links|--trusted-host|--pypi-url|-i|-f)(?:\s+|=)?(?P<value>[^\s'\"]\S*)"
)
_URL = re.compile(r"(?P<vcs>(?:git|hg|svn|bzr)\+)?(?P<url>(?:https?|ftp|file|ssh)://\S+|git@\S+)")
_ADDRESS = re.compile(r"\[?[0-9a-f:.]*\d[0-9a-f:.]*\]?\Z")
_LIMIT = 20_000


def read_lines(text: str, report: Report) -> None:
    """Add a step for every line that names an index or an address of its own."""
    for number, line in enumerate(text.splitlines()[:_LIMIT], 1):
        bare = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if bare:
            read_line(bare, number, report)


def read_line(line: str, number: int, report: Report) -> None:
    """Add the step of one line, if it has any."""
    option = _OPTION.match(line)
    if option is not None:
        _index(option["option"], option["value"], line, number, report)
        return
    url = _URL.search(line)
    if url is not None:
        _direct(url["url"], line, number, report, vcs=bool(url["vcs"]))


def _index(option: str, value: str, line: str, number: int, report: Report) -> None:
    if option in {"-f", "--find-links"} and "://" not in value:
        return
    plain = option == "--trusted-host" or _plain(value)
    why = (
        "packages are taken from an index that the repository chose, without encryption or at a bare address"
        if plain else "packages are taken from an index that the repository chose, not from the user's"
    )  # fmt: skip
    report.add(
        Step("load.code", HOSTILE if plain else FOREIGN, "index-override", line, why, "", (value,), "package.install",
             line=number)
    )  # fmt: skip


def index_options(command: str) -> list[tuple[str, bool]]:
    """Return the indexes that a pip command names, and whether each is one without encryption or at a bare address."""
    found = [match["value"].strip("'\"") for match in _OPTION.finditer(command) if match["option"] != "--trusted-host"]
    return [(value, _plain(value)) for value in found if "://" in value]


def _direct(url: str, line: str, number: int, report: Report, *, vcs: bool) -> None:
    if _plain(url):
        verdict, why = HOSTILE, "a package from an address without encryption, or a bare one"
    elif vcs:
        verdict, why = ODD, "a package from a repository of source code: whatever stands there at the time"
    else:
        verdict, why = FOREIGN, "a package from an address of the repository's choice"
    report.add(Step("load.code", verdict, "direct-url", line, why, "", (url,), "package.install", line=number))


def _plain(url: str) -> bool:
    """Return whether an address is not encrypted, or has a number or this machine for a host."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return True
    if parts.scheme in {"http", "ftp", "file"} or host in {"localhost", "0.0.0.0"}:  # noqa: S104 - compared
        return True
    return bool(host) and bool(_ADDRESS.match(host))
