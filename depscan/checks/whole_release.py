"""Archives of one release that do not do the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks.check import Check, Context, finding_at
from depscan.facts.code_files import installed_path
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.facts.code_files import CodeFiles
    from depscan.facts.fact import Fact
    from depscan.facts.inspected import Inspected

DIFFERS = Rule(
    "integrity/release-differs",
    "Archives of one release that do not do the same",
    "integrity",
    Severity.HIGH,
    "One archive of the release does something that another archive of the same release does not: it uses the network, "
    "reads secrets, decodes and runs text, hooks into interpreter start or makes itself start again.",
    "The archives of a release are made from the same source. Who has a maintainer's token often adds one more "
    "archive, or poisons the one that reviewers do not open: the sdist, or the wheel of one platform.",
    "Compare the two archives at the lines shown; install neither until the difference is explained.",
    "Code for one platform only; tools for tests and releases that an sdist carries and a wheel does not (they are "
    "left out where they only run in tests).",
)
METADATA = Rule(
    "integrity/archive-names-another",
    "Archive that calls itself another package",
    "integrity",
    Severity.HIGH,
    "The metadata inside the archive name another package or version than the lock and the file's name do.",
    "An installer records what the metadata say: what was installed, audited and pinned are then different things.",
    "Do not install it; ask the project.",
    "A release that was renamed by hand.",
)
CONTENT = Rule(
    "integrity/release-content-differs",
    "Archives of one release with different code",
    "integrity",
    Severity.LOW,
    "A code file that one archive of the release would install is missing in another one or has other content there.",
    "The archives of a release are made from the same source; a file that differs is where to look first when only one "
    "of them was poisoned, also where the code does nothing that a rule knows.",
    "Compare the files named.",
    "Files that a build writes (versions, generated parsers), leaves out, or compiles.",
)

_NETWORK = frozenset({"net.connect", "net.send", "net.download", "dns.query", "argument.sent", "money.sent"})
_ALWAYS = _NETWORK | {
    "env.dump", "persist", "clipboard.read", "clipboard.write", "screen.read", "keyboard.read", "camera.read",
    "browser.read", "wallet.read", "crypto.mine", "package.install", "start.line", "anti.analysis", "code.unreadable",
    "file.disguised", "text.prompt",
}  # fmt: skip
"""What one archive of a release does not do alone, wherever it stands."""
_LAYERED = frozenset({"code.eval", "process.spawn", "shell.run", "code.load-native", "deserialize"})
"""What counts only where the text that runs was decoded first, or where the other archive has the file without it."""
_INTERPRETERS = frozenset({"shell", "cmd", "powershell", "eval", "python"})
"""Layers that are no decoding: a command line that a build starts."""
_SHOWN = 4


class _Does(NamedTuple):
    """One thing an archive does, comparable with another archive of the release."""

    what: str
    path: str
    value: str


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per archive that does what another archive of its release does not."""
    releases: dict[str, list[Inspected]] = {}
    for item in context.artifacts if context.looked is not None else ():
        releases.setdefault(item.subject, []).append(item)
    for key, held in context.looked.releases.items() if context.looked else ():
        yield from _content(context, key, held)
    for key, items in releases.items():
        for item in items:
            yield from _other_name(context, key, item)
        if len(items) > 1:
            yield from _compared(context, key, items)


def _other_name(context: Context, key: str, item: Inspected) -> Iterator[Finding]:
    from depscan.ecosystems import ecosystem

    package = context.graph.nodes[key]
    rules = ecosystem(package.ecosystem)
    if rules is None or not item.package or not item.version or not package.version:
        return
    name, order = rules.normalise(item.package), rules.order
    same = order(rules.public(item.version)) == order(rules.public(package.version))
    if name != package.name or not same:
        says = f"{item.package} {item.version}"
        message = f"{item.name} calls itself {says}, and stands for {package.name} {package.version}"
        yield finding_at(context, METADATA, key, message, context.graph.first_place(key))


