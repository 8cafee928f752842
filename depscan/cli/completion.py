"""Print a completion script for a shell.

depscan completion bash > ~/.local/share/bash-completion/completions/depscan
depscan completion zsh  > "${fpath[1]}/_depscan"
depscan completion fish > ~/.config/fish/completions/depscan.fish
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("shell", choices=["bash", "zsh", "fish"])


def run(args: Namespace) -> int:
    """Print the script."""
    from depscan.cli._main import commands, load, parser_of

    flags: dict[str, list[str]] = {}
    for name in commands():
        parser = parser_of(name, load(name))
        words: list[str] = []
        for action in parser._actions:  # noqa: SLF001 - argparse has no public way to list its options
            words += action.option_strings or [str(c) for c in action.choices or ()]
        flags[name] = sorted(set(words))
    sys.stdout.write({"bash": _bash, "zsh": _zsh, "fish": _fish}[args.shell](flags))
    return 0


def _bash(flags: dict[str, list[str]]) -> str:
    cases = "\n".join(f"    {name}) words={' '.join(words)!r} ;;" for name, words in flags.items())
    return f"""_depscan() {{
  local words current=${{COMP_WORDS[COMP_CWORD]}}
  case ${{COMP_WORDS[1]}} in
{cases}
    *) words={" ".join([*flags["scan"], *flags])!r} ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}}
complete -o filenames -F _depscan depscan
"""


def _zsh(flags: dict[str, list[str]]) -> str:
    return f"#compdef depscan\nautoload -U +X bashcompinit && bashcompinit\n{_bash(flags)}"


def _fish(flags: dict[str, list[str]]) -> str:
    lines = [f"complete -c depscan -n __fish_use_subcommand -a {name}" for name in flags]
    for name, words in flags.items():
        for word in words:
            option = (
                f"-l {word[2:]}"
                if word.startswith("--")
                else f"-s {word[1:]}"
                if word.startswith("-")
                else f"-a {word}"
            )
            lines.append(f"complete -c depscan -n '__fish_seen_subcommand_from {name}' {option}")
    return "\n".join(lines) + "\n"
