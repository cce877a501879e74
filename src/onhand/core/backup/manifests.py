"""What a backup says of itself: signed, written last. A backup without it is none, however much of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from onhand.core.backup import lsn
from onhand.core.backup.vault import Damaged, Vault

Kind = Literal["full", "incremental"]
NAME = "manifest.json"
BASE, LIST = "base.tar.sealed", "postgresql-manifest.sealed"


class Part(msgspec.Struct, frozen=True):
    """One object of a backup: bytes of it before it was sealed and as it is kept, and the digest of the latter."""

    name: str
    plain_bytes: int
    stored_bytes: int
    sha256: str


class Server(msgspec.Struct, frozen=True):
    """What must be known of the server a backup was taken of to run its data again."""

    version: str
    major: int
    user: str
    database: str
    # What recovery must not have less of than the server had.
    settings: dict[str, str]
    wal_file_bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """A whole backup."""

    id: str
    kind: Kind
    parent: str | None
    chain: str
    cluster: str
    timeline: int
    start_lsn: str
    end_lsn: str
    began_at: datetime
    ended_at: datetime
    onhand: str
    server: Server
    parts: list[Part]

    @property
    def start(self) -> int:
        """From where the log is needed to restore it."""
        return lsn.parse(self.start_lsn)

    @property
    def end(self) -> int:
        """Up to where the log is needed for it to be in order; it brings that much along."""
        return lsn.parse(self.end_lsn)

    @property
    def stored_bytes(self) -> int:
        """What it takes in the store."""
        return sum(part.stored_bytes for part in self.parts)

    @property
    def plain_bytes(self) -> int:
        """What it takes once restored (an increment: what of it changed)."""
        return sum(part.plain_bytes for part in self.parts)

    def object(self, part: str) -> str:
        """The name of one of its objects in the store."""
        return f"{place(self.cluster, self.id)}/{part}"


class _Signed(msgspec.Struct, frozen=True):
    manifest: msgspec.Raw
    hmac: str


def place(cluster: str, backup: str) -> str:
    """Where a backup is kept."""
    return f"{cluster}/backups/{backup}"


def sign(vault: Vault, manifest: Manifest) -> None:
    """Write the manifest: from now on it is a backup."""
    words = msgspec.json.encode(manifest)
    signed = _Signed(msgspec.Raw(words), vault.key.sign("manifest", words))
    with vault.store.put(manifest.object(NAME)) as file:
        file.write(msgspec.json.encode(signed))


def listed(vault: Vault, cluster: str | None = None) -> list[Manifest]:
    """The whole backups there are (of one cluster), oldest first; raises ``Damaged`` at one that is not as signed."""
    names = list(vault.store.names(f"{cluster}/backups")) if cluster else _of_all(vault)
    found = [_read(vault, name) for name in names if name.endswith(f"/{NAME}")]
    return sorted(found, key=lambda each: each.ended_at)


def _of_all(vault: Vault) -> list[str]:
    return [name for name in vault.store.names("") if name.count("/") == 3 and name.split("/")[1] == "backups"]


def _read(vault: Vault, name: str) -> Manifest:
    damaged = Damaged(f"{name} is not as it was signed: somebody changed it, or the disk did.")
    try:
        with vault.store.open(name) as file:
            signed = msgspec.json.decode(file.read(), type=_Signed)
        words = bytes(signed.manifest)
        if not vault.key.signed("manifest", words, signed.hmac):
            raise damaged
        manifest = msgspec.json.decode(words, type=Manifest)
    except msgspec.DecodeError as fault:
        raise damaged from fault
    if manifest.object(NAME) != name:
        raise damaged
    return manifest


def chain_of(manifests: Sequence[Manifest], last: Manifest) -> list[Manifest]:
    """The backups one is built on, the full one first, itself last; raises ``Damaged`` when one is missing."""
    known = {each.id: each for each in manifests}
    chain = [last]
    while (parent := chain[0].parent) is not None:
        if parent not in known:
            raise Damaged(f"The backup {last.id} is built on {parent}, which is not there.")
        chain.insert(0, known[parent])
    return chain
