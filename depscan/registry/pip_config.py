"""Indexes from pip's files and environment, and the default in pip's own package.

Source: https://pip.pypa.io/en/stable/topics/configuration/ (order: global, user, site, PIP_CONFIG_FILE, environment).
"""

from __future__ import annotations

import os
import sys

from depscan.registry.config_files import Place, read_text


def files(place: Place) -> list[str]:
    """Return pip's configuration files, the most important last."""
    named = place.environment.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    found = [os.path.join(one, "pip", name) for one in place.system()] + [f"{place.root}/etc/{name}"]
    if not (named and os.path.exists(named)):
        found += [os.path.join(one, name) for one in _user(place)]
    prefix = place.environment.get("VIRTUAL_ENV") or (place.root + sys.prefix)
    found.append(os.path.join(prefix, name))
    return [*found, named] if named else found


def _user(place: Place) -> list[str]:
    if sys.platform == "win32":
        return [os.path.join(place.home, "pip"), os.path.join(place.environment.get("APPDATA", place.home), "pip")]
    mac = os.path.join(place.home, "Library", "Application Support", "pip")
    found = [os.path.join(place.home, ".pip"), os.path.join(place.user(), "pip")]
    return [*found, mac] if sys.platform == "darwin" else found


def options(place: Place, notes: list[str]) -> dict[str, tuple[str, str]]:
    """Return pip's options from its files as name -> value and path; those of [install] before those of [global]."""
    sections: dict[str, dict[str, tuple[str, str]]] = {"global": {}, "install": {}}
    for path in files(place):
        for section, name, value in _rows(path, notes):
            if section in sections:
                sections[section][name] = (value, path)
    return sections["global"] | sections["install"]


def _rows(path: str, notes: list[str]) -> list[tuple[str, str, str]]:
    import configparser

    text = read_text(path)
    if not text:
        return []
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
        return [(s, n.replace("_", "-"), v) for s in parser.sections() for n, v in parser.items(s) if v]
    except configparser.Error:
        notes.append(f"{path} is no pip configuration: its indexes are not known")
        return []


def default_index() -> str:
    """Return the index that pip asks when nothing is configured; "" when no pip is at hand.

    The constant is read from the text of pip's own package, of an installed one or of the one that Python bundles.
    Nothing of pip is imported.
    """
    for text in _texts():
        found = _constant(text)
        if found:
            return found
    return ""


_MODULE = "pip/_internal/models/index.py"


def _texts() -> list[str]:
    import importlib.util

    try:
        spec = importlib.util.find_spec("pip")
    except (ImportError, ValueError):
        spec = None
    folders = (spec.submodule_search_locations or []) if spec else []
    found = [read_text(os.path.join(os.path.dirname(folder), *_MODULE.split("/"))) for folder in folders]
    return found if any(found) else [_bundled()]


def _bundled() -> str:
    """Return the module's text from the wheel that the standard library's ensurepip carries."""
    import importlib.util
    import zipfile

    spec = importlib.util.find_spec("ensurepip")
    for folder in spec.submodule_search_locations or [] if spec else []:
        inside = os.path.join(folder, "_bundled")
        for name in sorted(os.listdir(inside)) if os.path.isdir(inside) else []:
            if name.startswith("pip-") and name.endswith(".whl"):
                try:
                    with zipfile.ZipFile(os.path.join(inside, name)) as wheel:
                        return wheel.read(_MODULE).decode()
                except (OSError, KeyError, ValueError, zipfile.BadZipFile):
                    continue
    return ""


def _constant(text: str) -> str:
    """Return ``PyPI``'s simple URL: the first argument of its call, with the path that its class gives it."""
    import ast
    from urllib.parse import urljoin

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        named = [t.id for t in node.targets if isinstance(t, ast.Name)]
        first = node.value.args[0] if node.value.args else None
        if named == ["PyPI"] and isinstance(first, ast.Constant) and isinstance(first.value, str):
            return urljoin(first.value, "simple")
    return ""
