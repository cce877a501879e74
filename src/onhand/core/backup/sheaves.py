"""A backup's archive, read: laid out in a folder, every file held against PostgreSQL's own list of files and digests.

(``pg_verifybackup`` would do the same to an archive in the plain; there is none.)
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from onhand.core.backup.manifests import BASE, LIST, Manifest
from onhand.core.backup.vault import Damaged, Vault

PIECE = 1024 * 1024
LIST_FILE = "backup_manifest"

Hear = Callable[[int], None]


class _File(msgspec.Struct, frozen=True):
    size: int = msgspec.field(name="Size")
    checksum: str = msgspec.field(name="Checksum", default="")
    algorithm: str = msgspec.field(name="Checksum-Algorithm", default="NONE")
    path: str = msgspec.field(name="Path", default="")
    encoded_path: str = msgspec.field(name="Encoded-Path", default="")

    @property
    def name(self) -> str:
        return self.path or bytes.fromhex(self.encoded_path).decode(errors="surrogateescape")


class _List(msgspec.Struct, frozen=True):
    files: list[_File] = msgspec.field(name="Files")


def lay_out(vault: Vault, backup: Manifest, folder: Path | None, hear: Hear) -> int:
    """Read a backup to its end, into a folder if one is given; how many files were held against the list.

    ``hear`` is told how many bytes were read. Raises ``Damaged`` at the first file that is missing, too much or
    not as PostgreSQL wrote it.
    """
    listing = b"".join(vault.unseal(backup.object(LIST)))
    expected = {each.name: each for each in msgspec.json.decode(listing, type=_List).files}
    found, read = 0, 0
    try:
        with vault.reader(backup.object(BASE)) as source, tarfile.open(fileobj=source, mode="r|") as archive:
            for member in archive:
                held = expected.pop(member.name.removeprefix("./"), None)
                read += _one(archive, member, folder, held, backup)
                found += held is not None
                hear(read)
            _rest(source)
    except tarfile.TarError as fault:
        raise Damaged(f"The archive of {backup.id} cannot be read: {fault}.") from fault
    if expected:
        raise Damaged(f"{backup.id} lacks {len(expected)} of its files, such as {min(expected)}.")
    if folder:
        (folder / LIST_FILE).write_bytes(listing)
    return found


def _rest(source: Any) -> None:
    """Read on to the end: only then is it known that nothing was cut off."""
    while source.read(PIECE):
        pass


def _one(
    archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path | None, held: _File | None, backup: Manifest
) -> int:
    if not (member.isfile() or member.isdir()):
        raise Damaged(f"{backup.id} holds {member.name}, which is neither a file nor a folder.")
    if member.isdir():
        if folder:
            _inside(folder, member.name).mkdir(mode=0o700, parents=True, exist_ok=True)
        return 0
    place = _inside(folder, member.name) if folder else None
    digest = _copy(archive, member, place)
    if held and (held.size != member.size or (held.algorithm == "SHA256" and held.checksum != digest)):
        raise Damaged(f"{member.name} in {backup.id} is not as PostgreSQL wrote it.")
    return member.size


def _inside(folder: Path, name: str) -> Path:
    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise Damaged(f"The archive names {name}, which lies outside.")
    return place


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, place: Path | None) -> str:
    source, digest = archive.extractfile(member), hashlib.sha256()
    if source is None:
        raise Damaged(f"{member.name} cannot be read.")
    if place is None:
        while words := source.read(PIECE):
            digest.update(words)
        return digest.hexdigest()
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("wb") as out:
        place.chmod(0o600)
        while words := source.read(PIECE):
            digest.update(words)
            out.write(words)
    return digest.hexdigest()
