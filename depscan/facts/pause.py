"""Python's garbage collector waits while one artifact is read: trees are many objects, and none of them a cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 150_000
"""Objects left over from which it pays to look for cycles."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector from walking everything again and again; collect once at the end when much is left over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY:
            gc.collect()
        if was_on:
            gc.enable()
