"""Packages without a hash in a file that has hashes for the others."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "integrity/missing-hash",
    "Package without a hash in a file that promises hashes",
    "integrity",
    Severity.MEDIUM,
    "The file carries hashes, but not for this package.",
    "A hash is what makes the installer refuse a file that was swapped on the index, a mirror or the way. "
    "One entry without is the one an attacker would choose; pip refuses such a file, others install it.",
    "Write the lock again with its tool (uv lock, pip-compile --generate-hashes, npm install).",
    "Packages from git or a local folder cannot carry a hash and are not reported.",
)

_NAMED = 5


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield one finding per file and index in which only some registry packages carry a hash."""
    for document in context.documents:
        if not document.hashed or not any(p.hashes for p in document.nodes.values()):
            continue
        groups: dict[str, tuple[list[str], int]] = {}
        for key, package in document.nodes.items():
            if package.source in {"registry", "npm", "jsr", "conda", "url"} and package.version is not None:
                bare, count = groups.setdefault(package.registry, ([], 0))
                if not package.hashes:
                    bare.append(key)
                groups[package.registry] = (bare, count + 1)
        for bare, count in groups.values():
            # An index that serves no hashes at all leaves none to promise: the lock's tool could not know better.
            if not bare or len(bare) == count > 1:
                continue
            names = [document.nodes[key].name for key in bare]
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            message = f"no hash for {', '.join(names[:_NAMED])}{more}, while the other packages have one"
            subject = bare[0] if len(bare) == 1 else document.path
            yield finding_at(context, RULE, subject, message, (document.path, document.at[bare[0]]))


CHECK = Check("missing_hash", "Missing hashes where the file promises them", (RULE,), run)
