"""Archives at hand that are not what the lock says."""

from __future__ import annotations

import os
from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "integrity/local-file-differs",
    "Local archive that is not the file of the lock or the index",
    "integrity",
    Severity.HIGH,
    "An archive in a --find-links folder has the name of a file that the lock, or the index where it was asked, lists, "
    "and another hash.",
    "The folder is what will be installed where an installer does not compare hashes. A swapped wheel in a wheelhouse, "
    "a cache volume or a build image is how a package is replaced behind the back of the lock.",
    "Find out where the file came from; fetch it again with the installer, which compares hashes.",
    "A wheel that was built locally under the name of a published one, or repaired (auditwheel, delocate) in place.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per local file whose name the lock lists with another hash."""
    if context.looked is None:
        return
    for key, file in context.looked.differing:
        if not file.served:
            name = os.path.basename(file.path)
            message = f"{file.path} is not the {name} of the lock: it has {file.actual}, the lock says {file.expected}"
            yield finding_at(context, RULE, key, message, context.graph.first_place(key))
    for key, local in context.looked.files:
        name = os.path.basename(local.path)
        project = context.looked.projects.get(key)
        listed = {f.name: dict(f.hashes) for f in project.files} if project else {}
        theirs = listed.get(name, {}).get("sha256", local.sha256)
        if theirs != local.sha256:
            both = f"it has sha256:{local.sha256}, the index says sha256:{theirs}"
            message = f"{local.path} is not the {name} of the index: {both}"
            yield finding_at(context, RULE, key, message, context.graph.first_place(key))


CHECK = Check("local_files", "Archives at hand that are not what the lock says", (RULE,), run)
