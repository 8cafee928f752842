"""Where requests to hosted models, and the keys with them, really go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.checks._hosted import hosted_by, is_private
from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Evidence, Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.model.location import Route
    from depscan.model.package import Package
    from depscan.model.use import Use
    from depscan.vendors.vendor import Vendor

FOREIGN = Rule(
    "ai/foreign-endpoint",
    "Requests meant for a vendor go to another host",
    "trust",
    Severity.MEDIUM,
    "A vendor's library, model or variable is used with a base URL or proxy whose host is not the vendor's. High when "
    "it is reached without TLS, low when the host is that of another vendor we know.",
    "Whoever runs that host reads every prompt, document and answer, and may change them: answers drive tools.",
    "Remove the override, or write down who runs the host; use https.",
    "A gateway of one's own under a public name. Hosts of the machine itself or of a private network are not reported.",
)

KEY = Rule(
    "ai/key-to-other-host",
    "A vendor's key is sent to another host",
    "trust",
    Severity.MEDIUM,
    "The variable that holds a vendor's key is used for requests to a host that is not the vendor's. High without TLS.",
    "The host gets the key itself: it can be used and sold until it is revoked.",
    "Give the other host a key of its own under a name of its own; revoke the vendor's key if it was sent.",
    "Gateways that take another secret under the vendor's variable because the library reads no other.",
)

DIFFERS = Rule(
    "ai/endpoint-differs",
    "Files of one project send requests for one vendor to different hosts",
    "trust",
    Severity.LOW,
    "Two or more hosts are set for the same vendor.",
    "What was reviewed and tested with one host runs with another; one of them may be left over, or slipped in.",
    "Set the endpoint in one place per environment, and say which is which.",
    "Files of different environments (development, production) that are meant to differ.",
)

_RELATED = 9


class _Sent(NamedTuple):
    """A use whose endpoint is written down, of a vendor's library, model or key."""

    path: str
    at: Route
    node: str
    vendor: Vendor
    url: str
    host: str
    key: Vendor | None
    key_name: str


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per rule, vendor or key, and host with the lines that say so, and one per vendor that differs."""
    sent = list(_all(context))
    groups: dict[tuple[str, ...], list[_Sent]] = {}
    for one in sent:
        plain = str(one.url.lower().startswith("http://"))
        if not _is_own(one.vendor, one.host) and not is_private(one.host):
            groups.setdefault((FOREIGN.id, one.vendor.slug, one.host, plain), []).append(one)
        if one.key is not None and not _is_own(one.key, one.host) and not is_private(one.host):
            groups.setdefault((KEY.id, one.key_name, one.host, plain), []).append(one)
    for (rule, *_), places in groups.items():
        yield _foreign(context, places) if rule == FOREIGN.id else _key(context, places)
    yield from _differing(context, sent)


def _all(context: Context) -> Iterator[_Sent]:
    from depscan.vendors.known import host_of, vendor_of_variable

    for document, use, package in uses(context):
        url = use.get("endpoint")
        host = host_of(url) if url and package.ecosystem in {"hosted-model", "service", "library-model"} else ""
        vendor = _meant(use, package) if host else None
        if vendor is not None:
            key, what = vendor_of_variable(use.get("key-env"))
            held = key if what == "key" else None
            yield _Sent(document.path, use.at, use.node, vendor, url, host, held, use.get("key-env"))


def _meant(use: Use, package: Package) -> Vendor | None:
    """Return the vendor that a use is written for.

    What moves the endpoint counts first (``OPENAI_BASE_URL``), then the model's vendor, the key, and the library.
    """
    from depscan.vendors.known import vendor_of_variable

    moved, what = vendor_of_variable(use.get("endpoint-from").removeprefix("env:"))
    if moved is not None and what == "url":
        return moved
    named, _ = hosted_by(package)
    if named is not None:
        return named
    keyed = vendor_of_variable(use.get("key-env"))
    if keyed[1] == "key":
        return keyed[0]
    own = vendor_of_variable(use.how.rpartition(".")[2])[0]
    return own or _of_library(use.how)


def _of_library(how: str) -> Vendor | None:
    from depscan.vendors.known import vendors

    head = how.partition(".")[0].replace("_", "-")
    return next((v for v in vendors().by_slug.values() if head in v.sdks), None) if "." in how else None


def _is_own(vendor: Vendor, host: str) -> bool:
    """Return whether a host is one the vendor may have: of its table, or any for a vendor that runs at the user's."""
    from depscan.vendors.known import vendor_of_host

    owner = vendor_of_host(host)
    if owner is not None and owner.slug == vendor.slug:
        return True
    return (vendor.kind == "local" or not vendor.hosts) and owner is None


def _foreign(context: Context, places: list[_Sent]) -> Finding:
    from depscan.vendors.known import vendor_of_host

    one = places[0]
    owner = vendor_of_host(one.host)
    whose = f" ({owner.title})" if owner else ""
    message = f"requests meant for {one.vendor.title} go to {one.host}{whose}"
    return _at(context, FOREIGN, places, message, Severity.LOW if owner else Severity.MEDIUM)


def _key(context: Context, places: list[_Sent]) -> Finding:
    one = places[0]
    title = one.key.title if one.key else ""
    return _at(context, KEY, places, f"{one.key_name}, a key of {title}, is sent to {one.host}", Severity.MEDIUM)


def _at(context: Context, rule: Rule, places: list[_Sent], message: str, severity: Severity) -> Finding:
    first, *others = dict.fromkeys((one.path, one.at) for one in places)
    if places[0].url.lower().startswith("http://"):
        message, severity = f"{message}, without TLS", Severity.HIGH
    made = finding_at(context, rule, places[0].node, message, first)
    related = tuple(Evidence(context.locate(*place), "related") for place in others[:_RELATED])
    return made._replace(severity=severity, evidence=made.evidence + related)


def _differing(context: Context, sent: list[_Sent]) -> Iterator[Finding]:
    """Yield one finding per vendor that has several hosts, at the first place that differs from the first."""
    by_vendor: dict[str, dict[str, _Sent]] = {}
    for one in sent:
        # A resource of one's own has its own host at a cloud, and every machine its own local server.
        if one.vendor.kind in {"vendor", "gateway"} and one.vendor.hosts and not is_private(one.host):
            by_vendor.setdefault(one.vendor.slug, {}).setdefault(one.host, one)
    for hosts in by_vendor.values():
        if len(hosts) == 1:
            continue
        first, second, *others = hosts.values()
        message = f"requests for {first.vendor.title} go to {len(hosts)} hosts: {', '.join(list(hosts)[:5])}"
        made = finding_at(context, DIFFERS, second.node, message, (second.path, second.at))
        related = tuple(Evidence(context.locate(o.path, o.at), "related") for o in (first, *others[:_RELATED]))
        yield made._replace(evidence=made.evidence + related)


CHECK = Check("endpoints", "Where requests and keys go", (FOREIGN, KEY, DIFFERS), run)
