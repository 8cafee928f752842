"""What is said about a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.intel.name_table import open_table
from depscan.names.judge import Judge
from depscan.names.verdict import BLOCK, NONE, WARN, Facts
from tests.unit.names.tables import table

HARD_NEGATIVES = [
    "openapi",
    "openai",
    "ctransformers",
    "transformers",
    "grequests",
    "requests",
    "google-adk",
    "google-ads",
    "boto",
    "boto3",
    "pycryptodomex",
    "pycryptodome",
    "unicorn",
    "uvicorn",
    "pandoc",
    "pyandoc",
    "newspaper4k",
    "newspaper3k",
    "jsonpath",
    "jsonpatch",
    "pyshark",
    "pyspark",
    "mypy-boto3-drs",
    "mypy-boto3-rds",
    "pillow-simd",
    "torch-xla",
]
"""Neighbours that are both what they say."""
BLOCKED = [
    ("reqeusts", "requests"), ("requestss", "requests"), ("numppy", "numpy"), ("scikit-learnn", "scikit-learn"),
    ("tensorfow", "tensorflow"), ("tensofpow", "tensorflow"), ("beautifulsuop", "beautifulsoup4"), ("nurnpy", "numpy"),
    ("djnago", "django"), ("urlib3", "urllib3"), ("trasnformers", "transformers"), ("langchan", "langchain"),
]  # fmt: skip


@pytest.fixture(scope="module")
def pypi() -> Judge:
    return Judge("PyPI", open_table())


@pytest.mark.parametrize("name", HARD_NEGATIVES)
def test_known_neighbours_are_silent(pypi: Judge, name: str) -> None:
    assert pypi.judge(name).tier == NONE
    assert next(pypi.judge_many([name])).tier == NONE


@pytest.mark.parametrize(("name", "target"), BLOCKED)
def test_slips_in_well_known_names_are_blocked(pypi: Judge, name: str, target: str) -> None:
    found = pypi.judge(name)
    assert (found.tier, found.target, found.install) == (BLOCK, target, target)
    assert len(found.reasons) >= 2


def test_no_popular_name_alarms(pypi: Judge) -> None:
    assert not [v for v in pypi.judge_many(sorted(pypi.protected.names)) if v.tier != NONE]


def test_a_finding_says_by_which_trick_and_how_popular_the_target_is(pypi: Judge) -> None:
    trick, standing = pypi.judge("reqeusts").reasons
    assert trick == "two neighbouring letters swapped ('eu' for 'ue')"
    assert standing.startswith("requests is number 6 of the most downloaded; ")


def test_the_points_are_shown_and_add_up_to_the_score(pypi: Judge) -> None:
    found = pypi.judge("tensorfow", explain=True)
    from depscan.names.points import points_of

    assert found.score == pytest.approx(points_of("PyPI").base + sum(p for _, _, p in found.shares), abs=0.01)
    assert [abs(p) for _, _, p in found.shares] == sorted((abs(p) for _, _, p in found.shares), reverse=True)


def test_import_names_brands_and_invented_names_name_what_was_meant(pypi: Judge) -> None:
    for name, about, install in (
        ("cv2", "import-name", "opencv-python"),
        ("PIL", "import-name", "pillow"),
        ("yaml", "import-name", "pyyaml"),
        ("claude", "brand", "anthropic"),
        ("langchain-openai-utils", "invented", "langchain-openai"),
        ("huggingface-transformers", "invented", "transformers"),
        ("openai-python", "invented", "openai"),
    ):
        found = pypi.judge(name)
        assert (found.tier, found.about, found.install) == (WARN, about, install), name


def test_a_popular_import_name_gets_a_hint_and_no_alarm(pypi: Judge) -> None:
    found = pypi.judge("sklearn")
    assert (found.tier, found.install) == (NONE, "scikit-learn")


def test_composed_names_are_a_hint_until_the_index_says_more(pypi: Judge) -> None:
    found = pypi.judge("lightgbm-utils")
    assert (found.tier, found.about, found.target) == (NONE, "composed", "lightgbm")
    assert pypi.judge("lightgbm-utils", Facts(exists=False)).tier == WARN
    young = Facts(exists=True, first_seen="2026-11-20", today="2026-11-29")
    assert pypi.judge("lightgbm-utils", young).tier == WARN
    assert pypi.judge("lightgbm-utils", young._replace(first_seen="2019-01-01")).tier == NONE
    assert pypi.judge("langchain-helpers", young).tier == NONE  # a family anybody may add to
    assert "family" in pypi.judge("langchain-helpers").reasons[1]


def test_a_name_the_index_does_not_have_is_unclaimed(pypi: Judge) -> None:
    found = pypi.judge("acmecorp-internal-things", Facts(exists=False))
    assert (found.tier, found.about) == (WARN, "unclaimed")
    assert pypi.judge("acmecorp-internal-things", Facts(exists=True)).tier == NONE
    assert pypi.judge("numpy", Facts(exists=False)).tier == NONE


def test_facts_besides_the_name_move_the_score(pypi: Judge) -> None:
    plain = pypi.judge("torchvison")
    old = pypi.judge("torchvison", Facts(first_seen="2015-01-01", releases=40, today="2026-11-29"))
    new = pypi.judge("torchvison", Facts(first_seen="2026-11-27", releases=1, today="2026-11-29"))
    assert plain.tier == WARN
    assert new.score > plain.score
    assert old.tier == NONE or old.score < plain.score
    assert "first released 2 days ago" in new.reasons


def test_a_copied_description_weighs(tmp_path: Path) -> None:
    from depscan.intel.name_table import NameTable, Popular, summary_print, write_table

    text = "HTTP for people who like it simple"
    path = str(tmp_path / "n.idx")
    made = Popular(("requests",), "0", "by hand", "2026-11-01", 1, summaries=(summary_print(text),))
    write_table(path, {"PyPI": made}, "a", "2026-11-29", None)
    judge = Judge("PyPI", NameTable(path, "file"))
    found = judge.judge("myrequests", Facts(summary=f"  {text.upper()} "))
    assert found.score - judge.judge("myrequests").score == pytest.approx(4.0)
    assert "its description is that of requests, word for word" in found.reasons


def test_allowed_names_are_silent_however_written() -> None:
    judge = Judge("PyPI", open_table(), ["Reqeusts", "c_v2"])
    assert judge.judge("reqeusts").tier == judge.judge("REQEUSTS").tier == NONE
    assert [v.tier for v in judge.judge_many(["reqeusts", "c.v2", "cv2"])] == [NONE, NONE, WARN]


def test_letters_of_other_scripts_do_not_hide_a_name(pypi: Judge) -> None:
    for name in ("раndas", "ｎｕｍｐｙ", "nu\u200bmpy", "ⲣandas"):
        found = pypi.judge(name)
        assert found.tier in {BLOCK, WARN}, name
        assert found.about == "foreign-script"
    assert pypi.judge("日本語").tier == WARN


def test_npm_scopes_are_compared() -> None:
    npm = Judge("npm", open_table())
    for name, target in (
        ("core-rest-pipeline", "@azure/core-rest-pipeline"),
        ("loadsh", "lodash"),
        ("crossenv", "cross-env"),
    ):
        found = npm.judge(name)
        assert (found.tier != NONE, found.target) == (True, target), found
    assert npm.judge("@azure/core-http").tier == NONE
    assert npm.judge("lodash").tier == NONE


def test_repositories_are_judged_by_their_owner() -> None:
    models, actions = Judge("huggingface", open_table()), Judge("GitHub Actions", open_table())
    assert models.judge("meta-llama/Llama-3-8B").tier == NONE
    assert models.judge("someone/Llama-3-8B").tier == NONE
    found = models.judge("meta-lIama/Llama-3-8B")
    assert (found.tier, found.target) == (WARN, "meta-llama/Llama-3-8B")
    assert models.judge("dеepseek-ai/V3").target == "deepseek-ai/V3"
    assert actions.judge("actions/checkout").tier == actions.judge("acme/deploy").tier == NONE
    assert actions.judge("action/checkout").target == "actions/checkout"
    assert actions.judge("dokcer/login-action").tier == BLOCK
    assert [v.tier for v in actions.judge_many(["dokcer/x", "docker/x"])] == [BLOCK, NONE]


def test_a_small_table_works(tmp_path: Path) -> None:
    judge = Judge("PyPI", table(tmp_path))
    assert judge.judge("numpyy").target == "numpy"
    assert judge.judge("dateutil-python").target == "python-dateutil"
    assert Judge("npm", table(tmp_path)).judge("lodahs").tier == NONE
