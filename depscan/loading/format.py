"""What a module in ``depscan/loading/formats`` declares.

Three literals at its top are read without importing it (``depscan.loading.route``), each on one line:

- ``STARTS = "hex hex"``: first bytes of a file, in hexadecimal digits; ``*`` to be asked about every file that no
  other format knows by its start.
- ``NAMES = "*.gguf tokenizer.json"``: globs of file names, in lower case, that promise the format.
- ``TITLE = "GGUF"``: what reports call it;
- ``STANDS_IN = "yes"``, where it stands for a file of another format and may have that one's name.

and two functions::

    def looks(file: File) -> bool          # by content: is it this format? cheap, never raises
    def read(file: File, report: Report) -> None   # adds steps and gaps; never raises on any bytes
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report


class FormatModule(Protocol):
    """A module of ``depscan/loading/formats``."""

    STARTS: str
    NAMES: str
    TITLE: str

    def looks(self, file: "File") -> bool:
        """Return whether the content is of this format."""

    def read(self, file: "File", report: "Report") -> None:
        """Add what loading the file does."""
