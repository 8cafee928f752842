"""Run depscan over every labelled case and write precision and recall per rule and family to results.json.

Cases are data: archives are built in memory, nothing is unpacked to disk, imported or run.

    python corpus/evaluate.py            # measure and write corpus/results.json
    python corpus/evaluate.py --check    # fail where recall fell or false alarms rose against the committed file
    python corpus/evaluate.py exfiltration/dns   # only cases whose id holds the text; nothing is written
"""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import sys
import tarfile
import time
import tomllib
import zipfile
from typing import Any, NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER = ("clean", "incomplete", "suspicious", "malicious")
"""Verdicts, weakest first."""


class Case(NamedTuple):
    """One labelled package.

    Attributes:
        id: ``family/slug``.
        label: malicious or benign.
        kind: sdist, wheel or npm.
        at_least: the weakest verdict that counts as found (malicious cases).
        must, must_not: ids of rules that have to report, or may not.
        files: member path and content.
    """

    id: str
    label: str
    kind: str
    at_least: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]


class Outcome(NamedTuple):
    """What depscan said about a case, in how many CPU seconds."""

    case: Case
    verdict: str
    rules: tuple[str, ...]
    seconds: float

    @property
    def problems(self) -> list[str]:
        """What differs from the label, one sentence each."""
        case, found = self.case, []
        if case.label == "malicious" and ORDER.index(self.verdict) < ORDER.index(case.at_least):
            found.append(f"should be {case.at_least}, is {self.verdict}")
        if case.label == "benign" and self.verdict in {"suspicious", "malicious"}:
            found.append(f"is honest and called {self.verdict}")
        found += [f"{rule} does not report" for rule in case.must if rule not in self.rules]
        found += [f"{rule} reports" for rule in case.must_not if rule in self.rules]
        return found


def read_cases(folder: str) -> list[Case]:
    """Return every case below a folder, sorted by id.

    Raises:
        ValueError: a case has no file or an unknown label.
    """
    cases = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        if "case.toml" in names:
            with open(os.path.join(base, "case.toml"), "rb") as file:
                cases.append(_case(os.path.relpath(base, folder).replace(os.sep, "/"), tomllib.load(file)))
    return cases


def _case(case_id: str, data: dict[str, Any]) -> Case:
    if data["label"] not in {"malicious", "benign"} or not data.get("file"):
        raise ValueError(f"{case_id}: needs a label and files")
    return Case(
        case_id,
        data["label"],
        data.get("kind", "sdist"),
        data.get("at-least", "malicious"),
        tuple(data.get("must", ())),
        tuple(data.get("must-not", ())),
        tuple((row["path"], _content(row)) for row in data["file"]),
    )


def _content(row: dict[str, str]) -> bytes:
    return base64.b64decode(row["base64"]) if "base64" in row else row["text"].encode()


