"""Which vendor a model id, a host or a variable belongs to."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from typing import NamedTuple

from depscan.text.folder import rules_folder
from depscan.vendors.vendor import Vendor, read_vendor


class Known(NamedTuple):
    """All vendors with what finds them.

    Attributes:
        by_slug: slug to vendor.
        by_word: slug or alias, lower-cased with ``-``, to vendor.
        hosts: host, ``*.`` in front of a suffix, to vendor; longest first.
        variables: name of a variable to (vendor, what it holds: key, url or model).
        ids: (pattern of whole ids, vendor), in the order of slugs.
    """

    by_slug: dict[str, Vendor]
    by_word: dict[str, Vendor]
    hosts: tuple[tuple[str, Vendor], ...]
    variables: dict[str, tuple[Vendor, str]]
    ids: tuple[tuple[re.Pattern[str], Vendor], ...]


@cache
def vendors(folder: str = "") -> Known:
    """Return the vendors of a folder, by default of those that come with depscan.

    Raises:
        RuleError: a file of a wrong shape.
    """
    top = folder or os.path.join(rules_folder(), "vendors")
    found = [read_vendor(os.path.join(top, name)) for name in sorted(os.listdir(top)) if name.endswith(".toml")]
    kinds = (("key", "keys"), ("url", "urls"), ("model", "models"))
    return Known(
        {v.slug: v for v in found},
        {word: v for v in found for word in (v.slug, *v.aliases)},
        tuple(sorted(((h, v) for v in found for h in v.hosts), key=lambda row: -len(row[0]))),
        {name: (v, what) for v in found for what, field in kinds for name in getattr(v, field)},
        tuple((re.compile(pattern), v) for v in found for pattern in v.ids),
    )


def vendor_named(word: str) -> Vendor | None:
    """Return the vendor that settings call ``word`` (``azure_openai``, ``gemini``)."""
    return vendors().by_word.get(word.strip().lower().replace("_", "-").replace(" ", "-"))


@lru_cache(maxsize=1024)
def vendor_of(model_id: str, hint: str = "") -> Vendor | None:
    """Return the vendor of a hosted model, None when the id alone does not say and the hint names none.

    Args:
        model_id: as written: ``gpt-4o``, ``anthropic/claude-opus-4-7``, ``azure/my-deployment``.
        hint: slug, alias, host or variable that says whose it is; an id that names its vendor itself counts more.
    """
    held = vendors()
    head, slash, rest = model_id.partition("/")
    named = vendor_named(head) if slash and rest else None
    hinted = vendor_named(hint) or vendor_of_host(hint) or vendor_of_variable(hint)[0] if hint else None
    if hinted is not None and hinted.kind in {"gateway", "cloud", "host", "local"}:
        return hinted
    if named is not None and (hinted is None or hinted.slug == named.slug or _is_own(held, named, rest)):
        return named
    return hinted or next((v for pattern, v in held.ids if pattern.fullmatch(model_id)), None)


def _is_own(held: Known, vendor: Vendor, model_id: str) -> bool:
    return any(v.slug == vendor.slug and pattern.fullmatch(model_id) for pattern, v in held.ids)


def is_own_id(vendor: Vendor, model_id: str) -> bool:
    """Return whether an id has a form that only this vendor's ids have."""
    return _is_own(vendors(), vendor, model_id)


@lru_cache(maxsize=1024)
def vendor_of_host(host: str) -> Vendor | None:
    """Return whose a host is; a port does not matter unless the vendor's table names it."""
    whole = host.lower().rstrip(".")
    bare = re.sub(r":\d+$", "", whole)
    for known, vendor in vendors().hosts:
        if known.startswith("*."):
            if bare.endswith(known[1:]):
                return vendor
        elif known in {whole, bare}:
            return vendor
    return None


@lru_cache(maxsize=1024)
def vendor_of_variable(name: str) -> tuple[Vendor | None, str]:
    """Return (vendor, what it holds: key, url or model) of a variable; a prefix of the project does not matter."""
    known = vendors().variables
    parts = name.upper().split("_")
    for start in range(len(parts) - 1):
        found = known.get("_".join(parts[start:]))
        if found is not None:
            return found
    return None, ""


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """Return the host of a URL (or of ``host:port/path``) in lower case, with its port if any; "" for none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not re.fullmatch(r"[a-z0-9._:-]+", host):
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host
