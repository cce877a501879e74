"""What to restore, and of what: the backup to begin with, the log to replay, and whether all of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onhand.core.backup import points, wal
from onhand.core.backup.manifests import Manifest, chain_of, listed
from onhand.core.backup.points import Point
from onhand.core.backup.vault import NoStore, Vault

# The server's clock and ours may differ by so much.
CLOCKS = timedelta(minutes=5)


class NotPossible(Exception):
    """It cannot be restored so; the text says why and what can be."""


@dataclass(frozen=True)
class Target:
    """To when: a moment, a named point, the end of a backup, or (none of them) as far as the archive reaches."""

    moment: datetime | None = None
    point: str | None = None
    backup: str | None = None

    @property
    def words(self) -> str:
        """In words."""
        if self.moment:
            return f"{self.moment:%Y-%m-%d %H:%M:%S} UTC"
        if self.backup:
            return f"the end of {self.backup}"
        return f"the point {self.point}" if self.point else "the latest moment"


@dataclass(frozen=True)
class Plan:
    """What a restore will do."""

    target: Target
    chain: list[Manifest]
    log: list[wal.Piece]
    reach: wal.Reach | None
    point: Point | None

    @property
    def last(self) -> Manifest:
        """The backup it begins with, with all it is built on."""
        return self.chain[-1]


def plan(vault: Vault, target: Target) -> Plan:
    """Choose what to restore of; raises ``NotPossible``, ``NoStore``, or ``Damaged`` at a manifest that was changed."""
    known = listed(vault)
    if not known:
        raise NoStore(f"There is no backup in {vault.store.where} yet: take one with `onhand backup now`.")
    cluster = known[-1].cluster
    known = [each for each in known if each.cluster == cluster]
    if target.backup:
        return Plan(target, _chain_of(known, target.backup), [], None, None)
    point = points.find(vault, target.point, cluster) if target.point else None
    if target.point and point is None:
        there = ", ".join(each.name for each in points.points(vault, cluster)) or "none"
        raise NotPossible(f"There is no point {target.point}; the points are: {there}.")
    last, reach = _begin(known, target, point), wal.reach(vault, cluster)
    if target.moment:
        _must_reach(target.moment, reach)
    chain = chain_of(known, last)
    return Plan(target, chain, _log(vault, known, last, target, point, reach), reach, point)


def _chain_of(known: Sequence[Manifest], backup: str) -> list[Manifest]:
    found = next((each for each in known if each.id == backup), None)
    if found is None:
        raise NotPossible(f"There is no backup {backup}; `onhand backup list` lists them.")
    return chain_of(known, found)


def _begin(known: Sequence[Manifest], target: Target, point: Point | None) -> Manifest:
    """The last backup that was complete before the moment."""
    if point:
        fit = [each for each in known if each.timeline <= point.timeline and each.end <= point.place]
    else:
        fit = [each for each in known if target.moment is None or each.ended_at <= target.moment]
    if not fit:
        first = known[0]
        raise NotPossible(
            f"The first backup was complete on {first.ended_at:%Y-%m-%d %H:%M:%S} UTC: nothing before can be restored."
        )
    return fit[-1]


def _must_reach(moment: datetime, reach: wal.Reach | None) -> None:
    if reach is None:
        raise NotPossible("The log was never archived: only --latest can be restored, the state of the last backup.")
    if moment > reach.at:
        raise NotPossible(
            f"The archive reaches to {reach.at:%Y-%m-%d %H:%M:%S} UTC: name an earlier moment, or take --latest."
        )


def _log(
    vault: Vault,
    known: Sequence[Manifest],
    last: Manifest,
    target: Target,
    point: Point | None,
    reach: wal.Reach | None,
) -> list[wal.Piece]:
    """The pieces of the log to be replayed; raises ``NotPossible`` when some are missing."""
    size = last.server.wal_file_bytes
    end = _end(known, last, target, point)
    first, beyond = last.start // size, (end // size + 1) if end is not None else None
    pieces = [
        each
        for each in wal.pieces(vault, last.cluster)
        if (number := wal.number_of(each, size)) >= first and (beyond is None or number < beyond)
    ]
    # What a backup needs to be in order it brings along: the archive must go on where that ends.
    on_it = [each for each in pieces if each.timeline == last.timeline]
    if on_it or end is not None:
        missing = wal.gaps(vault, last.cluster, last.timeline, size, last.end, _wanted(end, last, reach))
        if missing:
            raise NotPossible(
                f"It cannot be restored to {target.words}: {missing[0]}. "
                f"A backup by itself can: --to-backup {last.id}, or a later one."
            )
    return pieces


def _end(known: Sequence[Manifest], last: Manifest, target: Target, point: Point | None) -> int | None:
    """Up to which place the log is needed, as far as that can be told; None: all of it."""
    if point:
        return point.place
    if target.moment:
        later = [each for each in known if each.began_at > target.moment + CLOCKS and each.timeline == last.timeline]
        if later:
            return later[0].end
    return None


def _wanted(end: int | None, last: Manifest, reach: wal.Reach | None) -> int | None:
    """Up to where there may be no gap; on a timeline that was left, only up to where it was left."""
    if end is not None:
        return end
    return reach.place if reach and reach.timeline == last.timeline and reach.place > last.end else None
