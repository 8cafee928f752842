"""Make the reference tables and rule pages from the code; ``--check`` only compares (CI does)."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

from depscan.cli import _main
from depscan.cli.explain import EXIT_CODES, page
from depscan.cli.rules import all_rules

REFERENCE = Path(__file__).resolve().parent / "reference"
HEAD = "<!-- made by docs/generate.py; do not edit -->\n\n"


def output(*argv: str) -> str:
    """Return what a depscan command prints."""
    held = io.StringIO()
    with contextlib.redirect_stdout(held):
        _main.main(list(argv))
    return held.getvalue()


def pages() -> dict[str, str]:
    """Return file name to text of every generated page."""
    codes = "\n".join(f"| {code} | {name} | {text} |" for code, (name, text) in EXIT_CODES.items())
    made = {
        "formats.md": "# Input formats\n\n" + output("formats", "--markdown"),
        "model-formats.md": "# Formats of model files\n\n" + output("formats", "--models", "--markdown"),
        "checks.md": "# Checks\n\n" + output("checks", "--markdown"),
        "rules.md": "# Rules\n\n"
        + output("rules", "--markdown")
        + "\n"
        + "\n".join(page(r).replace("\n#", "\n##") for r in all_rules()).replace("\n# ", "\n## "),
        "exit-codes.md": "# Exit codes\n\nWhere several hold, 1 wins, then 2, then 4, then 3.\n\n"
        "| code | name | meaning |\n| --- | --- | --- |\n" + codes + "\n",
        "command-line.md": "# Command line\n\n```\n"
        + _main.overview()
        + "```\n\n"
        + "\n".join(map(_command, _main.commands())),
    }
    return {name: HEAD + text for name, text in made.items()}


def _command(name: str) -> str:
    import os

    os.environ["COLUMNS"] = "100"
    module = _main.load(name)
    return f"## depscan {name}\n\n```\n{_main.parser_of(name, module).format_help()}```\n"


def main() -> int:
    """Write the pages, or with --check report those that are not fresh."""
    stale = []
    for name, text in pages().items():
        path = REFERENCE / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text("utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, "utf-8")
    if stale:
        sys.stderr.write(f"not fresh, run python docs/generate.py: {', '.join(stale)}\n")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
