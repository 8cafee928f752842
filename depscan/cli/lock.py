"""Write down what a project trusts: depscan.lock.

depscan lock                        packages, models, data sets, vendors, tools, actions and images below .
depscan lock service -o service.lock
depscan lock --check                exit 1 when the lock is not what this command would write
depscan lock --find-links wheels    with what the packages run at installation and start

The file is TOML, sorted and without times: put it under version control and review its changes. depscan drift
compares a project with it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.locking import Locked


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: .)")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="where to; - prints (PATH/depscan.lock)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the lock would be another one")
    add_reading(parser)


def add_reading(parser: ArgumentParser) -> None:
    """Add how the project is read."""
    parser.add_argument("--quick", action="store_true", help="hash headers and templates of models, not whole files")
    arguments.add_network(parser)
    arguments.add_archives(parser)


def run(args: Namespace) -> int:
    """Take the lock; write or compare it. Exit 4 when the project could not be read whole."""
    from depscan.api import Options
    from depscan.cli._progress import progress
    from depscan.lock.write import written
    from depscan.locking import NAME, take

    with progress() as step:
        options = arguments.archives_of(Options(online=args.online, progress=step), args)
        made = take(args.path, options, quick=args.quick)
    folder = args.path if os.path.isdir(args.path) else os.path.dirname(args.path)
    output = args.output or os.path.normpath(os.path.join(folder, NAME))
    text = written(made.lock)
    missing = _complain(made)
    if args.check:
        same = _same(text, output)
        sys.stderr.write("" if same else f"depscan: {output} is not what depscan lock would write now\n")
        return (4 if missing else 0) if same else 1
    if missing and not args.output:
        sys.stderr.write("depscan: nothing was written: a lock of a part would hide the rest (-o FILE writes it)\n")
        return 4
    arguments.write(text, "" if output == "-" else output)
    if output != "-":
        sys.stdout.write(f"{output}: {len(made.lock.rows)} entries\n")
    return 4 if missing else 0


def _complain(made: Locked) -> bool:
    """Say what could not be read; return whether anything."""
    from depscan.text.escape import terminal

    missing = [item for item in made.coverage if item.needed]
    for item in missing:
        where = f"{item.what}:{item.line}" if item.line else item.what
        sys.stderr.write(f"depscan: not read: {terminal(where, 200)}: {terminal(item.why, 300)}\n")
    return bool(missing)


def _same(text: str, path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read() == text.encode()
    except OSError:
        return False
