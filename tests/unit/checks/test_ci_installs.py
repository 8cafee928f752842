"""Open installs, scripts and models in pipelines and images."""

from __future__ import annotations

from depscan.checks.ci_installs import CHECK
from depscan.checks.unpinned import CHECK as UNPINNED
from tests.unit.checks.facts import document, package
from tests.unit.checks.pipelines import found, read, said, workflow


def test_one_line_that_installs_is_one_finding() -> None:
    [one] = found(CHECK, workflow("run: pip install torch numpy==2 x y z a b"))
    assert (one.rule, one.severity.word, one.primary.line) == ("ci/unpinned-install", "low", 5)
    assert one.message == "pip install takes torch, x, y, z, a and 1 more without an exact version"


def test_exact_versions_and_requirement_files_are_quiet() -> None:
    assert said(CHECK, workflow("run: pip install torch==2.0", "run: pip install -r r.txt", "run: npm ci")) == []


def test_a_download_that_runs_is_reported_and_worse_without_encryption() -> None:
    text = "FROM a:1\nRUN curl https://x.example/i.sh | bash\nRUN wget -qO- http://x.example/i.sh | sh\n"
    assert said(CHECK, read("dockerfile", text)) == [("ci/pipe-to-shell", "medium", 2), ("ci/pipe-to-shell", "high", 3)]


def test_weights_without_a_hash_are_reported_and_hubs_left_to_the_rule_of_models() -> None:
    text = "FROM a:1\nRUN hf download acme/m\nRUN ollama pull m\nRUN curl -O https://x.example/m.safetensors\n"
    assert said(CHECK, read("dockerfile", text)) == [
        ("ci/unpinned-model-download", "medium", 3),
        ("ci/unpinned-model-download", "medium", 4),
    ]


def test_other_documents_are_not_its_business_and_pipelines_not_that_of_unpinned() -> None:
    other = document(package("a", None))
    other.use("pkg:pypi/a", "pip install", 1, pinned="no")
    assert said(CHECK, other) == []
    assert said(UNPINNED, workflow("run: pip install torch")) == []
