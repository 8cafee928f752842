"""``depscan FILE...`` without options, parsed without argparse.

argparse, with the translations and regular expressions it brings, costs as much CPU as matching 250 pins.
The commonest command line is paths only; its options are all at their defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


class Plain:
    """Stands in for an ArgumentParser while a command declares its arguments; keeps only the defaults."""

    def __init__(self) -> None:
        self.defaults: dict[str, Any] = {}
        self.positional = ""

    def add_argument(self, *names: str, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        """Record the default of an option, or the name of the positional argument."""
        if not names[0].startswith("-"):
            self.positional = names[0]
            return
        long = next(name for name in names if name.startswith("--"))
        unset = False if options.get("action") == "store_true" else None
        self.defaults[long[2:].replace("-", "_")] = options.get("default", unset)

    def add_mutually_exclusive_group(self) -> Plain:
        """Return itself: without options nothing can exclude anything."""
        return self


class Arguments:
    """What ``parse_args`` would return: one attribute per argument."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def plain(words: list[str], module: ModuleType) -> Arguments | None:
    """Return the arguments of a command whose words are all positional; None when argparse is needed."""
    if not words or any(word.startswith("-") and word != "-" for word in words):
        return None
    parser = Plain()
    module.configure(parser)
    return Arguments({**parser.defaults, parser.positional: words})
