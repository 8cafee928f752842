"""Names in a graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.checks.names import CHECK
from depscan.model.document import Document
from depscan.model.finding import Confidence, Severity
from depscan.model.nameoptions import NameOptions
from depscan.model.package import File
from tests.unit.checks.facts import INDEX, context, document, messages, outcome, package
from tests.unit.names.tables import table


def rules(*documents: Document, names: NameOptions | None = None) -> list[tuple[str, str]]:
    given = context(*documents)._replace(names=names or NameOptions())
    return sorted((f.rule, f.subject) for f in outcome(CHECK, given)[0])


def test_an_imitation_is_found_with_its_line_and_what_was_meant() -> None:
    given = context(document(package("numpy", "2"), package("reqeusts", "2.0")))
    [found] = outcome(CHECK, given)[0]
    assert (found.rule, found.severity, found.confidence) == ("name/imitation", Severity.HIGH, Confidence.HIGH)
    assert found.primary.line == 2
    assert found.message.startswith("reqeusts looks like requests: two neighbouring letters swapped")
    assert found.fix.startswith("Did you mean pip install requests?")


def test_every_kind_of_name_has_its_rule() -> None:
    pypi = [
        package(n, "1") for n in ("cv2", "claude", "openai-python", "dpandas", "раndas", "lightgbm-utils", "pandas")
    ]
    npm = [package(n, "1", "npm", ecosystem="npm") for n in ("loadsh", "lodash")]
    hubs = [
        package("meta-lIama/Llama", None, "url", ecosystem="huggingface"),
        package("dokcer/login-action", "v1", "git", ecosystem="GitHub Actions"),
    ]
    assert [rule for rule, _ in rules(document(*pypi, *npm, *hubs))] == [
        "name/brand",
        "name/foreign-script",
        "name/imitation",
        "name/imitation",
        "name/import-name",
        "name/invented",
        "name/look-alike",
        "name/look-alike",
    ]


def test_names_that_come_from_no_index_are_nobodys() -> None:
    assert messages(CHECK, document(package("reqeusts", "1", "local", url="."), package("reqeusts", None, "git"))) == []
    assert messages(CHECK, document(package("reqeusts", "1", "conda", ecosystem="conda"))) == []


def test_a_lock_that_knows_says_since_when_the_release_exists() -> None:
    files = (File("a.whl", upload_time="2026-11-20T10:00:00Z"), File("a.tar.gz", upload_time="2026-11-19T10:00:00Z"))
    [found] = messages(CHECK, document(package("reqeusts", "1", files=files)))
    assert found.endswith("the locked release was uploaded on 2026-11-19")


def test_the_policy_vouches_for_names() -> None:
    given = document(package("reqeusts", "1"))
    assert rules(given, names=NameOptions(allow=("Reqeusts",))) == []


def test_private_names_come_from_private_indexes() -> None:
    own = "https://pkgs.acme.example/simple"
    names = NameOptions(private=("acme-*", "tool"), indexes=(own + "/",))
    given = document(
        package("acme-core", "1", registry=own),
        package("acme-web", "1", registry=INDEX),
        package("acme-cli", "1"),
        package("tool", "1", registry=INDEX),
        package("tools", "1", registry=INDEX),
        package("acme-git", None, "git", url="https://repo.example/acme-git"),
    )
    found = rules(given, names=names)
    assert found == [("name/private-from-elsewhere", f"pkg:pypi/{n}@1") for n in ("acme-cli", "acme-web", "tool")]


def test_a_broken_table_makes_the_scan_incomplete(tmp_path: Path) -> None:
    (tmp_path / "names.idx").write_bytes(b"nothing")
    given = context(document(package("a", "1")))._replace(names=NameOptions(table=str(tmp_path)))
    findings, [gap] = outcome(CHECK, given)
    assert (findings, gap.needed, gap.status) == ([], True, "failed")


def test_a_table_without_an_ecosystem_makes_its_names_unjudged(tmp_path: Path) -> None:
    table(tmp_path)
    one = document(package("lodahs", "1", "npm", ecosystem="npm"))
    given = context(one)._replace(names=NameOptions(table=str(tmp_path)))
    findings, [gap] = outcome(CHECK, given)
    assert (findings, gap.needed) == ([], True)


@pytest.mark.parametrize("count", [3, 300])
def test_few_and_many_names_are_judged_alike(count: int) -> None:
    given = document(*(package(f"unknown-thing-{i}", "1") for i in range(count)), package("reqeusts", "1"))
    assert rules(given) == [("name/imitation", "pkg:pypi/reqeusts@1")]
