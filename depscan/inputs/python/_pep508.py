"""Requirement texts: names, extras, constraints, markers, URLs and file names, read with a few cheap patterns.

Sources: https://packaging.python.org/en/latest/specifications/dependency-specifiers/ (PEP 508, PEP 440),
https://pip.pypa.io/en/stable/topics/vcs-support/, wheel file names (PEP 427) and sdist file names (PEP 625).
Nothing is expanded, resolved or normalised except the name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.model.package import Package

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.model.location import Route

_HEAD = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\[\]]*)\])?\s*").match
_CLAUSE = re.compile(
    r"\s*(?:===\s*[^\s,;()<>=~]+|==\s*[^\s,;()<>=~'\"]+|(?:~=|!=|<=|>=|<|>)\s*[A-Za-z0-9_.*+!-]+)\s*"
).fullmatch
"""A version that PEP 440 does not know is still what the file pins: matching then says "cannot decide"."""
_EXTRA = re.compile(r"[A-Za-z0-9][\w.-]*").fullmatch
_MARKER = re.compile(r"\s;|;\s").search
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git://|(?:ssh|git)://git@|git@[\w.-]+:", re.IGNORECASE).match
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|file:").match
_COMMIT = re.compile(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?").fullmatch
_FRAGMENT_HASH = re.compile(r"(?:^|&)(md5|sha1|sha224|sha256|sha384|sha512)=([0-9a-fA-F]+)").findall
_EGG = re.compile(r"(?:^|&)egg=([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?").search
_VERSION = re.compile(r"v?\d[A-Za-z0-9.+!_]*").fullmatch
_PATH_EXTRAS = re.compile(r"(.+?)\[([^\[\]]*)\]").fullmatch
_SDIST = (".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar", ".zip")
_ARCHIVES = (".whl", *_SDIST)
PLACEHOLDERS = ("{{", "{%", "${", "<%")
"""Marks of templates and environment variables: what stands there is not known from the file."""
is_open = re.compile(r"[{}$%]").search
"""Finds a hole that something fills when it runs (``{}``, ``%s``, ``${V}``): no version holds these characters."""


class NotARequirement(ValueError):  # noqa: N818 - it says what the text is
    """The text is no requirement; the message says why."""


class Requirement(NamedTuple):
    """One request as written.

    Attributes:
        name: raw name; "" where only a URL or path is given and neither names the package.
        extras: as written.
        specifier: version constraint as written, without enclosing parentheses.
        url: URL or path; "" for a plain requirement.
        marker: environment marker as written.
    """

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ""
    url: str = ""
    marker: str = ""

    @property
    def requested(self) -> str:
        """Return extras and constraint or URL as an edge shows them."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        constraint = extras + self.specifier
        if not self.url:
            return constraint
        return f"{constraint} @ {self.url}" if constraint else f"@ {self.url}"


def read_requirement(text: str, *, paths: bool = False) -> Requirement:
    """Read one requirement.

    Args:
        text: without comment and per-line options.
        paths: True where bare URLs, local paths and archive names count (pip's files, not metadata).

    Raises:
        NotARequirement: it is none.
    """
    found = _HEAD(text)
    if found is None or (paths and found[1].lower().endswith(_ARCHIVES)):
        return _bare(text.strip(), paths)
    name, rest = found[1], text[found.end() :]
    if rest[:1] not in {"", "@", "=", "<", ">", "!", "~", "(", ";", ","} or (name == "git" and _VCS(text.lstrip())):
        return _bare(text.strip(), paths)
    extras = _extras(found[2])
    if rest.startswith("@"):
        url, marker = _cut_marker(rest[1:].strip())
        if not url:
            raise NotARequirement("no URL after @")
        return Requirement(name, extras, "", url, marker)
    constraint, _, marker = rest.partition(";")
    return Requirement(name, extras, _constraint(constraint.strip()), "", marker.strip())


