"""A folder as a store of backups: on another disk or another machine, mounted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

UNFINISHED = ".unfinished-"


class Folder:
    """Objects as files, for their owner only. What is being written has another name until it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser().resolve()

    @property
    def where(self) -> str:
        """The folder's path."""
        return str(self._path)

    @contextmanager
    def put(self, name: str) -> Iterator[BinaryIO]:
        """See ``Store``."""
        place = self._path / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = place.with_name(f"{UNFINISHED}{token_hex(4)}")
        try:
            with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            written.rename(place)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
        _make_durable(place.parent)

    def open(self, name: str) -> BinaryIO:
        """See ``Store``."""
        return (self._path / name).open("rb")

    def size(self, name: str) -> int:
        """See ``Store``."""
        return (self._path / name).stat().st_size

    def names(self, under: str) -> Iterator[str]:
        """See ``Store``. Walks the folders in order, so that nothing is gathered but one folder at a time."""
        yield from self._walk(self._path / under)

    def _walk(self, folder: Path) -> Iterator[str]:
        with suppress(FileNotFoundError, NotADirectoryError):
            for each in sorted(folder.iterdir()):
                if each.is_dir():
                    yield from self._walk(each)
                elif not each.name.startswith(UNFINISHED):
                    yield str(each.relative_to(self._path))

    def remove(self, name: str) -> None:
        """See ``Store``; folders left empty go, too."""
        place = self._path / name
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == self._path or not _remove_if_empty(folder):
                break

    def sweep(self, under: str) -> None:
        """Remove what was being written when its writer died."""
        for left in list((self._path / under).rglob(f"{UNFINISHED}*")):
            left.unlink(missing_ok=True)
            _remove_if_empty(left.parent)


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _make_durable(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
