"""Backups are taken, looked through, forgotten; one that is damaged, or half there, is not taken for a backup."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kept import Kept
from onhand.core.backup import base, records, wal
from onhand.core.backup.cipher import Damaged, Key
from onhand.core.backup.manifests import BASE, NAME, listed
from onhand.core.backup.plan import NotPossible, Target
from onhand.core.backup.prune import prune
from onhand.core.backup.vault import BadKey, Vault, open_folder
from onhand.core.backup.verify import verify
from onhand.core.database import connect
from serving import eventually

KILLED_HALFWAY = """
import os, signal, sys
from pathlib import Path
from onhand.core.backup import base
from onhand.core.backup.cipher import Key
from onhand.core.backup.vault import open_folder

def die(done, total):
    if done > 10_000_000:
        os.kill(os.getpid(), signal.SIGKILL)

base.take(sys.argv[1], open_folder(Path(sys.argv[2]), Key.parse("07" * 32)), full=True, progress=die)
"""


def faults(kept: Kept) -> list[str]:
    return [fault for verdict in verify(kept.vault, lambda *_: None) for fault in verdict.faults]


def test_the_first_is_whole_and_the_next_holds_what_changed(kept: Kept) -> None:
    first = kept.back_up()
    kept.write("a note")
    second = kept.back_up()

    assert [first.kind, second.kind, second.parent, second.chain] == ["full", "incremental", first.id, first.id]
    assert second.plain_bytes < first.plain_bytes
    assert faults(kept) == []


def test_a_backup_is_done_once_the_log_up_to_its_end_is_kept(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.back_up()
    kept.write("a note")

    @contextmanager
    def late(url: str, vault: Vault, *, seconds: float) -> Iterator[None]:
        archiver = wal.Archiver(url, vault, seconds=seconds)
        idle.append(archiver)
        yield
        if archiver.active:
            archiver.stop()

    def looked(vault: Vault, cluster: str) -> wal.Reach | None:
        found = reach(vault, cluster)
        while idle:
            idle.pop().start()
        return found

    # Nobody archives before the backup has looked how far the archive reaches.
    idle: list[wal.Archiver] = []
    reach = wal.reach
    monkeypatch.setattr(wal, "archiving", late)
    monkeypatch.setattr(wal, "reach", looked)

    kept.back_up()

    assert faults(kept) == []


def test_a_backup_is_on_record(kept: Kept) -> None:
    taken = kept.back_up()

    with connect(kept.url) as db:
        found = records.last_backup(db)
    assert found is not None
    assert [found.id, found.kind, found.stored_bytes] == [taken.id, "full", taken.stored_bytes]


def test_how_the_archive_fares_can_be_asked(kept: Kept) -> None:
    with connect(kept.url, autocommit=True) as db:
        assert records.archiving(db) is None
        kept.back_up()
        with kept.archived():
            kept.write("a note")
            archived = eventually(lambda: (found := records.archiving(db)) and found.active and found)

    assert archived.bytes_behind < 16 * 1024 * 1024


def test_nothing_in_the_store_is_to_be_read_and_nobody_else_may_try(kept: Kept) -> None:
    with kept.archived():
        kept.write("Ana Silva, Rua do Carmo 12")
        kept.back_up()
        kept.write("Bruno Costa, Rua Augusta 7")

    files = [path for path in kept.store.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        assert b"Silva" not in path.read_bytes()
        assert b"Costa" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_the_wrong_key_is_refused_before_anything_is_touched(kept: Kept) -> None:
    kept.back_up()
    before = sorted(path.stat().st_mtime_ns for path in kept.store.rglob("*"))

    with pytest.raises(BadKey, match="does not open the backups"):
        open_folder(kept.store, Key.parse("08" * 32), make=True)

    assert sorted(path.stat().st_mtime_ns for path in kept.store.rglob("*")) == before


def test_a_backup_killed_halfway_is_none_and_is_cleared_away_by_the_next(kept: Kept) -> None:
    command = [sys.executable, "-c", KILLED_HALFWAY, kept.url, str(kept.store)]

    died = subprocess.run(command, check=False, timeout=60, env=os.environ)

    assert died.returncode == -signal.SIGKILL
    assert listed(kept.vault) == []
    assert any(path.name.startswith(".unfinished") for path in kept.store.rglob("*"))
    taken = kept.back_up()
    assert taken.kind == "full"
    assert not any(path.name.startswith(".unfinished") for path in (kept.store / taken.cluster / "backups").rglob("*"))


def test_a_changed_chunk_is_found_and_not_restored(kept: Kept) -> None:
    taken = kept.back_up()
    _change(kept.store / taken.object(BASE), 200_000)

    assert any("chunk 1" in fault for fault in faults(kept))
    with pytest.raises(Damaged, match="chunk 1"):
        kept.restore(Target(backup=taken.id))
    assert not (kept.folder / "restored" / "postgres").exists()


def test_a_backup_cut_short_is_found(kept: Kept) -> None:
    path = kept.store / kept.back_up().object(BASE)
    os.truncate(path, path.stat().st_size - 100_000)

    assert any("bytes, not" in fault for fault in faults(kept))


def test_a_manifest_somebody_edited_is_found(kept: Kept) -> None:
    path = kept.store / kept.back_up().object(NAME)
    path.write_bytes(path.read_bytes().replace(b'"timeline":1', b'"timeline":2'))

    with pytest.raises(Damaged, match="not as it was signed"):
        listed(kept.vault)


def test_a_missing_piece_of_the_log_is_found_and_said_before_a_restore_begins(kept: Kept) -> None:
    kept.back_up()
    with kept.archived():
        for number in range(3):
            kept.write(f"note {number}")
            _next_file(kept)
    pieces = list(wal.pieces(kept.vault, kept.back_up(full=True).cluster))
    _remove(kept, pieces[len(pieces) // 2].file)

    assert any("is missing" in fault for fault in faults(kept))
    with pytest.raises(NotPossible, match=r"the log from .* is missing"):
        kept.restore(Target(moment=listed(kept.vault)[-1].began_at))


def test_a_damaged_piece_of_the_log_is_found(kept: Kept) -> None:
    kept.back_up()
    with kept.archived():
        kept.write("a note")
    piece = list(wal.pieces(kept.vault, listed(kept.vault)[0].cluster))[-1]
    _change(kept.store / piece.name, 40)

    assert any(piece.file in fault for fault in faults(kept))


def test_one_backup_at_a_time(kept: Kept) -> None:
    with connect(kept.url, autocommit=True) as db, base.turn(db, 1, "never"), pytest.raises(base.NotTaken):
        kept.back_up()


def test_old_chains_are_forgotten_whole_with_the_log_before_the_rest(kept: Kept) -> None:
    first = kept.back_up(full=True)
    kept.write("one")
    kept.back_up()
    _next_file(kept)
    _next_file(kept)
    third = kept.back_up(full=True)
    kept.write("two")
    fourth = kept.back_up()
    with kept.archived():
        kept.write("three")

    gone = prune(kept.vault, first.cluster, 1)

    assert len(gone.backups) == 2
    assert [each.id for each in listed(kept.vault)] == [third.id, fourth.id]
    assert gone.pieces > 0
    assert faults(kept) == []
    kept.restore()
    assert kept.notes() == ["one", "two", "three"]


def _change(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))


def _next_file(kept: Kept) -> None:
    with connect(kept.url, autocommit=True) as db:
        db.execute("SELECT pg_switch_wal()")


def _remove(kept: Kept, file: str) -> None:
    for path in kept.store.rglob(f"{file}/*"):
        path.unlink()
