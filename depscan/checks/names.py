"""Names that imitate another one, were made up, or are private and come from somewhere else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from depscan.checks.check import Check, Context, finding_at
from depscan.errors import IntelError
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depscan.intel.name_table import NameTable
    from depscan.names.verdict import Facts, Verdict

_SILENT = (
    "Names of the 15,000 most downloaded packages never alarm, nor do names that the policy allows with a reason "
    "([names.allow]). Measured on 50,000 random living names: "
)
BLOCKED = Rule(
    "name/imitation",
    "Name that imitates a popular one",
    "name",
    Severity.HIGH,
    "The name differs from a popular one by a slip or trick, and everything about it speaks for an imitation: how the "
    "spelling differs, how well known the other name is, how often it was imitated before, and that no other package "
    "uses the word. The finding lists the signals; depscan names --explain shows their points.",
    "A mistyped name installs and runs whatever its owner put there, before any code is read. Most malicious packages "
    "of the public indexes lie in wait under such names.",
    "Ask for the package that was meant. If this one is really wanted, allow it in the policy with a reason.",
    _SILENT + "0.06 % are in this tier, some of them imitations that are still up.",
)
LOOKS_LIKE = Rule(
    "name/look-alike",
    "Name that may be taken for a popular one",
    "name",
    Severity.MEDIUM,
    "The name is near a popular one, but less of what is known speaks for an imitation than for name/imitation.",
    "Many imitations look like this, and so do some honest neighbours: somebody has to look once.",
    "Compare with the package that may have been meant; allow this one in the policy with a reason if it is right.",
    _SILENT + "under 1 % are in this tier.",
)
IMPORT_NAME = Rule(
    "name/import-name",
    "Import name asked for as a package",
    "name",
    Severity.MEDIUM,
    "The name is the one a module is imported by; the package that provides the module has another one.",
    "Whoever registers an import name gets the installs of everybody who types what they import.",
    "Ask for the package that provides the module.",
    "An alias that the project itself registered to redirect its users; allow it in the policy with a reason.",
)
BRAND_NAME = Rule(
    "name/brand",
    "Brand or project name without its project",
    "name",
    Severity.MEDIUM,
    "The name is that of a known brand, model family or project, and no popular package has it.",
    "A brand name is believed to be the vendor's. Packages under the names of AI brands carried stealers for a year.",
    "Use the vendor's package, which the finding names where there is one.",
    "A vendor that registered its name lately; allow it in the policy with a reason.",
)
INVENTED_NAME = Rule(
    "name/invented",
    "Name that language models make up",
    "name",
    Severity.MEDIUM,
    "The name is one that assistants suggest although the project publishes no such package, or it is put together "
    "from a known name and generic words and the index does not have it or has had it for a short time.",
    "Attackers register invented names and wait for the next assistant to suggest them (slopsquatting).",
    "Ask for the package that was meant.",
    "A young package whose authors chose such a name.",
)
FOREIGN = Rule(
    "name/foreign-script",
    "Letters of another script in a name",
    "name",
    Severity.HIGH,
    "The name holds characters that no index allows, and looks like another name.",
    "Letters of other scripts that look like Latin ones hide a name in plain sight from every reader.",
    "Type the name anew; find out how the line came into the file.",
    "None known: the indexes allow ASCII only.",
)
PRIVATE = Rule(
    "name/private-from-elsewhere",
    "Private name from an index that is not yours",
    "name",
    Severity.HIGH,
    "The policy calls the name private ([names] private), and the file takes it from an index that [names] "
    "private-indexes does not list, or says nothing of where it comes from.",
    "An installer that may also ask a public index takes the public package of that name (dependency confusion).",
    "Bind the name to your own index (uv: an index with explicit = true; npm: a scope's registry) and lock again.",
    "A requirements file that names no index while the machine's configuration does: name it, or lock.",
)
UNCLAIMED = Rule(
    "name/unclaimed",
    "Name that nobody has registered",
    "name",
    Severity.MEDIUM,
    "The index that was asked does not have the package.",
    "Whoever registers the name there gets the installs of everybody who asks that index for it: a private name that "
    "is not reserved on the public index, a name that was deleted, or one that a language model made up.",
    "Bind the name to your own index, reserve it on the public one, or ask for the package that was meant.",
    "A package that was taken down a moment ago.",
)
_RULES = {
    "import-name": IMPORT_NAME,
    "brand": BRAND_NAME,
    "invented": INVENTED_NAME,
    "composed": INVENTED_NAME,
    "foreign-script": FOREIGN,
    "unclaimed": UNCLAIMED,
}
"""What a verdict is about, to its rule; an imitation has one per tier."""
_LOOKS = ("imitation", "foreign-script")
_FEW = 200
_FROM_INDEX = frozenset({"registry", "npm"})
_EXPECTED = ("PyPI", "npm")
"""Ecosystems that every table should know."""
_HUBS = ("huggingface", "GitHub Actions")


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per name that is not what it seems."""
    by_ecosystem: dict[str, dict[str, list[str]]] = {}
    for key, package in context.graph.nodes.items():
        if package.source in _FROM_INDEX or (package.ecosystem in _HUBS and package.source != "local"):
            by_ecosystem.setdefault(package.ecosystem, {}).setdefault(package.name, []).append(key)
            if context.names.private and not _own(package.registry, context.names.indexes):
                yield from _private(context, key, package)
    if by_ecosystem:
        yield from _judged(context, by_ecosystem)


