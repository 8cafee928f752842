"""The labelled project of corpus/projects: its labels are sound, and its trust edges are found."""

import importlib.util
import os
import re
import sys
from types import ModuleType

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _load() -> ModuleType:
    path = os.path.join(ROOT, "corpus", "evaluate_inventory.py")
    spec = importlib.util.spec_from_file_location("evaluate_inventory", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["evaluate_inventory"] = module
    spec.loader.exec_module(module)
    return module


INVENTORY = _load()
PROJECTS = [os.path.join(ROOT, "corpus", "projects", name) for name in ("ai-assistant", "voice-desk")]
by_project = pytest.mark.parametrize("project", PROJECTS, ids=os.path.basename)


def test_there_are_enough_edges_and_near_misses() -> None:
    labels = INVENTORY.read_labels()

    assert sum(label.verdict == "edge" for label in labels) >= 80
    assert sum(label.verdict == "near" for label in labels) >= 50


@by_project
def test_every_label_points_at_the_text_it_is_about(project: str) -> None:
    for label in INVENTORY.read_labels(project):
        with open(os.path.join(project, label.file), "rb") as file:
            lines = file.read().decode("utf-8", "replace").split("\n")
        first, last = label.lines[0]
        assert first == 0 or any(label.text in line for line in lines[first - 1 : last]), label


@by_project
def test_the_project_names_no_host_but_reserved_ones(project: str) -> None:
    for folder, _, names in os.walk(project):
        for name in set(names) - {"labels.tsv"}:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                hosts = re.findall(r"https?://([^/:\s\"'`{}\\)]+)", file.read())
            assert all(host == "127.0.0.1" or host.endswith(".example") for host in hosts), (name, hosts)


def test_trust_edges_are_found_and_nothing_else_is() -> None:
    result = INVENTORY.evaluate()

    assert result.good, "\n".join([result.sentence(), *INVENTORY.differences(result)])


def test_a_project_that_nobody_tuned_for_is_read_almost_as_well() -> None:
    result = INVENTORY.evaluate(PROJECTS[1])

    assert result.share_found >= 0.9
    assert result.share_false <= 0.04
