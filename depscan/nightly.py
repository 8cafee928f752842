"""Read every repository of a fleet, judge every package once, and publish the night in the store.

from depscan.nightly import Plan, nightly
print(nightly(["mirrors"], Plan(store="depscan.db")).digest.new)
"""

from __future__ import annotations

import os
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.api import time_of_scan
from depscan.errors import IntelError
from depscan.fleet.code import reader
from depscan.fleet.digest import Digest, digest
from depscan.fleet.engines.engine import Options, open_engine
from depscan.fleet.harvest import Harvest, Step, uninterrupted
from depscan.fleet.match import basis, matched
from depscan.fleet.repositories import fleet_of
from depscan.fleet.shard import shard_of
from depscan.fleet.task import work
from depscan.fleet.unit import Setup
from depscan.history.records import Night
from depscan.history.ruling import placed
from depscan.history.store import Store
from depscan.intel.store import open_index
from depscan.judging import without_data
from depscan.policy.policy import load_policy
from depscan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from depscan.fleet.repositories import Fleet
    from depscan.fleet.task import Task
    from depscan.history.records import Repository, Visit
    from depscan.intel.index import Index
    from depscan.model.decision import Coverage
    from depscan.model.finding import Finding
    from depscan.policy.policy import Policy


class Plan(NamedTuple):
    """How a night is run.

    Attributes:
        store: where it is kept; "" for what the configuration says, or depscan.db.
        config: policy file; "" for what the configuration says, or the depscan.toml beside the first path.
        db, names, max_db_age, now: see ``depscan.api.Options``.
        engine: where the work is done.
        limits: of each repository, and how many worker processes there are.
        shard: part of the fleet, ``i/n``; "" for the whole.
        new_only: whether only findings that the night before did not have decide over the exit code.
        told: called for each repository that is settled.
        progress: called with a short text before what may take long.
        work: reads a repository.
    """

    store: str = ""
    config: str = ""
    db: str = ""
    names: str = ""
    max_db_age: int | None = None
    now: str = ""
    engine: str = "local"
    limits: Options = Options()
    shard: str = ""
    new_only: bool = False
    told: Callable[[Step], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None
    work: Callable[[Task], str] = work


class Done(NamedTuple):
    """What a night did.

    Attributes:
        started: RFC 3339 in UTC.
        repositories: how many were visited; ``read`` and ``unchanged`` of them.
        seconds: on the clock; ``cpu`` is what the readings took.
        snapshot: the advisory data (``SnapshotInfo`` as a dictionary); empty where none could be used.
        unjudged: why packages were not judged; "" where they were.
        store: where the night is.
        digest: what it says.
    """

    started: str
    repositories: int
    read: int
    unchanged: int
    seconds: float
    cpu: float
    snapshot: dict[str, Any]
    unjudged: str
    store: str
    digest: Digest


class _Verdict(NamedTuple):
    """What packages were judged by, what was found, what could not be looked at, and the advisories that were asked."""

    judged: str
    found: dict[int, list[Finding]]
    gaps: list[Coverage]
    snapshot: dict[str, Any]
    asked: Index | None = None


def nightly(paths: Sequence[str], plan: Plan) -> Done:
    """Run a night.

    An interrupted one (KeyboardInterrupt) has kept what it read: the next goes on from there.

    Raises:
        UsageError, PolicyError, StoreError: as they say.
    """
    begun = time.monotonic()
    started = plan.now or time_of_scan()
    shard = shard_of(plan.shard)
    fleet = _fleet(paths, plan)
    policy = load_policy(fleet.policy, _beside(paths[0], fleet.repositories))
    own = [one for one in fleet.repositories if shard.has(one.name)]
    setup = Setup(reader(), started[:10], policy.disabled_checks)
    visits, read, cpu = _visits(own, fleet.store, setup, plan)
    # A store that is opened anew has let go of what it remembered of every reading it took.
    with Store.open(fleet.store, write=True) as store:
        index, trouble = _index(plan, policy, setup.today)
        try:
            plan.progress("judging packages")
            verdict = _judge(store, index, trouble, policy, plan, setup, started)
            gaps = [*fleet.gaps, *verdict.gaps]
            unreadable = sum(bool(v.problem) for v in visits)
            more = {"seconds": round(time.monotonic() - begun, 3), "cpu": round(cpu, 3), "read": read,
                    "gaps": gaps, **placed(policy.path)}  # fmt: skip
            night = Night(0, started, time_of_scan(), __version__, str(shard), verdict.snapshot, policy.path, more)
            with uninterrupted():
                number = store.publish(night, visits, verdict.found, verdict.judged, lambda name: not shard.has(name))
            plan.progress("summing up")
            with store.database.snapshot():
                said = digest(store.database, number, policy, setup.today, verdict.asked, new_only=plan.new_only)
        finally:
            if index is not None:
                index.close()
    unchanged = max(0, len(own) - read - unreadable)
    why = next((c.why for c in verdict.gaps if not verdict.judged), "")
    return Done(
        started, len(own), read, unchanged, time.monotonic() - begun, cpu, verdict.snapshot, why, fleet.store, said
    )


def _visits(own: Sequence[Repository], place: str, setup: Setup, plan: Plan) -> tuple[Collection[Visit], int, float]:
    """Visit repositories; return what was found, how many readings were made and the seconds of CPU they took."""
    engine = open_engine(plan.engine, plan.limits)
    with Store.open(place, write=True) as store, TemporaryDirectory(prefix="depscan-night-") as room:
        store.retire(setup.today)
        harvest = Harvest(store, engine, setup, room, plan.told, plan.work)
        harvest.run(own)
        return harvest.visits.values(), harvest.read, harvest.cpu


def _fleet(paths: Sequence[str], plan: Plan) -> Fleet:
    """Return the repositories, policy and store of this run; what the command line names goes before configurations."""
    said = fleet_of(paths)
    return said._replace(policy=plan.config or said.policy, store=plan.store or said.store or "depscan.db")


def _beside(path: str, repositories: Sequence[Repository]) -> str:
    """Return where the search for the fleet's policy begins: never in a repository, whose owner is not the fleet's."""
    real = os.path.realpath(path)
    return os.path.dirname(real) if any(os.path.realpath(one.place) == real for one in repositories) else path


def _index(plan: Plan, policy: Policy, today: str) -> tuple[Index | None, Coverage | None]:
    """Return the advisories, or why there are none to be used."""
    limit = plan.max_db_age if plan.max_db_age is not None else policy.max_db_age
    try:
        return open_index(plan.db, max_age_days=limit, today=today), None
    except IntelError as error:
        return None, without_data(error)


def _judge(
    store: Store,
    index: Index | None,
    trouble: Coverage | None,
    policy: Policy,
    plan: Plan,
    setup: Setup,
    started: str,
) -> _Verdict:
    """Judge the packages that were not; where that cannot be done what was found of them before stays."""
    if index is None:
        return _Verdict("", {}, [trouble] if trouble else [], {})
    snapshot = index.info(setup.today)._asdict()
    asked = None if "advisories" in setup.disabled else index
    options = None if "names" in setup.disabled else policy.names._replace(table=plan.names)
    try:
        judged = basis(setup.engine, asked, options)
        found, gaps = matched(store.unjudged(judged), asked, options)
    except IntelError as error:
        return _Verdict("", {}, [without_data(error)], snapshot, asked)
    # What could not be judged whole is judged again in the next night, and said again.
    return _Verdict(f"{judged} {started}" if gaps else judged, found, gaps, snapshot, asked)
