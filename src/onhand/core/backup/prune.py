"""Forgetting old backups: whole chains at a time, and the log nobody needs any more."""

from __future__ import annotations

from dataclasses import dataclass

from onhand.core.backup import points, wal
from onhand.core.backup.manifests import NAME, Manifest, listed
from onhand.core.backup.vault import Vault


@dataclass(frozen=True)
class Pruned:
    """What was forgotten: the backups' names, how many pieces of the log and named points, how many bytes."""

    backups: list[str]
    pieces: int
    points: int
    bytes: int


def prune(vault: Vault, cluster: str, keep: int) -> Pruned:
    """Keep so many chains of a cluster, the newest; forget the others, the log before them and points in it."""
    known = listed(vault, cluster)
    chains = list(dict.fromkeys(each.chain for each in known))
    kept = set(chains[-keep:])
    stay = [each for each in known if each.chain in kept]
    gone = [each for each in known if each.chain not in kept]
    if not gone:
        return Pruned([], 0, 0, 0)
    freed = 0
    # From the newest of a chain to its full backup: what is left of a chain is always one.
    for each in reversed(gone):
        freed += _forget(vault, each)
    pieces, more = _forget_log(vault, stay)
    return Pruned([each.id for each in gone], pieces, _forget_points(vault, cluster, stay), freed + more)


def _forget(vault: Vault, backup: Manifest) -> int:
    # The manifest first: without it, what is left is not a backup, however far this comes.
    vault.store.remove(backup.object(NAME))
    for part in backup.parts:
        vault.store.remove(backup.object(part.name))
    return backup.stored_bytes


def _forget_log(vault: Vault, stay: list[Manifest]) -> tuple[int, int]:
    first, pieces, freed = stay[0], 0, 0
    size = first.server.wal_file_bytes
    for piece in list(wal.pieces(vault, first.cluster)):
        older = piece.timeline < first.timeline
        if older or (piece.timeline == first.timeline and wal.number_of(piece, size) < first.start // size):
            freed += vault.store.size(piece.name)
            vault.store.remove(piece.name)
            pieces += 1
    return pieces, freed


def _forget_points(vault: Vault, cluster: str, stay: list[Manifest]) -> int:
    old = [each for each in points.points(vault, cluster) if each.place < stay[0].end]
    for each in old:
        points.forget(vault, each)
    return len(old)