def _judged(context: Context, by_ecosystem: dict[str, dict[str, list[str]]]) -> Iterator[Finding | Coverage]:
    from depscan.intel.name_table import open_table

    try:
        table = open_table(context.names.table)
        for ecosystem, names in sorted(by_ecosystem.items()):
            if ecosystem in table.ecosystems or ecosystem in _HUBS:
                yield from _of_ecosystem(context, ecosystem, names, table)
            elif ecosystem in _EXPECTED:
                why = f"the table of names holds none of {ecosystem}: its names were not judged"
                yield Coverage(table.path, "failed", why, needed=True, kind="index")
    except IntelError as error:
        why = f"{error.message} ({error.hint})" if error.hint else error.message
        yield Coverage(error.path or "table of names", "failed", why, needed=True, kind="index")


def _of_ecosystem(
    context: Context, ecosystem: str, names: dict[str, list[str]], table: NameTable
) -> Iterator[Finding | Coverage]:
    left = {name.lower() for name in names}.difference(table.text(ecosystem).split("\n"))
    unknown = [name for name in names if name.lower() in left]
    if not unknown:
        return
    # Nearly every name of a lock is popular: what judges the others is imported only for them.
    from depscan.names.judge import Judge
    from depscan.names.verdict import NONE

    judge = Judge(ecosystem, table, context.names.allow)
    facts = {name: known for name in unknown if (known := _facts(context, names[name]))}
    bare = [name for name in unknown if name not in facts]
    verdicts = map(judge.judge, bare) if len(bare) < _FEW else judge.judge_many(bare)
    told = (judge.judge(name, known) for name, known in facts.items())
    for verdict in chain(verdicts, told):
        if verdict.tier != NONE:
            yield _finding(context, names[verdict.name][0], verdict, ecosystem)


def _facts(context: Context, keys: list[str]) -> Facts | None:
    """Return what the index says of a name; None where it was not asked or did not answer."""
    from depscan.names.verdict import Facts

    held = context.looked.projects if context.looked else {}
    answers = [held[key] for key in keys if key in held]
    if not answers:
        return None
    project = next(filter(None, answers), None)
    if project is None:
        return Facts(exists=False)
    times = sorted(f.upload_time for f in project.files if f.upload_time)
    releases = len(project.versions) or len({f.version for f in project.files})
    return Facts(True, times[0][:10] if times else "", releases, today=context.looked.today if context.looked else "")


def _finding(context: Context, key: str, verdict: Verdict, ecosystem: str) -> Finding:
    package = context.graph.nodes[key]
    from depscan.names.verdict import BLOCK, COMMANDS

    rule = _RULES.get(verdict.about) or (BLOCKED if verdict.tier == BLOCK else LOOKS_LIKE)
    trick, *rest = verdict.reasons
    message = f"{verdict.name} looks like {verdict.target}: {trick}" if verdict.about in _LOOKS else trick
    message = "; ".join((message, *rest, *_uploaded(package)))
    command = COMMANDS.get(ecosystem, "")
    meant = f"{command} {verdict.install}".strip()
    fix = f"Did you mean {meant}? {rule.fix}" if verdict.install else rule.fix
    confidence = Confidence.HIGH if verdict.tier == BLOCK else Confidence.MEDIUM
    return finding_at(context, rule, key, message, context.graph.first_place(key), fix=fix, confidence=confidence)


def _uploaded(package: Package) -> list[str]:
    """Return since when the locked release exists, where the lock says it."""
    times = sorted(file.upload_time for file in package.files if file.upload_time)
    return [f"the locked release was uploaded on {times[0][:10]}"] if times else []


def _own(registry: str, indexes: tuple[str, ...]) -> bool:
    wanted = registry.rstrip("/")
    return bool(wanted) and any(wanted == index.rstrip("/") for index in indexes)


def _private(context: Context, key: str, package: Package) -> Iterator[Finding]:
    from depscan.names.private import private_pattern

    pattern = private_pattern(package.name, context.names.private)
    if pattern:
        where = f"from {package.registry}" if package.registry else "and the file does not say from which index"
        message = f"{package.name} is private by the policy ({pattern}) {where}"
        yield finding_at(context, PRIVATE, key, message, context.graph.first_place(key))


RULES = (BLOCKED, LOOKS_LIKE, IMPORT_NAME, BRAND_NAME, INVENTED_NAME, FOREIGN, UNCLAIMED, PRIVATE)
CHECK = Check("names", "Names", RULES, run)
