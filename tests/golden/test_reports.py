"""Every report over the three results, byte for byte, and what each format's readers demand."""

from __future__ import annotations

import io
import json
import os
import re
import unicodedata
import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

import depscan.reports
from depscan.errors import UsageError
from depscan.model.result import ScanResult
from depscan.reports.discover import report_by_id, report_ids
from depscan.reports.report import View
from tests.golden.results import HOSTILE, RESULTS

MACHINE = [
    "cyclonedx",
    "cyclonedx-1.7",
    "github",
    "inventory-html",
    "inventory-markdown",
    "json",
    "junit",
    "markdown",
    "sarif",
    "spdx3",
]
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown(report: str, name: str) -> str:
    return report_by_id(report).render(RESULTS[name](), View())


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("report", MACHINE)
def test_report_equals_its_golden_file(report: str, name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reports/{name}.{report}", shown(report, name))


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("report", report_ids())
def test_no_report_holds_a_control_or_direction_character(report: str, name: str) -> None:
    text = shown(report, name)
    assert text.endswith("\n")
    assert not [c for c in text if unicodedata.category(c) in HIDDEN and c != "\n"]


@pytest.mark.parametrize("report", report_ids())
def test_report_is_the_same_twice_and_for_every_time_but_the_time(report: str) -> None:
    later = RESULTS["typical"]()._replace(timestamp="2031-01-01T00:00:00Z")
    render = report_by_id(report).render
    before = render(RESULTS["typical"](), View())
    assert before == shown(report, "typical")
    assert render(later, View()).replace("2031-01-01T00:00:00Z", "2030-01-04T05:06:07Z") == before


def test_every_module_of_the_folder_is_a_report_named_after_its_id() -> None:
    assert set(MACHINE) <= set(report_ids())
    assert [report_by_id(i).id for i in report_ids()] == report_ids()


def test_an_unknown_report_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="one of: cyclonedx"):
        report_by_id("pdf")


@pytest.mark.parametrize("name", RESULTS)
def test_json_follows_its_published_schema(name: str) -> None:
    path = os.path.join(os.path.dirname(depscan.reports.__file__), "schema", "depscan-1.json")
    with open(path, encoding="utf-8") as stream:
        schema = json.load(stream)
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(json.loads(shown("json", name)))


def test_json_schema_names_every_key_that_is_written() -> None:
    path = os.path.join(os.path.dirname(depscan.reports.__file__), "schema", "depscan-1.json")
    with open(path, encoding="utf-8") as stream:
        schema = json.load(stream)
    report = json.loads(shown("json", "typical"))
    assert list(report) == list(schema["properties"])
    assert list(report["findings"][0]) == list(schema["properties"]["findings"]["items"]["properties"])


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize(
    ("report", "version"), [("cyclonedx", SchemaVersion.V1_6), ("cyclonedx-1.7", SchemaVersion.V1_7)]
)
def test_cyclonedx_passes_the_strict_validator(report: str, version: SchemaVersion, name: str) -> None:
    problem = JsonStrictValidator(version).validate_str(shown(report, name))
    assert problem is None


@pytest.mark.parametrize("name", RESULTS)
def test_spdx_fits_the_published_model(name: str) -> None:
    """The bindings are generated from SPDX's own shapes: types, vocabularies and counts are checked both ways."""
    from spdx_python_model.bindings import v3_0_1 as spdx

    held = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(shown("spdx3", name).encode()), held)
    assert not held.link()
    spdx.JSONLDSerializer().write(held, io.BytesIO())
    unknown = [type(thing).__name__ for thing in held.foreach() if type(thing) is spdx.SHACLExtensibleObject]
    assert not unknown


