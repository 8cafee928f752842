"""The whole answer of a scan: everything a report may show."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from depscan.model.decision import Coverage, Decision
from depscan.model.finding import Confidence, Finding
from depscan.model.modelfile import ModelFile
from depscan.model.rule import Rule
from depscan.model.usage import Usage

if TYPE_CHECKING:
    from depscan.model.graphview import GraphView

EXIT_CLEAN, EXIT_GATE, EXIT_INPUT, EXIT_NOTHING, EXIT_INCOMPLETE = range(5)

VERDICTS = {
    "clean": "clean",
    "warnings": "passed with warnings",
    "blocked": "blocked",
    "incomplete": "incomplete",
    "bad-input": "bad input",
    "nothing": "nothing to scan",
}
"""Verdicts of a scan and of a night as people read them."""


class SnapshotInfo(NamedTuple):
    """The advisory data an answer rests on.

    ``built`` and ``newest`` are RFC 3339 dates (index built, newest record in it); ``age_days`` counts
    from ``newest`` to the day of the scan; ``counts`` maps ecosystem to number of records.
    """

    origin: str
    built: str
    newest: str
    age_days: int
    counts: dict[str, int]
    sha256: str = ""


def exit_code(decisions: Iterable[Decision], coverage: Iterable[Coverage], scanned: int) -> int:
    """Return the one exit code of a scan; the first line that holds decides.

    1  a finding is blocked by the policy
    2  a file could not be read as what it claims to be
    4  something the policy needs could not be done
    3  no file with dependencies was found
    0  everything needed was looked at and nothing is blocked
    """
    if any(d.action == "block" for d in decisions):
        return EXIT_GATE
    needed = [c for c in coverage if c.needed]
    if any(c.kind == "input" for c in needed):
        return EXIT_INPUT
    if needed:
        return EXIT_INCOMPLETE
    return EXIT_CLEAN if scanned else EXIT_NOTHING


class FileInfo(NamedTuple):
    """A file that was read: its format, and how many packages it states."""

    path: str
    format: str
    packages: int
    ecosystem: str


class ScanResult(NamedTuple):
    """Graph, findings, decisions and coverage of one scan.

    Attributes:
        tool_version: version of depscan.
        graph: the merged graph (a ``depscan.graph.graph.DependencyGraph``).
        findings: sorted; worst first, then subject and rule.
        decisions: one per finding, in the same order.
        coverage: what was looked at in part or not at all.
        files: the files that were read.
        snapshot: the advisory data used; None when none could be used.
        rules: every rule that could have fired, by id.
        timestamp: RFC 3339 time of the scan, the only value that differs between equal scans.
        exit_code: see ``exit_code()``.
        mode: scan, or inspect when the code of artifacts was read.
        models: what loading each model file does; in the order of artifacts and their members.
        uses: where and how nodes are used; in the order of the files.
    """

    tool_version: str
    graph: "GraphView"
    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...]
    coverage: tuple[Coverage, ...]
    files: tuple[FileInfo, ...]
    snapshot: SnapshotInfo | None
    rules: Mapping[str, Rule]
    timestamp: str
    exit_code: int
    mode: str = "scan"
    models: tuple[ModelFile, ...] = ()
    uses: tuple[Usage, ...] = ()

    @property
    def verdict(self) -> str:
        """Return blocked, bad-input, incomplete, nothing, warnings or clean.

        Of an inspection: malicious, unsafe (to load), suspicious, incomplete, bad-input or clean.
        """
        if self.mode == "inspect":
            return self._inspection_verdict()
        words = {EXIT_GATE: "blocked", EXIT_INPUT: "bad-input", EXIT_NOTHING: "nothing", EXIT_INCOMPLETE: "incomplete"}
        word = words.get(self.exit_code)
        if word:
            return word
        return "warnings" if any(d.action != "allow" for d in self.decisions) else "clean"

    def _inspection_verdict(self) -> str:
        standing = [d.finding for d in self.decisions if d.action != "allow"]
        if any(f.klass == "malicious" for f in standing):
            return "malicious"
        if any(d.finding.klass == "loading" and d.action == "block" for d in self.decisions):
            return "unsafe"
        if any(f.klass in {"behaviour", "loading"} and f.confidence > Confidence.LOW for f in standing):
            return "suspicious"
        return {EXIT_INPUT: "bad-input", EXIT_NOTHING: "bad-input", EXIT_INCOMPLETE: "incomplete"}.get(
            self.exit_code, "clean"
        )
