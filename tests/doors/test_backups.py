"""Backups by hand, from the command line, and by the clock, beside the shop."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from onhand.access.privacy.tombstones import Tombstone
from onhand.core import settings as configuration
from onhand.core.backup import records
from onhand.core.backup.manifests import listed
from onhand.core.clock import utc_now
from onhand.core.database import connect
from onhand.core.embedded import start
from onhand.doors.cli.schema import introduce, migrate
from onhand.doors.jobs.backups import BackupKeeper, open_vault
from serving import free_port, onhand, serving

KEY = "07" * 32


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="onhand-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def settings(folder: Path, **more: str) -> dict[str, str]:
    named = {"ONHAND_DATA": str(folder / "data"), "ONHAND_BACKUP_TO": str(folder / "store"), "ONHAND_BACKUP_KEY": KEY}
    return {**named, **more}


def test_by_hand_a_backup_is_taken_looked_through_and_restored(folder: Path) -> None:
    told = settings(folder)

    taken = onhand("backup", "now", "--json", **told)
    named = onhand("backup", "point", "before-import", **told)
    looked = onhand("backup", "verify", **told)
    shown = onhand("backup", "list", "--json", **told)
    refused = onhand("restore", "--latest", "--into", str(folder / "no"), **{**told, "ONHAND_BACKUP_KEY": "08" * 32})
    restored = onhand("restore", "--to-point", "before-import", "--into", str(folder / "there"), **told)

    assert [taken.returncode, named.returncode, looked.returncode] == [0, 0, 0], looked.stdout + looked.stderr
    listing = msgspec.json.decode(shown.stdout)
    assert listing["backups"][0]["id"] == msgspec.json.decode(taken.stdout)["id"]
    assert [each["name"] for each in listing["points"]] == ["before-import"]
    assert refused.returncode == 1
    assert "This key does not open the backups" in refused.stderr
    assert not (folder / "no").exists()
    assert restored.returncode == 0, restored.stderr
    assert "RTO" in restored.stdout
    assert (folder / "there" / "postgres" / "PG_VERSION").exists()


def test_whoever_was_erased_since_is_erased_again_in_what_is_restored(folder: Path) -> None:
    stones = folder / "erasures.jsonl"
    told = settings(folder, ONHAND_TOMBSTONES=str(stones))
    onhand("backup", "now", **told)
    stones.write_bytes(msgspec.json.encode(Tombstone("customer/C77", utc_now())) + b"\n")

    restored = onhand("restore", "--latest", "--into", str(folder / "there"), **told)

    assert restored.returncode == 0, restored.stderr
    assert "0 erased again, 0 were already, 1 are not there" in restored.stdout


def test_what_is_asked_wrongly_is_said_with_the_remedy(folder: Path) -> None:
    told = settings(folder)
    into = ("--into", str(folder / "there"))

    nowhere = onhand("backup", "list", **{**told, "ONHAND_BACKUP_TO": ""})
    keyless = onhand("backup", "list", **{**told, "ONHAND_BACKUP_KEY": ""})
    empty = onhand("restore", "--latest", *into, **told)
    aimless = onhand("restore", *into, **told)
    odd = onhand("restore", "--to", "yesterday", *into, **told)

    assert "set ONHAND_BACKUP_TO" in nowhere.stderr
    assert "onhand backup key" in keyless.stderr
    assert "onhand backup now" in empty.stderr
    assert "one of --to MOMENT" in aimless.stderr
    assert "2026-11-29 10:00" in odd.stderr
    assert {each.returncode for each in (nowhere, keyless, empty, aimless, odd)} == {1}


def test_a_key_others_may_read_is_refused(folder: Path) -> None:
    file = folder / "key"
    file.write_text(KEY)
    file.chmod(0o644)
    told = settings(folder, ONHAND_BACKUP_KEY="", ONHAND_BACKUP_KEY_FILE=str(file))

    open_to_all = onhand("backup", "list", **told)
    file.chmod(0o600)
    private = onhand("backup", "list", **told)

    assert "chmod 600" in open_to_all.stderr
    assert "onhand backup now" in private.stderr


def test_the_shop_backs_itself_up_while_it_is_open(folder: Path) -> None:
    told = settings(folder)

    with serving("serve", port=free_port(), **told) as served:
        _until_listed(told)
        assert served.stop() == 0

    found = msgspec.json.decode(onhand("backup", "list", "--json", **told).stdout)
    assert [each["kind"] for each in found["backups"]] == ["full"]
    assert found["reach"] is not None


def _until_listed(told: dict[str, str]) -> None:
    from serving import eventually

    eventually(lambda: '"id"' in onhand("backup", "list", "--json", **told).stdout, patience=40)


def test_by_the_clock_one_is_taken_when_it_is_due(folder: Path, database_url: str) -> None:
    read = configuration.read(settings(folder, ONHAND_BACKUP_DRILL_EVERY_DAYS="1"))
    with start(folder / "data") as server:
        migrate(server.url)
        introduce(database_url)
        keeper = BackupKeeper(read, server.url, scratch=folder)
        keeper.round()
        keeper.round()
        keeper.stop()

        with connect(server.url) as db:
            backup, exercise = records.last_backup(db), records.last_drill(db)
    assert backup is not None
    assert [each.id for each in listed(open_vault(read))] == [backup.id]
    assert exercise is not None
    assert exercise.passed, exercise.said


def test_a_key_that_is_none_stops_the_start(folder: Path) -> None:
    stopped = onhand("work", **settings(folder, ONHAND_BACKUP_KEY="short"))

    assert stopped.returncode == 1
    assert "onhand backup key" in stopped.stderr
    assert "Traceback" not in stopped.stderr
