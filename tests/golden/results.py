"""Three scan results made by hand: nothing found, the usual, and one whose every text is hostile."""

from __future__ import annotations

from depscan.graph.graph import DependencyGraph
from depscan.model.decision import Coverage, Decision, Waiver
from depscan.model.document import Document
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.model.modelfile import ModelFile
from depscan.model.package import File, Package
from depscan.model.result import FileInfo, ScanResult, SnapshotInfo, exit_code
from depscan.model.rule import Rule
from depscan.policy.rules import RULES

HOSTILE = "</script>\x1b[31m|@all\u202e`x`[a](https://evil.example)\n::error::%0A]]>\ud800\x00,#1"
SNAPSHOT = SnapshotInfo("embedded", "2030-01-02T00:00:00Z", "2030-01-01T00:00:00Z", 3, {"npm": 7, "PyPI": 5}, "ab" * 32)
VULNERABLE = Rule(
    "advisory/vulnerable",
    "Known vulnerability",
    "vulnerability",
    Severity.HIGH,
    "A published advisory covers this version.",
    "Others know how to use the flaw.",
    "Move to the fixed version.",
    "The flawed part may never be called.",
)


def result(
    document: Document, decisions: list[Decision], coverage: tuple[Coverage, ...] = (), *, data: bool = True
) -> ScanResult:
    graph = DependencyGraph()
    graph.merge(document)
    packages = sum(p.source != "local" for p in graph.nodes.values())
    files = (FileInfo(document.path, document.format, packages, "PyPI"),)
    return ScanResult(
        "0.0.0",
        graph,
        tuple(d.finding for d in decisions),
        tuple(decisions),
        coverage,
        files,
        SNAPSHOT if data else None,
        {r.id: r for r in (VULNERABLE, *RULES)},
        "2030-01-04T05:06:07Z",
        exit_code(decisions, coverage, packages),
    )


def empty() -> ScanResult:
    document = Document("uv.lock", "uv-lock", lock=True)
    document.add(Package("PyPI", "calm", "1.0"), 3)
    return result(document, [])


def typical() -> ScanResult:
    document = Document("app/uv.lock", "uv-lock", lock=True)
    root = document.add_root("app", 1)
    hashed = Package(
        "PyPI",
        "torch",
        "2.0.0",
        registry="https://index.example/simple",
        hashes=("sha256:" + "0f" * 32,),
        files=(File("https://files.example/torch-2.0.0.whl", "sha256:" + "0f" * 32, 10, "2030-01-01T00:00:00Z"),),
    )
    torch = document.add(hashed, 10)
    bad = document.add(Package("PyPI", "torchh", "6.6.6"), 20)
    odd = document.add(Package("PyPI", "odd", "weekly"), 30)
    left = document.add(Package("npm", "@scope/pad", "1.0.0", "npm", hashes=("sha512-" + "A" * 86 + "==",)), 40)
    document.link(root, torch, requested=">=2")
    document.link(torch, bad, marker="sys_platform == 'linux'")
    document.link(root, odd)
    document.link(root, left, "dev")

    def place(line: int, text: str) -> tuple[Evidence, ...]:
        return (Evidence(Location("app/uv.lock", line, text)), Evidence(Location("app/b.txt", 1, text), "related"))

    waiver = Waiver("CVE-2029-2", "torch", "Not reachable: we never load it.", "ana", "2030-06-01", "depscan.toml", 9)
    malicious = Finding(
        "advisory/malicious",
        "malicious",
        Severity.MALICIOUS,
        Confidence.HIGH,
        bad,
        "This release is known to be malicious.",
        ("MAL-2029-1",),
        "affected",
        place(20, 'name = "torchh"'),
        "Remove it, and rotate every secret of machines that installed it.",
        via=((root, torch, bad),),
    )
    flaw = Finding(
        "advisory/vulnerable",
        "vulnerability",
        Severity.HIGH,
        Confidence.HIGH,
        torch,
        "Heap overflow when loading.",
        ("GHSA-aaaa-bbbb-cccc", "CVE-2029-1"),
        "affected",
        place(10, 'name = "torch"'),
        "Move to 2.1.0.",
        "2.1.0",
        True,
        ("https://advisories.example/GHSA-aaaa-bbbb-cccc",),
        ((root, torch),),
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N",
        "2029-05-05T00:00:00Z",
    )
    accepted = flaw._replace(ids=("PYSEC-2029-2", "CVE-2029-2"), severity=Severity.MEDIUM, vector="", published="")
    undecided = flaw._replace(
        subject=odd,
        ids=("PYSEC-2029-3",),
        status="undecidable",
        severity=Severity.UNKNOWN,
        fixed_version="",
        fits=None,
        via=((root, odd),),
        evidence=place(30, 'name = "odd"'),
    )
    trust = Finding(
        "trust/extra-index",
        "trust",
        Severity.MEDIUM,
        Confidence.MEDIUM,
        "app/uv.lock",
        "Packages come from two indexes.",
        evidence=(Evidence(Location("wheel.whl", 3, "x = 1", ("pack.zip",))),),
    )
    decisions = [
        Decision(malicious, "block", "default policy"),
        Decision(flaw, "block", "depscan.toml:1"),
        Decision(accepted, "allow", "depscan.toml:9", waiver),
        Decision(trust, "warn", "depscan.toml:1"),
        Decision(undecided, "warn", "default policy (cannot be decided)"),
    ]
    coverage = (
        Coverage("app/b.txt", "partial", "line cannot be understood", needed=True, line=7),
        Coverage("npm", "skipped", "not in the index", kind="advisory"),
    )
    program = (
        ("", "x = collections.OrderedDict()", "known", "an ordered dictionary"),
        ("pickle @ 0x40 > 0x1f2", "os.system('true')", "hostile", "runs a command in a shell"),
    )
    models = (
        ModelFile("archive/data.pkl", (), "pickle", "hostile", 812, program, (), (), "weights.pt"),
        ModelFile("m.pkl", (), "pickle", "foreign code needed", 90, program[:1], ("some-package",), (), "m.pkl"),
        ModelFile("w.safetensors", ("pack.zip",), "safetensors", "data only", 96, (), (), (("tensors", "2"),), "all"),
    )
    return result(document, decisions, coverage)._replace(models=models)


