"""Package URLs of SBOM components as packages of depscan (https://github.com/package-url/purl-spec)."""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.ecosystems import ecosystem
from depscan.model.package import Package

ECOSYSTEMS = {
    "pypi": "PyPI",
    "npm": "npm",
    "cargo": "crates.io",
    "golang": "Go",
    "maven": "Maven",
    "gem": "RubyGems",
    "nuget": "NuGet",
    "composer": "Packagist",
    "hex": "Hex",
    "pub": "Pub",
    "conda": "conda",
    "cran": "CRAN",
    "bioconductor": "Bioconductor",
    "hackage": "Hackage",
    "swift": "SwiftURL",
    "conan": "ConanCenter",
    "githubactions": "GitHub Actions",
    "jsr": "JSR",
    "julia": "Julia",
    "opam": "opam",
}
"""purl type to OSV's name of the ecosystem; other types keep their own name."""

_JOINTS = {"maven": ":"}
_SOURCES = {"conda": "conda", "JSR": "jsr", "huggingface": "hub", "GitHub Actions": "git"}
_UNKNOWN = {"", "NOASSERTION", "NONE"}
_EXACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!:~-]*").fullmatch


class Origin(NamedTuple):
    """Where a component comes from, by the qualifiers of its purl."""

    source: str
    registry: str
    url: str
    commit: str


def read_purl(text: str, hashes: tuple[str, ...] = ()) -> Package | None:
    """Return the package a purl names, or None when it is no purl.

    Args:
        text: the purl as written.
        hashes: what the SBOM says about the component's bytes.
    """
    from packageurl import PackageURL

    try:
        found = PackageURL.from_string(text)
    except (ValueError, TypeError, AttributeError):  # what the library raises for texts that are no purl
        return None
    if found.type == "oci":
        return _image(found.name, found.version or "", dict(found.qualifiers), hashes)
    known = ECOSYSTEMS.get(found.type, found.type)
    raw = _JOINTS.get(found.type, "/").join(part for part in (found.namespace, found.name) if part)
    facts = ecosystem(known) if found.type in ECOSYSTEMS else None
    name = facts.normalise(raw) if facts else raw
    origin = _origin(known, dict(found.qualifiers))
    return Package(
        known,
        name,
        found.version or None,
        origin.source,
        raw if raw != name else "",
        origin.registry,
        origin.url,
        origin.commit,
        hashes,
    )


def _image(name: str, version: str, qualifiers: dict[str, str], hashes: tuple[str, ...]) -> Package:
    """Return a container image: its purl has the digest as version, and registry and tag as qualifiers.

    https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
    """
    digest = (version,) if version.startswith("sha256:") else ()
    tag = qualifiers.get("tag") or ("" if digest else version)
    full = qualifiers.get("repository_url", "") or name
    return Package("image", full, tag or None, "image", hashes=tuple(dict.fromkeys((*digest, *hashes))))


def _origin(known: str, qualifiers: dict[str, str]) -> Origin:
    registry = qualifiers.get("repository_url", "") or qualifiers.get("channel", "")
    if vcs := qualifiers.get("vcs_url"):
        commit = vcs.rpartition("@")[2].partition("#")[0]
        return Origin("git", "", vcs, commit if _is_commit(commit) else "")
    if url := qualifiers.get("download_url"):
        return Origin("url", registry, url, "")
    return Origin(_SOURCES.get(known, "registry"), registry, "", "")


def _is_commit(text: str) -> bool:
    return len(text) in {40, 64} and all(c in "0123456789abcdef" for c in text)


def component(purl: str, name: str, version: str, hashes: tuple[str, ...]) -> Package | None:
    """Return the package of a component: by its purl, else a node of ecosystem "generic" by its name.

    Args:
        purl: "" when the SBOM gives none.
        name: as the SBOM states it.
        version: as the SBOM states it; SPDX's NOASSERTION and a range are no version.
        hashes: of the component's bytes.

    Returns:
        None when there is neither a readable purl nor a name.
    """
    stated = version.strip() if version.strip() not in _UNKNOWN and _EXACT(version.strip()) else None
    found = read_purl(purl, hashes) if purl else None
    if found is not None:
        return found if found.version or not stated else found._replace(version=stated)
    return Package("generic", name, stated, "registry", hashes=hashes) if name.strip() else None


def as_root(package: Package) -> Package:
    """Return the package an SBOM is about as the project itself: a local one."""
    kind = "project" if package.ecosystem == "generic" else package.ecosystem
    return package._replace(ecosystem=kind, source="local")


def hash_text(algorithm: str, value: str) -> str:
    """Return ``algorithm:hex``; SBOMs write SHA-256, SHA256 or sha256."""
    return f"{algorithm.lower().replace('sha-', 'sha').replace('_', '-')}:{value.lower()}"