def _extras(text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    extras = tuple(e for e in (part.strip() for part in text.split(",")) if e)
    if not all(map(_EXTRA, extras)):
        raise NotARequirement(f"invalid extras [{text[:80]}]")
    return extras


def _constraint(text: str) -> str:
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    for clause in text.split(","):
        if clause.strip() and not _CLAUSE(clause) and not is_open(clause):
            hint = ", one = is conda's" if re.match(r"\s*=[^=]", clause) else ""
            raise NotARequirement(f"invalid version constraint {text[:80]!r}{hint}")
    return text


def _cut_marker(text: str) -> tuple[str, str]:
    """Split ``URL ; marker``: a semicolon belongs to the URL unless white space stands beside it."""
    found = _MARKER(text)
    if found:
        return text[: found.start()].strip(), text[found.end() :].strip()
    return text, ""


def _bare(text: str, paths: bool) -> Requirement:  # noqa: FBT001 - passed on
    url, marker = _cut_marker(text)
    if not paths:
        raise NotARequirement(f"not a requirement: {text[:80]!r}")
    if not _VCS(url) and not _SCHEME(url) and not is_path(url):
        raise NotARequirement(f"not a requirement: {text[:80]!r}")
    if " " in url and not is_path(url.partition(" ")[0]) and not url.startswith((".", "/", "~")):
        raise NotARequirement(f"not a requirement: {text[:80]!r}")
    return bare_url(url, marker)


def bare_url(url: str, marker: str = "") -> Requirement:
    """Return a requirement that is only a URL or a path: named by ``#egg=`` or its file name, if at all."""
    extras: tuple[str, ...] = ()
    found = _EGG(url.partition("#")[2])
    if found:
        return Requirement(found[1], _extras(found[2]), "", url, marker)
    with_extras = _PATH_EXTRAS(url)
    if with_extras and "#" not in url:
        url, extras = with_extras[1], _extras(with_extras[2])
    return Requirement(file_name(url)[0], extras, "", url, marker)


def is_path(text: str) -> bool:
    """Return whether pip would take ``text`` for a local path or archive."""
    bare = text.partition("[")[0].rstrip().lower()
    return bare.startswith((".", "/", "~")) or "/" in bare or "\\" in bare or bare.endswith(_ARCHIVES)


def file_name(url: str) -> tuple[str, str]:
    """Return (name, version) that a wheel or sdist file name states, each "" where it does not."""
    last = url.partition("#")[0].partition("?")[0].rstrip("/").replace("\\", "/").rpartition("/")[2]
    if "%" in last:
        from urllib.parse import unquote

        last = unquote(last)
    lowered = last.lower()
    if lowered.endswith(".whl"):
        parts = last[:-4].split("-")
        return (parts[0], parts[1]) if len(parts) in {5, 6} and _HEAD(parts[0]) else ("", "")
    for ending in _SDIST:
        if lowered.endswith(ending):
            name, _, version = last[: -len(ending)].rpartition("-")
            found = _HEAD(name)
            whole = found is not None and found.end() == len(name)
            return (name, version) if whole and _VERSION(version) else ("", "")
    return "", ""


def pinned(specifier: str) -> str | None:
    """Return the version of a single ``==`` or ``===`` without wildcard, as written; None otherwise."""
    text = specifier.strip()
    if not text.startswith("=="):
        return None
    text = text.rstrip(", ")
    version = text[3:].strip() if text.startswith("===") else text[2:].strip()
    if not version or "*" in version or "," in version or is_open(version):
        return None
    return version


def package_of(want: Requirement, hashes: tuple[str, ...] = (), registry: str = "") -> Package:
    """Return the package a requirement asks for, with its source, commit and hashes."""
    if not want.url:
        name = normalise(want.name)
        raw = want.name if want.name != name else ""
        return Package("PyPI", name, pinned(want.specifier), "registry", raw, registry, "", "", hashes)
    url = want.url
    body, _, fragment = url.partition("#")
    kind, commit, version = "url", "", file_name(url)[1] or pinned(want.specifier)
    if _VCS(url):
        kind, version, commit = "git", pinned(want.specifier), revision(body)
    elif url.startswith("file:") or not _SCHEME(url) or re.match(r"[A-Za-z]:[\\/]", url):
        kind = "local"
    hashes += tuple(f"{a}:{h}" for a, h in _FRAGMENT_HASH(fragment))
    if not want.name:
        last = body.rstrip("/").replace("\\", "/").rpartition("/")[2] or body
        last = last.partition("@")[0].removesuffix(".git") or body
        return Package("project", last, version, kind, "", "", url, commit, hashes)
    name = normalise(want.name)
    return Package("PyPI", name, version, kind, want.name if want.name != name else "", "", url, commit, hashes)


def revision(url: str) -> str:
    """Return the full commit a VCS URL (without fragment) is fixed to; "" for a branch, a tag or none."""
    rev = url.rpartition("@")[2]
    return rev.lower() if _COMMIT(rev) else ""


def request(
    document: Document,
    text: object,
    label: str,
    at: Route,
    *,
    marker: str = "",
    paths: bool = False,
) -> None:
    """Add the requirement ``text`` of a metadata file below the root; what cannot be read becomes a problem.

    Args:
        document: with its root set.
        text: a value of the file, any type.
        label: edge label.
        at: where it stands.
        marker: a condition the file states around the requirement.
        paths: see ``read_requirement``.
    """
    if not isinstance(text, str):
        document.problem(f"a requirement should be a text, not {type(text).__name__}", at)
        return
    try:
        want = read_requirement(text, paths=paths)
    except NotARequirement as error:
        reason = "a template, not a requirement" if any(m in text for m in PLACEHOLDERS) else str(error)
        document.problem(f"{reason}: {text[:80]!r}" if reason.startswith("a ") else reason, at)
        return
    add_request(document, want, label, at, marker=marker)


def add_request(
    document: Document, want: Requirement, label: str, at: Route, *, marker: str = "", registry: str = ""
) -> None:
    """Add a requirement below the root; the project asking for itself (extra of extras) is no package."""
    package = package_of(want, (), registry)
    root = document.nodes[document.root]
    if package.ecosystem == "PyPI" and package.name == normalise(root.name) and not want.url:
        return
    if is_open(want.specifier):
        document.problem(f"the version of {want.name} is a placeholder, not known from the file", at)
    both = f"({marker}) and ({want.marker})" if marker and want.marker else marker or want.marker
    document.link(document.root, document.add(package, at), label, marker=both, requested=want.requested, at=at)