def hostile() -> ScanResult:
    document = Document(f"{HOSTILE}/requirements.txt", "requirements")
    root = document.add_root(HOSTILE, 1)
    package = Package(HOSTILE, HOSTILE, HOSTILE, "git", registry=HOSTILE, url=HOSTILE, commit=HOSTILE)
    key = document.add(package._replace(hashes=(HOSTILE,), files=(File(HOSTILE, HOSTILE),)), 2)
    document.link(root, key, HOSTILE, marker=HOSTILE, requested=HOSTILE)
    place = Location(document.path, 2, HOSTILE)
    finding = Finding(
        "advisory/vulnerable",
        "vulnerability",
        Severity.CRITICAL,
        Confidence.LOW,
        key,
        HOSTILE,
        (HOSTILE, "CVE-2029-9"),
        "affected",
        (Evidence(place), Evidence(Location(HOSTILE, 4, HOSTILE, (HOSTILE,)), "related")),
        HOSTILE,
        HOSTILE,
        False,
        (HOSTILE, f"https://a.example/{HOSTILE}"),
        ((root, key),),
        HOSTILE,
        HOSTILE,
    )
    waiver = Waiver(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "2030-06-01", HOSTILE, 1)
    other = finding._replace(rule="trust/extra-index", klass="trust", ids=(), subject=HOSTILE)
    decisions = [
        Decision(finding, "block", HOSTILE),
        Decision(other, "warn", HOSTILE),
        Decision(finding._replace(ids=("CVE-2029-8",)), "allow", HOSTILE, waiver),
    ]
    coverage = (
        Coverage(HOSTILE, "failed", HOSTILE, needed=True, line=1),
        Coverage(HOSTILE, "skipped", HOSTILE, kind="index"),
    )
    made = result(document, decisions, coverage)
    step = (HOSTILE, HOSTILE, "hostile", HOSTILE)
    model = ModelFile(HOSTILE, (HOSTILE,), "pickle", "hostile", 1, (step,), (HOSTILE,), ((HOSTILE, HOSTILE),), HOSTILE)
    return made._replace(snapshot=SNAPSHOT._replace(origin=HOSTILE), models=(model,))


RESULTS = {"empty": empty, "typical": typical, "hostile": hostile}
