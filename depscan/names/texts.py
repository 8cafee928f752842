"""What the signals say, in the words of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.names.signals import Case

TRICKS = {
    "same": "the same letters with other separators",
    "disguised": "look-alike characters in place of letters",
    "confusable": "letters of another script that look like ASCII ones",
    "order": "the same words in another order",
    "scope-dropped": "the name of a package in a vendor's scope, without the scope",
    "scope-added": "the name of a known package, put into another scope",
    "swapped": "two neighbouring letters swapped ({typed} for {meant})",
    "doubled": "a letter doubled ({typed})",
    "undoubled": "a doubled letter dropped ({meant})",
    "dropped": "a letter dropped ({meant})",
    "dropped-vowel": "a vowel dropped ({meant})",
    "added": "a letter added ({typed})",
    "added-key": "a neighbouring key hit as well ({typed})",
    "plural": "an s added",
    "singular": "the s dropped",
    "digit-added": "a digit added ({typed})",
    "digit-dropped": "a digit dropped ({meant})",
    "version-digit": "another digit ({typed} for {meant})",
    "look-alike": "a look-alike character ({typed} for {meant})",
    "replaced": "a letter replaced ({typed} for {meant})",
    "replaced-key": "a neighbouring key ({typed} for {meant})",
    "replaced-vowel": "another vowel ({typed} for {meant})",
    "replaced-digit": "a digit and a letter exchanged ({typed} for {meant})",
    "two-reordered": "letters in another order ({typed} for {meant})",
}
_TWO = "two slips ({typed} for {meant})"
_AFFIXES = {
    "lure": "a word that promises something was added",
    "language": "the name of a language was added",
    "generic": "a generic word was added",
    "version": "a version was added",
    "glued": "a piece was glued on",
    "dot-js": ".js was added",
}
_KINDS = {
    "brand": "a brand",
    "project": "a project known under a name that is not on the index",
    "import name": "an import name",
    "publisher": "a well-known publisher",
    "action": "one of the most used actions",
    "name of a vendor's scope": "a package in a vendor's scope",
}


def trick(case: Case) -> str:
    """Return by which trick the suspect looks like the target."""
    typed, meant = case.edit.typed, case.edit.meant
    two = _TWO if typed and meant else "two characters added ({typed})" if typed else "two characters dropped ({meant})"
    text = TRICKS.get(case.edit.kind, two).format(typed=repr(typed), meant=repr(meant))
    if case.affix == "none":
        return text
    added = _AFFIXES[case.affix]
    return added if case.edit.kind == "same" else f"{added}, and {text}"


def standing(case: Case, imitated: int) -> str:
    """Return who the target is."""
    target = case.target
    known = _KINDS.get(target.kind)
    text = f"{target.name} is {known}" if known else f"{target.name} is number {target.rank:,} of the most downloaded"
    if target.ai and target.kind not in {"publisher", "brand"}:
        text += ", an AI package"
    if imitated:
        text += f"; {imitated} imitation{'s' if imitated > 1 else ''} of it known"
    return text
