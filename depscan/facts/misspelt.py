"""Requirements that are spelled almost, but not quite, like what the code imports: a clone that brings its payload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.artifacts.identity import EGG, FOLDER, SDIST, WHEEL, suffix
from depscan.facts.fact import INSTALL, Fact

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Surface
    from depscan.facts.sink import Sink

_KINDS = frozenset({SDIST, WHEEL, EGG, FOLDER})
_MOST_MEMBERS = 40
_HEAD = 1 << 13
_SHORTEST = 10
_MOST_MOVED = 4
_MOST_NAMES = 200
_IMPORT = re.compile(rb"(?m)^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w{8,80})")
_REQUIRES = re.compile(r"(?m)^(?:Requires-Dist:[ \t]*)?([A-Za-z][\w.-]{8,80})[ \t]*(?:[<>=!~;(\[].*)?$")
_NAMED = re.compile(r"(?m)^Name:[ \t]*([\w.-]{5,80})[ \t]*\r?$")
_TITLE = re.compile(r"\n\r?\n(?:[=#*~ \t\r\n-]*[\r\n \t])?([A-Za-z][\w.-]{4,80})[ \t]*\r?\n")
_FEWEST_WORDS = 3
_DIST = re.compile(r"(?m)^Requires-Dist:[ \t]*([A-Za-z][\w.-]{8,80})")


def read_misspelt(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Add a fact ``package.shape`` for a requirement one slip away from an import, and for a name with words swapped.

    Both names have ten letters or more, begin alike and differ by letters that changed places or by one letter;
    the imported one is neither required by its right name nor part of the package.
    """
    if artifact.kind not in _KINDS:
        return
    members = [m for m in artifact.members if not m.container]
    _swapped(members, sink)
    if len(artifact.members) > _MOST_MEMBERS:
        return
    required = _required(members)
    if not required:
        return
    imported = _imported(members) - set(required) - {_plain(name) for name in surface.top_level}
    for name, path in sorted(required.items()):
        meant = next((other for other in sorted(imported) if _slip(name, other)), "")
        if meant:
            sink.add(Fact("package.shape", INSTALL, path, 1, "", ("misspelt-requirement", name, meant)))


def _swapped(members: list[Member], sink: Sink) -> None:
    """Tell where the text of a package calls it by the words of its name in another order."""
    for member in members:
        if member.path in {"PKG-INFO", "METADATA"} or member.path.endswith(".dist-info/METADATA"):
            text = member.read()[:_HEAD].decode("utf-8", "replace")
            name, title = _NAMED.search(text), _TITLE.search(text)
            mine = _plain(name[1]).split("_") if name else []
            other = _plain(title[1]).split("_") if title else []
            if len(mine) >= _FEWEST_WORDS and mine != other and sorted(mine) == sorted(other):
                values = ("swapped-name", "-".join(mine), "-".join(other))
                sink.add(Fact("package.shape", INSTALL, member.path, 1, "", values))


def _required(members: list[Member]) -> dict[str, str]:
    """Return the normalised requirements and the file each stands in."""
    found: dict[str, str] = {}
    for member in members:
        name = member.path.rpartition("/")[2]
        pattern = _REQUIRES if name == "requires.txt" else _DIST if name in {"METADATA", "PKG-INFO"} else None
        if pattern is not None:
            text = member.read()[:_HEAD].decode("utf-8", "replace")
            for match in list(pattern.finditer(text))[:_MOST_NAMES]:
                found.setdefault(_plain(match[1]), member.path)
    return {name: path for name, path in found.items() if len(name) >= _SHORTEST}


def _imported(members: list[Member]) -> set[str]:
    found: set[str] = set()
    for member in members:
        if suffix(member.path) == ".py" and len(found) < _MOST_NAMES:
            found.update(_plain(name.decode("ascii", "replace")) for name in _IMPORT.findall(member.read()[:_HEAD]))
    return {name for name in found if len(name) >= _SHORTEST}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _slip(name: str, meant: str) -> bool:
    """Whether a name is another one with letters that changed places, or with one letter wrong."""
    if len(name) != len(meant) or name[0] != meant[0] or name[-1] != meant[-1]:
        return False
    wrong = [(a, b) for a, b in zip(name, meant, strict=True) if a != b]
    if len(wrong) == 1:
        return wrong[0][0].isalpha() and wrong[0][1].isalpha()
    return 0 < len(wrong) <= _MOST_MOVED and sorted(name) == sorted(meant)
