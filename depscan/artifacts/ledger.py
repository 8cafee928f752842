"""What was spent on opening one artifact, and what is wrong with it: shared by all readers of that artifact."""

from __future__ import annotations

import re
import time

from depscan.artifacts.artifact import Budget, Oddity

_MOST_PER_KIND = 100
"""Oddities of one kind that are listed; the last one says that there are more."""

_MIB = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")


class Ledger:
    """Counts bytes, members and CPU time against the budget and collects oddities.

    Attributes:
        budget: the limits.
        found: oddities in the order met; readers add to it also after the artifact was returned
            (``depscan.artifacts.open.oddities_of``).
        kept: bytes of content held in memory.
        stopped: whether reading stopped at data that grew past the ratio.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.found: list[Oddity] = []
        self.kept = 0
        self._read = 0
        self._members = 0
        self._patience = 0
        self.stopped = False
        self._counts: dict[str, int] = {}
        self._end = time.process_time() + budget.seconds

    def odd(self, kind: str, path: str, detail: str, case: str = "") -> None:
        """Record an oddity; past 100 of a kind only that there are more."""
        count = self._counts.get(kind, 0) + 1
        self._counts[kind] = count
        if count < _MOST_PER_KIND:
            self.found.append(Oddity(kind, path[: self.budget.name], detail, case))
        elif count == _MOST_PER_KIND:
            more = f"{detail}; more of the kind {kind} are not listed"
            self.found.append(Oddity(kind, path[: self.budget.name], more, case))

    def aside(self) -> Ledger:
        """Return a ledger of the same budget that ends at the same time, for what is told later or not at all.

        Data that grows past the ratio is told and still read, up to the budget's total: arrays of zeros do that.
        """
        other = Ledger(self.budget)
        other._end = self._end
        other._patience = self.budget.total
        return other

    def late(self, path: str) -> bool:
        """Whether the CPU time is used up; says so once."""
        if time.process_time() < self._end:
            return False
        self._once("budget", path, f"reading stopped after {self.budget.seconds:g} s of CPU time")
        return True

    def grant(self, path: str, wanted: int) -> int:
        """Return how many of the wanted bytes may be read of a member; 0 past the budgets, which is said once."""
        if self.late(path):
            return 0
        allowed = min(wanted, self.budget.member)
        if self._read + allowed > self.budget.total:
            self._once("budget", path, f"more than {self.budget.total // _MIB} MiB unpacked; the rest was not read")
            return 0
        if allowed < wanted:
            self.odd("budget", path, f"only the first {allowed // _MIB} MiB were read")
        self._read += allowed
        return allowed

    def admit(self, path: str) -> bool:
        """Count a member; False once there are more than the budget allows, which is said once."""
        self._members += 1
        if self._members <= self.budget.members:
            return True
        self._once("budget", path, f"more than {self.budget.members} members; the rest was not listed")
        return False

    def explodes(self, path: str, packed: int, unpacked: int, *, patient: bool = True) -> bool:
        """Whether to stop at data that grows more than the budget's ratio once past 1 MiB; says so.

        Args:
            path: for the oddity.
            packed: bytes taken.
            unpacked: bytes made.
            patient: whether the ledger's patience holds: where a header may state as much.
        """
        if unpacked <= _MIB or unpacked <= packed * self.budget.ratio:
            return False
        patience = self._patience if patient else 0
        self.stopped = unpacked > patience
        where = "; reading stopped there" if not patience else ""
        self._once("ratio", path, f"unpacks to more than {self.budget.ratio} times its size{where}")
        return self.stopped

    def _once(self, kind: str, path: str, detail: str) -> None:
        if not any(o.kind == kind and o.detail == detail for o in self.found):
            self.odd(kind, path, detail)

    def clean(self, raw: str) -> str:
        """Return a member's path with forward slashes, relative and resolved; says what was wrong with it.

        Leading ``..`` stay, so that it is seen where the member would land.
        """
        if len(raw) > self.budget.name:
            self.odd("long-name", raw, f"a path of {len(raw)} characters")
            raw = raw[: self.budget.name]
        path = raw.replace("\\", "/")
        if not path.isprintable():
            path = self._printable(path)
        if path[:1] not in "./" and path[1:2] != ":" and "/." not in path and "//" not in path:
            return path
        if path.startswith("/") or _DRIVE.match(path):
            self.odd("absolute", path, "an absolute path")
            path = path[2:] if path[1:2] == ":" else path
        parts: list[str] = []
        for part in path.split("/"):
            if part == ".." and parts and parts[-1] != "..":
                parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        if ".." in path.split("/"):
            self.odd("traversal", path, "a path with '..'")
        return "/".join(parts)

    def _printable(self, path: str) -> str:
        """Return a path cut at a NUL, as extractors do; says what is unprintable (line breaks, direction marks)."""
        name, nul, _ = path.partition("\0")
        if nul or any(ord(c) < 32 or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068" for c in name):  # noqa: PLR2004
            self.odd("broken", name, "a path with control characters")
        return name.encode("utf-8", "backslashreplace").decode()
