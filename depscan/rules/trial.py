"""Try the examples of rules: each is made a small package in memory and read by the whole engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.artifacts.artifact import Artifact, Budget
from depscan.artifacts.open import open_bytes
from depscan.facts.read import read_artifact
from depscan.rules.load import load_rules
from depscan.rules.match import match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.rules.match import Hit
    from depscan.rules.schema import BehaviourRule, Example


def try_examples(rules: Iterable[BehaviourRule]) -> list[str]:
    """Return what is wrong with the examples of rules, one line each.

    A bad example must hit its rule at exactly its lines; an ok one must hit no rule that calls an archive
    malicious, and not its own.
    """
    everything = load_rules()
    problems = []
    for rule in rules:
        for number, example in enumerate(rule.examples, 1):
            hits, facts = run_example(everything, example)
            lines = sorted({facts[h.anchor].line for h in hits if h.rule.id == rule.id})
            where = f"{rule.id} example {number}"
            if example.bad and lines != sorted(example.hits):
                problems.append(f"{where}: should report at {list(example.hits)}, reports at {lines}")
            if not example.bad:
                loud = sorted({h.rule.id for h in hits if h.rule.verdict == "malicious" or h.rule.id == rule.id})
                if loud:
                    problems.append(f"{where}: an honest example is reported by {', '.join(loud)}")
    return problems


def run_example(rules: Iterable[BehaviourRule], example: Example) -> tuple[list[Hit], list[Fact]]:
    """Return the hits of rules in an example, and its facts."""
    facts = read_artifact(example_artifact(example))[0].facts
    return match(rules, facts), facts


def example_artifact(example: Example) -> Artifact:
    """Return the package an example stands for."""
    import io
    import tarfile

    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for path, data in [(example.path, example.data), *((name, text.encode()) for name, text in example.files)]:
            info = tarfile.TarInfo(f"example-1.0/{path}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return open_bytes(held.getvalue(), "example-1.0.tar", Budget())


if TYPE_CHECKING:
    from depscan.facts.fact import Fact
