"""Names that are listed as a whole: import names, brands, projects that are not on the index, invented names."""

from __future__ import annotations

from functools import cache

from depscan.names.lists import name_list
from depscan.names.verdict import BRAND, IMPORT, INVENTED, WARN, Verdict

_LISTS = (
    ("imports", IMPORT, "{name} is the name one imports, not the package: {note} provides it"),
    ("invented", INVENTED, "a name that language models make up: {note} was meant"),
    ("brands", BRAND, "{name} is a brand, and no popular package has this name: {note}"),
    ("unlisted", BRAND, "a name people know, and no popular package has it: {note}"),
)
GOOD = "known-good"


def known(name: str, low: str, ecosystem: str) -> Verdict | None:
    """Return the verdict on a normalised name that a hand-kept list names; None for others.

    Raises:
        RuleError: a list is wrong.
    """
    if low not in listed_names(ecosystem):
        return None
    good = name_list(GOOD)
    if ecosystem in good.ecosystems and low in good.names:
        return Verdict(name, reasons=(f"known to be what it says: {good.names[low]}",))
    for key, about, text in _LISTS:
        held = name_list(key)
        note = held.names.get(low) if ecosystem in held.ecosystems else None
        if note:
            install = note if " " not in note else ""
            return Verdict(name, WARN, install or low, (text.format(name=low, note=note),), about, install=install)
    return None


@cache
def listed_names(ecosystem: str) -> frozenset[str]:
    """Return every normalised name that ``known`` has something to say about.

    Raises:
        RuleError: a list is wrong.
    """
    lists = [name_list(key) for key in (GOOD, *(key for key, _, _ in _LISTS))]
    return frozenset(name for held in lists if ecosystem in held.ecosystems for name in held.names)
