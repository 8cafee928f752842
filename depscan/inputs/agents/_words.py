"""Words of a command: options with and without values, the verb of a program."""

from __future__ import annotations


def verb_of(words: list[str], with_value: frozenset[str]) -> tuple[str, list[str]]:
    """Return the first word that is no option, and the words after it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in with_value else 1
    return (words[at], words[at + 1 :]) if at < len(words) else ("", [])


def options_of(
    words: list[str], named: frozenset[str], with_value: frozenset[str], with_text: frozenset[str]
) -> tuple[list[str], str, list[str]]:
    """Return the values of ``named`` options, the value of a ``with_text`` one, and what follows the options."""
    specs: list[str] = []
    text = ""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        name, equals, value = words[at].partition("=")
        at += 1
        if words[at - 1] == "--":
            break
        if name in named or name in with_text or name in with_value:
            if not equals:
                value = words[at] if at < len(words) else ""
                at += 1
            if name in named:
                specs.append(value)
            elif name in with_text:
                text = value
    return specs, text, words[at:]