def test_spdx_says_models_data_sets_licences_and_training() -> None:
    graph = json.loads(shown("spdx3", "ai"))["@graph"]
    by_name = {row["name"]: row for row in graph if "name" in row}
    model, data = by_name["acme/small-llm"], by_name["datasets/acme/support-tickets"]
    assert (model["type"], data["type"]) == ("ai_AIPackage", "dataset_DatasetPackage")
    assert model["ai_domain"] == ["text-generation"]
    relations = {(row["from"], row["relationshipType"], row["to"][0]) for row in graph if "relationshipType" in row}
    assert (model["spdxId"], "trainedOn", data["spdxId"]) in relations
    licences = {row["spdxId"]: row["simplelicensing_licenseExpression"] for row in graph if "licens" in row["type"]}
    declared = [licences[to] for source, kind, to in relations if kind == "hasDeclaredLicense" and to in licences]
    assert sorted(declared) == ["Apache-2.0", "CC-BY-4.0"]
    weights = by_name["models > adapter.safetensors"]
    assert weights["verifiedUsing"] == [{"type": "Hash", "algorithm": "sha256", "hashValue": "0c" * 32}]


def test_bills_without_a_time_say_so_or_have_none() -> None:
    made = RESULTS["ai"]()._replace(timestamp="")
    assert "timestamp" not in json.loads(report_by_id("cyclonedx").render(made, View()))["metadata"]
    created = json.loads(report_by_id("spdx3").render(made, View()))["@graph"][0]
    assert created["created"] == "1970-01-01T00:00:00Z"
    assert "none was asked for" in created["comment"]


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("report", ["cyclonedx", "cyclonedx-1.7"])
def test_cyclonedx_is_read_back_by_its_own_library(report: str, name: str) -> None:
    bom = json.loads(shown(report, name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it does not know: model cards
        held = Bom.from_json(json.loads(json.dumps(bom)))  # type: ignore[attr-defined] # made by a decorator
    assert {str(c.bom_ref) for c in held.components} == {c["bom-ref"] for c in bom["components"]}
    assert {str(s.bom_ref) for s in held.services} == {s["bom-ref"] for s in bom.get("services", [])}


def test_cyclonedx_says_what_kind_of_thing_each_part_is() -> None:
    bom = json.loads(shown("cyclonedx-1.7", "ai"))
    types = {c["name"]: c["type"] for c in bom["components"]}
    assert types["acme/small-llm"] == types["vendor-a/chat-large"] == "machine-learning-model"
    assert types["datasets/acme/support-tickets"] == "data"
    assert types["@acme/files-server"] == types["acme/setup"] == "application"
    assert types["registry.example/base"] == "container"
    assert types["models > old.pkl"] == "file"
    services = {s["name"]: s for s in bom["services"]}
    assert services["vendor-a"]["authenticated"] is True
    assert services["llm.example:8443"]["endpoints"] == ["https://llm.example:8443/v1"]
    assert [d["flow"] for d in services["vendor-a"]["data"]] == ["inbound", "outbound"]
    wants = {d["ref"]: d.get("dependsOn") for d in bom["dependencies"]}
    assert wants["pkg:generic/hosted/vendor-a/chat-large"] == ["pkg:generic/service/vendor-a"]


def test_cyclonedx_model_has_card_ancestors_licence_and_what_is_unknown() -> None:
    bom = json.loads(shown("cyclonedx", "ai"))
    parts = {c["name"]: c for c in bom["components"]}
    model = parts["acme/small-llm"]
    assert model["modelCard"]["modelParameters"] == {
        "task": "text-generation",
        "datasets": [{"ref": "pkg:huggingface/datasets/acme/support-tickets"}],
    }
    assert model["pedigree"]["ancestors"][0]["purl"] == "pkg:huggingface/acme/base-llm"
    assert model["licenses"] == [{"expression": "Apache-2.0", "acknowledgement": "declared"}]
    facts = {p["name"]: p["value"] for p in parts["models/adapter.safetensors"]["properties"]}
    assert facts["depscan:verified:load-verdict"] == "data only"
    assert facts["depscan:claimed:about:architecture"] == "LlamaForCausalLM"
    assert facts["depscan:unknown"] == "licence, base model, data sets"
    assert parts["models/adapter.safetensors"]["hashes"][0]["content"] == "0c" * 32
    places = parts["acme/embedder"]["evidence"]["occurrences"]
    assert places[1]["symbol"] == "transformers.AutoModel.from_pretrained"
    assert (places[1]["location"], places[1]["line"]) == ("app.py", 4)


def test_cyclonedx_serial_number_changes_with_the_content_only() -> None:
    one, two = (json.loads(shown("cyclonedx", n))["serialNumber"] for n in ("empty", "typical"))
    assert one != two
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one)


def test_cyclonedx_names_the_project_and_what_affects_its_parts() -> None:
    bom = json.loads(shown("cyclonedx", "typical"))
    assert bom["metadata"]["component"]["name"] == "app"
    affected = {v["id"]: [a["ref"] for a in v["affects"]] for v in bom["vulnerabilities"]}
    assert affected["MAL-2029-1"] == ["pkg:pypi/torchh@6.6.6"]
    refs = {c["bom-ref"] for c in bom["components"]} | {bom["metadata"]["component"]["bom-ref"]}
    assert {r for v in affected.values() for r in v} <= refs
    assert {d["ref"] for d in bom["dependencies"]} == refs


def sarif(name: str) -> dict[str, Any]:
    report = json.loads(shown("sarif", name))
    assert report["version"] == "2.1.0"
    run: dict[str, Any] = report["runs"][0]
    return run


@pytest.mark.parametrize("name", RESULTS)
def test_sarif_results_point_at_rules_files_and_lines(name: str) -> None:
    run = sarif(name)
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    for item in run["results"]:
        assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
        assert item["level"] in {"error", "warning", "note"}
        assert item["message"]["text"]
        assert re.fullmatch(r"[0-9a-f]{32}", item["partialFingerprints"]["depscanFinding/v1"])
        for place in item["locations"] + item.get("relatedLocations", []):
            physical = place["physicalLocation"]
            uri = physical["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
            assert not uri.startswith("/")
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1


def test_sarif_accepted_findings_are_suppressed_with_their_reason() -> None:
    held = {tuple(r["properties"]["ids"]): r.get("suppressions") for r in sarif("typical")["results"]}
    accepted = held["PYSEC-2029-2", "CVE-2029-2"]
    assert accepted is not None
    assert accepted[0]["status"] == "accepted"
    assert "never load it" in accepted[0]["justification"]
    assert [ids for ids, s in held.items() if s] == [("PYSEC-2029-2", "CVE-2029-2")]


def test_sarif_says_when_the_scan_was_not_complete() -> None:
    invocation = sarif("typical")["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert [n["level"] for n in invocation["toolConfigurationNotifications"]] == ["error", "note"]
    assert sarif("empty")["invocations"][0]["executionSuccessful"] is True


def test_sarif_messages_hold_no_embedded_link() -> None:
    texts = [r["message"]["text"] for r in sarif("hostile")["results"]]
    assert not [t for t in texts if re.search(r"(?<!\\)[\[\]]", t)]


def test_sarif_paths_are_relative_and_absolute_ones_are_file_uris() -> None:
    from depscan.reports._parts import uri

    assert uri("./a b/uv.lock") == "a%20b/uv.lock"
    assert uri("/x/uv.lock") == "file:///x/uv.lock"
    assert uri("//host/uv.lock") == "file:///host/uv.lock"
    assert uri("c:evil") == "c%3Aevil"


@pytest.mark.parametrize("name", RESULTS)
def test_github_lines_are_commands_that_cannot_be_broken_out_of(name: str) -> None:
    *commands, last = shown("github", name).splitlines()
    assert last.startswith("depscan: ")
    for line in commands:
        assert re.fullmatch(r"::(?:error|warning|notice) (?:(?:file|line|title)=[^,:]*,?)+::.*", line)
    made: ScanResult = RESULTS[name]()
    assert len(commands) == sum(d.action != "allow" for d in made.decisions) + len(made.coverage)


def test_github_annotations_stand_on_the_line() -> None:
    assert "::error file=app/uv.lock,line=20,title=depscan malicious%3A torchh 6.6.6 (MAL-2029-1)::This" in shown(
        "github", "typical"
    )


@pytest.mark.parametrize("name", RESULTS)
def test_junit_is_xml_whose_counts_are_true(name: str) -> None:
    root = ET.fromstring(shown("junit", name))  # noqa: S314 - our own output
    made: ScanResult = RESULTS[name]()
    assert len(root.findall(".//testcase")) == int(root.get("tests") or "")
    assert len(root.findall(".//failure")) == int(root.get("failures") or "")
    assert len(root.findall(".//failure")) == sum(d.action == "block" for d in made.decisions)
    assert len(root.findall(".//error")) == int(root.get("errors") or "")
    suite = root.find("testsuite")
    assert suite is not None
    assert len(root.findall(".//skipped")) == int(suite.get("skipped") or "")


@pytest.mark.parametrize("name", RESULTS)
def test_markdown_renders_our_own_tags_and_no_others(name: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(shown("markdown", name))
    flat = [t for token in tokens for t in (token, *(token.children or ()))]
    assert not [t for t in flat if t.type in {"link_open", "image", "code_inline", "fence", "code_block"}]
    ours = re.compile(r"</?(?:details|summary|sub)>|<!-- -->")
    for token in flat:
        if token.type == "html_inline":
            assert ours.fullmatch(token.content)
        if token.type == "html_block":
            assert "<" not in ours.sub("", token.content)
    rows = [t for t in tokens if t.type == "tr_open"]
    assert len([t for t in tokens if t.type in {"td_open", "th_open"}]) == 6 * len(rows)


@pytest.mark.parametrize("name", RESULTS)
def test_inventory_in_markdown_holds_tables_and_no_tag_of_others(name: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(shown("inventory-markdown", name))
    flat = [t for token in tokens for t in (token, *(token.children or ()))]
    assert not [t for t in flat if t.type in {"link_open", "image", "code_inline", "fence", "code_block"}]
    ours = re.compile(r"</?sub>|<br>|<!-- -->")
    assert not [t for t in flat if t.type == "html_block"]
    assert all(ours.fullmatch(t.content) for t in flat if t.type == "html_inline")
    widths = {len(re.findall("td_open", " ".join(t.type for t in row))) for row in _rows(flat)}
    assert widths <= {0, 3, 5, 6}


def _rows(flat: list[Any]) -> list[list[Any]]:
    starts = [i for i, t in enumerate(flat) if t.type == "tr_open"]
    ends = [i for i, t in enumerate(flat) if t.type == "tr_close"]
    return [flat[a:b] for a, b in zip(starts, ends, strict=True)]


@pytest.mark.parametrize("name", RESULTS)
def test_inventory_page_is_closed_in_itself_and_runs_nothing(name: str) -> None:
    page = shown("inventory-html", name)
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)
            for key, value in attrs:
                assert key in {"class", "id", "href", "lang", "charset", "name", "content", "http-equiv", "min", "max",
                               "value", "title"}  # fmt: skip
                assert key != "href" or (value or "").startswith("#")

    Reader().feed(page)
    assert not {"script", "img", "iframe", "link", "object", "form", "svg"} & set(seen)
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http-equiv", "")
    assert seen.count("td") == page.count("</td>")


def test_inventory_shows_what_floats_and_what_is_unknown() -> None:
    page = shown("inventory-html", "ai")
    assert '<td class="floating">floating</td>' in page
    assert "completeness 72 of 100" in page
    assert "npx -y @acme/files-server" in page


def test_markdown_fits_a_comment_however_much_is_found() -> None:
    made = RESULTS["hostile"]()
    first = made.decisions[0]
    many = tuple(first._replace(finding=first.finding._replace(subject=f"{HOSTILE}{i}")) for i in range(3000))
    text = report_by_id("markdown").render(made._replace(decisions=many), View())
    assert len(text) < 65_536
    assert "2950 more are not shown" in text
