"""From documents and their uses to the rows of a lock."""

from __future__ import annotations

from depscan.facts.fact import STARTUP, Fact
from depscan.facts.inspected import Inspected
from depscan.facts.packages import Looked
from depscan.facts.publishers import Publishers
from depscan.graph.graph import DependencyGraph
from depscan.lock.records import Row, Value
from depscan.lock.take import Taken, lock_taken
from depscan.model.document import Document
from depscan.model.modelfile import ModelFile
from depscan.model.package import File, Package

COMMIT = "c" * 40


def rows(*documents: Document, looked: Looked | None = None, models: tuple[ModelFile, ...] = ()) -> list[Row]:
    graph = DependencyGraph()
    for document in documents:
        graph.merge(document)
    return list(lock_taken(Taken(graph, list(documents), models, looked=looked)).rows)


def one(section: str, found: list[Row]) -> dict[str, Value]:
    held = [dict(row.fields) for row in found if row.section == section]
    assert len(held) == 1, held
    return held[0]


def hub(name: str, version: str | None = None) -> Package:
    return Package("huggingface", name, version, "hub")


def test_a_model_has_the_worst_of_what_its_uses_say_and_the_files_they_stand_in() -> None:
    first, second = Document("b.py", "python-code"), Document("a.py", "python-code")
    first.use(first.add(hub("acme/m"), 1), "x.from_pretrained", 1, pinned="no", code="no")
    second.use(second.add(hub("acme/m"), 2), "x.from_pretrained", 2, pinned="no", code="yes", safe="no")
    made = one("model", rows(first, second))
    assert made == {"id": "acme/m", "pinned": "no", "code": "yes", "safe": "no", "in": ("a.py", "b.py")}


def test_each_revision_of_a_model_is_a_row_and_a_commit_is_pinned() -> None:
    document = Document("a.py", "python-code")
    document.use(document.add(hub("acme/m", COMMIT), 1), "x", 1, pinned="yes", revision=COMMIT)
    node = document.add(hub("acme/m"), 2)
    document.use(node, "x", 2, pinned="no", revision="main")
    document.use(node, "x", 3, pinned="no")
    found = [(row.text("revision"), row.text("pinned")) for row in rows(document)]
    assert found == [("", "no"), ("main", "no"), (COMMIT, "yes")]


def test_a_data_set_is_named_without_its_prefix() -> None:
    document = Document("a.py", "python-code")
    document.use(document.add(hub("datasets/acme/d"), 1), "datasets.load_dataset", 1, pinned="no")
    assert one("dataset", rows(document))["id"] == "acme/d"


def test_hosted_models_and_services_keep_endpoints_and_names_of_keys() -> None:
    document = Document("a.py", "python-code")
    model = document.add(Package("hosted-model", "vendor/big/1", None, "service"), 1)
    service = document.add(Package("service", "vendor", None, "service"), 1)
    document.use(model, "chat", 1, pinned="no", endpoint="https://proxy.example", key_env="KEY")
    document.use(service, "client", 2, endpoint="https://proxy.example")
    found = rows(document)
    assert one("hosted", found) == {
        "vendor": "vendor", "id": "big/1", "pinned": "no", "endpoints": ("https://proxy.example",), "key-env": ("KEY",),
        "in": ("a.py",),
    }  # fmt: skip
    assert one("service", found) == {"name": "vendor", "endpoints": ("https://proxy.example",), "in": ("a.py",)}


def test_actions_and_images_have_their_commit_and_digest() -> None:
    document = Document("ci.yml", "workflow")
    action = Package("GitHub Actions", "acme/act", "v1", "git", commit=COMMIT)
    document.use(document.add(action, 1), "uses", 1)
    document.use(document.add(Package("image", "acme/img", "1", "image", hashes=("sha256:ab",)), 2), "FROM", 2)
    found = rows(document)
    assert one("action", found) == {"name": "acme/act", "ref": "v1", "commit": COMMIT, "in": ("ci.yml",)}
    assert one("image", found) == {"name": "acme/img", "tag": "1", "digest": "sha256:ab", "in": ("ci.yml",)}


