"""Arguments that several commands share, and what they mean."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from depscan.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Container, Iterator
    from typing import BinaryIO

    from depscan.api import Options
    from depscan.model.graphoptions import GraphOptions


def add_inputs(parser: ArgumentParser, *, default: str | None = None) -> None:
    """Add the paths and how to read them."""
    parser.add_argument(
        "paths",
        nargs="*" if default else "+",
        default=[default] if default else None,
        metavar="PATH",
        help="file, folder (every known file below it) or - for standard input with --format-hint",
    )
    parser.add_argument("--format-hint", default="", metavar="ID", help="read PATH as this format (depscan formats)")


def add_database(parser: ArgumentParser) -> None:
    """Add where the advisory index is and how old it may be."""
    parser.add_argument("--db", default="", metavar="PATH", help="advisory index, instead of DEPSCAN_DB or the default")
    parser.add_argument("--max-db-age", type=natural, metavar="DAYS", help="fail (exit 4) on older advisories")


def add_policy(parser: ArgumentParser) -> None:
    """Add policy file, exceptions and what the exit code says."""
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of the depscan.toml found")
    parser.add_argument("--baseline", default="", metavar="FILE", help="report (json) whose findings are not new")
    parser.add_argument("--vex", action="append", default=[], metavar="FILE", help="OpenVEX statements; repeatable")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 instead of 1 when the gate is hit")


def add_output(parser: ArgumentParser, formats: list[str]) -> None:
    """Add format and destination of the report."""
    parser.add_argument("--format", default=formats[0], choices=formats, help=f"default: {formats[0]}")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="write the report there")


def add_also(parser: ArgumentParser) -> None:
    """Add further reports of the same run."""
    parser.add_argument(
        "--also", action="append", default=[], metavar="FORMAT=FILE", help="write one more report; repeatable"
    )


def also(args: Namespace, formats: Container[str]) -> list[tuple[str, str]]:
    """Return format and file of the further reports.

    Raises:
        UsageError: one has no file, or an unknown format.
    """
    pairs = []
    for text in getattr(args, "also", []):
        name, _, path = text.partition("=")
        if name not in formats or not path:
            raise UsageError("is not FORMAT=FILE with a known format", path=f"--also {text}")
        pairs.append((name, path))
    return pairs


def add_store(parser: ArgumentParser, default: str = "depscan.db", told: str = "where nights are kept") -> None:
    """Add where the nights are kept; ``default`` is "" where something else may say it, or none is needed."""
    text = told if default == "" else f"{told} ({default})"
    parser.add_argument("--store", default=default, metavar="FILE|URL", help=text)


def add_notify(parser: ArgumentParser) -> None:
    """Add where the short digest of a night goes."""
    parser.add_argument("--notify", default="", metavar="FILE", help="write a short digest (.md or .json)")
    parser.add_argument("--link", default="", metavar="URL", help="where the digest says that the report is")


def add_network(parser: ArgumentParser) -> None:
    """Add whether the network may be used."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--online", action="store_true", help="ask the live advisory service (through pip-audit) and the index"
    )
    group.add_argument("--offline", action="store_true", help="use no network whatever the policy says (the default)")


def add_archives(parser: ArgumentParser) -> None:
    """Add where the packages' archives are and how their code is read."""
    parser.add_argument(
        "--find-links",
        action="append",
        default=[],
        metavar="DIR",
        help="read the code of packages whose archives are in this folder; repeatable",
    )
    parser.add_argument("--whole-release", action="store_true", help="read and compare every archive of a version")
    parser.add_argument("--no-inspect", action="store_true", help="read no code")
    parser.add_argument("--no-cache", action="store_true", help="read all code again; keep nothing")
    add_jobs(parser)


def archives_of(options: Options, args: Namespace) -> Options:
    """Return the options with what ``add_archives`` added."""
    return options._replace(
        find_links=tuple(args.find_links),
        inspect=not args.no_inspect,
        whole_release=args.whole_release,
        jobs=jobs_of(args),
        cache=not args.no_cache,
    )


