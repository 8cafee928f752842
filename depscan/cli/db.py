"""The advisory index: where it is, how old, and making a newer one.

depscan db status
depscan db update [ECOSYSTEM...]
depscan db build SRC...              all.zip or folders of OSV records
depscan db verify
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.text.escape import terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = {
        name: actions.add_parser(name, help=text)
        for name, text in (
            ("status", "show where the index is and how old"),
            ("update", "download OSV's exports and rebuild"),
            ("build", "build from OSV archives or folders"),
            ("verify", "read every byte and compare checksums"),
        )
    }
    for one in made.values():
        one.add_argument("--db", default="", metavar="PATH", help="index folder, instead of DEPSCAN_DB or the default")
    made["update"].add_argument("ecosystems", nargs="*", default=["PyPI", "npm"], metavar="ECOSYSTEM")
    made["update"].add_argument("--url", default="", help="base URL of the exports (or DEPSCAN_OSV_URL)")
    made["build"].add_argument("sources", nargs="+", metavar="SRC")
    made["build"].add_argument("--built", default="", metavar="DATE", help="date to write into the index")


def run(args: Namespace) -> int:
    """Run one action and return the exit code."""
    actions = {"status": _status, "update": _update, "build": _build, "verify": _verify}
    return actions[args.action](args)


def _status(args: Namespace) -> int:
    from depscan.intel.store import open_index

    with open_index(args.db) as index:
        info, path = index.info(), index.path
    rows = [
        ("index", f"{path} ({info.origin})"),
        ("built", info.built),
        ("newest record", f"{info.newest}, {info.age_days} days old"),
        ("sha256", info.sha256),
        *((name, f"{count:,} records") for name, count in sorted(info.counts.items())),
    ]
    sys.stdout.write("".join(f"{name + ':':15} {terminal(text, 1000)}\n" for name, text in rows))
    return 0


def _verify(args: Namespace) -> int:
    from depscan.intel.store import open_index

    with open_index(args.db) as index:
        count = index.verify()
    sys.stdout.write(f"{terminal(index.path, 1000)}: whole, {count:,} rows\n")
    return 0


def _build(args: Namespace) -> int:
    from depscan.intel.build import build
    from depscan.intel.store import write_target

    lists = [source for source in args.sources if source.endswith(".tsv")]
    archives = [source for source in args.sources if not source.endswith(".tsv")]
    return _done(build(write_target(args.db), archives, names=lists, built=args.built))


def _update(args: Namespace) -> int:
    from depscan.intel.store import write_target
    from depscan.intel.update import base_url, update
    from depscan.policy.policy import load_policy

    target = write_target(args.db)
    report = update(args.ecosystems, base_url(args.url, load_policy("", ".").db_url), target)
    if report.build is None:
        sys.stdout.write(f"{terminal(target, 1000)}: nothing new for {', '.join(report.unchanged)}\n")
        return 0
    return _done(report.build)


def _done(report: BuildReport) -> int:
    for line in report.problems:
        sys.stderr.write(f"depscan: {terminal(line, 1000)}\n")
    if report.malformed > len(report.problems):
        sys.stderr.write(f"depscan: and {report.malformed - len(report.problems)} more like these\n")
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(report.counts.items()))
    size = f"{report.size / 1e6:.1f} MB"
    sys.stdout.write(f"{terminal(report.path, 1000)}: {counts}; newest of {report.newest[:10]}, {size}\n")
    return 0


if TYPE_CHECKING:
    from depscan.intel.build import BuildReport
