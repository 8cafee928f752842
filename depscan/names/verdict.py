"""What is said about a name."""

from typing import NamedTuple

BLOCK, WARN, NONE = "block", "warn", "none"
"""The tiers: sharp enough to stop an installation; worth a look; nothing to say."""
COMMANDS = {"PyPI": "pip install", "npm": "npm install"}
"""How a package is asked for, by ecosystem."""
IMITATION, IMPORT, BRAND, INVENTED, COMPOSED, SCRIPT, UNCLAIMED = (
    "imitation", "import-name", "brand", "invented", "composed", "foreign-script", "unclaimed",
)  # fmt: skip
"""What a verdict is about."""


class Facts(NamedTuple):
    """What is known of a package besides its name; everything may be unknown.

    Attributes:
        exists: whether the index has it.
        first_seen: day of the first release, YYYY-MM-DD.
        releases: number of releases.
        summary: its one-line description.
        today: the day ages are counted to, YYYY-MM-DD.
    """

    exists: bool | None = None
    first_seen: str = ""
    releases: int | None = None
    summary: str = ""
    today: str = ""

    @property
    def age(self) -> int | None:
        """Return the days since the first release; None when that is not known."""
        if not self.first_seen:
            return None
        from datetime import date

        try:
            first, last = date.fromisoformat(self.first_seen[:10]), date.fromisoformat(self.today[:10])
        except ValueError:
            return None
        return (last - first).days


class Verdict(NamedTuple):
    """The judgement of one name.

    Attributes:
        name: as it was given.
        tier: block, warn or none.
        target: the name it imitates or was probably meant; "" when there is none.
        reasons: sentences for a person, the trick first.
        about: imitation, import-name, brand, invented, composed, foreign-script, unclaimed or "".
        score: of an imitation; 0.0 otherwise.
        install: the package to ask for instead; "" when none is known.
        shares: of an imitation, signal, label and points, the weightiest first; only when asked for.
    """

    name: str
    tier: str = NONE
    target: str = ""
    reasons: tuple[str, ...] = ()
    about: str = ""
    score: float = 0.0
    install: str = ""
    shares: tuple[tuple[str, str, float], ...] = ()


def nothing(name: str) -> Verdict:
    """Return ``Verdict(name)``, in half the time: it is what is said of most names of an index."""
    return tuple.__new__(Verdict, (name, NONE, "", (), "", 0.0, "", ()))
