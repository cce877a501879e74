"""What a place must be able to do to keep backups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class Store(Protocol):
    """Keeps named objects. A name is a path with slashes; an object is written once and whole, or not at all."""

    @property
    def where(self) -> str:
        """The place, in words a person knows it by."""

    def put(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Somewhere to write an object: it is there, durably, when the block ends well, and not at all otherwise."""

    def open(self, name: str) -> BinaryIO:
        """An object to be read; raises ``FileNotFoundError``."""

    def size(self, name: str) -> int:
        """How many bytes an object has; raises ``FileNotFoundError``."""

    def names(self, under: str) -> Iterator[str]:
        """The names that begin with ``under`` and a slash, in order."""

    def remove(self, name: str) -> None:
        """Forget an object; one that is not there is no fault."""

    def sweep(self, under: str) -> None:
        """Remove what was being written under a name when its writer died, if such things are left at all."""
