"""What ids mean, by each vendor's own rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import RuleError
from depscan.vendors.known import host_of, vendor_named, vendor_of, vendor_of_host, vendor_of_variable, vendors
from depscan.vendors.lint import lint
from depscan.vendors.pinning import pinning, reason, retired
from depscan.vendors.vendor import read_vendor

HEAD = 'title = "T"\nkind = "vendor"\nsource = "s"\nas-of = "2026-01-01"\notherwise = "floating"\n'


def meaning(slug: str, model: str) -> str:
    vendor = vendor_named(slug)
    assert vendor is not None
    return pinning(vendor, model)


def test_the_tables_are_sound() -> None:
    assert lint() == []


def test_every_vendor_asked_for_is_there() -> None:
    wanted = (
        "openai azure-openai anthropic google mistral cohere aws-bedrock groq together fireworks deepseek xai "
        "perplexity openrouter ai21 replicate huggingface-inference nvidia ollama vllm"
    )
    assert set(wanted.split()) <= set(vendors().by_slug)


@pytest.mark.parametrize(
    ("slug", "floating", "pinned"),
    [
        ("openai", "gpt-4o gpt-5 o3 chatgpt-4o-latest gpt-5-chat-latest", "gpt-4o-2024-08-06 gpt-4-1106-preview"),
        ("openai", "gpt-4-turbo gpt-3.5-turbo", "ft:gpt-4o-mini-2024-07-18:acme::abc text-embedding-ada-002"),
        ("anthropic", "claude-3-5-sonnet-latest claude-opus-4-1 claude-sonnet-4-5", "claude-3-5-sonnet-20241022"),
        ("anthropic", "claude-sonnet-4-0 claude-2", "claude-opus-4-7 claude-sonnet-4-6 claude-haiku-5"),
        ("google", "gemini-2.5-pro gemini-flash-latest", "gemini-2.0-flash-001 gemini-2.5-pro-preview-05-06"),
        ("mistral", "mistral-large-latest mistral-embed", "mistral-large-2411 codestral-2501"),
        ("cohere", "command-r-plus", "command-a-03-2025 embed-english-v3.0"),
        ("aws-bedrock", "us.meta.llama3-70b", "anthropic.claude-3-5-sonnet-20240620-v1:0 us.anthropic.claude-opus-4-7"),
        ("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", ""),
        ("groq", "llama-3.3-70b-versatile", ""),
        ("xai", "grok-4 grok-2-latest", "grok-4-0709"),
        ("openrouter", "openrouter/auto openai/gpt-4o meta-llama/llama-3-70b:free", "openai/gpt-4o-2024-08-06"),
        ("replicate", "owner/name", f"owner/name:{'0f' * 32}"),
        ("ai21", "jamba-large", "jamba-large-1.6-2025-03"),
        ("ollama", "llama3 llama3:latest", ""),
    ],
)  # fmt: skip
def test_ids_mean_what_their_vendor_says(slug: str, floating: str, pinned: str) -> None:
    assert {m: meaning(slug, m) for m in floating.split()} == dict.fromkeys(floating.split(), "floating")
    assert {m: meaning(slug, m) for m in pinned.split()} == dict.fromkeys(pinned.split(), "pinned")


def test_a_deployment_hides_its_model_and_some_ids_promise_nothing() -> None:
    assert meaning("azure", "gpt-4o") == "indirect"
    assert meaning("bedrock", "arn:aws:bedrock:us-east-1:1:application-inference-profile/x") == "indirect"
    assert meaning("openai", "text-embedding-3-small") == "unknown"
    assert meaning("vllm", "org/name") == "unknown"


def test_the_rule_is_told_with_the_answer() -> None:
    vendor = vendor_named("anthropic")
    assert vendor is not None
    assert "4.6 generation" in reason(vendor, "claude-opus-4-7").why
    assert "may put another model" in reason(vendors().by_slug["groq"], "x").why


@pytest.mark.parametrize(
    ("model", "hint", "slug"),
    [
        ("gpt-4o", "", "openai"), ("claude-opus-4-7", "", "anthropic"), ("gemini/gemini-2.5-pro", "", "google"),
        ("azure/my-deployment", "", "azure-openai"), ("anthropic.claude-v2:1", "", "aws-bedrock"),
        ("anything", "Groq", "groq"),
        ("anything", "OPENAI_MODEL", "openai"), ("llama3", "localhost:11434", "ollama"),
        ("openai/gpt-4o", "openrouter", "openrouter"), ("anthropic/claude-opus-4-7", "openai", "anthropic"),
        ("org/name", "", None), ("bert-base-uncased", "", None), ("gpt2", "", None), ("gpt-neo-2.7B", "", None),
        ("o5x", "", None),
    ],
)  # fmt: skip
def test_an_id_or_a_hint_says_whose_a_model_is(model: str, hint: str, slug: str | None) -> None:
    found = vendor_of(model, hint)
    assert (found.slug if found else None) == slug


def test_hosts_and_variables_belong_to_vendors() -> None:
    whose = {
        h: v.slug for h in ("api.openai.com", "me.openai.azure.com:443", "ollama:11434") if (v := vendor_of_host(h))
    }
    assert list(whose.values()) == ["openai", "azure-openai", "ollama"]
    assert vendor_of_host("api.openai.com.evil.example") is None
    assert vendor_of_host("openai.azure.com.example") is None
    found, what = vendor_of_variable("MYAPP_OPENAI_API_KEY")
    assert found is not None
    assert (found.slug, what) == ("openai", "key")
    assert vendor_of_variable("KEY") == (None, "")
    assert vendor_of_variable("") == (None, "")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example/v1", "a.example"), ("http://h:8000/v1", "h:8000"), ("h.example:80/x", "h.example:80"),
        ("https://u:p@h.example", "h.example"), ("http://[::1]:1/", "[::1]:1"), ("http://h:99999/", ""),
        ("http://[", ""),
        ("https://{{ host }}/v1", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_host_of_a_url_is_taken_with_its_port(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_model_that_ends_has_its_day_its_source_and_the_date_of_the_table() -> None:
    row = retired(vendors().by_slug["anthropic"], "claude-2.1")
    assert row is not None
    assert (row.date, row.as_of) == ("2025-07-21", "2025-11-30")
    assert row.source
    through = retired(vendors().by_slug["openrouter"], "anthropic/claude-2.1")
    assert through == row
    assert retired(vendors().by_slug["azure-openai"], "gpt-4-32k") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "modle = 1\n", "unknown keys: modle"),
        (HEAD.replace('"vendor"', '"shop"'), "kind: 'shop' is none of"),
        (HEAD.replace("2026-01-01", "January"), "no date"),
        (HEAD + '[[pinning]]\nmatch = "x"\nmeans = "maybe"\nwhy = "w"\n', "means: 'maybe'"),
        (HEAD + '[[retired]]\nids = ["a"]\ndate = "2026-02-31x"\nsource = "s"\nas-of = "2026-01-01"\n', "no date"),
        (HEAD + '[[retired]]\nids = ["a"]\ndate = "2026-02-01"\nas-of = "2026-01-01"\n', "source is missing"),
        ("title = 1\n", "title should be a text"),
    ],
)
def test_a_table_of_a_wrong_shape_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(RuleError, match=message):
        read_vendor(str(path))


def test_lint_names_what_people_get_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        HEAD + 'aliases = ["b", "B_c"]\nhosts = ["https://h"]\nkeys = ["KEY"]\nids = ["("]\n'
    )
    (tmp_path / "b.toml").write_text(HEAD)
    (tmp_path / "c.toml").write_text("x")
    text = "\n".join(lint(str(tmp_path)))
    for part in (
        "'B_c' is no alias",
        "'https://h' is no host",
        "'KEY' is no variable",
        "'('",
        "'b' belongs to more",
        "c.toml",
    ):
        assert part in text