def add_jobs(parser: ArgumentParser) -> None:
    """Add how many worker processes read artifacts."""
    parser.add_argument("--jobs", type=natural, default=0, metavar="N", help="worker processes (one per processor)")


def jobs_of(args: Namespace) -> int:
    """Return how many worker processes to use."""
    if args.jobs:
        return int(args.jobs)
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def add_graph(parser: ArgumentParser, *, links: bool = True) -> None:
    """Add where the metadata of pins is, and for which target it is judged.

    Args:
        parser: of a command.
        links: False where the command has ``--find-links`` (into ``args.find_links``) already.
    """
    folder = "wheels and sdists of the pins are there; repeatable"
    if links:
        parser.add_argument("--find-links", action="append", default=[], metavar="DIR", help=folder)
    installed = "environment or folder with the pins installed; repeatable"
    parser.add_argument("--site-packages", action="append", default=[], metavar="DIR", help=installed)
    parser.add_argument("--python", default="", metavar="VERSION", help="judge markers for this Python (this one)")
    if links:
        parser.add_argument("--online", action="store_true", help="ask your index for the metadata of pins")
    platform = "judge markers for linux, macos, windows or a platform tag (this machine)"
    parser.add_argument("--platform", default="", metavar="PLATFORM", help=platform)
    resolve = "resolve unpinned requirements with uv, without building anything (uses the network)"
    parser.add_argument("--resolve", action="store_true", help=resolve)


def graph_options_of(args: Namespace) -> GraphOptions:
    """Return what ``add_graph`` gave; nothing for commands without it."""
    from depscan.model.graphoptions import GraphOptions

    if not hasattr(args, "site_packages"):
        return GraphOptions()
    return GraphOptions(tuple(args.find_links), tuple(args.site_packages), args.python, args.platform, args.resolve)


def options_of(args: Namespace) -> Options:
    """Return the library's options for parsed arguments."""
    from depscan.api import Options

    return Options(
        format_hint=args.format_hint,
        config=args.config,
        db=args.db,
        max_db_age=args.max_db_age,
        baseline=args.baseline,
        vex=tuple(args.vex),
        online=args.online,
        stdin=read_stdin(args.paths),
        graph=graph_options_of(args),
    )


def read_stdin(paths: list[str]) -> bytes | None:
    """Return the bytes of standard input where a path asks for it.

    Raises:
        UsageError: it is closed.
    """
    if "-" not in paths:
        return None
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer.read()


def natural(text: str) -> int:
    """Return a natural number for argparse, which reports a ValueError as bad usage."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def write(text: str, output: str) -> None:
    """Write a report to a file (whole or not at all) or to standard output.

    A reader that goes away (``| head``) changes nothing: the exit code is still that of the scan.

    Raises:
        UsageError: it cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if output:
            with destination(output) as stream:
                stream.write(data)
        elif sys.stdout is None:
            raise UsageError("standard output is closed", hint="-o FILE writes the report to a file")
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        discard_stdout()
    except OSError as error:
        if not output:
            discard_stdout()
        raise UsageError(
            f"cannot write: {(error.strerror or str(error)).lower()}", path=output or "standard output"
        ) from None


@contextmanager
def destination(output: str) -> Iterator[BinaryIO]:
    """Open what replaces a file at once, through links; a pipe or device is written to and stays what it is."""
    if output.startswith("/dev/") or (os.path.exists(output) and not os.path.isfile(output)):
        with open(output, "wb") as stream:
            yield stream
        return
    target = os.path.realpath(output)
    part = f"{target}.part{os.getpid()}"
    try:
        with open(part, "wb") as stream:
            yield stream
        os.replace(part, target)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def discard_stdout() -> None:
    """Let what is still buffered go nowhere, so that the interpreter's last flush does not fail again."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def width_and_colour() -> tuple[int, bool]:
    """Return columns and whether colours are wanted (a terminal, and NO_COLOR not set: no-color.org)."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    try:
        width = int(os.environ.get("COLUMNS") or 0) or (os.get_terminal_size().columns if terminal else 100)
    except (ValueError, OSError):
        width = 100
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return max(40, min(width, 160)), colour
