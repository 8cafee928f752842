"""Overviews of stores made by hand: a usual third night, a first night without findings, one with hostile texts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from depscan.model.decision import Coverage, Waiver
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.overview.records import Overview
from depscan.policy.policy import Policy
from tests.golden.results import HOSTILE
from tests.unit.overview.made_nights import Fleet, lock, malicious, reading, use, vulnerable

_STORED = HOSTILE.replace("\ud800", "").replace("\0", "")  # what no store takes as it is
EVIL = ("</script><img onerror=alert(1)>", "[x](javascript:alert(1))", "@team", "`code`|x", f"a\n# b{_STORED}")


def typical() -> Overview:
    torch = vulnerable("torch 2.4.0", "CVE-2025-32434", fixed="2.6.0", severity=Severity.CRITICAL)
    jinja = vulnerable("jinja2 3.0.0", "CVE-2024-22195", fixed="3.1.3", severity=Severity.MEDIUM)
    deep = {"uv.lock": {"app": ["trainer 1.0"], "trainer 1.0": ["torch 2.4.0"]}}
    model = use(
        reading("deep", deep), "model", "acme/llama 3", (("endpoint", "https://models.example"), ("pinned", "no"))
    )
    gap = Coverage("notes.ipynb", "partial", "a cell is not Python", kind="input")
    with TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder), {"search": "ml-platform", "web": "web", "tools": ""})
        fleet.night({"search": model, "web": lock("jinja2 3.0.0"), "tools": lock("requests 2.0")}, torch, jinja)
        fleet.night({"search": model, "web": lock("jinja2 3.0.0"), "tools": lock("requests 2.0")}, torch, jinja)
        moved = lock("jinja2 3.1.3", "torch 2.4.0", "evil-utils 1.0", gaps=[gap])
        fleet.night({"search": model, "web": moved, "tools": "no such folder"}, torch, malicious("evil-utils 1.0"))
        made = fleet.overview(policy=Policy("depscan.toml", fail_on=("malicious", "high", "critical")))
        fleet.store.close()
    return made


def empty() -> Overview:
    with TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder))
        fleet.night({"quiet": lock("x 1")})
        made = fleet.overview()
        fleet.store.close()
    return made


def hostile() -> Overview:
    """Return a second night in which every text that files or configuration can set is an attack."""
    found = []
    for at, text in enumerate(EVIL):
        place = Evidence(Location(f"{text}/.mcp.json", 3, text))
        told = Finding("agent/inline-secret", "trust", Severity.HIGH, Confidence.HIGH, text, text, (text,))
        fixed = text if at % 2 else ""
        found.append(
            told._replace(evidence=(place,), fix=text + _STORED, fixed_version=fixed, references=(text,)),
        )
    labels = [f"{text.replace(' ', '_')} {text.replace(' ', '_')}" for text in EVIL]
    gaps = [Coverage(text, "failed", text, needed=True) for text in EVIL]
    waived = Waiver("CVE-9", "", EVIL[0], EVIL[2], "2030-01-02", EVIL[4], 1)
    with TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder), dict(zip(EVIL, reversed(EVIL), strict=True)))
        fleet.night({EVIL[0]: lock("x 1"), EVIL[1]: lock("x 1"), EVIL[3]: lock("y 1")})
        evil = reading("evil", {EVIL[4]: {EVIL[3]: labels}}, findings=found, gaps=gaps)
        evil = use(evil, "model", f"{labels[1]}-model", (("endpoint", EVIL[0]), ("pinned", "no")))
        bad = [vulnerable(label, EVIL[2], fixed=EVIL[1]) for label in labels]
        fleet.night({EVIL[0]: evil, EVIL[1]: evil, EVIL[2]: evil, EVIL[3]: EVIL[4]}, *bad)
        made = fleet.overview(policy=Policy(EVIL[0], exceptions=(waived,)))
        fleet.store.close()
    return made


OVERVIEWS = {"typical": typical, "empty": empty, "hostile": hostile}
