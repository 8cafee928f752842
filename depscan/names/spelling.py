"""Forms of a name that are compared: squashed, with look-alikes undone, by sound, split into words."""

from __future__ import annotations

import re

SEPARATORS = "-_./@"
_LOOKS = str.maketrans("015|!", "olsll")
_CONFUSABLE = str.maketrans(
    {
        # Cyrillic, Greek, Armenian and Latin letters that look like ASCII ones (Unicode TR 39, the common part).
        **dict(zip("авгеѕіїјкӏмнопрстухһԁԛԝьз", "abresiijklmhonpctyxhdqwb3", strict=True)),
        **dict(zip("αβγεζηικμνοπρσтυχω", "abyeznikuvonpotuxw", strict=True)),
        **dict(zip("օոսցհզıłøđɡɑɩʟŧƅƽſ", "onughqilodgailtbss", strict=True)),
    }
)
_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("[ckq]+"), "k"),
    (re.compile("[sz]+"), "s"),
    (re.compile("[aeiouyhw]"), ""),
)
_DOUBLED = re.compile(r"(.)\1+")
_WORDS = re.compile(r"[-_./@]+")


def squash(name: str) -> str:
    """Return a lower-case name without its separators."""
    if "-" in name:
        name = name.replace("-", "")
    return name if name.isalnum() else name.translate(_DROP)


_DROP = str.maketrans("", "", SEPARATORS)


def words_of(name: str) -> list[str]:
    """Return the parts of a name between separators."""
    return name.split("-") if name.replace("-", "").isalnum() else [w for w in _WORDS.split(name) if w]


def plain(name: str) -> str:
    """Return a name with letters of other scripts, accents and wide forms written as the ASCII they look like.

    Source: Unicode TR 39 (confusables) for the common part, NFKD for the rest; what looks like nothing stays.
    """
    if name.isascii():
        return name
    import unicodedata

    apart = unicodedata.normalize("NFKD", name.lower()).translate(_CONFUSABLE)
    return "".join(c for c in apart if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")


def undisguised(squashed: str) -> str:
    """Return a squashed name with ASCII look-alikes undone: digits for letters, ``rn`` for m, ``vv`` for w."""
    return squashed.replace("rn", "m").replace("vv", "w").translate(_LOOKS)


def sound(squashed: str) -> str:
    """Return what is left of a name when vowels, doubled letters and spellings of one sound are made equal."""
    for pattern, by in _SOUNDS:
        squashed = pattern.sub(by, squashed)
    return _DOUBLED.sub(r"\1", squashed)
