"""What CycloneDX says of models only: the model card and the pedigree.

https://cyclonedx.org/docs/1.7/json/#components_items_modelCard
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.model.package import purl
from depscan.reports._cyclonedx_facts import properties

if TYPE_CHECKING:
    from depscan.model.modelfile import ModelFile
    from depscan.reports._inventory import Entry

_ARCHITECTURE = ("architecture", "architectures", "general.architecture", "model_type", "class")
"""Words under which formats name the architecture in what they say of themselves."""


def model_parts(entry: Entry) -> dict[str, Any]:
    """Return ``modelCard``, and ``pedigree`` where somebody names the base model."""
    made: dict[str, Any] = {}
    if bases := entry.facts("base-model"):
        names = sorted({name.strip() for base in bases for name in base.split(",") if name.strip()})
        made["pedigree"] = {"ancestors": [_ancestor(name) for name in names]}
    parameters = _parameters(entry)
    card: dict[str, Any] = {"modelParameters": parameters} if parameters else {}
    if entry.kind == "hosted model":
        card["considerations"] = {
            "technicalLimitations": ["Weights, training data and changes behind the endpoint cannot be seen from here."]
        }
    unknown = [name for name in ("task", "architecture", "data sets") if name not in _said(parameters)]
    card["properties"] = properties([("unknown", ", ".join(unknown))])
    if not card["properties"]:
        del card["properties"]
    return made | ({"modelCard": card} if card else {})


def _parameters(entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if tasks := entry.facts("task"):
        made["task"] = ", ".join(tasks)
    if entry.file is not None and (word := architecture(entry.file)):
        made["modelArchitecture"] = word
    if sets := [key for key in entry.wants if "huggingface/datasets/" in key]:
        made["datasets"] = [{"ref": key} for key in sets]
    return made


def _said(parameters: dict[str, Any]) -> set[str]:
    words = {"task": "task", "modelArchitecture": "architecture", "datasets": "data sets"}
    return {words[key] for key in parameters}


def architecture(file: ModelFile) -> str:
    """Return the architecture a model file says it has; "" when it says none."""
    about = dict(file.about)
    return next((about[word] for word in _ARCHITECTURE if about.get(word)), "")


def _ancestor(name: str) -> dict[str, Any]:
    """Return a base model; ``org/name`` is one of a hub, everything else only a name."""
    made: dict[str, Any] = {"type": "machine-learning-model", "name": name}
    parts = name.split("/")
    return made | ({"purl": purl("huggingface", name)} if len(parts) == 2 and all(parts) else {})  # noqa: PLR2004
