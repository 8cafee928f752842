"""Ask a store of nights, look after it.

depscan history ACTION --help says more.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_PREFIX = "_history_"


def configure(parser: ArgumentParser) -> None:
    """Add one action per module ``_history_<action>``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for file in sorted(os.listdir(os.path.dirname(__file__))):
        if file.startswith(_PREFIX) and file.endswith(".py"):
            module = _module(file[len(_PREFIX) : -3])
            text = module.__doc__ or ""
            module.configure(
                actions.add_parser(file[len(_PREFIX) : -3], help=text.partition("\n")[0], description=text)
            )


def run(args: Namespace) -> int:
    """Run one action and return the exit code."""
    code: int = _module(args.action).run(args)
    return code


def _module(action: str) -> Any:  # noqa: ANN401 - a module
    return import_module(f"{__package__}.{_PREFIX}{action}")
