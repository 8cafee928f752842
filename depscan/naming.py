"""The library's entrance for names: ``judge_names(["reqeusts"], "PyPI")``.

import depscan
for row in depscan.judge_names(["reqeusts", "numpy"]).rows:
    print(row.verdict.name, row.verdict.tier, row.verdict.target, row.malicious)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import IntelError
from depscan.intel.name_table import open_table
from depscan.names.judge import REPOSITORIES, Judge
from depscan.names.private import private_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.intel.name_table import NameTable
    from depscan.names.verdict import Verdict

FEW = 100
"""Up to so many names are judged one by one, with hints; for more an index is prepared first."""


class Row(NamedTuple):
    """What is known of one name.

    Attributes:
        verdict: the judgement of the name alone.
        malicious: ids of records that call the whole package malicious.
        private: the pattern of the policy that makes the name a private one; "" for none.
        rank: place among the most downloaded; 0 for others.
    """

    verdict: Verdict
    malicious: tuple[str, ...] = ()
    private: str = ""
    rank: int = 0


class Names(NamedTuple):
    """The answer about several names.

    Attributes:
        rows: one per name, in order.
        ecosystem: OSV name, or huggingface.
        source: the table of names: how many popular names, of when.
        without_advisories: why it is not known which names are listed as malicious; "" when it is.
    """

    rows: tuple[Row, ...]
    ecosystem: str
    source: str
    without_advisories: str = ""


def judge_names(
    names: Sequence[str],
    ecosystem: str = "PyPI",
    *,
    config: str = "",
    table: str = "",
    db: str = "",
    explain: bool = False,
) -> Names:
    """Judge names offline.

    Args:
        names: as written.
        ecosystem: PyPI, npm, huggingface or GitHub Actions.
        config: policy file; "" to look for one from the working directory upwards.
        table: table of names (file or folder); "" for DEPSCAN_NAMES, the user's own, or the embedded one.
        db: advisory index; "" for DEPSCAN_DB, the user's own, or the embedded one.
        explain: whether verdicts list the points of every signal.

    Raises:
        IntelError: the table of names is missing or damaged, or does not know the ecosystem.
        PolicyError: the policy file is wrong.
    """
    from depscan.policy.policy import load_policy

    policy = load_policy(config, ".")
    opened = open_table(table)
    demand(opened, ecosystem)
    judge = Judge(ecosystem, opened, policy.names.allow)
    few = len(names) <= FEW or explain
    verdicts = [judge.judge(n, explain=explain) for n in names] if few else list(judge.judge_many(names))
    listed, why = _listed(names, judge, db)
    rows = tuple(
        Row(
            v,
            listed.get(v.name, ()),
            private_pattern(judge.normalise(v.name), policy.names.private),
            _rank(judge, v, few),
        )
        for v in verdicts
    )
    return Names(rows, ecosystem, describe(opened, ecosystem), why)


def demand(table: NameTable, ecosystem: str) -> None:
    """Check that a table knows the popular names of an ecosystem: without them every name would look fine.

    Raises:
        IntelError: it does not.
    """
    if ecosystem not in table.ecosystems and ecosystem not in REPOSITORIES:
        hint = f"depscan names update {ecosystem}=LIST"
        raise IntelError(f"the table holds no popular names of {ecosystem}", path=table.path, hint=hint)


def describe(table: NameTable, ecosystem: str) -> str:
    """Return what names are compared with: how many, from where, of when."""
    given = table.meta["sources"].get(ecosystem)
    if given is None:
        return f"hand-kept lists of {ecosystem}"
    return f"{given['popular']:,} popular {ecosystem} names of {given['date']} ({table.origin} table)"


def _rank(judge: Judge, verdict: Verdict, few: bool) -> int:  # noqa: FBT001 - private
    return judge.protected.rank(judge.normalise(verdict.name)) if few else 0


def _listed(names: Sequence[str], judge: Judge, db: str) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the names that a record calls malicious as a whole, or why that is not known."""
    from depscan.intel.store import open_index
    from depscan.model.advisory import MALICIOUS

    found: dict[str, tuple[str, ...]] = {}
    try:
        with open_index(db) as index:
            if not index.covers(judge.ecosystem):
                return {}, ""
            for name in names:
                low = judge.normalise(name)
                # Records on living, popular projects mean single releases (advisories/README of the data).
                if not judge.protected.popular(low):
                    held = [a for a in index.lookup(judge.ecosystem, low) if a.kind == MALICIOUS and not a.withdrawn]
                    ids = sorted(a.id for a in held if a.whole_package or a.origin == "names" or not a.ranges)
                    if ids:
                        found[name] = tuple(ids)
    except IntelError as error:
        return {}, str(error)
    return found, ""
