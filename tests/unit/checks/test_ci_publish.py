"""Long-lived tokens and missing attestations."""

from __future__ import annotations

from depscan.checks.ci_publish import CHECK
from tests.unit.checks.pipelines import found, said, workflow


def test_a_kept_token_is_reported_where_it_publishes() -> None:
    [one] = found(
        CHECK, workflow("uses: pypa/gh-action-pypi-publish@v1\n        with: { password: '${{ secrets.P }}' }")
    )
    assert (one.rule, one.severity.word, one.primary.line) == ("ci/long-lived-token", "medium", 5)
    assert one.message == "pypa/gh-action-pypi-publish publishes with the long-lived secret P"


def test_trusted_publishing_is_quiet() -> None:
    more = "permissions: { id-token: write }\n"
    assert said(CHECK, workflow("uses: pypa/gh-action-pypi-publish@v1", "run: uv publish", more=more)) == []


def test_a_release_without_attestation_is_reported_low() -> None:
    step = (
        "run: |\n          python -m build\n          twine upload dist/*\n"
        "        env: { TWINE_PASSWORD: '${{ secrets.P }}' }"
    )
    assert said(CHECK, workflow(step)) == [("ci/long-lived-token", "medium", 7), ("ci/no-attestation", "low", 7)]
