"""Compare the AI inventory of the labelled project with its labels: found, missed, false, wrong facts, by kind.

    python corpus/evaluate_inventory.py             # table
    python corpus/evaluate_inventory.py --list      # and every difference with file and line
    python corpus/evaluate_inventory.py --strict    # exit 1 below the bars: found 98 %, false 2 %, facts right 98 %
    python corpus/evaluate_inventory.py FOLDER      # of corpus/projects, instead of ai-assistant

``labels.tsv`` of a project holds one row per trust edge that must be found (``edge``), per place where
none may be found (``near``), and per place where a reader may find one or not (``either``). See corpus/README.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from depscan.facts.project import needed_packages, read_project
from depscan.inputs.gather import Gathered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.modelfile import ModelFile

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.join(HERE, "projects", "ai-assistant")
FOUND, FALSE, FACTS = 0.98, 0.02, 0.98
"""Bars: share of labelled edges found (at least), of found edges that are none (at most), of facts right (at least)."""

HOSTED = "pkg:generic/hosted/"
SERVICE = "pkg:generic/service/"

MANIFESTS = frozenset({"requirements.txt", "uv.lock", "pyproject.toml"})
"""Files whose packages all count as edges: only a sample of them is labelled."""


class Label(NamedTuple):
    """A row of labels.tsv.

    Attributes:
        verdict: edge, near or either.
        kind: model, dataset, hosted, service, file, package, image or action; only groups the figures.
        node: node id; ``~text`` for any node whose id or facts hold the text, ``*`` or "" for any node.
        file: path in the project.
        lines: ranges of lines, any of which is right; (0, 0) stands for the file as a whole.
        text: text that stands in the first of the ranges.
        facts: facts that must hold.
        why: what the row tries.
    """

    verdict: str
    kind: str
    node: str
    file: str
    lines: tuple[tuple[int, int], ...]
    text: str
    facts: tuple[tuple[str, str], ...]
    why: str

    def fits(self, found: Found) -> bool:
        """Return whether what was found is what this row is about."""
        if found.file != self.file or not any(first <= found.line <= last for first, last in self.lines):
            return False
        if self.node.startswith("~"):
            return self.node[1:] in found.node or any(self.node[1:] in value for _, value in found.facts)
        return self.node in {"", "*"} or same(name(self.node), name(found.node))

    def wrong(self, found: Found) -> list[str]:
        """Return how facts of what was found differ from the label, one text each."""
        known = dict(found.facts)
        wrong = [f"{k}: {known.get(k, '-')} for {v}" for k, v in self.facts if known.get(k) != v]
        if self.node.startswith("pkg:") and version(self.node) != version(found.node):
            wrong.append(f"version: {version(found.node) or '-'} for {version(self.node) or '-'}")
        return wrong


class Found(NamedTuple):
    """An edge that depscan reports: node id, place, facts and how it is used."""

    node: str
    file: str
    line: int
    facts: tuple[tuple[str, str], ...]
    how: str


class Result(NamedTuple):
    """What came out.

    Attributes:
        edges: number of labelled edges.
        missed: labelled edges that were not found.
        wrong: labelled edges whose facts differ, with the differences.
        found: what depscan reports.
        false: what it reports and is no edge, with the near-miss it fell for, if any.
    """

    edges: list[Label]
    missed: list[Label]
    wrong: list[tuple[Label, str]]
    found: list[Found]
    false: list[tuple[Found, Label | None]]

    @property
    def share_found(self) -> float:
        """Share of labelled edges that were found."""
        return 1 - len(self.missed) / len(self.edges)

    @property
    def share_false(self) -> float:
        """Share of what is reported that is no edge."""
        return len(self.false) / max(len(self.found), 1)

    @property
    def share_right(self) -> float:
        """Share of found edges whose facts are as labelled."""
        return 1 - len(self.wrong) / max(len(self.edges) - len(self.missed), 1)

    @property
    def good(self) -> bool:
        """Whether every bar is reached."""
        return self.share_found >= FOUND and self.share_false <= FALSE and self.share_right >= FACTS

    def sentence(self) -> str:
        """Return the figures in one line."""
        return (
            f"found {self.share_found:.1%} of {len(self.edges)} edges, {self.share_false:.1%} of {len(self.found)} "
            f"reported are none, facts right for {self.share_right:.1%}"
        )


def name(node: str) -> str:
    """Return a node id without version and qualifiers, percent signs decoded."""
    plain = node.partition("?")[0]
    head, _, _ = plain.rpartition("@")
    return unquote(head or plain)


def version(node: str) -> str:
    """Return the version of a node id; "" when it has none."""
    head, _, text = node.partition("?")[0].rpartition("@")
    return unquote(text) if head else ""


def same(label: str, found: str) -> bool:
    """Return whether two names mean the same.

    An image may carry the registry and folder that are left out in the label, and a hosted model that is called at
    another host than the vendor's may go by that host.
    """
    if label.startswith("pkg:oci/") and found.startswith("pkg:oci/"):
        return found == label or found.endswith("/" + label.removeprefix("pkg:oci/"))
    if label.startswith(HOSTED) and found.startswith(HOSTED):
        vendor, _, model = found.removeprefix(HOSTED).partition("/")
        return found == label or ("." in vendor and model == label.removeprefix(HOSTED).partition("/")[2])
    return label == found


def read_labels(project: str = PROJECT) -> list[Label]:
    """Return the rows of a project's labels.tsv."""
    with open(os.path.join(project, "labels.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    return [
        Label(
            *row[:4],
            lines=tuple(_range(text) for text in row[4].split(",")),
            text=row[5],
            facts=tuple(_pair(text) for text in row[6].split(";") if text),
            why=row[7],
        )
        for row in rows
    ]


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value


def read_found(project: str = PROJECT) -> list[Found]:
    """Return every edge that depscan finds in a project, each once: uses, requests, and weight files as a whole."""
    gathered = Gathered(root=project)
    gathered.add_paths([project])
    read = read_project(project)
    models = read.models if read else ()
    made: dict[tuple[str, str, int], Found] = {}

    def note(node: str, file: str, line: int, facts: tuple[tuple[str, str], ...], how: str) -> None:
        held = made.get((node, file, line))
        if held is None or len(held.facts) < len(facts):
            made[node, file, line] = Found(node, file, line, facts, how)

    for document in [*gathered.documents, *needed_packages(_shown(models, project), gathered.documents)]:
        for use in document.uses:
            line = gathered.locate(document.path, use.at).line
            note(use.node, document.path, line, use.facts, use.how)
        for node, at in document.at.items() if document.lock else ():
            note(node, document.path, gathered.locate(document.path, at).line, (), "lock")
        for edge in document.edges:
            if document.nodes[edge.child].ecosystem != "project":
                at = edge.at or document.at.get(edge.child, 0)
                note(edge.child, document.path, gathered.locate(document.path, at).line, (), edge.label)
    for model in _shown(models, project):
        if not model.artifact.endswith((".json", ".py", ".md")):
            note(f"pkg:generic/model/{model.artifact}", model.artifact, 0, (), "weights")
    return sorted(made.values(), key=lambda f: (f.file, f.line, f.node))


def _shown(models: Iterable[ModelFile], project: str) -> list[ModelFile]:
    """Return model files with their paths as in the labels."""
    return [model._replace(artifact=os.path.relpath(model.artifact, project)) for model in models]


def evaluate(project: str = PROJECT) -> Result:
    """Run depscan over a project and compare."""
    return compare(read_labels(project), read_found(project))


def compare(labels: list[Label], found: list[Found]) -> Result:
    """Return how what was found compares with the labels."""
    edges = [label for label in labels if label.verdict == "edge"]
    missed, wrong = [], []
    for label in edges:
        hits = [item for item in found if label.fits(item)]
        if not hits:
            missed.append(label)
            continue
        differences = min((label.wrong(item) for item in hits), key=len)
        if differences:
            wrong.append((label, "; ".join(differences)))
    false = []
    for item in found:
        if any(label.verdict != "near" and label.fits(item) for label in labels) or _beside(item, labels):
            continue
        false.append((item, next((x for x in labels if x.verdict == "near" and x.fits(item)), None)))
    return Result(edges, missed, wrong, found, false)


def _beside(item: Found, labels: list[Label]) -> bool:
    """Return whether an edge goes without saying.

    These are packages of a manifest, the vendor of a hosted model in the same statement, a weight file as a whole, and
    what is said about the file itself or the model folder it is in.
    """
    if item.file in MANIFESTS and item.node.startswith(("pkg:pypi/", "pkg:generic/assistant")):
        return True
    if item.node.startswith(SERVICE):
        hosted = [label for label in labels if label.kind == "hosted" and label.verdict != "near"]
        return any(label._replace(node="*").fits(item) for label in hosted)
    itself = (f"model/{item.file}", f"model/{os.path.dirname(item.file)}", item.file)
    return name(item.node).removeprefix("pkg:generic/") in itself


def _table(result: Result) -> str:
    all_of = Counter(label.kind for label in result.edges)
    missed = Counter(label.kind for label in result.missed)
    wrong = Counter(label.kind for label, _ in result.wrong)
    rows = ["| kind | edges | found | wrong facts |", "| --- | --- | --- | --- |"]
    rows += [f"| {kind} | {count} | {count - missed[kind]} | {wrong[kind]} |" for kind, count in sorted(all_of.items())]
    total = len(result.edges)
    rows.append(f"| all | {total} | {total - len(result.missed)} | {len(result.wrong)} |")
    return "\n".join(rows)


def differences(result: Result) -> list[str]:
    """Return a line per missed edge, wrong fact and false edge: ``file:line`` first."""

    def place(label: Label) -> str:
        return f"{label.file}:{','.join(f'{a}-{b}' if a != b else str(a) for a, b in label.lines)}"

    lines = [f"{place(x)} MISSED {x.kind} {x.node} ({x.why})" for x in result.missed]
    lines += [f"{place(x)} FACTS {x.kind} {x.node} got {text}" for x, text in result.wrong]
    lines += [
        f"{item.file}:{item.line} FALSE {item.node} how={item.how} {dict(item.facts)}{f' ({near.why})' if near else ''}"
        for item, near in result.false
    ]
    return sorted(lines)


def main(arguments: list[str]) -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--strict", action="store_true", help="exit 1 below the bars")
    parser.add_argument("--list", action="store_true", help="print every difference")
    parser.add_argument("project", nargs="?", default=PROJECT, help="folder of corpus/projects, or any path")
    chosen = parser.parse_args(arguments)
    project = os.path.join(HERE, "projects", chosen.project)
    result = evaluate(project)
    print(_table(result))
    print(result.sentence())
    near = sum(1 for _, label in result.false if label)
    print(f"near-misses fallen for: {near} of {sum(x.verdict == 'near' for x in read_labels(project))}")
    if chosen.list:
        print(*differences(result), sep="\n")
    return 1 if chosen.strict and not result.good else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
