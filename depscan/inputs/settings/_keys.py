"""Keys of settings: what each table of a file names, with the endpoint, key and vendor that stand beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.inputs.settings import _emit
from depscan.inputs.settings._emit import Endpoint
from depscan.inputs.settings._place import Named, place
from depscan.inputs.settings._reference import key_name, resolved, url_of
from depscan.inputs.settings._table import Setting, normal, table
from depscan.inputs.settings._variables import Variable, read_variables
from depscan.vendors.known import vendor_named, vendor_of_variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from depscan.inputs.settings._groups import Group, Value
    from depscan.model.document import Document

MAX_USES = 2000
_ENVIRONMENTS = frozenset({"env", "environment", "environment_variables", "env_vars"})
_VAGUE = frozenset({"host", "url", "endpoint", "server_url", "basepath", "apihost", "api_host", "api_url"})
"""Keys of endpoints that mean one only where the vendor is known."""


class _Around(NamedTuple):
    """What a table says for itself and for the tables in it."""

    endpoint: Endpoint = Endpoint()
    hint: str = ""


class Reader:
    """Reads the groups of one file into a document.

    Args:
        document: where to; it has a root.
        data: the bytes of the file, for what only counts in files about models.
    """

    def __init__(self, document: Document, data: bytes) -> None:
        self.document = document
        self.table = table()
        self.about_models = self.table.context.search(data) is not None
        self.data = data
        self._around: dict[tuple[str, ...], _Around] = {}

    def read(self, groups: Iterable[Group]) -> None:
        """Add what the groups name, at most ``MAX_USES`` uses."""
        for group in groups:
            if len(self.document.uses) > MAX_USES:
                self.document.problem(f"more than {MAX_USES} settings that name models; the rest was not read")
                return
            self.group(group)

    def group(self, group: Group, hint: str = "") -> None:
        """Add what one table names; ``hint`` says whose models they are."""
        if group.path and normal(group.path[-1]) in _ENVIRONMENTS:
            found = [Variable(name, value.text, value.line) for name, value in group.values.items() if name.isupper()]
            read_variables(self.document, found, ".".join((*group.path, "{name}")))
            return
        around = self._context(group, hint)
        self._around[group.path] = around
        count = len(self.document.uses)
        facts = self._facts(group)
        for key, value, known in self._known(group):
            self._one(group, (key, value), known, around, facts)
        if len(self.document.uses) == count:
            self._service(group, around)

    def _known(self, group: Group) -> Iterator[tuple[str, Value, Setting]]:
        for key, value in group.values.items():
            known = self.table.find(group.path, key) or self._of_vendor(key)
            if known is not None and known.kind not in {"endpoint", "key"} and not self._is_label(group, key):
                yield key, value, known
        for key, values in group.lists.items():
            known = self.table.find(group.path, key)
            if known is not None and known.kind in {"model", "data-set", "hosted"}:
                yield from ((key, value, known) for value in values)

    def _of_vendor(self, key: str) -> Setting | None:
        """Return what ``openai_model`` and the like are: a variable of a vendor, written as a key."""
        if not normal(key).endswith(("model", "model_name", "model_id", "deployment", "deployment_name")):
            return None
        vendor, what = vendor_of_variable(key.replace("-", "_"))
        return Setting("hosted") if vendor is not None and what == "model" else None

    def _is_label(self, group: Group, key: str) -> bool:
        """Return whether ``model_id`` is only what a tool calls the model that ``model_name`` names."""
        return normal(key) == "model_id" and "model_name" in group.values and "api_base" in group.values

    def _one(
        self, group: Group, given: tuple[str, Value], known: Setting, around: _Around, facts: dict[str, str]
    ) -> None:
        key, value = given
        how = ".".join((*group.path, key))
        if known.needs_file and not any(word.encode() in self.data for word in known.needs_file):
            return
        if known.kind in {"data-set", "tokenizer"}:
            self._of_hub(value, how, known.kind, self._facts(group, model=known.kind == "tokenizer"))
            return
        hint = around.hint or self._hint_of_key(key)
        if known.kind == "hosted" and not (hint or self.about_models or self._is_sure(value.text)):
            return
        facts = {k: v for k, v in facts.items() if k not in {"split", "subset"}}
        endpoint = around.endpoint if known.kind == "hosted" or hint else Endpoint()
        named = Named(value.text, how, 0, hint, endpoint, known.task, known.bare, tuple(facts.items()))
        if resolved(value.text).text:
            place(self.document, named._replace(line=value.line))

    def _is_sure(self, text: str) -> bool:
        return _emit.hosted_by(resolved(text).text) is not None

    def _of_hub(self, value: Value, how: str, kind: str, facts: dict[str, str]) -> None:
        text = resolved(value.text)
        if not _emit.is_hub(text.text):
            return
        origin = f"env:{text.variable}" if text.variable else "literal"
        if kind == "tokenizer":
            kept = {k: v for k, v in facts.items() if k == "code"}
            _emit.hub(self.document, text.text, how, value.line, task="tokenizer", model_from=origin, **kept)
            return
        kept = {k: v for k, v in facts.items() if k in {"code", "revision", "split", "subset"}}
        _emit.hub(self.document, text.text, how, value.line, label="data-set", model_from=origin, **kept)

    def _service(self, group: Group, around: _Around) -> None:
        """Add the service of a table that moves an endpoint and names no model."""
        vendor = vendor_named(around.hint) if around.hint else None
        place_of = next((v for k, v in group.values.items() if self._is_endpoint(k, v, known=vendor is not None)), None)
        if place_of is not None and around.endpoint.url and vendor is not None:
            key = next(k for k, v in group.values.items() if v is place_of)
            how = ".".join((*group.path, key))
            _emit.service(self.document, vendor.slug, how, place_of.line, around.endpoint)

    def _is_endpoint(self, key: str, value: Value, *, known: bool) -> bool:
        setting = self.table.find((), key)
        if setting is None or setting.kind != "endpoint" or (normal(key) in _VAGUE and not known):
            return False
        return bool(url_of(value.text).text)

    def _context(self, group: Group, hint: str) -> _Around:
        outer = _Around()
        for cut in range(len(group.path) - 1, max(len(group.path) - 4, -1), -1):
            if group.path[:cut] in self._around:
                outer = self._around[group.path[:cut]]
                break
        hint = hint or self._hint(group) or outer.hint
        key = next((k for name, v in group.values.items() if self._is_key(name) and (k := key_name(v.text))), "")
        for name, value in group.values.items():
            if self._is_endpoint(name, value, known=bool(hint)):
                url = url_of(value.text)
                origin = f"env:{url.variable}" if url.variable else "config"
                return _Around(Endpoint(url.text, origin, key), hint or self._hint_of_key(name))
        if hint != outer.hint and outer.hint:
            return _Around(Endpoint("", "", key), hint)
        return _Around(outer.endpoint._replace(key=key or outer.endpoint.key), hint)

    def _is_key(self, name: str) -> bool:
        setting = self.table.find((), name)
        return setting is not None and setting.kind == "key"

    def _hint(self, group: Group) -> str:
        """Return what a table says about whose models it is about: a key for it, or the name of the table."""
        for key, value in group.values.items():
            if normal(key) in self.table.vendor_keys and vendor_named(value.text) is not None:
                return value.text
        for part in reversed(group.path[-2:]):
            if vendor_named(part) is not None:
                return part
        return ""

    def _hint_of_key(self, name: str) -> str:
        head, rest, _ = normal(name).partition("_")
        if not rest:
            return ""
        return head if vendor_named(head) is not None else ""

    def _facts(self, group: Group, *, model: bool = True) -> dict[str, str]:
        """Return the facts of a table; not those that only its model has (``revision_of_model``) unless it is one."""
        made: dict[str, str] = {}
        for fact, names in self.table.facts.items():
            keys = [k for k in group.values if normal(k) in names and (model or "model" not in normal(k))]
            value = group.values[keys[0]] if keys else None
            text = resolved(value.text).text if value is not None else ""
            if fact == "code" and text:
                made[fact] = "yes" if text.lower() in {"true", "yes", "1", "on"} else "no"
            elif text and text.lower() not in {"null", "none", "~"}:
                made[fact] = text[:100]
        return made