def test_an_agents_tool_is_a_row_of_its_own_and_no_package_or_service() -> None:
    document = Document(".mcp.json", "mcp-json")
    document.add_root(".mcp.json")
    npm = document.add(Package("npm", "@acme/files", "1.0.0"), 3)
    far = document.add(Package("service", "mcp.example", None, "service"), 9)
    document.use(npm, "mcpServers.files", 3, transport="stdio", command="npx -y @acme/files@1.0.0")
    document.use(far, "mcpServers.far", 9, transport="http", endpoint="https://mcp.example/sse")
    document.use(document.root, "mcpServers.files", 4, secret="TOKEN")  # noqa: S106 - a name
    found = rows(document)
    assert {row.section for row in found} == {"tool"}
    assert [row.text("package") for row in found] == ["service:mcp.example", "npm:@acme/files"]
    assert [row.text("pinned") for row in found] == ["no", "yes"]


def test_what_a_card_claims_is_a_card_and_no_model_that_is_used() -> None:
    document = Document("m/README.md", "model-card")
    document.root = document.add(Package("model-file", "m", None, "local"), 1)
    for name in ("acme/base", "datasets/acme/d"):
        document.link(document.root, document.add(hub(name), 2), "loads")
    document.use(document.root, "model card", 1, licence="mit", task="text-generation")
    found = rows(document)
    assert [row.section for row in found] == ["card"]
    assert one("card", found) == {
        "path": "m/README.md", "licence": "mit", "base-models": ("acme/base",), "datasets": ("acme/d",),
        "task": "text-generation",
    }  # fmt: skip


def test_a_package_that_a_lock_pins_is_not_listed_as_its_manifest_asks_for_it() -> None:
    manifest, lock = Document("pyproject.toml", "pyproject"), Document("uv.lock", "uv-lock", lock=True)
    manifest.add(Package("PyPI", "x", None))
    manifest.add(Package("PyPI", "y", None))
    lock.add(Package("PyPI", "x", "1", files=(File("x.whl", "sha256:b"), File("x.tar.gz", "sha256:a"))))
    lock.add(Package("PyPI", "own", "1", "local"))
    found = [dict(row.fields) for row in rows(manifest, lock)]
    assert found == [
        {"ecosystem": "PyPI", "name": "x", "version": "1", "hashes": ("sha256:a", "sha256:b")},
        {"ecosystem": "PyPI", "name": "y"},
    ]


def test_publishers_and_what_runs_at_start_are_kept_where_somebody_looked() -> None:
    document = Document("uv.lock", "uv-lock", lock=True)
    key = document.add(Package("PyPI", "x", "1.2.3"))
    fact = Fact("shell.run", STARTUP, "x.pth", 1, "os.system", ("x-1.2.3",))
    item = Inspected("x.whl", key, "wheel", "x", "1.2.3", (fact,), ())
    people = Publishers((("x.whl", ("GitHub acme/x release.yml",)),))
    made = one("package", rows(document, looked=Looked((item,), publishers={key: people})))
    assert made["publishers"] == ("GitHub acme/x release.yml",)
    assert made["surface"] == ("startup: process: os.system('x-{version}')",)
    quiet = item._replace(facts=())
    assert one("package", rows(document, looked=Looked((quiet,))))["surface"] == ()


def test_a_file_has_the_worst_verdict_of_what_is_said_of_it() -> None:
    whole = ModelFile(
        "m.bin", (), "safetensors", "data only", 9, about=(("sha256", "1"), ("template-sha256", "a 1\nb 2"))
    )
    around = ModelFile("m.bin", (), "archive", "hostile", 0)
    made = one("file", rows(models=(around, whole)))
    assert made == {
        "path": "m.bin", "format": "safetensors", "verdict": "hostile", "size": 9, "sha256": "1",
        "template-sha256": ("a 1", "b 2"),
    }  # fmt: skip


def test_a_branch_of_an_action_is_its_ref_as_written() -> None:
    document = Document("ci.yml", "workflow")
    document.use(document.add(Package("GitHub Actions", "acme/act", None, "git"), 1), "uses", 1, revision="main")
    assert one("action", rows(document)) == {"name": "acme/act", "ref": "main", "in": ("ci.yml",)}
