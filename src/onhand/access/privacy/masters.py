"""Master keys: they wrap the keys of subjects, and are never in the database.

They come from ``ONHAND_FIELD_KEYS``: ``id:base64,id:base64``, the newest first, each 32 bytes; or ``file:PATH``, a file
with one a line. Without the setting they are kept in ``field-keys`` in the data folder, made at the first start and
readable by its owner alone: right for one machine, and to be backed up apart from the database.

A file may change under a running process: it is read again when it has changed, or when a key is met that is not known.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import threading
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onhand.access.privacy.errors import BadMasterKeys, NoMasterKey
from onhand.core import settings

FILE = "field-keys"
BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Masters:
    """The master keys, by id; the first one wraps what is new."""

    first: str
    ciphers: dict[str, AESGCM] = field(repr=False)

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """A subject's key, wrapped by the first master key; ``about`` binds it to whose it is."""
        nonce = os.urandom(12)
        return nonce + self.ciphers[self.first].encrypt(nonce, key, about)

    def unwrap(self, master: str, wrapped: bytes, about: bytes) -> bytes:
        """A subject's key; raises ``cryptography.exceptions.InvalidTag`` for one that was tampered with."""
        return self.ciphers[master].decrypt(wrapped[:12], wrapped[12:], about)


def read(text: str) -> Masters:
    """Keys as the setting writes them; raises ``BadMasterKeys``."""
    ciphers: dict[str, AESGCM] = {}
    for line in filter(None, re.split(r"[,\s]+", text)):
        name, _, coded = line.partition(":")
        key = b""
        with suppress(ValueError):
            key = b64decode(coded, validate=True)
        if not _ID.fullmatch(name) or len(key) != BYTES:
            raise BadMasterKeys(
                "must be master keys as id:base64, between commas, each of 32 bytes"
                f" (`onhand keys make` writes one); the one that begins with {name[:8]!r} is not"
            )
        if name in ciphers:
            raise BadMasterKeys(f"names two master keys {name!r}; each needs an id of its own")
        ciphers[name] = AESGCM(key)
    if not ciphers:
        raise BadMasterKeys("must name at least one master key, as id:base64")
    return Masters(next(iter(ciphers)), ciphers)


def made(ids: Sequence[str] = ()) -> str:
    """A new master key as the setting writes it, with an id that is not among ``ids``."""
    name = next(each for _ in range(100) if (each := f"k{secrets.token_hex(3)}") not in ids)
    return f"{name}:{b64encode(secrets.token_bytes(BYTES)).decode()}"


class Source:
    """Where this process has its master keys from."""

    def __init__(self) -> None:
        self._seen: tuple[object, Masters] | None = None
        self._turn = threading.Lock()

    def path(self) -> Path | None:
        """The file that holds them; None when the setting itself does."""
        given = os.environ.get("ONHAND_FIELD_KEYS", "")
        if given.startswith("file:"):
            return Path(given.removeprefix("file:")).expanduser()
        return None if given else settings.read().data / FILE

    def now(self) -> Masters:
        """The keys as they are now; a file that is not there yet is made, unless the setting names it."""
        given = os.environ.get("ONHAND_FIELD_KEYS", "")
        with self._turn:
            path = None if given and not given.startswith("file:") else self.path()
            if path is None:
                return self._kept(given, given)
            if not path.exists() and not given:
                write(path, made())
            return self._kept((path, path.stat().st_mtime_ns), None, path)

    def _kept(self, mark: object, text: str | None, path: Path | None = None) -> Masters:
        if self._seen is None or self._seen[0] != mark:
            self._seen = (mark, read(text if text is not None else path.read_text() if path else ""))
        return self._seen[1]

    def knowing(self, master: str) -> Masters:
        """The keys, among which this one must be; raises ``NoMasterKey``."""
        found = self.now()
        if master not in found.ciphers:
            with self._turn:
                self._seen = None
            found = self.now()
        if master not in found.ciphers:
            raise NoMasterKey(master)
        return found


SOURCE = Source()


def write(path: Path, text: str) -> None:
    """Write a file of master keys whole, for its owner alone; whoever reads it meanwhile reads the old or the new.

    When nobody had one yet and two write at once, the first wins.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w") as file:  # mkstemp makes it 0600
        file.write("\n".join(filter(None, re.split(r"[,\s]+", text))) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if new:
        with suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    else:
        Path(name).replace(path)
