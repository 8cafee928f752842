"""Compare airom's output for the labelled project with the same labels, beside depscan's figures.

    cp -r corpus/projects/ai-assistant /tmp/project && rm /tmp/project/labels.tsv
    airom fs /tmp/project --offline --no-cve --include-tests -q -o json=/tmp/airom.json
    python corpus/inventory_airom.py /tmp/airom.json [ai-assistant]

Its answers are read generously: vendor and case are not compared, a model id that it splits into name and version is
put together again, libraries, frameworks and infrastructure that it names by their import are not counted as false,
and the second column counts an edge as found wherever in the project its name is reported.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import Any

from evaluate_inventory import HERE, PROJECT, Found, Label, compare, name, read_labels

NODES = {"hub-model": "pkg:huggingface/",
         "dataset": "pkg:huggingface/datasets/", "local-model-file": "pkg:generic/model/",
         "hosted-llm": "pkg:generic/hosted/", "embedding-model": "pkg:generic/hosted/", "library": "pkg:pypi/",
         "framework": "pkg:pypi/", "prompt": "pkg:generic/prompt/"}  # fmt: skip
COUNTED = ("hub-model", "dataset", "local-model-file", "hosted-llm", "embedding-model")
"""Kinds of which a false one counts as false."""


def occurrences(component: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the files and lines at which a component was seen; line 0 for a file as a whole."""
    places = [item["location"] for item in component.get("evidence", {}).get("occurrences", [])]
    return [(place["path"], place.get("line", 0)) for place in places]


def names(component: dict[str, Any]) -> set[str]:
    """Return the names a component may go by."""
    plain = str(component["name"]).lower()
    return {plain, f"{plain}-{component.get('version', '')}".lower()}


def tail(label: Label) -> str:
    """Return what a person calls the artifact of a label."""
    text = name(label.node).removeprefix("~")
    for start in ("pkg:huggingface/datasets/", "pkg:huggingface/", "pkg:generic/model/"):
        text = text.removeprefix(start)
    if text.startswith("pkg:generic/hosted/"):
        text = text.split("/", 3)[-1]
    return text.rpartition("/")[2] if text.startswith("pkg:") else text


def read(path: str, labels: list[Label]) -> list[tuple[str, Found]]:
    """Return kind and edge of every occurrence, with the node id of the label it agrees with where there is one."""
    with open(path, encoding="utf-8") as file:
        components = json.load(file)["components"]
    made = []
    for component in components:
        called = names(component)
        for where, line in occurrences(component):
            node = NODES.get(component["kind"], "pkg:generic/other/") + component["name"]
            found = Found(node, where, line, (), component["kind"])
            here = [x for x in labels if x.verdict != "near" and x._replace(node="*").fits(found)]
            agreed = [x.node.removeprefix("~") for x in here if agrees(x, called)]
            made.append((component["kind"], found._replace(node=agreed[0]) if agreed else found))
    return made


def agrees(label: Label, called: set[str]) -> bool:
    """Return whether a label's artifact goes by one of these names."""
    text = tail(label).lower()
    stem = os.path.splitext(os.path.basename(text))[0]
    return text in called or label.node == "*" or (label.kind == "file" and stem in called)


def main(path: str, project: str = PROJECT) -> None:
    """Print the table."""
    labels = read_labels(os.path.join(HERE, "projects", project))
    rows = read(path, labels)
    counted = [found for kind, found in rows if kind in COUNTED]
    result = compare(labels, [found for _, found in rows])
    with open(path, encoding="utf-8") as file:
        called = {text for c in json.load(file)["components"] for text in names(c)}
    missed, total = Counter(x.kind for x in result.missed), Counter(x.kind for x in result.edges)
    anywhere = Counter(x.kind for x in result.edges if agrees(x, called))
    print("| kind | edges | at the place | anywhere |", "| --- | --- | --- | --- |", sep="\n")
    for kind, count in sorted(total.items()):
        print(f"| {kind} | {count} | {count - missed[kind]} | {anywhere[kind]} |")
    print(f"| all | {total.total()} | {total.total() - missed.total()} | {anywhere.total()} |")
    false = [item for item, _ in result.false if item.how in COUNTED]
    print(f"false: {len(false)} of {len(counted)} models, data sets and model files it reports")
    for item in false:
        print(f"  {item.file}:{item.line} {item.node}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
