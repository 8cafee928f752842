"""Git and URL dependencies that can change under the same text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

VCS = Rule(
    "integrity/vcs-without-commit",
    "Repository dependency without a commit",
    "integrity",
    Severity.MEDIUM,
    "The package is taken from a repository by branch or tag, or by nothing at all.",
    "Branches move and tags can be moved: whoever can push decides what you install. No advisory, hash or "
    "index check applies to it.",
    "Name the full 40-digit commit (git+https://host/repo@COMMIT), or depend on a release.",
    "A repository of your own in the same trust boundary; accept it with an exception.",
)
URL = Rule(
    "integrity/url-without-hash",
    "Direct URL without a hash",
    "integrity",
    Severity.MEDIUM,
    "The package is fetched from a URL and nothing says which bytes are right.",
    "The owner of the host can swap the file at any time; nothing in your repository would change.",
    "Add the hash (--hash=sha256:... or name @ URL#sha256=...), or depend on a release.",
    "None known.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per git source without a commit and per URL source without a hash."""
    for key, package in context.graph.nodes.items():
        if package.ecosystem == "GitHub Actions":
            continue  # ci/unpinned-action says it, where it is used
        if package.source == "git" and not package.commit:
            message = "is taken from a repository without a commit"
            yield finding_at(context, VCS, key, message, context.graph.first_place(key))
        elif package.source == "url" and not package.hashes and not _hashed(package.url):
            message = "is fetched from a URL without a hash"
            yield finding_at(context, URL, key, message, context.graph.first_place(key))


def _hashed(url: str) -> bool:
    """Return whether the fragment, which no server ever sees, says which bytes are right (PEP 610, pip)."""
    return re.search(r"[#&]sha(256|384|512)=[0-9a-fA-F]{64,128}(?=&|$)", url[url.find("#") :]) is not None


CHECK = Check("floating_source", "VCS or URL dependency without a commit or hash", (VCS, URL), run)
