"""Judge names before anything is fetched: which popular name they imitate, and what was probably meant.

depscan names reqeusts scikit-learn
some-command | depscan names - --format jsonl
depscan names --ecosystem npm @azure/core-http core-http
depscan names --sweep LIST -o risks.csv        (a whole index's list of names, sorted by risk)
depscan names update PyPI=LIST npm=URL         (newer lists of popular names)
depscan names --status

Exit code 1 when a name is in the tier block (with --fail-on warn: in any tier) or listed as malicious, 4 when it is not
known which names are.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_ECOSYSTEMS = {"pypi": "PyPI", "npm": "npm", "huggingface": "huggingface", "github": "GitHub Actions"}
_FORMATS = ("text", "jsonl", "csv")


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="names, - for one a line on standard input, or update")
    parser.add_argument("--ecosystem", default="pypi", choices=sorted(_ECOSYSTEMS), help="default: pypi")
    parser.add_argument("--format", choices=_FORMATS, default="", help="default: text; of a sweep csv")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="write the answer there")
    parser.add_argument("--explain", action="store_true", help="show the points of every signal")
    parser.add_argument("--fail-on", choices=("block", "warn", "none"), default="block", help="default: block")
    parser.add_argument("--sweep", default="", metavar="LIST", help="judge a list of names and print the suspects")
    parser.add_argument("--status", action="store_true", help="show which lists are used and how old they are")
    parser.add_argument("--date", default="", metavar="DATE", help="of update: day or month of the lists")
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of the depscan.toml found")
    parser.add_argument(
        "--table", default="", metavar="PATH", help="table of names, instead of DEPSCAN_NAMES or the default"
    )
    parser.add_argument("--db", default="", metavar="PATH", help="advisory index, to tell names listed as malicious")


def run(args: Namespace) -> int:
    """Judge, sweep, update or show, and return the exit code.

    Raises:
        UsageError: no name, or arguments that exclude each other.
    """
    if args.status:
        from depscan.cli._names_table import status

        return status(args.table)
    if args.names[:1] == ["update"]:
        from depscan.cli._names_table import update

        return update(args.names[1:], args.table, args.date)
    if args.sweep:
        if args.names:
            raise UsageError("--sweep takes its names from the list")
        from depscan.cli._names_sweep import sweep

        return sweep(args, _ECOSYSTEMS[args.ecosystem])
    names = _names(args.names)
    if not names:
        raise UsageError("no name was given", hint="depscan names NAME..., or - for standard input")
    return _judge(names, args)


def _names(given: list[str]) -> list[str]:
    found: list[str] = []
    for name in given:
        if name == "-":
            data = arguments.read_stdin(["-"]) or b""
            found += [line.strip() for line in data.decode("utf-8", "surrogateescape").splitlines() if line.strip()]
        else:
            found.append(name)
    return found


def _judge(names: list[str], args: Namespace) -> int:
    from depscan.cli._names_text import RENDERERS
    from depscan.naming import judge_names

    answers = judge_names(
        names, _ECOSYSTEMS[args.ecosystem], config=args.config, table=args.table, db=args.db, explain=args.explain
    )
    render = RENDERERS[args.format or "text"]
    arguments.write("".join(render(answers)), args.output)
    tiers = {"block": ("block",), "warn": ("block", "warn"), "none": ()}[args.fail_on]
    hit = any(a.verdict.tier in tiers or (a.malicious and args.fail_on != "none") for a in answers.rows)
    if answers.without_advisories and not hit and args.fail_on != "none":
        from depscan.text.escape import terminal

        why = terminal(answers.without_advisories, 300)
        sys.stderr.write(f"depscan: not known which names are listed as malicious: {why}\n")
        return 4
    return 1 if hit else 0
