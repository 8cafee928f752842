"""Where an npm package comes from, read from the texts that manifests and locks use for it.

Sources: npm-package-arg (npm documentation, package-json), and the
``resolved`` texts that npm, yarn, pnpm and bun write.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.model.package import File, Package

_EXACT = re.compile(r"[v=\s]*(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\s*").fullmatch
_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})").fullmatch
_SHORTHAND = re.compile(r"[A-Za-z0-9_][\w.-]*/[\w.-]+(?:#.*)?").fullmatch
_HOSTED_TARBALL = re.compile(
    r"https?://[^/]+/[^?#]+?(?:/(?:legacy\.)?tar\.gz/|/tarball/|/get/|/archive/|/repository/archive\.tar\.gz\?(?:ref|sha)=)"
    r"([0-9a-f]{40})(?![0-9a-f])"
).match
"""Archives of one commit, as GitHub, Bitbucket and GitLab serve them."""
_REPOSITORY = re.compile(r"https?://[^/]+/[\w.-]+/[\w.-]+(?<!\.tgz)(?<!\.gz)/?#[0-9a-f]{40}").fullmatch
_GIT_PREFIXES = ("git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "ssh:")
_LOCAL_PREFIXES = ("file:", "link:", "portal:", "workspace:", "./", "../", "/", "~/", "root:")


class Origin(NamedTuple):
    """Source kind with the registry, URL or path and commit behind it; see ``Package``."""

    source: str
    registry: str = ""
    url: str = ""
    commit: str = ""


def origin(text: str, name: str) -> Origin:
    """Return where a resolved text, such as a tarball URL, points.

    Args:
        text: a URL, git address, ``file:`` path or "" for the default registry.
        name: name of the package, to find the index in a tarball URL.
    """
    if not text:
        return Origin("registry")
    if text.startswith(_LOCAL_PREFIXES):
        return Origin("local", url=text.partition(":")[2] if ":" in text.partition("/")[0] else text)
    if is_git(text):
        return Origin("git", url=text, commit=commit_of(text))
    if text.startswith(("http:", "https:")):
        return _web(text, name)
    return Origin("registry")


def _web(text: str, name: str) -> Origin:
    hosted = _HOSTED_TARBALL(text.partition("#")[0])
    if hosted:
        return Origin("git", url=text, commit=hosted[1])
    index = registry_of(text, name)
    return Origin("registry", index) if index else Origin("url", url=text)


def registry_of(url: str, name: str) -> str:
    """Return the index that a tarball URL of a registry belongs to; "" when it is no registry's URL.

    Registries serve ``INDEX/NAME/-/FILE.tgz``; some serve ``INDEX/download/NAME/VERSION/HASH``.
    """
    for shown in (name, name.replace("/", "%2f"), name.replace("/", "%2F")):
        for mark in (f"/{shown}/-/", f"/download/{shown}/"):
            at = url.find(mark)
            if at > 0:
                return url[: at + 1]
    if "/-/" not in url:
        return ""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def is_git(text: str) -> bool:
    """Return whether a dependency text names a git repository."""
    if text.startswith(_GIT_PREFIXES):
        return True
    body = text.partition("#")[0]
    if text.startswith(("http:", "https:")):
        return body.endswith(".git") or "#commit=" in text or _REPOSITORY(text) is not None
    return _SHORTHAND(text) is not None


def commit_of(text: str) -> str:
    """Return the full commit hash in the fragment of a git address, or ""."""
    fragment = text.rpartition("#")[2] if "#" in text else ""
    for part in fragment.split("&"):
        if _COMMIT(part.removeprefix("commit=")):
            return part.removeprefix("commit=")
    return ""


def exact(text: str) -> str | None:
    """Return the version when an npm range allows exactly one, else None."""
    found = _EXACT(text)
    return found[1] if found else None


def split_name(text: str) -> tuple[str, str]:
    """Split ``name@rest`` at the @ that is not the scope's; the rest is "" when there is none."""
    at = text.find("@", 1)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def unalias(name: str, spec: str) -> tuple[str, str]:
    """Return the real name and range of a request; ``npm:real@range`` names another package."""
    if not spec.startswith("npm:"):
        return name, spec
    body = spec[4:]
    if "@" in body or (exact(body) is None and re.match(r"[a-zA-Z_]", body)):
        real, wanted = split_name(body)
        return real or name, wanted
    return name, body


def requested_package(name: str, spec: str) -> Package:
    """Return the package a manifest asks for: pinned when the range allows one version only."""
    if spec.startswith(("workspace:", "catalog:")):
        kind = "local" if spec.startswith("workspace:") else "registry"
        return Package("npm", name, None, kind, url=spec if kind == "local" else "")
    real, wanted = unalias(name, spec)
    raw = name if real != name else ""
    made = origin(wanted, real)
    if made.source == "registry" and not made.registry:
        return Package("npm", real, exact(wanted), "registry", raw)
    kind = "url" if made.source == "registry" else made.source  # a manifest that names a tarball bypasses the index
    return Package("npm", real, None, kind, raw, url=made.url or wanted, commit=made.commit)


def locked_package(name: str, version: str | None, resolved: str, integrity: str, raw: str = "") -> Package:
    """Return a package of a lock.

    Args:
        name: real name.
        version: exact version or None.
        resolved: where it was fetched from; "" when the lock does not say.
        integrity: subresource-integrity text, possibly several hashes with spaces between; or "".
        raw: the name under which it is installed, when that is an alias.
    """
    made = origin(resolved, name)
    hashes = tuple(integrity.split())
    web = resolved.partition("#")[0] if resolved.startswith(("http:", "https:")) else ""
    files = (File(web, hashes[0] if hashes else ""),) if web and made.source != "git" else ()
    shown = raw if raw != name else ""
    return Package("npm", name, version, made.source, shown, made.registry, made.url, made.commit, hashes, files)
