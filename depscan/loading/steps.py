"""What a reader of a model file says: the steps that loading it takes, judged one by one, and what was not read."""

from __future__ import annotations

import time
from typing import NamedTuple

KNOWN, ODD, FOREIGN, HOSTILE = "known", "odd", "foreign", "hostile"
VERDICTS = (KNOWN, ODD, FOREIGN, HOSTILE)
"""Words of a step, mildest first: on the allowlist; odd, but harmless as far as can be seen; code that nobody here
vouches for (of a package outside, or a name that is not on the allowlist); known to do harm or made to deceive."""

DATA_ONLY, CONSTRUCTORS, FOREIGN_CODE, HOSTILE_FILE, INCOMPLETE = (
    "data only", "known constructors", "foreign code needed", "hostile", "incomplete",
)  # fmt: skip

WHATS = frozenset({
    "load.call", "load.import", "load.state", "load.layout", "load.path", "load.native", "load.operator",
    "load.template", "load.code", "load.bomb",
})  # fmt: skip
"""Words of facts that only loading has (docs/decisions/0013)."""

MAX_TEXT = 300
_SLOWEST = 10 << 20
MAX_VALUE = 2000


class Step(NamedTuple):
    """One thing that loading a file does, or one thing that is wrong with the file.

    Attributes:
        what: a word of ``WHATS``.
        verdict: a word of ``VERDICTS``.
        slug: names the case in the words of the rules: ``call``, ``hole``, ``external-path``, ``lambda`` ...
        text: the step as readable pseudo-code or, of a layout, as it stands in the file; one line.
        why: one sentence: why it is allowed or what is wrong with it.
        callee: dotted name of what is called or named ("" for none): ``os.system``.
        values: folded texts that matter (a command, a URL, a path, code); at most 2,000 characters each.
        does: word of ``depscan.facts.fact.WHATS`` for what the call does (``shell.run``); "" when unknown.
        package: distribution whose code is needed; "" for none or the standard library.
        at: byte offset in the file or in ``layer``'s innermost decoded bytes; -1 when it has none.
        line: 1-based line of text formats; 0 without lines.
        layer: decodings inside the file, outermost first ("base64", "pickle @ 0x1f2").
    """

    what: str
    verdict: str
    slug: str
    text: str
    why: str
    callee: str = ""
    values: tuple[str, ...] = ()
    does: str = ""
    package: str = ""
    at: int = -1
    line: int = 0
    layer: tuple[str, ...] = ()


class Budget(NamedTuple):
    """Limits of reading one artifact's model files, all inclusive.

    Attributes:
        opcodes: pickle opcodes over all streams.
        steps: steps of one file that are kept.
        depth: encodings and pickles inside each other.
        seconds: CPU time of all of them.
        file: CPU seconds of one file, with what is read inside it.
        read: bytes read.
    """

    opcodes: int = 20_000_000
    steps: int = 2_000
    depth: int = 8
    seconds: float = 60.0
    file: float = 4.0
    read: int = 4 << 30


class Meter:
    """Counts what was spent on all model files of an artifact."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.opcodes = 0
        self.read = 0
        self._end = time.process_time() + self.budget.seconds
        self._file = self._end

    def start(self, size: int) -> None:
        """Begin with a file of its own: what others took is not taken from its time, and a larger one has more.

        Args:
            size: bytes; honest files are read at 10 MB a second and more.
        """
        self._file = min(self._end, time.process_time() + self.budget.file + size / _SLOWEST)

    @property
    def late(self) -> bool:
        """Whether the CPU time is used up."""
        return time.process_time() >= self._file


class Report:
    """Collects the steps of one file.

    Attributes:
        format: the format's title, set by the router ("pickle", "safetensors").
        steps: in the order of loading.
        gaps: what could not be read, in plain words: the file is then incomplete.
        meter: what was spent.
        about: facts about the file for an inventory, by the format's own words ("tensors" -> "291").
    """

    def __init__(self, meter: Meter | None = None) -> None:
        self.format = ""
        self.steps: list[Step] = []
        self.gaps: list[str] = []
        self.meter = meter or Meter()
        self.about: dict[str, str] = {}
        self._seen: set[tuple[object, ...]] = set()
        self._dropped: set[str] = set()

    def add(self, step: Step) -> None:
        """Keep a step; equal ones at other offsets are kept once, and past the budget only the worst kinds are."""
        key = (step.what, step.slug, step.callee, step.values, step.text, step.layer)
        if key in self._seen:
            return
        if len(self.steps) >= self.meter.budget.steps and step.verdict in self._dropped:
            return
        if len(self.steps) >= self.meter.budget.steps:
            self._dropped.add(step.verdict)
            if all(one.verdict != step.verdict for one in self.steps):
                self._keep(key, step)
            return
        self._keep(key, step)

    def _keep(self, key: tuple[object, ...], step: Step) -> None:
        self._seen.add(key)
        self.steps.append(
            step._replace(text=step.text[:MAX_TEXT], values=tuple(v[:MAX_VALUE] for v in step.values if v))
        )

    def gap(self, why: str) -> None:
        """Say what could not be read; once."""
        if why not in self.gaps and len(self.gaps) < 50:  # noqa: PLR2004 - nobody reads more
            self.gaps.append(why)

    def merge(self, inner: Report) -> None:
        """Take over the steps and gaps of something read inside this file."""
        for step in inner.steps:
            self.add(step)
        for why in inner.gaps:
            self.gap(why)

    @property
    def verdict(self) -> str:
        """Return data only, known constructors, foreign code needed, hostile or incomplete.

        What is hostile stays so when more could not be read; nothing else does.
        """
        found = {step.verdict for step in self.steps}
        if HOSTILE in found:
            return HOSTILE_FILE
        if self.gaps:
            return INCOMPLETE
        if FOREIGN in found:
            return FOREIGN_CODE
        return CONSTRUCTORS if KNOWN in found else DATA_ONLY
