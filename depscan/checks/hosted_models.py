"""Hosted models whose id promises nothing, or that stop answering."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks._hosted import hosted_by
from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Evidence, Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.model.document import Document
    from depscan.model.location import Route
    from depscan.vendors.vendor import Retired, Vendor

FLOATING = Rule(
    "ai/floating-model",
    "A hosted model's id that the vendor moves",
    "trust",
    Severity.LOW,
    "The id is an alias: the vendor decides which model answers behind it, and changes that without notice to you.",
    "Behaviour that was tested, evaluated and approved is that of another model tomorrow: refusals, formats, tool "
    "calls and defences against injected instructions change while the repository stays the same.",
    "Name a dated snapshot where the vendor has one (rules/vendors says what its ids mean) and change it on purpose.",
    "Experiments and chats where the newest model is wanted; vendors that have no snapshots.",
)

RETIRED = Rule(
    "ai/retired-model",
    "A hosted model that stops answering",
    "trust",
    Severity.HIGH,
    "The vendor has shut this model down, or says when it will (medium while that is still to come).",
    "Requests fail from that day on, or another model answers in its place that nobody has tested.",
    "Move to the model that the vendor names instead, and run the evaluations again.",
    "The table is of a date of its own: the vendor may have moved the day. Clouds that resell a model have others.",
)

INDIRECT = Rule(
    "ai/indirect-model",
    "A hosted model known only by the name of a deployment",
    "trust",
    Severity.LOW,
    "The id is the name of a deployment or profile; the model and version behind it are set elsewhere.",
    "Whoever may change the deployment changes the model of this project without touching the repository.",
    "Keep the deployment's model and version as code beside the project, with automatic upgrades switched off.",
    "Deployments that are kept as code in another repository.",
)

SOON = timedelta(days=180)
"""How long before its last day a model is spoken of: the notice that vendors give."""

_RELATED = 9


class _Found(NamedTuple):
    """Places (path and route) of one hosted model."""

    node: str
    vendor: Vendor
    model: str
    places: list[tuple[str, Route]]


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield at most one finding per rule and model, with the lines that name the model."""
    from depscan.vendors.pinning import reason, retired

    for found in _models(context).values():
        means = reason(found.vendor, found.model)
        if means.means == "floating":
            yield _at(context, FLOATING, found, f"{found.model} is not a fixed model: {means.why}")
        elif means.means == "indirect":
            yield _at(context, INDIRECT, found, f"which model {found.model} is cannot be told: {means.why}")
        row = retired(found.vendor, found.model)
        if row is not None and context.now:
            yield from _retired(context, found, row)


def _models(context: Context) -> dict[str, _Found]:
    made: dict[str, _Found] = {}
    for document, use, package in uses(context):
        vendor, model = hosted_by(package)
        if vendor is not None:
            found = made.setdefault(use.node, _Found(use.node, vendor, model, []))
            found.places.append((document.path, use.at))
    return made


def days_of_change(documents: list[Document]) -> set[str]:
    """Return the days (YYYY-MM-DD) on which what is said of the hosted models in documents changes."""
    from depscan.vendors.pinning import retired

    days = set()
    for package in {d.nodes[use.node] for d in documents for use in d.uses}:
        vendor, model = hosted_by(package)
        row = retired(vendor, model) if vendor is not None else None
        if row is not None:
            last = date.fromisoformat(row.date)
            days |= {last.isoformat(), (last - SOON).isoformat()}
    return days


def _retired(context: Context, found: _Found, row: Retired) -> Iterator[Finding]:
    today, last = date.fromisoformat(context.now[:10]), date.fromisoformat(row.date)
    instead = f"; named in its place: {row.instead}" if row.instead else ""
    told = f"({row.source}, {row.as_of})"
    if last <= today:
        yield _at(context, RETIRED, found, f"{found.model} was shut down on {row.date} {told}{instead}")
    elif last - today <= SOON:
        text = f"{found.model} will be shut down on {row.date} {told}{instead}"
        yield _at(context, RETIRED, found, text)._replace(severity=Severity.MEDIUM)


def _at(context: Context, rule: Rule, found: _Found, message: str) -> Finding:
    first, *others = dict.fromkeys(found.places)
    made = finding_at(context, rule, found.node, message, first)
    related = tuple(Evidence(context.locate(*place), "related") for place in others[:_RELATED])
    return made._replace(evidence=made.evidence + related)


CHECK = Check("hosted_models", "Ids of hosted models that move, hide or end", (FLOATING, RETIRED, INDIRECT), run)
