"""Whether what is in the store could be restored, without restoring it: every byte read, decrypted and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from onhand.core.backup import sheaves, wal
from onhand.core.backup.manifests import Manifest, chain_of, listed
from onhand.core.backup.vault import Damaged, Vault

PIECE = 1024 * 1024
Hear = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Verdict:
    """What was found of one backup or of the log: what was looked at, and what is wrong with it, if anything."""

    what: str
    said: str
    faults: list[str]


def verify(vault: Vault, hear: Hear, *, backup: str | None = None) -> Iterator[Verdict]:
    """Look at each backup (or one, with all it is built on) and then at the log; raises ``Damaged`` at a manifest."""
    known = listed(vault)
    chosen = chain_of(known, next(each for each in known if each.id == backup)) if backup else known
    for each in chosen:
        yield _backup(vault, each, known, hear)
    for cluster in sorted({each.cluster for each in chosen}):
        yield _log(vault, [each for each in chosen if each.cluster == cluster], hear)


def _backup(vault: Vault, backup: Manifest, known: Sequence[Manifest], hear: Hear) -> Verdict:
    faults: list[str] = []
    files = 0
    try:
        chain_of(known, backup)
        for part in backup.parts:
            _as_written(vault, backup, part.name, part.stored_bytes, part.sha256)
        files = sheaves.lay_out(vault, backup, None, lambda done: hear(backup.id, done, backup.plain_bytes))
    except FileNotFoundError as fault:
        faults.append(f"{fault.filename} is missing")
    except (Damaged, OSError) as fault:
        faults.append(str(fault))
    return Verdict(backup.id, f"{files} files as PostgreSQL wrote them", faults)


def _as_written(vault: Vault, backup: Manifest, name: str, size: int, sha256: str) -> None:
    digest, found = hashlib.sha256(), 0
    with vault.store.open(backup.object(name)) as file:
        while words := file.read(PIECE):
            digest.update(words)
            found += len(words)
    if found != size:
        raise Damaged(f"{backup.object(name)} has {found} bytes, not {size}.")
    if digest.hexdigest() != sha256:
        # Where, the sealed chunks tell.
        for _ in vault.unseal(backup.object(name)):
            pass
        raise Damaged(f"{backup.object(name)} is not as it was written.")


def _log(vault: Vault, backups: Sequence[Manifest], hear: Hear) -> Verdict:
    """From the end of the oldest backup on the log must be there without a gap, and every piece must open."""
    faults: list[str] = []
    first, pieces = backups[0], 0
    size = first.server.wal_file_bytes
    for timeline in sorted({each.timeline for each in backups}):
        oldest = next(each for each in backups if each.timeline == timeline)
        newest = [each for each in backups if each.timeline == timeline][-1]
        kept = wal.spans(vault, first.cluster, timeline, size)
        end = max(newest.end, kept[-1][1] if kept else 0)
        faults += [str(gap) for gap in wal.gaps(vault, first.cluster, timeline, size, oldest.end, end)]
    for pieces, piece in enumerate(wal.pieces(vault, first.cluster), start=1):
        hear("log", pieces, 0)
        try:
            length = sum(len(words) for words in vault.unseal(piece.name))
        except (Damaged, OSError) as fault:
            faults.append(str(fault))
            continue
        if length != piece.end - piece.start:
            faults.append(f"{piece.name} holds {length} bytes, not {piece.end - piece.start}")
    reach = wal.reach(vault, first.cluster)
    said = f"{pieces} pieces" + (f", everything up to {reach.at:%Y-%m-%d %H:%M:%S} UTC" if reach else "")
    return Verdict("log", said, faults)
