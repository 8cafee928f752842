"""Read every repository of a fleet, judge every package once, and publish the night in the store.

from depscan.nightly import Plan, nightly
print(nightly(["mirrors"], Plan(store="depscan.db")).new)
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from depscan.api import time_of_scan
from depscan.errors import DepscanError
from depscan.fleet.match import matched
from depscan.fleet.repositories import repositories
from depscan.fleet.sources.source import source_of
from depscan.fleet.unit import Setup, key_of, read
from depscan.history.records import Night, Visit
from depscan.history.store import Store
from depscan.intel.store import open_index
from depscan.policy.policy import load_policy
from depscan.text.engine import code_digest
from depscan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from depscan.history.records import Repository

_CODE = (
    "inputs",
    "checks",
    "facts",
    "loading",
    "artifacts",
    "vendors",
    "ecosystems",
    "graph",
    "model",
    "fleet",
    "text",
)


class Plan(NamedTuple):
    """How a night is run.

    Attributes:
        store: where it is kept.
        config: policy file; "" for the depscan.toml beside the first path.
        db, names: see ``depscan.api.Options``.
        now: see ``depscan.api.Options``.
        progress: called with a short text.
    """

    store: str = "depscan.db"
    config: str = ""
    db: str = ""
    names: str = ""
    now: str = ""
    progress: Callable[[str], None] = lambda _: None


class Done(NamedTuple):
    """What a night did: its id, how many repositories there are, how many were read anew."""

    night: int
    repositories: int
    read: int


def nightly(paths: Sequence[str], plan: Plan) -> Done:
    """Run a night.

    Raises:
        UsageError, PolicyError, StoreError: as they say.
    """
    policy = load_policy(plan.config, paths[0])
    started = plan.now or time_of_scan()
    begun = time.process_time()
    setup = Setup(code_digest(_CODE), started[:10], policy.disabled_checks)
    fleet = repositories(paths)
    with Store.open(plan.store, write=True) as store:
        marks = store.marks()
        visits, count = [], 0
        for one in fleet:
            visit, new = _visit(store, one, setup, marks.get(one.name))
            visits.append(visit)
            count += new
        with open_index(plan.db, max_age_days=policy.max_db_age, today=started[:10]) as index:
            info = index.info(started[:10])
            snapshot = info._asdict()
            judged = f"{info.sha256} {setup.engine}"
            found, _ = matched(store.unjudged(judged), index, policy.names._replace(table=plan.names))
        night = Night(0, started, time_of_scan(), __version__, "", snapshot, policy.path,
                      {"seconds": time.process_time() - begun})  # fmt: skip
        return Done(store.publish(night, visits, found, judged), len(visits), count)


def _visit(store: Store, one: Repository, setup: Setup, before: tuple[str, str, str] | None) -> tuple[Visit, int]:
    try:
        source = source_of(one.place)
        seen = source.look(one.place, "")
        mark = f"{setup.engine} {seen.mark}"
        if before is not None and seen.mark and before[0] == mark:
            return Visit(one, before[2], seen.revision, mark), 0
        bundle = source.load(one.place, "", seen.revision)
        key = key_of(bundle, setup)
        new = not store.known([key], setup.today)
        if new:
            store.add([read(bundle, setup)])
        return Visit(one, key, seen.revision, mark), int(new)
    except DepscanError as error:
        return Visit(one, "", "", "", str(error)), 0
