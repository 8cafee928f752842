"""What a release needs: requirements from its metadata, and the packages its build needs.

Sources: core metadata (Requires-Dist), PEP 518 (build requirements), setuptools' requires.txt, package.json,
conda's index.json.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from depscan.artifacts.artifact import Member

_MOST = 4 << 20
_MOST_LINES = 2000
_LONGEST = 500
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]*)['"]""")
_NPM_GROUPS = {"dependencies": "runtime", "optionalDependencies": "optional", "peerDependencies": "peer"}
_REGISTRY_RANGE = re.compile(
    r"[\s\d.*xX^~<>=|v+a-zA-Z-]*(?:npm:(?:@[\w.-]+/)?[\w.-]+@?)?[\s\d.*xX^~<>=|\w+-]*"
).fullmatch


class Requirement(NamedTuple):
    """One requirement of a release.

    Attributes:
        ecosystem: PyPI, npm or conda.
        name: normalised by PEP 503 for PyPI, as written elsewhere.
        text: as written, without the name's own spelling mattering.
        group: runtime, extra (installed only when asked for), optional (npm installs it when it can), peer or build.
        direct: it names a URL, a repository or a path instead of a version of an index.
    """

    ecosystem: str
    name: str
    text: str
    group: str = "runtime"
    direct: bool = False


def requirements(members: Mapping[str, Member], kind: str) -> list[Requirement]:
    """Return the requirements that an artifact's own metadata state.

    Args:
        members: by path, without nested archives.
        kind: see ``Artifact.kind``.
    """
    if kind == "conda":
        return _conda(members)
    found = _npm(members) if "package.json" in members and kind in {"npm", "folder"} else []
    return list(dict.fromkeys([*found, *_python(members), *_build(members)]))[:_MOST_LINES]


def _read(members: Mapping[str, Member], path: str) -> bytes:
    member = members.get(path)
    return member.read()[:_MOST] if member is not None else b""


def metadata_path(members: Mapping[str, Member]) -> str:
    """Return the path of the core metadata: of a wheel, an egg or an sdist; "" without any."""
    for path in members:
        if path.endswith(".dist-info/METADATA") and path.count("/") == 1:
            return path
    return next((p for p in ("PKG-INFO", "EGG-INFO/PKG-INFO") if p in members), "")


def _python(members: Mapping[str, Member]) -> Iterator[Requirement]:
    path = metadata_path(members)
    lines = headers(_read(members, path)).get("requires-dist", []) if path else []
    if not lines:
        lines = _legacy(members)
    if not lines and not path.endswith("METADATA"):
        project = toml(_read(members, "pyproject.toml")).get("project")
        lines = _texts(project.get("dependencies")) if isinstance(project, dict) else []
    for line in lines:
        if made := python_requirement(line):
            yield made


def python_requirement(line: str, group: str = "") -> Requirement | None:
    """Return a PEP 508 text as a requirement; None when it starts with no name."""
    found = _NAME.match(line.strip())
    if found is None:
        return None
    name = re.sub(r"[-_.]+", "-", found[0]).lower()
    text = " ".join(line.split())[:500]
    specifier, _, marker = text.partition(";")
    group = group or ("extra" if _EXTRA.search(marker) else "runtime")
    return Requirement("PyPI", name, text, group, "@" in specifier.partition("]")[2] or " @" in specifier)


def canonical(requirement: Requirement) -> str:
    """Return a requirement's text in one spelling: order, blanks, quotes and the name's capitals do not matter."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Pep508

    if requirement.ecosystem != "PyPI":
        return requirement.text
    try:
        read = Pep508(requirement.text)
    except InvalidRequirement:
        return requirement.text
    extras = f"[{','.join(sorted(read.extras))}]" if read.extras else ""
    place = f" @ {read.url}" if read.url else ",".join(sorted(map(str, read.specifier)))
    return f"{requirement.name}{extras}{place}; {read.marker or ''}".rstrip("; ")


def _legacy(members: Mapping[str, Member]) -> list[str]:
    """Return the lines of setuptools' requires.txt, the sections with extras marked as such."""
    paths = [p for p in members if p.endswith("/requires.txt") and (".egg-info/" in p or "EGG-INFO/" in p)]
    found: list[str] = []
    extra = ""
    for line in _read(members, min(paths, key=len)).decode("utf-8", "replace").splitlines() if paths else ():
        text = line.strip()
        if text.startswith("["):
            extra = text.strip("[]").partition(":")[0]
        elif text and not text.startswith("#"):
            found.append(f'{text}; extra == "{extra}"' if extra else text)
    return found


def _build(members: Mapping[str, Member]) -> Iterator[Requirement]:
    build = toml(_read(members, "pyproject.toml")).get("build-system")
    if isinstance(build, dict):
        for line in _texts(build.get("requires")):
            if made := python_requirement(line, "build"):
                yield made


def _npm(members: Mapping[str, Member]) -> list[Requirement]:
    from depscan.artifacts.identity import load_json

    manifest = load_json(_read(members, "package.json"))
    found: list[Requirement] = []
    for key, group in _NPM_GROUPS.items():
        table = manifest.get(key)
        for name, wanted in table.items() if isinstance(table, dict) else ():
            text = wanted if isinstance(wanted, str) else ""
            direct = len(text) > _LONGEST or _REGISTRY_RANGE(text) is None
            found.append(Requirement("npm", str(name)[:214], f"{name} {text}"[:500], group, direct))
    return found


def _conda(members: Mapping[str, Member]) -> list[Requirement]:
    from depscan.artifacts.identity import load_json

    index = load_json(_read(members, "info/index.json"))
    lines = _texts(index.get("depends"))
    return [Requirement("conda", line.split()[0], " ".join(line.split())[:500]) for line in lines if line.split()]


def headers(data: bytes) -> dict[str, list[str]]:
    """Return the header fields of core metadata by lower-cased name, folded lines joined."""
    head = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    found: dict[str, list[str]] = {}
    key = ""
    for line in head.split("\n"):
        if line[:1] in {" ", "\t"} and key:
            found[key][-1] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if colon and name:
            key = name.strip().lower()
            found.setdefault(key, []).append(value.strip())
    return found


def toml(data: bytes) -> dict[str, Any]:
    """Return a TOML document; {} when it is none."""
    import tomli

    if not data:
        return {}
    try:
        return tomli.loads(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
