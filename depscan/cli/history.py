"""Ask the store of nights: who has a package, what changed, who would inherit a compromise.

depscan history who torch==2.4.0
depscan history changed --since 2026-11-20
depscan history blast transformers

Each SUBCOMMAND --help says more. Nothing is read but the store, which depscan nightly writes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import ModuleType

_START = "_history_"


def subcommands() -> list[str]:
    """Return the names of all subcommands: one module ``_history_NAME.py`` each."""
    names = sorted(os.listdir(os.path.dirname(__file__)))
    return [n[len(_START) : -3].replace("_", "-") for n in names if n.startswith(_START) and n.endswith(".py")]


def configure(parser: ArgumentParser) -> None:
    """Add the subcommands."""
    actions = parser.add_subparsers(dest="subcommand", required=True, metavar="SUBCOMMAND")
    for name in subcommands():
        module = _load(name)
        text = module.__doc__ or ""
        one = actions.add_parser(
            name, help=text.partition("\n")[0], description=text, formatter_class=parser.formatter_class
        )
        module.configure(one)


def run(args: Namespace) -> int:
    """Run one subcommand and return the exit code."""
    code: int = _load(args.subcommand).run(args)
    return code


def _load(name: str) -> ModuleType:
    from importlib import import_module

    return import_module(f"{__package__}.{_START}{name.replace('-', '_')}")
