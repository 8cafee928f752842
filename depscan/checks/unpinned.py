"""Requests without an exact version: what is installed tomorrow is not what was scanned today."""

from __future__ import annotations

import os
from collections.abc import Iterator

from depscan.checks._pipelines import BUILD_FORMATS
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "integrity/unpinned",
    "Packages without an exact version",
    "integrity",
    Severity.LOW,
    "A file asks for packages by range or by name alone, and no lock in the same folder or above fixes them.",
    "The installer picks whatever the index serves on the day: a release that is hours old, or one that was "
    "taken over last night, arrives without any change in your repository.",
    "Lock the project (uv lock, pip-compile --generate-hashes, poetry lock, npm install --package-lock-only) "
    "and scan the lock.",
    "A library's pyproject.toml has to state ranges; it is the lock of the application that counts.",
)

_NAMED = 5


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield one finding per file that leaves versions open which nothing else in the scan fixes."""
    fixed: dict[tuple[str, str], list[str]] = {}
    for document in context.documents:
        folder = os.path.dirname(os.path.abspath(document.path))
        for package in document.nodes.values():
            if package.version is not None:
                fixed.setdefault((package.ecosystem, package.name), []).append(folder)
    for document in context.documents:
        if document.format in BUILD_FORMATS:
            continue  # ci/unpinned-install says it, line by line
        folder = os.path.dirname(os.path.abspath(document.path))
        open_ = [
            key
            for key, package in document.nodes.items()
            if package.version is None
            and package.source in {"registry", "conda", "npm", "jsr"}
            and not any(_covers(f, folder) for f in fixed.get((package.ecosystem, package.name), ()))
        ]
        if not open_:
            continue
        names = [document.nodes[key].name for key in open_]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        message = (
            f"{len(names)} of {len(document.nodes)} packages have no exact version: {', '.join(names[:_NAMED])}{more}"
        )
        if len(names) == 1:
            message = f"{names[0]} has no exact version"
        yield finding_at(context, RULE, document.path, message, (document.path, document.at[open_[0]]))


def _covers(lock_folder: str, folder: str) -> bool:
    return folder == lock_folder or folder.startswith(lock_folder.rstrip(os.sep) + os.sep)


CHECK = Check("unpinned", "Packages without an exact version", (RULE,), run)
