"""The incidents that depscan knows: one file each in ``rules/incidents``."""

from __future__ import annotations

import os

from depscan.errors import RuleError, UsageError
from depscan.incident.read import read_incident
from depscan.incident.records import Incident
from depscan.text.folder import rules_folder


def known(folder: str = "") -> list[Incident]:
    """Return every incident of a folder, by default of those that come with depscan, the newest first.

    Raises:
        RuleError: a file is wrong, or not named after its incident.
    """
    top = folder or os.path.join(rules_folder(), "incidents")
    found = []
    for name in sorted(os.listdir(top)):
        if name.endswith(".toml"):
            path = os.path.join(top, name)
            made = read_incident(path)
            if made.id != name[:-5]:
                raise RuleError(f"its id {made.id!r} is not its name", path=path, line=1)
            found.append(made)
    return sorted(found, key=lambda incident: (incident.published, incident.id), reverse=True)


def incident_of(text: str, folder: str = "") -> Incident:
    """Return the incident that a file or an id names; public ids among the references count, too.

    Raises:
        RuleError: the file is wrong.
        UsageError: there is none.
    """
    if text.endswith(".toml") or os.sep in text:
        return read_incident(text)
    wanted = text.lower()
    every = known(folder)
    found = [i for i in every if i.id == wanted or wanted in {r.lower() for r in i.references}]
    if not found:
        near = [i.id for i in every if wanted in i.id or any(wanted == bad.name for bad in i.packages)]
        hint = f"did you mean {', '.join(near[:5])}" if near else "depscan was-i-hit --list shows those that are known"
        raise UsageError("no incident of this id is known", path=text, hint=hint)
    return found[0]
