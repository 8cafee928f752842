"""Whether a name or purl in a policy, VEX document or baseline means the subject of a finding."""

from typing import NamedTuple

from depscan.ecosystems.pypi import normalise


class Subject(NamedTuple):
    """The parts of a purl that say which package; qualifiers and subpath are left out."""

    kind: str
    name: str
    version: str


def parse_purl(text: str) -> Subject | None:
    """Return type, name (with namespace) and version of a purl; None for what is no purl.

    https://github.com/package-url/purl-spec
    """
    if not text.startswith("pkg:"):
        return None
    from urllib.parse import unquote

    body = text[4:].partition("#")[0].partition("?")[0].strip("/")
    kind, _, rest = body.partition("/")
    name, _, version = rest.rpartition("@") if "@" in rest.lstrip("@") else (rest, "", "")
    if not kind or not name:
        return None
    name = unquote(name)
    return Subject(kind.lower(), normalise(name) if kind.lower() == "pypi" else name, unquote(version))


def means(pattern: str, subject: str) -> bool:
    """Return whether ``pattern`` (purl with or without version, plain name, or path) means ``subject``.

    A purl without a version means every version. A plain name is compared by PyPI's rules for PyPI
    packages and exactly for others. No wildcards: an exception names what it accepts.
    """
    if pattern == subject:
        return True
    held = parse_purl(subject)
    if held is None:
        return False
    wanted = parse_purl(pattern)
    if wanted is None:
        name = normalise(pattern) if held.kind == "pypi" else pattern
        return name == held.name
    return wanted[:2] == held[:2] and wanted.version in {"", held.version}
