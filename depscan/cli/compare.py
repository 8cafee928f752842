"""Compare two releases: what the newer one runs, needs and weighs that the older one did not.

depscan compare pkg-1.0-py3-none-any.whl pkg-1.1-py3-none-any.whl
depscan compare pkg==1.0 pkg==1.1 --find-links wheelhouse
depscan compare pkg==1.0 pkg==1.1 --online                     (from the index that pip or uv would ask; npm: pkg@1.0)
depscan compare --whole-release pkg-1.1.tar.gz pkg-1.1-py3-none-any.whl     (archives of one release)

Exit code 1 when the newer release is worse: it runs something unasked (at install, start or import) that the older
one did not, or the rules object to it only. 4 when one side could not be read.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.comparison import CompareOptions


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("old", metavar="OLD", help="archive, folder, installed .dist-info folder, or name==version")
    parser.add_argument("new", metavar="NEW", help="likewise")
    arguments.add_output(parser, ["text", "json", "markdown"])
    parser.add_argument(
        "--find-links", action="append", default=[], metavar="DIR", help="folder of archives to look in; repeatable"
    )
    network = parser.add_mutually_exclusive_group()
    network.add_argument(
        "--online", action="store_true", help="ask the index for releases no folder has and for ages of dependencies"
    )
    network.add_argument("--offline", action="store_true", help="use no network (the default)")
    parser.add_argument(
        "--whole-release", action="store_true", help="OLD and NEW are archives of one release: what has only one?"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="list everything instead of the first few")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 instead of 1 when the newer one is worse")


def run(args: Namespace) -> int:
    """Compare, report, and return the exit code."""
    from depscan.api import time_of_scan
    from depscan.cli._compare_formats import RENDERERS, SIBLINGS
    from depscan.cli._progress import progress
    from depscan.comparison import CompareOptions, compare_paths, compare_release

    with ExitStack() as stack:
        step = stack.enter_context(progress())
        options = CompareOptions(tuple(args.find_links), now=time_of_scan(), progress=step)
        if args.online and not args.whole_release:
            options = _online(options, stack)
        if args.whole_release:
            siblings = compare_release([args.old, args.new], options)
            code = siblings.exit_code
        else:
            comparison = compare_paths(args.old, args.new, options)
            code = comparison.exit_code
    if args.whole_release:
        text = SIBLINGS[args.format](siblings)
    else:
        text = RENDERERS[args.format](comparison, verbose=args.verbose)
    arguments.write(text, args.output)
    return 0 if code == 1 and args.exit_zero else code


def _online(options: CompareOptions, stack: ExitStack) -> CompareOptions:
    """Return options that ask the index of the user's own configuration; what it lacks is fetched until the end."""
    from depscan.registry.registry import Registry, load_settings
    from depscan.release.indexed import Indexed

    settings = load_settings()
    if sys.stderr is not None:
        from depscan.text.escape import terminal

        sys.stderr.write("".join(f"depscan: configuration of indexes: {terminal(n, 500)}\n" for n in settings.notes))
    index = Indexed(stack.enter_context(Registry(settings)))
    return options._replace(fetch=index.fetch, first_upload=index.uploaded)
