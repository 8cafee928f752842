"""Secrets in settings: names that mean one, values that are only references, lines with the values masked."""

from __future__ import annotations

import pytest

from depscan.text.secrets import has_secret, is_reference, is_secret_name, mask_secrets


@pytest.mark.parametrize(
    "name", ["API_KEY", "Authorization", "--token", "GITHUB_TOKEN", "X-Api-Key", "AWS_SECRET_ACCESS_KEY", "Cookie"]
)  # fmt: skip
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["MAX_TOKENS", "TOKENIZER", "PUBLIC_KEY", "SSH_KEY_PATH", "PATH", "DATABASE_URL", "monkey"]
)
def test_other_names_are_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value", ["${A}", "$A", "<your token>", "YOUR_KEY_HERE", "sk-...", "{env:X}", "Bearer ${input:t}", "xxxx"]
)
def test_references_and_placeholders_are_no_secrets(value: str) -> None:
    assert is_reference(value)


def test_known_tokens_and_logins_in_urls_are_secrets() -> None:
    assert has_secret("ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6")
    assert has_secret("https://me:hunter22@h.example")
    assert not has_secret("https://h.example/?api_key=${KEY}")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('"API_KEY": "abcd1234"', '"API_KEY": "***"'),
        ('"--api-key", "abcd1234"', '"--api-key", "***"'),
        ("npx a --token=abcd1234 x", "npx a --token=*** x"),
        ("MY_TOKEN=abcd1234 npx a", "MY_TOKEN=*** npx a"),
        ('"Authorization": "Bearer abcd1234"', '"Authorization": "Bearer ***"'),
        ("https://u:p@h.example/?api_key=abcd&x=1", "https://***@h.example/?api_key=***&x=1"),
        ('"API_KEY": "${API_KEY}"', '"API_KEY": "${API_KEY}"'),
        ("token = lexer.next()", "token = lexer.next()"),
        ("max_tokens: 4096", "max_tokens: 4096"),
        ("the token count is large", "the token count is large"),
    ],
)
def test_values_are_masked_and_everything_else_stays(text: str, want: str) -> None:
    assert mask_secrets(text) == want


def test_long_text_is_cut_and_costs_little() -> None:
    assert len(mask_secrets("a_token " * 100_000)) < 4100