def _compared(context: Context, key: str, items: list[Inspected]) -> Iterator[Finding]:
    does = [dict(_does(item)) for item in items]
    paths = [{installed_path(f.path) for f in item.facts} for item in items]
    for i, item in enumerate(items):
        others = [n for n in range(len(items)) if n != i]
        alone = [
            (one, fact) for one, fact in does[i].items() if any(_missing(one, fact, does[n], paths[n]) for n in others)
        ]
        if alone:
            lacking = [items[n].name for n in others if any(_missing(o, f, does[n], paths[n]) for o, f in alone)]
            yield _finding(context, key, item, [fact for _, fact in alone], lacking)


def _content(context: Context, key: str, held: tuple[CodeFiles, ...]) -> Iterator[Finding]:
    """Tell files that differ, of the folders that a wheel of the release installs."""
    wheels = [one for one in held if one.kind == "wheel"]
    tops = {path.partition("/")[0] for one in wheels or held for path in one.digests}
    shown: dict[str, str] = {}
    for path in sorted({path for one in held for path in one.digests if path.partition("/")[0] in tops}):
        digests = [_digest(one, path) for one in held]
        lacking = [one.name for one, digest in zip(held, digests, strict=True) if not digest]
        if lacking:
            shown[path] = f"{path} is missing in {lacking[0]}"
        elif len(set(digests)) > 1:
            shown[path] = f"{path} has other content in {held[-1].name}"
    if shown:
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        message = f"of {len(held)} archives, {'; '.join(list(shown.values())[:_SHOWN])}{more}"
        yield finding_at(context, CONTENT, key, message, context.graph.first_place(key))


def _digest(one: CodeFiles, path: str) -> str:
    """Return the content's digest of what becomes ``path``: an sdist may keep it in any folder; "" for none."""
    held = one.digests.get(path)
    if held is not None or one.kind == "wheel":
        return held or ""
    return next((digest for other, digest in one.digests.items() if other.endswith(f"/{path}")), "")


def _does(item: Inspected) -> Iterator[tuple[_Does, Fact]]:
    for fact in item.facts:
        if fact.when != "test" and (fact.what in _ALWAYS or fact.what in _LAYERED):
            yield _Does(fact.what, installed_path(fact.path), fact.values[0] if fact.values else fact.callee), fact


def _missing(one: _Does, fact: Fact, other: dict[_Does, Fact], paths: set[str]) -> bool:
    """Whether the other archive does not do this and there is no plain reason for it.

    A call that names no host (``requests.get(url)``) in a file that the other archive has no facts of at all may
    stand in a tool that is not shipped there: only what runs by itself counts then.
    """
    if one in other or any(o.what == one.what and o.path == one.path for o in other):
        return False
    if one.path in paths:
        return True
    runs = fact.when in {"install", "startup", "import", "load"}
    return runs and (fact.what in _ALWAYS or bool(set(fact.layer) - _INTERPRETERS))


def _finding(context: Context, key: str, item: Inspected, facts: list[Fact], lacking: Iterable[str]) -> Finding:
    told = ", ".join(f"{f.path}:{f.line} {f.what} at {f.when}" for f in facts[:_SHOWN])
    more = f" and {len(facts) - _SHOWN} more" if len(facts) > _SHOWN else ""
    message = f"only {item.name} has {told}{more}; {' and '.join(lacking)} of the same release lack it"
    made = finding_at(context, DIFFERS, key, message, context.graph.first_place(key), confidence=Confidence.MEDIUM)
    places = [Location(f.path, f.line, f.text, (item.name, *f.container)) for f in facts[:_SHOWN]]
    return made._replace(evidence=(*(Evidence(p, "related" if i else "primary") for i, p in enumerate(places)),))


CHECK = Check("whole_release", "Archives of one release compared with each other", (DIFFERS, METADATA, CONTENT), run)
