"""What launchers are told to fetch: npm, Python, JSR, Go and image specifiers made packages, pinned or not."""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.model.package import Package

_EXACT_NPM = re.compile(r"[vV=]{0,2}(\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)").fullmatch
_EXACT_PYPI = re.compile(r"[vV]?\d[\w.+!-]*").fullmatch
_PYPI = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:(@|===?|[<>~!]=?)\s*(.*))?").fullmatch
_NPM = re.compile(r"((?:@[\w.~-]+/)?[\w.~-]+)(?:@(.*))?").fullmatch
_COMMIT = re.compile(r"[0-9a-f]{40}").fullmatch
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
_IMAGE = re.compile(r"(?:[\w.-]+(?::\d+)?/)?[\w.-]+(?:/[\w.-]+)*").fullmatch
_URL = re.compile(r"(?i)https?://(?:[^/@\s]*@)?(\[[^\]\s]+\]|[\w-][\w.-]*)(?=[/:?#\s\"']|$)").match


class Launch(NamedTuple):
    """One thing that a command fetches or runs.

    Attributes:
        package: a package (npm, PyPI, JSR, Go), an ``image``, a ``service`` (a URL that is fetched or connected to),
            or an ``agent-tool`` with source local: a program that is on the machine already.
        runner: how: ``npx``, ``uvx``, ``docker run``, ``pip install``, ``mcp-remote``, ``curl | sh`` ...
        revision: version, tag, branch or digest as written; "" when there is none.
        pinned: yes where tomorrow's run takes the same bytes or the same release, no, or unknown.
        endpoint: URL of a service.
    """

    package: Package
    runner: str
    revision: str = ""
    pinned: str = "no"
    endpoint: str = ""


def npm(spec: str, runner: str) -> Launch | None:
    """Return the npm package of ``name``, ``name@version``, ``@scope/name@tag``, ``github:o/r`` or a URL."""
    alias, marker, real = spec.partition("@npm:")
    spec = real if marker and alias else spec.removeprefix("npm:")
    found = _NPM(spec)
    if found is None:
        return _repository("npm", spec, runner)
    name, version = found[1], found[2] or ""
    exact = _EXACT_NPM(version)
    package = Package("npm", name, exact[1] if exact else None)
    return Launch(package, runner, version, "yes" if exact else "no")


def pypi(spec: str, runner: str) -> Launch | None:
    """Return the Python package of ``name``, ``name[extra]==1``, ``name@1``, ``name>=1`` or a URL."""
    name, marker, url = spec.partition("@")
    if "://" in spec:
        direct = url.strip() if marker and "://" not in name else spec
        return _repository("PyPI", direct, runner, name if direct != spec else "")
    found = _PYPI(spec.partition(";")[0].strip())
    if found is None:
        return None
    operator, version = found[2] or "", (found[3] or "").strip()
    exact = operator in {"@", "==", "==="} and _EXACT_PYPI(version) is not None
    package = Package("PyPI", normalise(found[1]), version if exact else None)
    return Launch(package, runner, version if operator in {"@", "==", "==="} else operator + version, _yes(exact))


def jsr(spec: str, runner: str) -> Launch | None:
    """Return the JSR package of ``jsr:@scope/name@version``."""
    found = _NPM(spec.removeprefix("jsr:").removeprefix("/"))
    if found is None:
        return None
    exact = _EXACT_NPM(found[2] or "")
    return Launch(Package("JSR", found[1], exact[1] if exact else None, "jsr"), runner, found[2] or "", _yes(exact))


def go(spec: str, runner: str) -> Launch | None:
    """Return the Go module of ``host/path@version``."""
    name, _, version = spec.partition("@")
    if "." not in name.partition("/")[0] or "/" not in name or name.startswith("."):
        return None
    exact = re.fullmatch(r"v\d+\.\d+\.\d+\S*", version) is not None
    return Launch(Package("Go", name, version if exact else None), runner, version, _yes(exact))


def image(spec: str, runner: str) -> Launch | None:
    """Return the container image of ``[registry/]name[:tag][@digest]``; one that stands alone is of ``library/``."""
    rest, _, digest = spec.partition("@")
    head, slash, tail = rest.rpartition("/")
    name, _, tag = tail.partition(":")
    full = f"{head}{slash}{name}"
    if _IMAGE(full) is None:
        return None
    full = full if slash else f"library/{full}"
    fixed = _DIGEST(digest) is not None
    package = Package("image", full, tag or None, "image", hashes=(digest,) if fixed else ())
    return Launch(package, runner, digest or tag, _yes(fixed))


def service(url: str, runner: str) -> Launch | None:
    """Return the service behind an http(s) URL: its host is its name."""
    found = _URL(url)
    if found is None:
        return None
    return Launch(Package("service", found[1].lower(), None, "service"), runner, "", "unknown", url)


def local(program: str, runner: str) -> Launch | None:
    """Return a program that is on the machine: nothing is fetched for it."""
    return Launch(Package("agent-tool", program[:200], None, "local"), runner, "", "unknown") if program else None


def _repository(ecosystem: str, spec: str, runner: str, name: str = "") -> Launch | None:
    """Return a package from a repository or URL; None for a path."""
    if spec.startswith((".", "/", "~", "-", "$")) or (":" not in spec and "/" not in spec):
        return None
    plain, _, fragment = spec.partition("#")
    git = spec.startswith(("git+", "git:", "github:", "gitlab:", "bitbucket:", "gist:")) or "://" not in spec
    # After the host an @ begins the revision (pip's VCS support); before it, it ends the user's name.
    tail = plain.partition("://")[2].partition("/")[2] if "://" in plain else plain
    revision = fragment if ecosystem == "npm" else tail.rpartition("@")[2] if "@" in tail else ""
    commit = revision if _COMMIT(revision) else ""
    if ecosystem == "PyPI":
        last = name.strip() or plain.rstrip("/").rpartition("/")[2].partition("@")[0].removesuffix(".git")
        name = normalise(last.partition("[")[0])
    else:
        name = plain
    package = Package(ecosystem, name, None, "git" if git else "url", url=spec, commit=commit)
    return Launch(package, runner, revision, _yes(commit)) if name else None


def _yes(fact: object) -> str:
    return "yes" if fact else "no"
