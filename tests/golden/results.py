"""Scan results made by hand: nothing found, the usual, an AI project, and two whose every text is hostile."""

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
from depscan.model.usage import Usage
from depscan.model.use import FACTS
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
    use = Usage(key, HOSTILE, 1, HOSTILE, (("endpoint", HOSTILE), ("licence", HOSTILE)))
    return made._replace(snapshot=SNAPSHOT._replace(origin=HOSTILE), models=(model,), uses=(use,))


def hostile_inventory() -> ScanResult:
    """Every kind of node with hostile texts everywhere."""
    document = Document(HOSTILE, HOSTILE)
    root = document.add_root(HOSTILE, 1)
    kinds = ("huggingface", "model-file", "hosted-model", "service", "GitHub Actions", "image", "npm")
    names = [(kind, HOSTILE) for kind in kinds] + [("huggingface", f"datasets/{HOSTILE}")]
    for kind, name in names:
        key = document.add(Package(kind, name, HOSTILE, "hub", url=HOSTILE, commit=HOSTILE, hashes=(HOSTILE,)), 2)
        document.link(root, key, "runs", marker=HOSTILE, requested=HOSTILE)
        facts = dict.fromkeys((fact.replace("-", "_") for fact in FACTS), HOSTILE)
        document.use(key, HOSTILE, 3, **facts)
    made = result(document, [], (Coverage(HOSTILE, "failed", HOSTILE, needed=True, line=1),))
    uses = tuple(Usage(u.node, document.path, 3, u.how, u.facts) for u in document.uses)
    about = (("sha256", HOSTILE), ("architecture", HOSTILE), (HOSTILE, HOSTILE))
    models = (ModelFile(HOSTILE, (), "pickle", "hostile", 1, (), (HOSTILE,), about, HOSTILE),)
    return made._replace(uses=uses, models=models)


def ai_document() -> Document:
    """A project with one node of every kind, by the table of docs/decisions/0018."""
    document = Document("app.py", "python-code")
    root = document.add_root("assistant", 1)
    commit = "0a" * 20
    pinned = document.add(Package("huggingface", "acme/small-llm", commit, "hub", commit=commit), 3)
    floating = document.add(Package("huggingface", "acme/embedder", None, "hub"), 4)
    data = document.add(Package("huggingface", "datasets/acme/support-tickets", None, "hub"), 5)
    weights = document.add(Package("model-file", "models/adapter.safetensors", None, "local"), 6)
    service = document.add(Package("service", "vendor-a", None, "service"), 7)
    proxy = document.add(Package("service", "llm.example:8443", None, "service"), 8)
    hosted = document.add(Package("hosted-model", "vendor-a/chat-large", None, "service"), 9)
    dated = document.add(Package("hosted-model", "vendor-a/chat-large-2029-05-01", None, "service"), 10)
    tool = document.add(Package("npm", "@acme/files-server", None), 11)
    action = document.add(Package("GitHub Actions", "acme/setup", commit, "git", commit=commit), 12)
    image = document.add(
        Package("image", "registry.example/base", "3.12", "image", hashes=("sha256:" + "0b" * 32,)), 13
    )
    torch = document.add(Package("PyPI", "torch", "2.0.0", registry="https://index.example/simple"), 14)
    for child, label in (
        (pinned, "loads"), (floating, "loads"), (data, "loads"), (weights, "loads"), (hosted, "calls"),
        (dated, "calls"), (tool, "runs"), (action, "runs"), (image, "build"), (torch, "prod"),
    ):  # fmt: skip
        document.link(root, child, label)
    document.link(pinned, data, "loads")
    document.link(hosted, service, "calls")
    document.link(dated, proxy, "calls")
    document.link(root, torch, "dev", marker="python_version < '3.12'", requested=">=2")
    load = "transformers.AutoModel.from_pretrained"
    document.use(pinned, load, 3, revision=commit, pinned="yes", safe="yes", task="text-generation",
                 licence="apache-2.0", base_model="acme/base-llm")  # fmt: skip
    document.use(floating, load, 4, revision="", pinned="no", code="allowed")
    document.use(data, "datasets.load_dataset", 5, pinned="no", split="train", licence="cc-by-4.0")
    document.use(weights, "safetensors.torch.load_file", 6, safe="yes", format="safetensors")
    document.use(hosted, "openai.chat.completions.create", 9, pinned="no", key_env="VENDOR_A_KEY")
    document.use(dated, "openai.chat.completions.create", 10, pinned="yes", endpoint="https://llm.example:8443/v1",
                 endpoint_from="env:LLM_URL", model_from="literal")  # fmt: skip
    document.use(tool, "mcpServers.files", 11, pinned="no", transport="stdio", command="npx -y @acme/files-server")
    document.use(action, "jobs.test.steps[0].uses", 12, pinned="yes")
    document.use(image, "FROM", 13, pinned="yes", stage="run")
    return document


def ai() -> ScanResult:
    document = ai_document()
    about = (("sha256", "0c" * 32), ("architecture", "LlamaForCausalLM"))
    models = (
        ModelFile("adapter.safetensors", (), "safetensors", "data only", 4096, (), (), about, "models"),
        ModelFile("old.pkl", (), "pickle", "foreign code needed", 90, (), ("some-package",), (), "models"),
    )
    uses = tuple(Usage(u.node, document.path, 0 if isinstance(u.at, tuple) else u.at, u.how, u.facts)
                 for u in document.uses)  # fmt: skip
    return result(document, [])._replace(uses=uses, models=models)


RESULTS = {
    "empty": empty,
    "typical": typical,
    "ai": ai,
    "hostile": hostile,
    "hostile-inventory": hostile_inventory,
}
