"""Relationships of an SPDX 3 document, and the agents and licences they lead to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.reports._cyclonedx_facts import spdx_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.model.document import Edge
    from depscan.reports._inventory import Entry

_INFO = "_:creationinfo"
_NO_LICENCE = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
_TYPES = {"optional": "hasOptionalDependency", "peer": "hasProvidedDependency"}
_SCOPES = {"dev": "development", "build": "build", "loads": "runtime", "calls": "runtime", "runs": "runtime",
           "runtime": "runtime"}  # fmt: skip


class Relations:
    """Collects relationships, agents and licences; each is written once, in the order met.

    Args:
        base: name space of the document.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._agents: dict[str, str] = {}
        self._licences: dict[str, str] = {}
        self._held: dict[tuple[str, str, str], dict[str, None]] = {}

    def agent(self, name: str) -> str:
        """Return the id of an organisation."""
        return self._agents.setdefault(name, f"{self._base}#agent-{len(self._agents) + 1}")

    def add(self, source: str, kind: str, target: str, scope: str = "") -> None:
        """Add a relationship of a type between two elements, in a scope of the life cycle or none."""
        self._held.setdefault((source, kind, scope), {})[target] = None

    def licence(self, source: str, kind: str, names: list[str]) -> None:
        """Add a relationship with a licence; without names nothing is asserted."""
        if not names:
            self.add(source, kind, _NO_LICENCE)
            return
        text = " AND ".join(spdx_expression(name) or _reference(name) for name in names)
        self.add(source, kind, self._licences.setdefault(text, f"{self._base}#licence-{len(self._licences) + 1}"))

    def add_edges(self, entry: Entry, edges: list[Edge], ids: Mapping[str, str]) -> None:
        """Add the requests of an entry that are taken; of a model also the data sets it is trained on."""
        for edge in sorted(edges, key=lambda e: (e.child, e.label)):
            if not edge.taken:
                continue
            source, target = ids[entry.key], ids[edge.child]
            kind = _TYPES.get(edge.kind, "dependsOn")
            self.add(source, kind, target, _SCOPES.get(edge.kind, "") if kind == "dependsOn" else "")
            if entry.kind in {"model", "model file"} and "huggingface/datasets/" in edge.child:
                self.add(source, "trainedOn", target)

    def elements(self) -> list[dict[str, Any]]:
        """Return agents, licences and relationships as elements."""
        made: list[dict[str, Any]] = [
            {"type": "Organization", "spdxId": key, "creationInfo": _INFO, "name": name}
            for name, key in self._agents.items()
        ]
        made += [
            {
                "type": "simplelicensing_LicenseExpression",
                "spdxId": key,
                "creationInfo": _INFO,
                "simplelicensing_licenseExpression": text,
            }
            for text, key in self._licences.items()
        ]
        for i, ((source, kind, scope), targets) in enumerate(self._held.items(), 1):
            row: dict[str, Any] = {
                "type": "LifecycleScopedRelationship" if scope else "Relationship",
                "spdxId": f"{self._base}#relationship-{i}",
                "creationInfo": _INFO,
                "relationshipType": kind,
                "from": source,
                "to": list(targets),
            }
            made.append(row | ({"scope": scope} if scope else {}))
        return made


def _reference(name: str) -> str:
    """Return a licence that SPDX does not list, as a reference of its grammar."""
    return "LicenseRef-" + (re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-") or "unnamed")
