"""A model file as reports and inventories show it: what loading it does, in one word and line by line."""

from typing import NamedTuple

MODEL_VERDICTS = ("hostile", "incomplete", "foreign code needed", "known constructors", "data only")
"""Words of ``ModelFile.verdict``, worst first."""


class ModelFile(NamedTuple):
    """One file that a loader of models would read.

    Attributes:
        path: inside the artifact, or the file's own name.
        container: archives around it, outermost first, without the artifact itself.
        format: "pickle", "safetensors" ...
        verdict: data only, known constructors, foreign code needed, hostile or incomplete.
        size: bytes.
        program: what loading does, one line of pseudo-code per step, each with its offset or line in front and,
            behind, what is said of it.
        needs: distributions whose code loading needs and nobody here vouches for, sorted.
        about: what the file says of itself, by the format's own words.
        artifact: the archive, folder or file as the user named it.
    """

    path: str
    container: tuple[str, ...]
    format: str
    verdict: str
    size: int
    program: tuple[tuple[str, str, str, str], ...] = ()
    """(place, text, verdict of the step, why) of each step."""
    needs: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    artifact: str = ""

    @property
    def shown(self) -> str:
        """Return where it stands: the artifact (unless it is the file itself), the archives around, and its path."""
        inside = (*self.container, self.path)
        if self.artifact.endswith(inside[0]):
            return " > ".join((self.artifact, *inside[1:]))
        return " > ".join((self.artifact, *inside) if self.artifact else inside)
