"""Files whose URL points to another host than all the others of the same index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "trust/odd-host",
    "A locked file comes from another host than its neighbours",
    "trust",
    Severity.HIGH,
    "Every package of this index is fetched from one host, this one from another.",
    "Locks are reviewed by nobody: changing one URL and its hash in a pull request swaps the package while name "
    "and version stay. It is the quiet way to poison a lock.",
    "Write the lock again from the manifest and compare; ask who changed the line.",
    "An index that spreads its files over several hosts; several packages then share each of them.",
)

_ENOUGH = 8
_LONELY = 2


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per package whose file host at most two packages of a large group share."""
    for document in context.documents:
        groups: dict[tuple[str, str], dict[str, list[str]]] = {}
        for key, package in document.nodes.items():
            if package.source in {"registry", "npm", "conda"}:
                for host in dict.fromkeys(_host(f.url) for f in package.files):
                    if host:
                        groups.setdefault((package.ecosystem, package.registry), {}).setdefault(host, []).append(key)
        for hosts in groups.values():
            usual, count = Counter({h: len(k) for h, k in hosts.items()}).most_common(1)[0]
            for host, keys in hosts.items():
                if host != usual and len(keys) <= _LONELY and count >= _ENOUGH:
                    for key in keys:
                        message = f"comes from {host}, while {count} others come from {usual}"
                        yield finding_at(context, RULE, key, message, (document.path, document.at[key]))
    yield from _served(context)


def _served(context: Context) -> Iterator[Finding]:
    """Yield a finding per package that the index itself sends to a host of its own for some of its files."""
    for key, project in context.looked.projects.items() if context.looked else ():
        version = context.graph.nodes[key].version
        others = Counter(_host(f.url) for f in project.files if f.version != version) if project else Counter()
        own = {_host(f.url): f.name for f in project.files if f.version == version} if project else {}
        usual, count = others.most_common(1)[0] if others else ("", 0)
        for host, name in own.items():
            if count >= _ENOUGH and len(others) == 1 and host != usual:
                message = f"the index sends {name} to {host}, while {count} other files of it come from {usual}"
                yield finding_at(context, RULE, key, message, context.graph.first_place(key))


def _host(url: str) -> str:
    if "://" not in url:
        return ""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()


CHECK = Check("odd_host", "File URLs that point elsewhere than all others", (RULE,), run)
