"""A store and the key to it. What goes in is sealed; ``store.json`` tells whether a key is the one, before anything."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from onhand.core.backup.cipher import BadKey, Damaged, Key, Sealer, Unsealed, unseal
from onhand.core.backup.folder import Folder
from onhand.core.backup.ports import Store

FORMAT = 1
LABEL = "store.json"
T = TypeVar("T")


class NoStore(Exception):
    """There is no store of backups to be used; the text says what to do."""


class Label(msgspec.Struct, frozen=True):
    """What a store says of itself, readable without the key: ``check`` tells a key that is not the one."""

    format: int
    id: str
    check: str


class Vault:
    """A store that has been opened with its key."""

    def __init__(self, store: Store, key: Key) -> None:
        self.store = store
        self.key = key

    @contextmanager
    def seal(self, name: str) -> Iterator[Sealer]:
        """Somewhere to write what is to be sealed under a name: there, whole, when the block ends well."""
        with self.store.put(name) as out:
            sealer = Sealer(out, self.key, name)
            yield sealer
            sealer.close()

    def unseal(self, name: str) -> Iterator[bytes]:
        """What was sealed under a name, piece by piece; raises ``Damaged``, ``FileNotFoundError``."""
        with self.store.open(name) as source:
            yield from unseal(source, self.key, name)

    def reader(self, name: str) -> io.BufferedReader:
        """The same as a file."""
        return io.BufferedReader(Unsealed(self.store.open(name), self.key, name), 1024 * 1024)

    def sweep(self, under: str) -> None:
        """Remove what was being written when its writer died; only for whoever alone writes there."""
        self.store.sweep(under)

    def keep(self, name: str, note: object) -> None:
        """Seal something small, as JSON; one of that name is replaced."""
        with self.seal(name) as sealed:
            sealed.write(msgspec.json.encode(note))

    def note(self, name: str, kind: type[T]) -> T | None:
        """Something small that was kept, or nothing; raises ``Damaged``."""
        try:
            return msgspec.json.decode(b"".join(self.unseal(name)), type=kind)
        except FileNotFoundError:
            return None


def open_vault(store: Store, key: Key, *, make: bool = False) -> Vault:
    """Open a store; ``make``: lay it out first if there is none. Raises ``BadKey`` or ``NoStore``, touching nothing."""
    try:
        with store.open(LABEL) as file:
            label = msgspec.json.decode(file.read(), type=Label)
    except FileNotFoundError:
        if not make:
            raise NoStore(f"There are no backups in {store.where}: take one with `onhand backup now`.") from None
        label = _lay_out(store, key)
    except (msgspec.DecodeError, OSError) as fault:
        raise NoStore(f"The store {store.where} cannot be read: {fault}.") from fault
    if label.format != FORMAT:
        raise NoStore(f"The store {store.where} was laid out by another version of Onhand (format {label.format}).")
    if not key.signed("store", label.id.encode(), label.check):
        raise BadKey(
            f"This key does not open the backups in {store.where}: set ONHAND_BACKUP_KEY (or ONHAND_BACKUP_KEY_FILE) "
            "to the one they were made with. Nothing was touched."
        )
    return Vault(store, key)


def _lay_out(store: Store, key: Key) -> Label:
    name = os.urandom(16).hex()
    label = Label(FORMAT, name, key.sign("store", name.encode()))
    try:
        with store.put(LABEL) as file:
            file.write(msgspec.json.encode(label))
    except OSError as fault:
        raise NoStore(f"The store {store.where} cannot be written: {fault.strerror}.") from fault
    return label


def read_key(text: str | None, file: Path | None) -> Key:
    """The operator's key, from a setting or from a file only its owner may read; raises ``BadKey``."""
    if text:
        return Key.parse(text)
    if file is None:
        raise BadKey(
            "There is no key for the backups: make one with `onhand backup key`, keep it apart from them, "
            "and set ONHAND_BACKUP_KEY or ONHAND_BACKUP_KEY_FILE."
        )
    try:
        words = file.expanduser().read_text()
        mode = file.expanduser().stat().st_mode
    except (OSError, UnicodeDecodeError) as fault:
        raise BadKey(f"ONHAND_BACKUP_KEY_FILE cannot be read: {fault}.") from fault
    if mode & 0o077:
        raise BadKey(f"Others may read {file}: `chmod 600 {file}` first.")
    return Key.parse(words)


def open_folder(path: Path | None, key: Key, *, make: bool = False) -> Vault:
    """Open a folder of backups; raises ``NoStore`` when none is named."""
    if path is None:
        raise NoStore("Nothing says where backups go: set ONHAND_BACKUP_TO to a folder on another disk.")
    return open_vault(Folder(path), key, make=make)


__all__ = ["BadKey", "Damaged", "Label", "NoStore", "Vault", "open_folder", "open_vault", "read_key"]
