"""Hosted models and services: which vendor, which endpoint, whose key."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from depscan.inputs.code import _names as names
from depscan.inputs.code._arguments import Arguments
from depscan.inputs.code._items import flat
from depscan.inputs.code._names import Named
from depscan.vendors.known import vendor_named, vendor_of, vendor_of_host, vendors
from depscan.vendors.pinning import pinning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._table import Spec
    from depscan.inputs.code._uses import Uses

_PINNED = {"pinned": "yes", "floating": "no"}
"""What an id means to whether it pins."""
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+(?::\d+)?|localhost(?::\d+)?").fullmatch
_MODEL = re.compile(r"[A-Za-z0-9@][\w.:/@+-]{0,199}").fullmatch


def named(uses: Uses, arguments: Arguments, spec: Spec) -> Iterator[Named]:
    """Yield the hosted models of a call, or its service where no model is known."""
    made = _maker(uses, arguments)
    endpoint, facts = _endpoint(uses, arguments, spec, made)
    host = names.host_of(endpoint)
    owner = made[1] if made and made[1].vendor not in {"", "*"} else spec
    vendor = _of_host(host) if host and not owner.own_host else owner.vendor
    provider = arguments.first(spec.arguments.get("provider", ()))
    vendor = _slug(provider) if provider else vendor
    server = _of_host(host) or vendor
    if spec.node == "service":
        yield Named(names.service(server), facts)
        return
    values = arguments.get(spec.arguments.get("name", ()))
    origins: list[str] = []
    found = False
    for value in flat(uses.ev, values or []):
        if value.kind != "text" or value.open or not _MODEL(value.text) or value.text in spec.skip:
            elsewhere = (
                f"config:{value.text}" if value.kind == "ref" and value.node is None and "." in value.text else ""
            )
            origins.append(value.origin or elsewhere)
            continue
        at = names.host_of(value.text)
        if at and spec.vendor != "*":  # a client that takes the address of a server for a model
            found = True
            yield Named(names.service(_of_host(at)), {**facts, "endpoint": value.text[:200], "endpoint-from": "code"})
            continue
        routed = _split(uses, spec.vendor, value.text) if spec.vendor == "*" else [(vendor, value.text)]
        for who, model in routed if vendor == "*" else [(vendor, next((m for _, m in routed), value.text))]:
            found = True
            yield _model(who, model, {**facts, "model-from": value.origin or "literal"}, _of_host(host) or who)
    if found:
        return
    if values is None and spec.default and not arguments.dark:
        yield _model(vendor, spec.default, {**facts, "model-from": "default"}, server)
    elif vendor != "*" and (host or vendor):
        origin = next((o for o in origins if o), "")
        yield Named(names.service(server), {**facts, "model-from": origin})


def _model(vendor: str, model: str, facts: dict[str, str], server: str) -> Named:
    """Return a hosted model with what its id promises; one of a local Ollama is fetched from Ollama's library."""
    if vendor == "ollama":
        served = {"service": server} if server != vendor else {}
        return Named(names.library_model(vendor, model), {**facts, **served, "pinned": names.pins_itself(model)})
    known = vendors().by_slug.get(vendor)
    pinned = _PINNED.get(pinning(known, model), "unknown") if known is not None else "unknown"
    return Named(names.hosted(vendor, model), {**facts, "service": server, "pinned": pinned})


def _of_host(host: str) -> str:
    """Return the slug of the vendor whose host it is; the host itself when it is nobody's we know."""
    known = vendor_of_host(host) if host else None
    return known.slug if known is not None else host


def _slug(name: str) -> str:
    """Return the slug of the vendor that a router calls so; the name itself when it is none we know."""
    known = vendor_named(name)
    return known.slug if known is not None else name.lower().replace("_", "-")


def _split(uses: Uses, vendor: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield (vendor, model) of an id; of ``vendor/model`` and ``vendor:model`` where the library routes by it."""
    if vendor != "*":
        yield vendor, text
        return
    parts = re.fullmatch(r"([a-z][a-z0-9_-]*)[/:]([^/\s].*)", text)
    if parts:
        yield _slug(parts[1]), parts[2]
        return
    known = vendor_of(text)
    if known is not None:
        yield known.slug, text
        return
    for prefix, slug in uses.known.prefixes.items():
        if text.startswith(prefix):
            yield slug, text
            return


def _endpoint(
    uses: Uses, arguments: Arguments, spec: Spec, made: tuple[Arguments, Spec] | None
) -> tuple[str, dict[str, str]]:
    """Return the URL of a call's endpoint ("" for the vendor's own) and the facts about it and its key."""
    for reads, known in [(arguments, spec), *([made] if made else [])]:
        wanted = known.arguments.get("endpoint", ())
        values = reads.get(wanted)
        url = next((v for v in values or [] if v.kind == "text" and not v.open), None)
        if url is not None and known.own_host and _HOST(url.text):
            url = url._replace(data=f"https://{url.text}")
        key = reads.key(known.arguments.get("key", ()), known.key_env) if _has_key(reads, known, made) else {}
        if url is not None and names.host_of(url.text):
            return url.text, {"endpoint": url.text[:200], "endpoint-from": url.origin or "code", **key}
        origin = next((v.origin for v in values or [] if v.origin), "")
        if origin:
            return "", {"endpoint-from": origin, **key}
        if reads is not arguments or made is None:
            return _usual(uses, known, key, of_module=made is None and not _makes(reads))
    return "", {}


def _makes(arguments: Arguments) -> bool:
    """Return whether a call makes a client: it is of a class."""
    return arguments.callee.text.rpartition(".")[2][:1].isupper()


def _has_key(reads: Arguments, known: Spec, made: tuple[Arguments, Spec] | None) -> bool:
    return "key" in known.arguments or bool(known.key_env and made is None) or reads is (made and made[0])


def _usual(uses: Uses, spec: Spec, key: dict[str, str], *, of_module: bool) -> tuple[str, dict[str, str]]:
    """Return the endpoint that the file sets for a whole library or through a variable of the environment.

    What is set for the library holds for functions of its module: a client that is made has an endpoint of its own.
    """
    for value in uses.endpoints.get(spec.library or spec.vendor, []) if of_module else []:
        if value.kind == "text" and not value.open and names.host_of(value.text):
            return value.text, {"endpoint": value.text[:200], "endpoint-from": value.origin or "code", **key}
        if value.origin:
            return "", {"endpoint-from": value.origin, **key}
    for variable in spec.endpoint_env:
        for expression, place in uses.ev.environment.get(variable, []):
            for value in uses.ev.values(expression, place):
                if value.kind == "text" and names.host_of(value.text):
                    return value.text, {"endpoint": value.text[:200], "endpoint-from": f"env:{variable}", **key}
    return "", key


def _maker(uses: Uses, arguments: Arguments) -> tuple[Arguments, Spec] | None:
    """Return the constructor call of the client that a method is called on, also of one that was wrapped."""
    node, place = arguments.callee.node, arguments.callee.place
    for _ in range(3):
        if not isinstance(node, ast.Call) or place is None:
            return None
        for callee in uses.ev.values(node.func, place):
            spec = uses.known.find(callee.text)
            if spec is not None:
                return Arguments(uses.ev, node, place, callee), spec
        inner = uses.ev.values(node.args[0], place) if node.args else []
        made = next((v for v in inner if v.kind == "ref" and isinstance(v.node, ast.Call)), None)
        node, place = (made.node, made.place) if made is not None else (None, None)
    return None
