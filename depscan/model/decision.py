"""What the policy says about a finding, and what the scan did not look at."""

from typing import NamedTuple

from depscan.model.finding import Finding


class Waiver(NamedTuple):
    """A reasoned, dated permission to accept a finding, from the policy file."""

    id: str
    package: str
    reason: str
    owner: str
    expires: str
    path: str
    line: int


class Decision(NamedTuple):
    """What to do about a finding.

    ``action`` is block, warn or allow; ``because`` names the policy file and line, or the default.
    """

    finding: Finding
    action: str
    because: str
    waiver: Waiver | None = None


class Coverage(NamedTuple):
    """Something that was looked at only in part or not at all.

    Attributes:
        what: file, ecosystem or package.
        status: done, partial, skipped or failed.
        why: one sentence.
        needed: True when the policy needs it: the scan is then incomplete (exit 4) or, for bad
            input, wrong (exit 2).
        line: 1-based line in the file, 0 when it is about the whole.
        kind: input, advisory, index, policy, service, edges (who asks for whom) or resolution.
    """

    what: str
    status: str
    why: str
    needed: bool = False
    line: int = 0
    kind: str = "input"
