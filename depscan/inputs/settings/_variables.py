"""Variables of an environment: models, endpoints and the names of keys. Values of keys are never looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.inputs.settings import _emit
from depscan.inputs.settings._emit import Endpoint
from depscan.inputs.settings._place import Named, place
from depscan.inputs.settings._reference import resolved, url_of
from depscan.inputs.settings._table import table
from depscan.vendors.known import host_of, vendor_of_variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.document import Document


class Variable(NamedTuple):
    """One variable with its value as written and its line."""

    name: str
    value: str
    line: int


class _Read:
    """What the variables of one environment say, by vendor (``""``: of none)."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self.urls: dict[str, Variable] = {}
        self.keys: dict[str, Variable] = {}
        self.models: list[tuple[str, Variable, str]] = []
        self.facts: dict[str, str] = {}
        self.hub: list[Variable] = []
        self.data_sets: list[Variable] = []
        for variable in variables:
            self._take(variable)

    def _take(self, variable: Variable) -> None:
        vendor, what = vendor_of_variable(variable.name)
        if vendor is not None:
            if what == "url":
                self.urls.setdefault(vendor.slug, variable)
            elif what == "key":
                self.keys.setdefault(vendor.slug, variable)
            else:
                task = "embedding" if "EMBED" in variable.name.upper() else ""
                self.models.append((vendor.slug, variable, task))
            return
        kind = table().variable(variable.name)
        if kind in {"model", "embedding", "rerank"}:
            self.models.append(("", variable, "" if kind == "model" else kind))
        elif kind == "endpoint":
            self.urls.setdefault("", variable)
        elif kind == "hub":
            self.hub.append(variable)
        elif kind == "data-set":
            self.data_sets.append(variable)
        elif kind == "revision" and variable.value:
            self.facts[kind] = variable.value[:100]
        elif kind == "code" and variable.value:
            self.facts[kind] = "yes" if variable.value.lower() in {"1", "true", "yes", "on"} else "no"

    def endpoint(self, slug: str, origin: str) -> Endpoint:
        """Return the endpoint and key of a vendor."""
        held, key = self.urls.get(slug), self.keys.get(slug)
        url = url_of(held.value).text if held else ""
        if held and not url and slug in {"ollama", "vllm"} and host_of(held.value):
            url = f"http://{host_of(held.value)}"
        return Endpoint(url, origin.format(name=held.name) if held else "", key.name if key else "")


def read_variables(document: Document, variables: Iterable[Variable], how: str = "{name}", origin: str = "env:{name}",
                   ) -> None:  # fmt: skip
    """Add what variables name.

    Args:
        document: where to; it has a root.
        variables: in the order of the file.
        how: pattern of the place, with the variable's name.
        origin: what ``endpoint-from`` says.
    """
    read = _Read(variables)
    done: set[str] = set()
    for slug, variable, task in read.models:
        found = None if slug else _emit.hosted_by(resolved(variable.value).text)
        own = found.slug if found else slug
        endpoint = read.endpoint(own if own in read.urls else slug, origin)
        if not endpoint.key and own in read.keys:
            endpoint = endpoint._replace(key=read.keys[own].name)
        facts = () if slug else tuple(read.facts.items())
        named = Named(variable.value, how.format(name=variable.name), variable.line, slug, endpoint, task, facts=facts)
        if place(document, named):
            done |= {slug, own}
    for slug in dict.fromkeys([*read.urls, *read.keys]):
        endpoint = read.endpoint(slug, origin)
        if slug in done or not (endpoint.url or endpoint.key):
            continue
        variable = read.urls[slug] if endpoint.url else read.keys[slug]
        _emit.service(document, slug, how.format(name=variable.name), variable.line, endpoint)
    _rest(document, read, how)


def _rest(document: Document, read: _Read, how: str) -> None:
    for variable in read.hub:
        url = url_of(variable.value).text
        if url:
            given = Endpoint(url, f"env:{variable.name}")
            _emit.service(document, "", how.format(name=variable.name), variable.line, given)
    for variable in read.data_sets:
        if _emit.is_hub(variable.value):
            _emit.hub(document, variable.value, how.format(name=variable.name), variable.line, label="data-set")
