"""Hosted models and services: which vendor, which endpoint, whose key."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from depscan.inputs.code import _names as names
from depscan.inputs.code._arguments import Arguments
from depscan.inputs.code._items import flat
from depscan.inputs.code._names import Named
from depscan.inputs.code._vendors import vendors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._table import Spec
    from depscan.inputs.code._uses import Uses

_HOST = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+(?::\d+)?|localhost(?::\d+)?").fullmatch
_MODEL = re.compile(r"[A-Za-z0-9@][\w.:/@+-]{0,199}").fullmatch


def named(uses: Uses, arguments: Arguments, spec: Spec) -> Iterator[Named]:
    """Yield the hosted models of a call, or its service where no model is known."""
    made = _maker(uses, arguments)
    endpoint, facts = _endpoint(uses, arguments, spec, made)
    host = names.host_of(endpoint)
    owner = made[1] if made and made[1].vendor not in {"", "*"} else spec
    vendor = vendors().of_host(host) if host and not owner.own_host else owner.vendor
    provider = arguments.first(spec.arguments.get("provider", ()))
    vendor = vendors().named(provider) if provider else vendor
    if spec.node == "service":
        yield Named(names.service(host or vendor), facts)
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
        routed = _split(uses, spec.vendor, value.text) if spec.vendor == "*" else [(vendor, value.text)]
        for who, model in routed if vendor == "*" else [(vendor, next((m for _, m in routed), value.text))]:
            found = True
            served = {"service": host or who, "model-from": value.origin or "literal"}
            yield Named(names.hosted(who, model), {**facts, **served})
    if found:
        return
    if values is None and spec.default and not arguments.dark:
        yield Named(names.hosted(vendor, spec.default), {**facts, "service": host or vendor, "model-from": "default"})
    elif vendor != "*" and (host or vendor):
        origin = next((o for o in origins if o), "")
        yield Named(names.service(host or vendor), {**facts, "model-from": origin})


def _split(uses: Uses, vendor: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield (vendor, model) of an id; of ``vendor/model`` and ``vendor:model`` where the library routes by it."""
    if vendor != "*":
        yield vendor, text
        return
    parts = re.fullmatch(r"([a-z][a-z0-9_-]*)[/:]([^/\s].*)", text)
    if parts:
        yield vendors().named(parts[1]), parts[2]
        return
    known = vendors().of_id(text)
    if known:
        yield known, text
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
            return _usual(uses, known, key)
    return "", {}


def _has_key(reads: Arguments, known: Spec, made: tuple[Arguments, Spec] | None) -> bool:
    return "key" in known.arguments or bool(known.key_env and made is None) or reads is (made and made[0])


def _usual(uses: Uses, spec: Spec, key: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the endpoint that the file sets for a whole library or through a variable of the environment."""
    for value in uses.endpoints.get(spec.library or spec.vendor, []):
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
