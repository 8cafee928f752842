"""PyPI: names by PEP 503, versions by PEP 440.

The version order is our own: importing packaging costs more CPU than matching 250 pins. A property test
holds it against packaging's (tests/property/test_ranges.py).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from depscan.ecosystems.record import Ecosystem

_VERSION = (
    r"\s*v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?"
    r"(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?"
    r"(?:[-_.]?(dev)[-_.]?([0-9]*))?"
    r"(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*"
)
"""PEP 440, appendix B, with what it allows before normalisation."""

_PHASE = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}
_DEV_ONLY, _FINAL = (-1, 0), (3, 0)
_NO_POST, _NO_DEV = -1, (1, 0)


def normalise(name: str) -> str:
    """Return a name in lower case with every run of ``-``, ``_`` and ``.`` made one hyphen (PEP 503)."""
    name = name.lower().replace("_", "-").replace(".", "-")
    while "--" in name:
        name = name.replace("--", "-")
    return name


@lru_cache(maxsize=8192)
def order(version: str) -> Any | None:  # noqa: ANN401 - a tuple of mixed depth
    """Return a key that sorts and compares equal as PEP 440 says, or None for what is no version.

    Source: https://peps.python.org/pep-0440/#summary-of-permitted-suffixes-and-relative-ordering
    """
    try:
        if version.isascii() and version.replace(".", "").isdigit():
            return (0, _release(version), _FINAL, _NO_POST, _NO_DEV, ())
        return _full(version)
    except ValueError:  # an empty part, or a number of more than 4300 digits
        return None


def _release(text: str) -> tuple[int, ...]:
    numbers = [int(part) for part in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _full(version: str) -> Any | None:  # noqa: ANN401
    found = re.fullmatch(_VERSION, version, re.IGNORECASE | re.ASCII)
    if found is None:
        return None
    epoch, release, phase, number, dashed, post_word, post_number, dev_word, dev_number, local = found.groups()
    post = int(dashed or post_number or 0) if dashed or post_word else _NO_POST
    dev = (0, int(dev_number or 0)) if dev_word else _NO_DEV
    pre = _DEV_ONLY if dev_word and post == _NO_POST else _FINAL
    if phase:
        pre = (_PHASE[phase.lower()], int(number or 0))
    return (int(epoch or 0), _release(release), pre, post, dev, _local(local) if local else ())


def _local(text: str) -> tuple[tuple[int, int, str], ...]:
    parts = text.lower().replace("-", ".").replace("_", ".").split(".")
    return tuple((1, int(p), "") if p.isdigit() else (0, 0, p) for p in parts)


def public(version: str) -> str:
    """Return a version without its local part: ``2.3.0+cu121`` is a build of 2.3.0."""
    return version.partition("+")[0]


def prerelease(version: str) -> bool:
    """Return whether a version is a pre-release or development release."""
    key = order(version)
    return key is not None and (key[2] != _FINAL or key[4] != _NO_DEV)


ECOSYSTEM = Ecosystem("PyPI", normalise, order, public, prerelease)
