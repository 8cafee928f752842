"""Judging names of one ecosystem: the entrance of this package.

judge = Judge("PyPI", open_table())
judge.judge("reqeusts").tier          # "block"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.ecosystems import ecosystem as rules_of
from depscan.names.cases import cases_of
from depscan.names.composed import composed
from depscan.names.edits import Edit
from depscan.names.evidence import TEXTS, sentences
from depscan.names.known import known
from depscan.names.near import DeletionIndex, TextSearch
from depscan.names.points import Scorer, points_of
from depscan.names.protected import Protected
from depscan.names.sieve import sieve
from depscan.names.signals import Case, Surroundings
from depscan.names.spelling import plain
from depscan.names.texts import standing, trick
from depscan.names.verdict import BLOCK, IMITATION, NONE, SCRIPT, UNCLAIMED, WARN, Facts, Verdict, nothing
from depscan.names.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from depscan.intel.name_table import NameTable

LONGEST = 214
"""Longest name that is looked at; npm allows no longer ones, and nobody mistypes one."""
REPOSITORIES = ("huggingface", "GitHub Actions")
"""Ecosystems in which a name is ``owner/name``."""
_CONFUSABLE = Edit("confusable", "", "", "")


class Judge:
    """Judges names of one ecosystem.

    Args:
        ecosystem: OSV name, or huggingface.
        table: the popular names.
        allowed: names that the user vouches for, as written.
    """

    def __init__(self, ecosystem: str, table: NameTable, allowed: Iterable[str] = ()) -> None:
        """Prepare the names.

        Raises:
            IntelError: the table is damaged.
            RuleError: a list or table of points is wrong.
        """
        self.ecosystem = ecosystem
        self.protected = Protected(ecosystem, table)
        rules = rules_of(ecosystem)
        self._normalise: Callable[[str], str] = rules.normalise if rules and rules.normalise is not str else str.lower
        self._allowed = frozenset(map(self.normalise, allowed))
        self._points = points_of(ecosystem)
        self._imitated = {} if ecosystem in REPOSITORIES else self._points.imitated
        self._around = Surroundings(self.protected, Words(table), self._imitated)
        self._scorer = Scorer(self._points, self._around)
        self._search: TextSearch | DeletionIndex | None = None
        self._keeps: Callable[[str], bool] | None = None

    def normalise(self, name: str) -> str:
        """Return a name in the form that is compared: by the ecosystem's rules and in lower case."""
        return self._normalise(name.strip())

    def judge(self, name: str, facts: Facts | None = None, *, explain: bool = False) -> Verdict:
        """Judge one name.

        Args:
            name: as written.
            facts: what is known of the package besides its name.
            explain: whether the verdict lists the points of every signal.

        Raises:
            IntelError: the table of names is damaged.
        """
        return self._judge(name, self.normalise(name), facts, explain=explain)

    def _judge(self, name: str, low: str, facts: Facts | None, *, explain: bool) -> Verdict:
        if self.protected.popular(low) or low in self._allowed or not low or len(low) > LONGEST:
            return self._exempt(name, low)
        if self.ecosystem in REPOSITORIES:
            return self._repository(name, low, explain=explain)
        if not low.isascii():
            return self._foreign(name, low, explain=explain)
        verdict = known(name, low, self.ecosystem)
        if verdict is None:
            verdict = self._imitation(name, low, facts, explain=explain)
        if verdict.tier == NONE and "-" in low:
            verdict = composed(name, low, self.protected, facts) or verdict
        if verdict.tier == NONE and facts is not None and facts.exists is False:
            return Verdict(name, WARN, reasons=(TEXTS["missing"],), about=UNCLAIMED)
        return verdict

    def judge_many(self, names: Iterable[str]) -> Iterator[Verdict]:
        """Judge many names: the same tiers and targets as ``judge``, without hints on names of tier none.

        An index is prepared first, which pays from about a hundred names.

        Args:
            names: as written, without blanks around them.
        """
        if self.ecosystem in REPOSITORIES:
            yield from map(self.judge, names)
            return
        keeps, normalise, popular = self._prepare(), self._normalise, self.protected.names
        for name in names:
            low = normalise(name)
            if low in popular or not keeps(low):
                yield nothing(name)
            else:
                verdict = self._judge(name, low, None, explain=False)
                yield verdict if verdict.tier != NONE else nothing(name)

    def _prepare(self) -> Callable[[str], bool]:
        if self._keeps is None:
            index = DeletionIndex(self.protected)
            self._search = index
            self._keeps = sieve(self.protected, index)
        return self._keeps

    def _exempt(self, name: str, low: str) -> Verdict:
        if len(low) > LONGEST:
            return Verdict(name, reasons=(f"longer than {LONGEST} characters: not compared with anything",))
        found = known(name, low, self.ecosystem) if self.protected.popular(low) else None
        return found._replace(tier=NONE) if found else Verdict(name)

    def _imitation(self, name: str, low: str, facts: Facts | None = None, *, explain: bool) -> Verdict:
        if self._search is None:
            self._search = TextSearch(self.protected)
        best, most = None, self._points.warn
        for case in cases_of(low, self.protected, self._search):
            score = self._scorer.score(case)
            if facts is not None:
                score += self._points.facts(case, facts, self.protected)
            if score >= most and case.target.name != low:
                best, most = case, score
        if best is None:
            return Verdict(name)
        return self._verdict(name, best, most, facts, explain=explain)

    def _verdict(self, name: str, case: Case, score: float, facts: Facts | None, *, explain: bool) -> Verdict:
        target = case.target
        reasons = [trick(case), standing(case, self._imitated.get(target.name, 0))]
        if facts is not None:
            reasons += sentences(case, facts, self.protected)
        shares = tuple(self._scorer.shares(case)) if explain else ()
        install = (
            target.name if target.kind in {"popular", "short form", "import name", "name of a vendor's scope"} else ""
        )
        return Verdict(
            name, self._points.tier(score), target.name, tuple(reasons), IMITATION, round(score, 2), install, shares
        )

    def _repository(self, name: str, low: str, *, explain: bool) -> Verdict:
        """Judge ``owner/name`` by its owner: nobody else can put a repository below a known one."""
        owner, rest = low.partition("/")[0], name.strip().partition("/")[2]
        if owner in self.protected.spelled():
            return Verdict(name)
        look = self._imitation if owner.isascii() else self._foreign
        found = look(name, owner, explain=explain)
        target = f"{found.target}/{rest}" if found.target and rest else found.target
        return found._replace(target=target, install=target)

    def _foreign(self, name: str, low: str, *, explain: bool) -> Verdict:
        """Judge a name with letters that no index allows: what it looks like decides how bad that is."""
        looks = plain(low)
        index = self.protected.index("".join(c for c in looks if c.isalnum()))
        if index >= 0:
            target = self.protected.target(index)
            case = Case([looks], looks, target, _CONFUSABLE)
            shown = (trick(case), standing(case, self._imitated.get(target.name, 0)))
            return Verdict(name, BLOCK, target.name, shown, SCRIPT, install=target.name)
        near = self._imitation(name, looks, explain=explain) if looks.isascii() else Verdict(name)
        reasons = ("letters that are not ASCII: no index allows them in a name", *near.reasons)
        return near._replace(tier=near.tier if near.tier != NONE else WARN, reasons=reasons, about=SCRIPT)
