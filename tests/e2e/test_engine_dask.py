"""The Dask engine with a scheduler and workers as processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.engines.engine import Engine, Options, open_engine
from tests.e2e import engine_cases as cases
from tests.need import need

# distributed leaves tasks and sockets of connections that broke to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.cluster,
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cases.Cluster]:
    need("dask")
    with cases.dask_cluster(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.fixture
def engine(cluster: cases.Cluster) -> Iterator[Engine]:
    made = open_engine(cluster.name, Options(seconds=60, batch=20))
    yield made
    made.close()


def test_a_dask_cluster_gives_what_one_process_gives(engine: Engine) -> None:
    cases.gives_what_one_process_gives(engine)


def test_items_that_fail_on_dask_lose_nothing_else(cluster: cases.Cluster) -> None:
    cases.failing_items_lose_nothing_else(cluster)


def test_an_item_that_ends_dask_workers_is_given_up_alone(engine: Engine) -> None:
    cases.an_item_that_ends_workers_is_given_up_alone(engine)


def test_a_dask_worker_that_is_killed_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    cases.a_killed_worker_loses_nothing(engine, tmp_path)


def test_stopping_early_leaves_no_work_on_dask(engine: Engine, cluster: cases.Cluster) -> None:
    cases.stopping_leaves_no_work(engine, cluster)


def test_dask_workers_of_another_depscan_are_refused(cluster: cases.Cluster) -> None:
    from depscan.fleet.engines.dask import open_dask

    with pytest.raises(UsageError, match=r"the dask worker tcp://\S+ is depscan .*it must be depscan 0 \(fake\)"):
        open_dask(cluster.name.partition("://")[2], Options(), expected="depscan 0 (fake)")


def test_a_dask_cluster_that_is_not_there_is_an_error_of_usage() -> None:
    need("dask")
    cases.refuses_what_is_not_there("dask")


def test_a_dask_scheduler_that_ends_is_an_error_of_the_engine(tmp_path: Path) -> None:
    need("dask")
    with cases.dask_cluster(tmp_path, workers=1) as own:
        cases.a_lost_cluster_is_an_error(own)
