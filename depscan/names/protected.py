"""The names that are worth imitating in one ecosystem: the most downloaded ones and the hand-kept lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.intel.name_table import AI, SCOPED, SUMMARY
from depscan.names.lists import name_list
from depscan.names.spelling import squash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.intel.name_table import NameTable

POPULAR, SHORT_FORM = "popular", "short form"
IMPORTS, SCOPED_NAME = "imports", "name of a vendor's scope"
_TYPES = "@types/"
"""The scope of type declarations: what has such a name without the scope is the package that is declared."""
_BEYOND = 15_001
"""The place that names have which are not among the most downloaded."""
_BEST_KNOWN, _LONG_ENOUGH = 2000, 5
LISTS = {
    "imports": "import name",
    "unlisted": "project",
    "brands": "brand",
    "organisations": "publisher",
    "actions": "action",
}
"""Hand-kept lists whose names are protected, to what a name of theirs is called."""


class Target(NamedTuple):
    """A name that is worth imitating.

    Attributes:
        name: normalised; the package that is meant.
        spelled: what the suspect's spelling is compared with: mostly the name itself, or an import name, or the name
            without its version digit.
        squashed: ``spelled`` without separators.
        rank: place among the most downloaded, from 1; for names of hand-kept lists the one the list gives.
        ai: whether it is an AI, machine-learning or data-science package.
        kind: popular, or what the list calls its names.
        note: for names of hand-kept lists what the list says, such as the package that is meant.
    """

    name: str
    spelled: str
    squashed: str
    rank: int
    ai: bool
    kind: str = POPULAR
    note: str = ""


class Protected:
    """The protected names of one ecosystem.

    Attributes:
        ecosystem: OSV name, or huggingface.
        names: the popular names, normalised.
    """

    def __init__(self, ecosystem: str, table: NameTable) -> None:
        """Read the names.

        Raises:
            IntelError: the table is damaged.
            RuleError: a hand-kept list is wrong.
        """
        self.ecosystem = ecosystem
        raw = table.text(ecosystem)
        self._popular = raw.split("\n") if raw else []
        self._ai = table.text(ecosystem + AI)
        scoped = table.text(ecosystem + SCOPED)
        self._scoped = scoped.split("\n") if scoped else []
        self._listed: list[Target] | None = None
        self._by_squashed: dict[str, int] | None = None
        self.names = frozenset(self._popular)
        self._raw = f"\n{raw}"
        self._targets: dict[int, Target] = {}
        self._squashed: list[str] | None = None
        self._families: dict[str, int] = {}
        self._table = table
        self._summaries: dict[str, str] | None = None
        self._later: dict[str, str] | None = None
        self._by_last: dict[str, list[int]] | None = None

    def __len__(self) -> int:
        return len(self._popular) + len(self._lists())

    def popular(self, name: str) -> bool:
        """Return whether a normalised name is itself among the most downloaded: such a name never alarms."""
        return name in self.names

    def rank(self, name: str) -> int:
        """Return the place of a popular name, from 1; 0 for others."""
        return self._popular.index(name) + 1 if name in self.names else 0

    def target(self, index: int) -> Target:
        """Return a name by its index: popular ones by rank, then those of the lists."""
        held = self._targets.get(index)
        if held is None:
            held = self._targets[index] = self._target(index)
        return held

    def _target(self, index: int) -> Target:
        if index >= len(self._popular):
            return self._lists()[index - len(self._popular)]
        name = self._popular[index]
        meant = self._successors().get(name, name)
        return Target(meant, name, squash(name), index + 1, self._ai[index : index + 1] == "1")

    def index(self, squashed: str) -> int:
        """Return the index of the first (most popular) name with this squashed form, or -1."""
        if self._by_squashed is None:
            self._by_squashed = {}
            for i, key in enumerate(self.squashed()):
                self._by_squashed.setdefault(key, i)
        return self._by_squashed.get(squashed, -1)

    def summary(self, name: str) -> str:
        """Return the fingerprint of a popular name's description; "" when there is none."""
        if self._summaries is None:
            raw = self._table.text(self.ecosystem + SUMMARY)
            self._summaries = dict(zip(self._popular, raw.split("\n"), strict=False)) if raw else {}
        return self._summaries.get(name, "")

    def unscoped(self, squashed: str) -> list[int]:
        """Return the indexes of the scoped names whose part behind the scope has this squashed form (npm)."""
        if self._by_last is None:
            self._by_last = {}
            scoped = [
                (i, name) for i, name in enumerate(self._popular) if name[0] == "@" and not name.startswith(_TYPES)
            ]
            scoped += [(len(self._popular) + i, t.name) for i, t in enumerate(self._lists()) if t.kind == SCOPED_NAME]
            for i, name in scoped:
                self._by_last.setdefault(squash(name.partition("/")[2]), []).append(i)
        return self._by_last.get(squashed, [])

    def squashed(self) -> list[str]:
        """Return every squashed name, in the order of the indexes."""
        if self._squashed is None:
            plain = "\n".join(self._popular).translate(_DROP).split("\n") if self._popular else []
            self._squashed = plain + [t.squashed for t in self._lists()]
        return self._squashed

    def spelled(self) -> list[str]:
        """Return every name as it is compared, in the order of the indexes."""
        return self._popular + [t.spelled for t in self._lists()]

    def text(self) -> str:
        """Return the squashed names, one a line with a line break before and behind each, for ``str.find``."""
        return "\n".join(["", *self.squashed(), ""])

    def family(self, word: str) -> int:
        """Return how many popular names begin with ``word`` and a separator."""
        if word not in self._families:
            self._families[word] = self._raw.count(f"\n{word}-")
        return self._families[word]

    def _lists(self) -> list[Target]:
        if self._listed is None:
            made = dict(self._short_forms())
            for key, kind in LISTS.items():
                held = name_list(key)
                if self.ecosystem in held.ecosystems:
                    for name, note in held.names.items():
                        owner = name.partition("/")[0]  # of an action: nobody else can add one below it
                        low = owner.lower()
                        if low not in self.names:
                            meant = note if key == IMPORTS else owner
                            made.setdefault(low, Target(meant, low, squash(low), held.rank, held.ai, kind, note))
            for name in self._scoped:
                made.setdefault(name, Target(name, name, squash(name), _BEYOND, False, SCOPED_NAME))
            self._listed = list(made.values())
        return self._listed

    def _successors(self) -> dict[str, str]:
        """Return popular names with a more popular twin that has a version digit: beautifulsoup to beautifulsoup4."""
        if self._later is None:
            self._later = {}
            for i, name in enumerate(self._popular[:_BEST_KNOWN]):
                bare = name.rstrip("0123456789").rstrip("-")
                if bare != name and bare in self.names and self._popular.index(bare) > i:
                    self._later[bare] = name
        return self._later

    def _short_forms(self) -> Iterator[tuple[str, Target]]:
        """Yield the best known names without what people forget: the 4 of beautifulsoup4, the .js of discord.js."""
        for i, name in enumerate(self._popular):
            bare = name.removesuffix(".js")
            if i < _BEST_KNOWN:
                bare = bare.rstrip("0123456789").rstrip("-")
            if bare != name and bare not in self.names and len(squash(bare)) >= _LONG_ENOUGH:
                yield bare, Target(name, bare, squash(bare), i + 1, self._ai[i : i + 1] == "1", SHORT_FORM)


_DROP = str.maketrans("", "", "-_./@")
