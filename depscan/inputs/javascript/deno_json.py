"""deno.json and deno.jsonc: imports of a Deno project (https://docs.deno.com/runtime/fundamentals/configuration/)."""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import exact, split_name
from depscan.model.document import Document, Include
from depscan.model.location import Route
from depscan.model.package import Package
from depscan.text.lines import locate_json
from depscan.text.load import load_jsonc
from depscan.text.shape import string, table
from depscan.text.source import SourceFile

PATTERNS = "deno.json deno.jsonc"
EXPLICIT = "*deno*.json *deno*.jsonc import_map.json"


def parse(source: SourceFile) -> Document:
    """Return the packages that the import map of a deno.json names.

    Raises:
        InputError: not JSON with comments, or a value of the wrong type.
    """
    config = table(load_jsonc(source), "deno.json")
    document = Document(source.path, "deno-json")
    name = config.get("name")
    if isinstance(name, str) and name:
        version = string(config.get("version"), "version") or None
        document.root = document.add(Package("JSR", name, version, "local", url="."), ("name",))
    else:
        document.add_root(source.path)
    _imports(document, config.get("imports"), ("imports",))
    for prefix, imports in table(config.get("scopes"), "scopes").items():
        _imports(document, imports, ("scopes", prefix))
    jsx = table(config.get("compilerOptions"), "compilerOptions").get("jsxImportSource")
    if isinstance(jsx, str):
        _add(document, jsx, ("compilerOptions", "jsxImportSource"))
    if "importMap" in config:
        document.includes.append(Include(string(config["importMap"], "importMap"), "requirement", ("importMap",)))
    return document


def _imports(document: Document, value: Any, at: tuple[str, ...]) -> None:  # noqa: ANN401 - a value of the file
    for alias, target in table(value, "imports").items():
        if target is not None:  # null blocks a name
            _add(document, string(target, f"import {alias[:80]}"), (*at, alias))


def _add(document: Document, text: str, at: Route) -> None:
    kind, colon, body = text.partition(":")
    if not colon or kind not in {"npm", "jsr"}:
        return
    name, wanted = split_name(_package_part(body.lstrip("/")))
    if not name:
        document.problem(f"import {text[:80]!r} names no package", at)
        return
    version = exact(wanted)
    package = Package("npm", name, version, "npm") if kind == "npm" else Package("JSR", name, version, "jsr")
    document.link(document.root, document.add(package, at), requested=wanted, at=at)


def _package_part(body: str) -> str:
    """Return ``@scope/name@range`` without the path of a file inside the package."""
    return "/".join(body.split("/")[: 2 if body.startswith("@") else 1])


FORMAT = InputFormat("deno-json", "deno.json", "npm", parse, locate_json)
