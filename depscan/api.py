"""The library: wires the stages. The command line calls nothing else.

import depscan
result = depscan.scan(["uv.lock"])
for decision in result.decisions:
    print(decision.action, decision.finding.subject, decision.finding.message)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks.check import Context
from depscan.errors import IntelError, UsageError
from depscan.graphs import (
    CompletedGraph,
    file_info,
    gather,
    graph_of,
    merged,
    open_registry,
    read_completed_graph,
    read_graph,
    usages,
)
from depscan.inputs.gather import Gathered
from depscan.judging import order, order_of_gaps, run_checks, with_paths, without_data
from depscan.model.decision import Coverage
from depscan.model.graphoptions import GraphOptions
from depscan.model.result import ScanResult, exit_code
from depscan.policy.decide import decide
from depscan.policy.policy import load_policy
from depscan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from depscan.checks.check import Before
    from depscan.facts.inspected import Inspected
    from depscan.facts.packages import Looked
    from depscan.facts.zizmor import Answer
    from depscan.intel.index import Index
    from depscan.policy.baseline import Baseline
    from depscan.policy.policy import Policy
    from depscan.policy.vex import Statement
    from depscan.registry.registry import Registry

__all__ = [
    "CompletedGraph",
    "GraphOptions",
    "Options",
    "ScanResult",
    "merged",
    "open_registry",
    "read_completed_graph",
    "read_graph",
    "scan",
]


class Options(NamedTuple):
    """How to scan. Every field has a default that fits ``depscan FILE``.

    Attributes:
        format_hint: id of the input format for every path; "" to tell by name and content.
        stdin: bytes that the path "-" stands for.
        config: policy file; "" to look for depscan.toml or [tool.depscan] from the first path upwards.
        db: advisory index (file or folder); "" for DEPSCAN_DB, the user's own, or the embedded one.
        names: table of popular names (file or folder); "" for DEPSCAN_NAMES, the user's own, or the embedded one.
        graph: how edges that files do not state are completed; by default they are not.
        max_db_age: days the advisories may be old; None for the policy's value.
        baseline: a json report whose findings are known; "" for none.
        vex: OpenVEX files.
        online: ask the live advisory service and the index.
        now: time of the scan, RFC 3339 in UTC (``2026-11-22T21:00:00Z``); "" for the present, or for
            SOURCE_DATE_EPOCH where it is set.
        progress: called with a short text before each step that may take long.
        find_links: folders that hold archives of the packages.
        inspect: whether the code of the packages is read where their archives are at hand.
        whole_release: read every archive of a version instead of the one an installer would take.
        jobs: worker processes that read archives and large folders of code, each under limits; 0 for none.
        cache: whether facts of archives, and what large folders of code say, are kept between runs.
        skip: a file that is not read though it lies below a path: what the command is about to write.
    """

    format_hint: str = ""
    stdin: bytes | None = None
    config: str = ""
    db: str = ""
    names: str = ""
    graph: GraphOptions = GraphOptions()
    max_db_age: int | None = None
    baseline: str = ""
    vex: tuple[str, ...] = ()
    online: bool = False
    now: str = ""
    progress: Callable[[str], None] = lambda _: None
    find_links: tuple[str, ...] = ()
    inspect: bool = True
    whole_release: bool = False
    jobs: int = 0
    cache: bool = True
    skip: str = ""


def scan(paths: Sequence[str], options: Options | None = None) -> ScanResult:
    """Scan files and folders and return everything that is known about them.

    Args:
        paths: files, folders, or "-" for ``options.stdin``.
        options: see ``Options``.

    Raises:
        UsageError: no path, or an unknown format hint.
        PolicyError: the policy, baseline or VEX file is wrong.

    Files that cannot be read, missing advisory data and everything else that was not looked at are in
    ``result.coverage`` and decide ``result.exit_code``.
    """
    options = options or Options()
    gathered = gather(
        paths,
        options.format_hint,
        options.stdin,
        skip=options.skip,
        cache=options.cache,
        jobs=options.jobs,
    )
    return scan_documents(gathered, paths[0], options, _project_models(paths, gathered, options))


def _project_models(paths: Sequence[str], gathered: Gathered, options: Options) -> tuple[Inspected, ...]:
    """Read the model files of the folders that are scanned; the packages they need join the graph."""
    from depscan.facts.project import needed_packages, read_project

    found = []
    for path in paths:
        if os.path.isdir(path):
            options.progress(f"looking for model files below {path}")
            item = read_project(path)
            if item is not None:
                found.append(item)
                gathered.documents += needed_packages(item.models, gathered.documents)
    return tuple(found)


def scan_environment(target: str, options: Options | None = None) -> ScanResult:
    """Scan an installed environment: a folder, or a Python executable whose folders are read, never run.

    Raises:
        UsageError: there are no installed packages to be found at ``target``.
    """
    options = (options or Options())._replace(inspect=False)  # what is installed is on disk, not on the index
    return scan_documents(gather_environment(target)[0], ".", options)


def gather_environment(target: str) -> tuple[Gathered, list[str]]:
    """Return what is installed in an environment, and the folders it is in.

    Raises:
        UsageError: there are no installed packages to be found at ``target``.
    """
    from depscan.inputs.python._installed import find_site_packages, read_environment

    folders = find_site_packages(target)
    if not folders:
        raise UsageError("no installed packages found there", path=target, hint="a venv, its python, or site-packages")
    gathered = Gathered()
    gathered.add_document(read_environment(folders, target or folders[0]))
    return gathered, folders


def scan_documents(
    gathered: Gathered,
    start: str,
    options: Options,
    artifacts: tuple[Inspected, ...] = (),
    *,
    mode: str = "scan",
    before: Before | None = None,
) -> ScanResult:
    """Judge what was gathered; ``start`` is where the search for a policy file begins.

    Args:
        gathered: documents and what could not be read.
        start: the first path.
        options: see ``Options``.
        artifacts: packages whose code was read, and folders whose model files were.
        mode: scan, or inspect when the question is only what the code of ``artifacts`` does.
        before: what was there before, when a change is judged.
    """
    if not options.online or mode != "scan":
        return _judged(gathered, start, options, artifacts, mode, before)
    with open_registry(start) as registry:
        return _judged(gathered, start, options, artifacts, mode, before, registry)


def _judged(
    gathered: Gathered,
    start: str,
    options: Options,
    artifacts: tuple[Inspected, ...],
    mode: str,
    before: Before | None,
    registry: Registry | None = None,
) -> ScanResult:
    policy = load_policy(options.config, start)
    now = options.now or time_of_scan()
    graph, extra, _ = graph_of(gathered, options.graph, registry)
    coverage = [*gathered.coverage, *extra]
    options.progress("opening the advisory index")
    today = now[:10]
    index = _open_index(options, policy, today, coverage) if graph.nodes and mode == "scan" else None
    names = policy.names._replace(table=options.names)
    context = Context(
        graph,
        gathered.documents,
        index,
        gathered.locate,
        options.online,
        artifacts,
        names,
        now,
        policy.cooldown,
        before,
    )
    if mode == "scan":
        context = context._replace(workflows=_second_opinion(gathered, policy))
    looked = _look(context, options, policy, today, registry) if mode == "scan" else None
    if looked is not None:
        coverage += looked.coverage
        context = context._replace(artifacts=artifacts + looked.artifacts, looked=looked)
    findings, rules = run_checks(context, policy, coverage, options.progress)
    findings = with_paths(graph, findings)
    snapshot = None
    if index is not None:
        snapshot = index.info(today)
        index.close()
    decisions = decide(findings, policy, today, *_accepted_before(options))
    decisions.sort(key=lambda d: order(d.finding))
    files = tuple(file_info(d) for d in gathered.documents)
    accepted = [_accept(c, policy) for c in coverage]
    return ScanResult(
        tool_version=__version__,
        graph=graph,
        findings=tuple(d.finding for d in decisions),
        decisions=tuple(decisions),
        coverage=tuple(sorted(accepted, key=order_of_gaps)),
        files=files,
        snapshot=snapshot,
        rules=rules,
        timestamp=now,
        exit_code=exit_code(decisions, accepted, sum(f.packages for f in files) + len(artifacts)),
        mode=mode,
        models=tuple(model for item in context.artifacts for model in item.models),
        uses=usages(graph, gathered),
    )


def time_of_scan() -> str:
    """Return the present in UTC, or SOURCE_DATE_EPOCH (reproducible-builds.org) where it is set."""
    import time

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(epoch) if epoch.isdigit() else None))


def _open_index(options: Options, policy: Policy, today: str, coverage: list[Coverage]) -> Index | None:
    """Open the advisory index; when it cannot be used, say so in the coverage."""
    from depscan.intel.store import open_index

    max_age = options.max_db_age if options.max_db_age is not None else policy.max_db_age
    try:
        return open_index(options.db, max_age_days=max_age, today=today)
    except IntelError as error:
        coverage.append(without_data(error))
        return None


def _look(context: Context, options: Options, policy: Policy, today: str, registry: Registry | None) -> Looked | None:
    """Look at the archives of the packages and ask the index, as far as somebody wants that.

    Where code was read already, as of an installed environment, only the index is asked.
    """
    if not options.find_links and registry is None and not policy.inspect_needed:
        return None
    from depscan.facts.cache import FactCache
    from depscan.facts.packages import Wish, look, look_online, target_fit

    done = any(item.subject for item in context.artifacts)
    wanted = options.graph
    wish = Wish(
        today=today,
        find_links=options.find_links,
        jobs=options.jobs,
        whole_release=options.whole_release,
        needed=policy.inspect_needed and not done,
        read=options.inspect and not done,
        cache=FactCache() if options.cache else None,
        progress=options.progress,
        fit=target_fit(wanted.python, wanted.platform) if wanted.python or wanted.platform else None,
    )
    return look(context.graph, wish) if registry is None else look_online(context.graph, wish, registry)


def _second_opinion(gathered: Gathered, policy: Policy) -> Answer | None:
    """Return what zizmor says of the workflows, where it is installed in depscan's own environment."""
    paths = [d.path for d in gathered.documents if d.format == "github-workflow" and d.path != "<stdin>"]
    if not paths or "second_opinion" in policy.disabled_checks:
        return None
    from depscan.facts.zizmor import ask, command

    tool = command()
    return ask([(path, gathered.on_disk(path)) for path in paths], tool) if tool else None


def _accepted_before(options: Options) -> tuple[tuple[Statement, ...], Baseline | None]:
    """Return the VEX statements and the baseline the user named; their readers are imported only for that."""
    if not options.vex and not options.baseline:
        return (), None
    from depscan.policy.baseline import load_baseline
    from depscan.policy.vex import load_vex

    return load_vex(options.vex), load_baseline(options.baseline)


def _accept(item: Coverage, policy: Policy) -> Coverage:
    """Return coverage as not needed where the policy accepts that it is missing."""
    return item._replace(needed=False) if item.kind == "ecosystem" and item.what in policy.accept_unchecked else item
