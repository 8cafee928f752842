"""Why a stream cannot be read further."""

MALFORMED, TRUNCATED, LIE, BUDGET = "malformed", "truncated", "lie", "budget"
"""An unpickler raises here; the file ends here; a claim that no file can keep; our own limit."""


class BrokenError(Exception):
    """The stream ends here.

    Attributes:
        kind: MALFORMED, TRUNCATED, LIE or BUDGET.
        why: in plain words.
    """

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why
