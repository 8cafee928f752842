"""The provenance object of a file: who published it, as the index checked it when the file was uploaded.

Source: PEP 740, "Provenance objects". The index vouches for the publisher; signatures are not verified here.
"""

from __future__ import annotations

import re

from depscan.errors import RegistryError
from depscan.registry.simple import ShapeError, parse_json
from depscan.registry.urls import shown

ACCEPT = "application/vnd.pypi.integrity.v1+json, application/json;q=0.9"
_MOST = 100
_WORD = re.compile(r"[!-~]{1,300}")
_OWNERS = ("repository", "email", "sub")
_WORKFLOWS = ("workflow", "workflow_filepath")


def read_provenance(body: bytes, url: str) -> tuple[str, ...]:
    """Return the publishers of a file, each once: ``GitHub acme/pkg release.yml``.

    That is the kind, the repository (else e-mail address or subject) and the workflow, as far as they are stated.

    Raises:
        RegistryError: it is no provenance object.
    """
    try:
        return tuple(dict.fromkeys(map(_publisher, _bundles(body))))
    except ShapeError as error:
        raise RegistryError(f"{shown(url)} is no provenance object: {error}") from None


def _bundles(body: bytes) -> list[object]:
    page = parse_json(body)
    version, bundles = page.get("version"), page.get("attestation_bundles")
    if version != 1 or isinstance(version, bool):
        raise ShapeError("a version other than 1")
    if not isinstance(bundles, list) or not 0 < len(bundles) <= _MOST:
        raise ShapeError(f"no list of 1 to {_MOST} attestation bundles")
    return bundles


def _publisher(bundle: object) -> str:
    stated = bundle.get("publisher") if isinstance(bundle, dict) else None
    if not isinstance(stated, dict):
        raise ShapeError("a bundle without publisher")
    kind = _word(stated.get("kind"))
    if not kind:
        raise ShapeError("a publisher without kind")
    owner = next((word for key in _OWNERS if (word := _word(stated.get(key)))), "")
    workflow = next((word for key in _WORKFLOWS if (word := _word(stated.get(key)))), "")
    return " ".join(part for part in (kind, owner or ("-" if workflow else ""), workflow) if part)


def _word(value: object) -> str:
    """Return a text with blanks and what is not ASCII percent-encoded, so that an identity is words; "" for None."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise ShapeError("a publisher whose parts are no texts")
    from urllib.parse import quote

    word = quote(value[:1000].encode("utf-8", "surrogatepass"), safe="!#$&'()*+,/:;=?@[]~")
    if not _WORD.fullmatch(word):
        raise ShapeError("a publisher with a part of more than 300 characters")
    return word
