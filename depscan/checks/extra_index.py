"""Extra indexes and plain-text indexes: the way dependency confusion gets in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.package import mask
from depscan.model.rule import Rule

EXTRA = Rule(
    "trust/extra-index",
    "A second index is asked for every package",
    "trust",
    Severity.MEDIUM,
    "The file adds an index that is asked for every name, beside the main one.",
    "pip takes the highest version over all indexes. Whoever registers your private name on the public index, "
    "or controls the extra one, gets installed: torchtriton reached PyTorch nightly users this way in 2022.",
    "Reserve the extra index for the packages it is for (uv: explicit = true with [tool.uv.sources]; poetry: "
    "priority = explicit), or put everything behind one index, and pin with hashes.",
    "A mirror of your own that serves everything is safe; name it as the only index.",
)
PLAIN = Rule(
    "trust/plain-http-index",
    "An index is reached without encryption, or its certificate is not checked",
    "trust",
    Severity.HIGH,
    "The file names an index by http:// or switches off the certificate check for a host (trusted-host).",
    "Anyone on the way can put another package in place of the one asked for, and it runs when installed.",
    "Use https:// and a certificate the machine trusts.",
    "An index on the loopback address is not reported.",
)

_LOOPBACK = r"(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|0\.0\.0\.0)\.?(:\d+)?"


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per extra index without reserved names, and per plain-text index."""
    for document in context.documents:
        hashed = document.hashed and document.lock
        for use in document.indexes:
            at = (document.path, use.at)
            if use.role == "extra" and not use.names and not hashed:
                yield finding_at(context, EXTRA, document.path, f"extra index {mask(use.url)}", at)
            if use.role == "trusted-host":
                if not _is_loopback(use.url):
                    message = f"certificate of {mask(use.url)} is not checked (trusted-host)"
                    yield finding_at(context, PLAIN, document.path, message, at)
            elif use.url[:7].lower() == "http://" and not _is_loopback(use.url[7:]):
                yield finding_at(context, PLAIN, document.path, f"index without encryption: {mask(use.url)}", at)


def _is_loopback(rest: str) -> bool:
    """Return whether the URL without its scheme leads to this machine; a name that only begins so does not."""
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    return re.fullmatch(_LOOPBACK, host, re.IGNORECASE) is not None


CHECK = Check("extra_index", "Extra, mixed and unencrypted indexes", (EXTRA, PLAIN), run)
