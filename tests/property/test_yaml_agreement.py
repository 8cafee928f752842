"""YAML loading agrees with PyYAML and raises nothing but InputError."""

from __future__ import annotations

import contextlib
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from depscan.errors import InputError
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml, load_yaml_documents

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@given(VALUES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_dumped_texts_come_back(value: Any, flow: bool) -> None:  # noqa: FBT001
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    assert load_yaml(SourceFile("x.yaml", text.encode())) == value


@given(st.text(st.sampled_from("ab: -[]{},&*!|>'\"#%?\n\t~<\x00\x85é"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_loads_or_is_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        load_yaml_documents(SourceFile("x.yaml", text.encode()))
