"""Look at every file of ``rules/vendors`` strictly."""

from __future__ import annotations

import os
import re
from collections import Counter

from depscan.errors import RuleError
from depscan.text.folder import rules_folder
from depscan.vendors.vendor import Vendor, read_vendor

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?").fullmatch
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+").fullmatch


def lint(folder: str = "") -> list[str]:
    """Return every problem as ``file: message``."""
    top = folder or os.path.join(rules_folder(), "vendors")
    problems: list[str] = []
    found: list[Vendor] = []
    for name in sorted(n for n in os.listdir(top) if n.endswith(".toml")):
        path = os.path.join(top, name)
        try:
            made = read_vendor(path)
        except RuleError as error:
            problems.append(str(error))
            continue
        found.append(made)
        problems += [f"{path}: {text}" for text in _of_vendor(made)]
    return problems + [f"{top}: {text}" for text in _shared(found)]


def _of_vendor(vendor: Vendor) -> list[str]:
    found = [] if _SLUG(vendor.slug) else [f"{vendor.slug!r} is no slug"]
    found += [f"{text!r} is no alias (lower case, '-')" for text in vendor.aliases if not _SLUG(text)]
    found += [f"{text!r} is no host" for text in vendor.hosts if not _HOST(text)]
    names = (*vendor.keys, *vendor.urls, *vendor.models)
    found += [f"{text!r} is no variable of its own" for text in names if not _VARIABLE(text)]
    for pattern in (*vendor.ids, *(row.match for row in vendor.pinning)):
        try:
            re.compile(pattern)
        except re.error as error:
            found.append(f"{pattern!r}: {error}")
    found += [f"{name!r} is retired twice" for name, n in Counter(r.id for r in vendor.retired).items() if n > 1]
    return found


def _shared(vendors: list[Vendor]) -> list[str]:
    """Return what two vendors claim: a word, a host or a variable says whose it is, so it belongs to one."""
    found = []
    for what in ("words", "hosts", "variables"):
        claims = Counter(text for vendor in vendors for text in _claims(vendor, what))
        found += [f"{text!r} belongs to more than one vendor" for text, n in claims.items() if n > 1]
    return found


def _claims(vendor: Vendor, what: str) -> list[str]:
    if what == "words":
        return [vendor.slug, *vendor.aliases]
    return list(vendor.hosts) if what == "hosts" else [*vendor.keys, *vendor.urls, *vendor.models]
