"""CycloneDX's small parts: properties, hashes, references, licences and occurrences."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.package import File
    from depscan.model.usage import Usage
    from depscan.reports._inventory import Entry

_ALGORITHMS = {
    "md5": ("MD5", 16), "sha1": ("SHA-1", 20), "sha256": ("SHA-256", 32), "sha384": ("SHA-384", 48),
    "sha512": ("SHA-512", 64), "blake2b": ("BLAKE2b-512", 64),
}  # fmt: skip
_URL = re.compile(r"(?:https?|git\+https|git|ssh)://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?(?:#[\w.~&=+-]*)?", re.ASCII)  # fmt: skip  # noqa: E501
"""URLs that every validator of IRI references takes; others stay out: they are the file's own text."""
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{1,5})?", re.ASCII)

_PURL = re.compile(r"pkg:[A-Za-z][A-Za-z0-9.+-]*/[^/]", re.ASCII)

Facts = list[tuple[str, str]]


def is_url(text: str) -> bool:
    """Return whether every validator of IRI references takes this text as a URL."""
    return _URL.fullmatch(text) is not None


def is_purl(key: str) -> bool:
    """Return whether a node id is a package URL: one of a scanned file's own ecosystem may not be."""
    return _PURL.match(key) is not None


def endpoint_url(text: str) -> str:
    """Return an endpoint as an IRI reference: a URL as it is, a host as ``//host`` (RFC 3986 4.2), else ""."""
    if is_url(text):
        return text
    return f"//{text}" if _HOST.fullmatch(text) else ""


def properties(facts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return facts as properties below ``depscan:``, without the empty ones."""
    return [{"name": f"depscan:{name}", "value": value} for name, value in facts if value]


def compact(value: dict[str, Any]) -> str:
    """Return JSON on one line, keys sorted, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def distribution(file: File) -> dict[str, Any]:
    """Return where an artifact can be had, with its hash, and its size and time of upload as a comment."""
    made: dict[str, Any] = {"type": "distribution", "url": file.url}
    said = [f"{file.size} bytes"] if file.size >= 0 else []
    said += [f"uploaded {file.upload_time}"] if file.upload_time else []
    if said:
        made["comment"] = ", ".join(said)
    found = hashes((file.hash,))
    return made | ({"hashes": found} if found else {})


def hashes(texts: tuple[str, ...]) -> list[dict[str, str]]:
    """Return ``algorithm:hex`` and ``algorithm-base64`` texts as CycloneDX hashes; unknown ones are left out."""
    found = []
    for text in texts:
        name, _, value = text.partition(":" if ":" in text else "-")
        algorithm, size = _ALGORITHMS.get(name.lower(), ("", 0))
        digits = value if ":" in text else _hex(value)
        if algorithm and re.fullmatch(rf"[0-9a-fA-F]{{{2 * size}}}", digits):
            found.append({"alg": algorithm, "content": digits.lower()})
    return found


def _hex(text: str) -> str:
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def licences(names: list[str]) -> list[dict[str, Any]]:
    """Return claimed licences: one SPDX expression where it is one, else by name, as declared by somebody else."""
    if len(names) == 1 and (expression := spdx_expression(names[0])):
        return [{"expression": expression, "acknowledgement": "declared"}]
    return [{"license": {"name": name, "acknowledgement": "declared"}} for name in names]


def spdx_expression(text: str) -> str:
    """Return a licence as SPDX writes it ("apache-2.0" is Apache-2.0); "" when it is no SPDX expression."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return ""


def occurrences(entry: Entry) -> list[dict[str, Any]]:
    """Return every place of a node; a use also says how (``symbol``) and its facts (``additionalContext``)."""
    made = [_place(*place) for place in dict.fromkeys((p.path, p.line) for p in entry.places)]
    made += [
        {**_place(use.path, use.line), "symbol": use.how, "additionalContext": compact(dict(use.facts))}
        for use in entry.uses
    ]
    return made


def use_text(use: Usage) -> str:
    """Return a use as JSON, for parts that have no place for evidence."""
    return compact(
        {"how": use.how, "facts": dict(use.facts), "path": use.path} | ({"line": use.line} if use.line else {})
    )


def _place(path: str, line: int) -> dict[str, Any]:
    return {"location": path, "line": line} if line else {"location": path}