def build(case: Case) -> tuple[str, bytes]:
    """Return file name and bytes of the archive a case describes; the same case gives the same bytes."""
    if case.kind == "wheel":
        return "demo-1.0-py3-none-any.whl", _wheel(case)
    top, name = ("package", "demo-1.0.0.tgz") if case.kind == "npm" else ("demo-1.0", "demo-1.0.tar.gz")
    files = list(case.files)
    if case.kind == "sdist":
        files.append(("PKG-INFO", b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"))
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for path, content in files:
            info = tarfile.TarInfo(f"{top}/{path}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return name, held.getvalue()


def _wheel(case: Case) -> bytes:
    held = io.BytesIO()
    info = "demo-1.0.dist-info"
    extra = (
        (f"{info}/METADATA", b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        (f"{info}/RECORD", b""),
    )
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in (*case.files, *extra):
            archive.writestr(zipfile.ZipInfo(path), content)
    return held.getvalue()


def run(case: Case) -> Outcome:
    """Return what depscan says about a case."""
    from depscan.inspection import inspect_bytes

    name, data = build(case)
    start = time.process_time()
    result = inspect_bytes(data, name)
    seconds = time.process_time() - start
    rules = tuple(sorted({finding.rule for finding in result.findings}))
    return Outcome(case, result.verdict, rules, seconds)


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return counts, recall and precision over all, per family and per rule, and what is still wrong."""
    families = sorted({o.case.id.split("/")[0] for o in outcomes})
    return {
        "all": _rates(outcomes),
        "families": {f: _rates([o for o in outcomes if o.case.id.split("/")[0] == f]) for f in families},
        "rules": {rule: _rule_rates(rule, outcomes) for rule in sorted({r for o in outcomes for r in _named(o)})},
        "open": {o.case.id: o.problems for o in outcomes if o.problems},
    }


def _named(outcome: Outcome) -> set[str]:
    return {*outcome.rules, *outcome.case.must}


def _rates(outcomes: list[Outcome]) -> dict[str, Any]:
    bad = [o for o in outcomes if o.case.label == "malicious"]
    good = [o for o in outcomes if o.case.label == "benign"]
    blocked = sum(o.verdict == "malicious" for o in bad)
    flagged = sum(o.verdict in {"malicious", "suspicious"} for o in bad)
    wrong = sum(o.verdict == "malicious" for o in good)
    noisy = sum(o.verdict in {"malicious", "suspicious"} for o in good)
    return {
        "malicious_cases": len(bad),
        "benign_cases": len(good),
        "recall_malicious": _share(blocked, len(bad)),
        "recall_suspicious": _share(flagged, len(bad)),
        "benign_malicious": wrong,
        "benign_suspicious": noisy,
        "precision": _share(flagged, flagged + noisy),
    }


def _rule_rates(rule: str, outcomes: list[Outcome]) -> dict[str, Any]:
    bad = sum(rule in o.rules for o in outcomes if o.case.label == "malicious")
    good = sum(rule in o.rules for o in outcomes if o.case.label == "benign")
    wanted = [o for o in outcomes if rule in o.case.must]
    return {
        "hits_malicious": bad,
        "hits_benign": good,
        "precision": _share(bad, bad + good),
        "recall": _share(sum(rule in o.rules for o in wanted), len(wanted)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def cost(outcomes: list[Outcome]) -> dict[str, float]:
    """Return CPU milliseconds per case and the peak memory of this process in MiB."""
    times = sorted(o.seconds for o in outcomes)
    return {
        "median_ms": round(times[len(times) // 2] * 1000, 1),
        "p95_ms": round(times[int(len(times) * 0.95)] * 1000, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def worse(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what fell behind the committed results: recall, false alarms, or a case that was right."""
    found = [f"{case}: {'; '.join(why)}" for case, why in new["open"].items() if case not in old["open"]]
    for key, sign in (("recall_malicious", 1), ("recall_suspicious", 1), ("benign_malicious", -1)):
        before, now = old["all"][key] or 0, new["all"][key] or 0
        if (now - before) * sign < 0:
            found.append(f"{key}: {before} -> {now}")
    return found


def main(arguments: list[str]) -> int:
    """Measure; returns 0, or 1 where ``--check`` found something worse."""
    check = "--check" in arguments
    wanted = [a for a in arguments if not a.startswith("-")]
    cases = [c for c in read_cases(os.path.join(HERE, "cases")) if not wanted or any(w in c.id for w in wanted)]
    outcomes = [run(case) for case in cases]
    results = summary(outcomes)
    for case_id, why in results["open"].items():
        print(f"{case_id}: {'; '.join(why)}")
    print(json.dumps({**results["all"], **cost(outcomes)}, indent=1))
    path = os.path.join(HERE, "results.json")
    if check:
        with open(path, encoding="utf-8") as file:
            problems = worse(json.load(file), results)
        print("\n".join(problems))
        return int(bool(problems))
    if not wanted:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1, sort_keys=True)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
