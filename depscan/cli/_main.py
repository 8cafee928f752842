"""From argument texts to a command: only the module of that command is imported."""

from __future__ import annotations

import os
import sys

from depscan.errors import DepscanError
from depscan.version import __version__

TYPE_CHECKING = False  # importing typing costs a fifth of a bare interpreter
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import ModuleType

DEFAULT = "scan"


def main(argv: list[str] | None = None) -> int:
    """Run one command and return the exit code of the process.

    Args:
        argv: arguments without the program's name; the process's own when None.
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] in (["--version"], ["-V"]):
        sys.stdout.write(f"depscan {__version__}\n")
        return 0
    if not argv or argv[0] in {"-h", "--help", "help"}:
        (sys.stdout if argv else sys.stderr).write(overview())
        return 0 if argv else 2
    name, rest = (argv[0], argv[1:]) if argv[0] in commands() else (DEFAULT, argv)
    from depscan.cli._plain import plain

    module = load(name)
    args = (plain(rest, module) if name == DEFAULT else None) or _parsed(parser_of(name, module), rest)
    try:
        code: int = module.run(args)
        sys.stdout.flush()
    except DepscanError as error:
        from depscan.text.escape import terminal

        sys.stderr.write(f"depscan: error: {terminal(str(error), 2000)}\n")
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 4
    except KeyboardInterrupt:
        sys.stderr.write("depscan: interrupted\n")
        return 130
    except Exception:  # noqa: BLE001 - Python would exit 1, which means "gate hit"; a defect of ours is "incomplete"
        _defect()
        return 4
    return code


def _parsed(parser: ArgumentParser, rest: list[str]) -> Namespace:
    """Return the arguments; paths may stand before and behind options, where there are no subcommands."""
    return parser.parse_args(rest) if parser._subparsers else parser.parse_intermixed_args(rest)  # noqa: SLF001


def _defect() -> None:
    """Show an unexpected error as what it is: depscan's fault, and an answer that was not given."""
    from traceback import format_exc

    from depscan.text.escape import terminal

    lines = [terminal(line, 500) for line in format_exc().splitlines()]
    lines.append("depscan: this is a defect of depscan; nothing was decided (exit 4). Please report the lines above.")
    if sys.stderr is not None:
        sys.stderr.write("\n".join(lines) + "\n")


def commands() -> list[str]:
    """Return the names of all commands."""
    names = sorted(os.listdir(os.path.dirname(__file__)))
    return [n[:-3].replace("_", "-") for n in names if n.endswith(".py") and not n.startswith("_")]


def parser_of(name: str, module: ModuleType) -> ArgumentParser:
    """Return the argument parser of one command."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    def formatter(prog: str) -> RawDescriptionHelpFormatter:
        # Without a width argparse imports shutil and all compression modules for every argument it adds.
        return RawDescriptionHelpFormatter(prog, width=min(_columns(), 120))

    parser = ArgumentParser(prog=f"depscan {name}", description=module.__doc__, formatter_class=formatter)
    module.configure(parser)
    return parser


def overview() -> str:
    """Return the help text that lists all commands."""
    rows = [(name, (load(name).__doc__ or "").partition("\n")[0]) for name in commands()]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name:{width}}  {text}" for name, text in rows]
    return (
        "depscan: what does this AI system trust, and should it?\n\n"
        "usage: depscan FILE|FOLDER...          scan (the default command)\n"
        "       depscan COMMAND [ARGUMENT...]   depscan COMMAND --help says more\n\n" + "\n".join(lines) + "\n\n"
        "exit codes: 0 clean, 1 gate hit, 2 bad usage or input, 3 nothing to scan, 4 incomplete\n"
    )


def load(name: str) -> ModuleType:
    """Return the module of a command."""
    from importlib import import_module

    return import_module(f"{__package__}.{name.replace('-', '_')}")


def _columns() -> int:
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdigit() and int(text) else 100
