"""Publishing steps: with which secret, attested or not."""

from __future__ import annotations

import pytest

from depscan.inputs.ci.github_workflow import parse
from depscan.text.source import SourceFile


def published(step: str) -> list[tuple[str, str]]:
    text = f"on: push\njobs:\n  a:\n    steps:\n      - {step}\n"
    uses = parse(SourceFile("ci.yml", text.encode())).uses
    return [(u.get("secret"), u.get("attests")) for u in uses if u.get("task") == "publish"]


@pytest.mark.parametrize(
    ("step", "want"),
    [
        ("uses: pypa/gh-action-pypi-publish@v1", ("", "yes")),
        ("uses: pypa/gh-action-pypi-publish@v1\n        with: { password: '${{ secrets.P }}' }", ("P", "yes")),
        ("uses: pypa/gh-action-pypi-publish@v1\n        with: { attestations: false }", ("", "no")),
        (
            "run: twine upload dist/*\n        env: { TWINE_PASSWORD: '${{ secrets.P }}', X: '${{ secrets.Q }}' }",
            ("P", "no"),
        ),
        ("run: python -m twine upload -p ${{ secrets.P }} dist/*", ("P", "no")),
        ("run: uv publish --token $T\n        env: { T: '${{ secrets.P }}' }", ("P", "yes")),
        ("run: uv publish", ("", "yes")),
        ("run: npm publish\n        env: { NODE_AUTH_TOKEN: '${{ secrets.P }}' }", ("P", "no")),
        ("run: npm publish --provenance", ("", "yes")),
        ("run: hf upload acme/m .\n        env: { HF_TOKEN: '${{ secrets.P }}' }", ("", "yes")),
        ("run: npm publish\n        env: { NODE_AUTH_TOKEN: '${{ secrets.GITHUB_TOKEN }}' }", ("", "no")),
    ],
)
def test_a_publishing_step_says_its_secret_and_whether_it_attests(step: str, want: tuple[str, str]) -> None:
    assert published(step) == [want]


@pytest.mark.parametrize("step", ["run: twine check dist/*", "run: echo npm publish", "uses: acme/publish@v1"])
def test_other_steps_publish_nothing(step: str) -> None:
    assert published(step) == []
