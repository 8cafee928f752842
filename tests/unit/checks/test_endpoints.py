"""Where requests and keys go."""

from __future__ import annotations

import pytest

from depscan.checks.endpoints import CHECK
from depscan.model.document import Document
from depscan.model.finding import Finding, Severity
from tests.unit.checks.facts import context, outcome, package

FOREIGN, KEY, DIFFERS = "ai/foreign-endpoint", "ai/key-to-other-host", "ai/endpoint-differs"


def sent(url: str, path: str = "app.py", node: str = "openai/gpt-4o", how: str = "x", **facts: str) -> Document:
    made = Document(path, "test")
    kind = "hosted-model" if "/" in node else "service"
    made.use(made.add(package(node, None, "service", ecosystem=kind), 3), how, 3, endpoint=url, **facts)
    return made


def found(*documents: Document) -> list[Finding]:
    return outcome(CHECK, context(*documents))[0]


def rules(*documents: Document) -> dict[str, Severity]:
    return {f.rule: f.severity for f in found(*documents)}


def test_another_host_is_told_and_is_worse_without_tls() -> None:
    assert rules(sent("https://proxy.example/v1")) == {FOREIGN: Severity.MEDIUM}
    assert rules(sent("http://proxy.example/v1")) == {FOREIGN: Severity.HIGH}
    assert "without TLS" in found(sent("http://proxy.example/v1"))[0].message


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1", "http://localhost:8000/v1", "http://127.0.0.1", "http://10.1.2.3:1", "http://litellm:4000",
        "http://192.168.0.9", "http://172.20.0.2", "http://gw.internal", "http://x.ns.svc.cluster.local:80", "http://[::1]:80/",
        "http://host.docker.internal:11434/v1", "",
    ],
)  # fmt: skip
def test_the_vendors_own_host_and_hosts_at_home_are_no_finding(url: str) -> None:
    assert rules(sent(url, key_env="OPENAI_API_KEY")) == {}


@pytest.mark.parametrize("url", ["http://172.32.0.2", "http://10.example", "https://api.openai.com.example"])
def test_hosts_that_only_look_like_home_are(url: str) -> None:
    assert FOREIGN in rules(sent(url))


def test_the_key_that_goes_along_is_told_too() -> None:
    key, foreign = sorted(found(sent("https://proxy.example", key_env="APP_OPENAI_API_KEY")), key=lambda f: f.rule)[
        ::-1
    ]
    assert key.rule == KEY
    assert key.message == "APP_OPENAI_API_KEY, a key of OpenAI, is sent to proxy.example"
    assert foreign.rule == FOREIGN


def test_the_host_of_another_vendor_is_low_and_its_own_key_is_right() -> None:
    assert rules(sent("https://api.groq.com/openai/v1", key_env="GROQ_API_KEY")) == {FOREIGN: Severity.LOW}
    assert rules(sent("https://api.groq.com/openai/v1", node="groq/llama", key_env="GROQ_API_KEY")) == {}
    assert KEY in rules(sent("https://api.groq.com/openai/v1", node="groq/llama", key_env="OPENAI_API_KEY"))


def test_the_variable_the_key_or_the_library_says_whose_a_service_is() -> None:
    def service(**facts: str) -> Document:
        return sent("https://proxy.example", node="proxy.example", **facts)

    assert FOREIGN in rules(service(endpoint_from="env:OPENAI_BASE_URL"))
    assert FOREIGN in rules(service(how="environment.ANTHROPIC_BASE_URL"))
    assert FOREIGN in rules(service(key_env="MISTRAL_API_KEY"))
    assert FOREIGN in rules(service(how="openai.OpenAI"))
    assert FOREIGN in rules(sent("https://proxy.example", node="proxy.example/anthropic/claude-2.1"))
    assert rules(service(how="curl")) == {}
    assert rules(service(how="requests.get")) == {}


def test_a_cloud_of_ones_own_and_a_local_server_may_have_any_host_of_theirs() -> None:
    assert rules(sent("https://me.openai.azure.com", node="azure/chat", key_env="AZURE_OPENAI_API_KEY")) == {}
    assert rules(sent("https://gpu.example/v1", node="vllm/org/name")) == {}


def test_files_that_differ_are_told_with_both_places() -> None:
    made = found(sent("https://api.openai.com/v1"), sent("https://eu.api.openai.com/v1", "prod.yaml"))
    assert [f.rule for f in made] == [DIFFERS]
    assert found(sent("https://api.openai.com/v1"), sent("http://localhost:8000/v1", "dev.yaml")) == []
    assert [e.location.path for e in made[0].evidence] == ["prod.yaml", "app.py"]
    assert "2 hosts: api.openai.com, eu.api.openai.com" in made[0].message


def test_the_same_host_in_many_files_is_told_once() -> None:
    made = found(sent("https://proxy.example/v1"), sent("https://proxy.example/v1", "b.py"))
    assert [(f.rule, len(f.evidence)) for f in made] == [(FOREIGN, 2)]
