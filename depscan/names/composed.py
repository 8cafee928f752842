"""Names that look put together from a known name and generic words, as language models make them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.names.evidence import TEXTS, YOUNG
from depscan.names.lists import name_list
from depscan.names.spelling import squash, words_of
from depscan.names.verdict import COMPOSED, NONE, WARN, Facts, Verdict

if TYPE_CHECKING:
    from depscan.names.protected import Protected


def composed(name: str, low: str, protected: Protected, facts: Facts | None) -> Verdict | None:
    """Return a verdict on a name made of known names and generic words only; None for others.

    Such names are common and mostly honest: without further facts this is a hint (tier none). It becomes a warning
    when the index does not have the package, or has had it for a short time only.

    Raises:
        IntelError: the table of names is damaged.
    """
    words = words_of(low)
    affixes = name_list("affixes").names
    rest = [word for word in words if word not in affixes]
    if not rest or len(rest) == len(words):
        return None
    index = protected.index(squash("".join(rest)))
    if index < 0:
        return None
    target = protected.target(index)
    text = f"put together from {target.name} and generic words: language models make up such names"
    owner = _owner(low, protected.ecosystem)
    reasons = (text, *([f"names that begin so belong to a family ({owner})"] if owner else []))
    age = facts.age if facts else None
    missing, young = facts is not None and facts.exists is False, age is not None and age < YOUNG
    if missing:
        reasons += (TEXTS["missing"],)
    elif young:
        reasons += (TEXTS["young"].format(age=age),)
    tier = WARN if missing or (young and not owner) else NONE
    return Verdict(name, tier, target.name, reasons, COMPOSED, install=target.name if target.kind == "popular" else "")


def _owner(low: str, ecosystem: str) -> str:
    """Return who publishes the longest family that a name belongs to, "" for none."""
    held = name_list("families")
    fitting = [p for p in held.names if low.startswith(p)] if ecosystem in held.ecosystems else []
    return held.names[max(fitting, key=len)] if fitting else ""
