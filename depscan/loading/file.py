"""A model file as its reader sees it: a name, random access to its bytes, and the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType

from depscan.artifacts.source import BytesSource, Source

HEAD = 4096
_NOTHING: Mapping[str, File] = MappingProxyType({})


class File:
    """One file.

    Args:
        path: member path, or the file's own name.
        open_source: gives random access to its bytes; called only when they are needed.
        size: bytes.
        container: archives around it, outermost first.
        beside: every file of the same archive or folder by path, itself included.
        peek: gives its first bytes (64 or more, where there are as many) more cheaply than the source.
    """

    def __init__(
        self,
        path: str,
        open_source: Callable[[], Source],
        size: int,
        container: tuple[str, ...] = (),
        beside: Mapping[str, File] = _NOTHING,
        peek: Callable[[], bytes] | None = None,
    ) -> None:
        self.path = path
        self.size = size
        self.container = container
        self.beside = beside
        self._open = open_source
        self._peek = peek

    @cached_property
    def source(self) -> Source:
        """Return random access to the bytes."""
        return self._open()

    @cached_property
    def head(self) -> bytes:
        """Return the first 4 KiB."""
        return self.source.at(0, HEAD)

    @cached_property
    def start(self) -> bytes:
        """Return the first bytes: enough to tell a format by its magic."""
        return self._peek() if self._peek is not None else self.head

    def release(self) -> None:
        """Let go of the bytes: they are opened again when somebody asks."""
        self.__dict__.pop("source", None)
        self.__dict__.pop("head", None)

    @property
    def name(self) -> str:
        """Return the last part of the path, in lower case."""
        return self.path.rpartition("/")[2].lower()

    @property
    def folder(self) -> str:
        """Return the folder it stands in, with a slash at the end; "" at the top."""
        return self.path[: self.path.rfind("/") + 1]

    def sibling(self, relative: str) -> File | None:
        """Return the file at a path relative to this one's folder; None when there is none."""
        return self.beside.get(self.folder + relative)

    def bytes(self, limit: int) -> bytes:
        """Return at most the first ``limit`` bytes."""
        return self.source.at(0, min(self.size, limit))


def file_of(data: bytes, path: str, container: tuple[str, ...] = (), beside: Mapping[str, File] = _NOTHING) -> File:
    """Return bytes in memory as a file: what was found inside another one, or what a test made."""
    return File(path, lambda: BytesSource(data), len(data), container, beside)
