"""A database is made of its backups again, as it was at the moment that was named, and nowhere where another lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kept import Kept
from onhand.core.backup import points, records, survivors, wal
from onhand.core.backup.drill import drill
from onhand.core.backup.engine import programs
from onhand.core.backup.plan import NotPossible, Target
from onhand.core.backup.points import BadPoint
from onhand.core.backup.restore import Restored, Step, restore
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.embedded import start
from onhand.core.events import fact, record
from onhand.doors.cli.schema import introduce, migrate
from onhand.flows.restored import AFTER_RESTORE
from serving import eventually


def test_the_latest_holds_all_that_was_archived(kept: Kept) -> None:
    kept.write("in the full backup")
    kept.back_up()
    kept.write("in the increment")
    kept.back_up()
    with kept.archived():
        kept.write("in the log")

    restored = kept.restore(steps=AFTER_RESTORE)

    assert kept.notes() == ["in the full backup", "in the increment", "in the log"]
    assert any("pages agree" in said for said in restored.said)
    assert any("read twice" in said for said in restored.said)
    assert any("every invariant holds" in said for said in restored.said)


def test_a_named_point_holds_what_was_there_and_nothing_after(kept: Kept) -> None:
    kept.back_up()
    kept.write("before")
    points.set_point(kept.url, kept.vault, "risky-act")
    with kept.archived():
        kept.write("after")

    kept.restore(Target(point="risky-act"))

    assert kept.notes() == ["before"]


def test_a_moment_holds_what_was_committed_by_then(kept: Kept) -> None:
    kept.back_up()
    with kept.archived():
        kept.write("before")
        moment = kept.now()
        kept.write("after")

    kept.restore(Target(moment=moment))

    assert kept.notes() == ["before"]


def test_a_moment_after_the_last_change_is_reached_when_the_archive_reaches_it(kept: Kept) -> None:
    kept.back_up()
    with kept.archived():
        kept.write("the last")
        moment = kept.now()
        assert _reaches(kept, moment)

    kept.restore(Target(moment=moment))

    assert kept.notes() == ["the last"]


def _reaches(kept: Kept, moment: datetime) -> bool:
    cluster = next(iter(kept.vault.store.names(""))).split("/")[0]
    return bool(eventually(lambda: (reach := wal.reach(kept.vault, cluster)) and reach.at >= moment))


def test_what_cannot_be_restored_is_said_with_what_can(kept: Kept) -> None:
    taken = kept.back_up()
    with kept.archived():
        kept.write("a note")

    with pytest.raises(NotPossible, match="The archive reaches to"):
        kept.restore(Target(moment=utc_now() + timedelta(hours=1)))
    with pytest.raises(NotPossible, match="nothing before can be restored"):
        kept.restore(Target(moment=taken.began_at - timedelta(days=1)))
    with pytest.raises(NotPossible, match="There is no point nowhere"):
        kept.restore(Target(point="nowhere"))


def test_the_archive_goes_on_where_it_ended(kept: Kept) -> None:
    kept.back_up()
    for words in ("one", "two", "three"):
        with kept.archived():
            kept.write(words)

    kept.restore()

    assert kept.notes() == ["one", "two", "three"]


def test_what_was_written_while_nobody_archived_is_archived_later(kept: Kept) -> None:
    kept.back_up()
    kept.write("meanwhile")
    with kept.archived():
        pass

    kept.restore()

    assert kept.notes() == ["meanwhile"]


def test_a_restored_database_is_archived_on_and_restored_again(kept: Kept) -> None:
    kept.write("before")
    kept.back_up()
    points.set_point(kept.url, kept.vault, "here")
    kept.write("never to be seen again")
    kept.restore(Target(point="here"), name="second")
    with start(kept.folder / "second") as second:
        again = Kept(second, kept.folder, kept.vault)
        assert again.back_up().timeline == 2
        with again.archived():
            again.write("after")

    kept.restore(name="third")

    assert kept.notes("third") == ["before", "after"]


def test_a_place_with_a_database_is_left_alone(kept: Kept) -> None:
    kept.back_up()
    kept.write("in place")
    kept.restore()

    with pytest.raises(NotPossible, match="--replace"):
        kept.restore()
    with start(kept.folder / "restored"), pytest.raises(NotPossible, match="stop it first"):
        restore(kept.vault, kept.folder / "restored", Target(), replace=True)
    restore(kept.vault, kept.folder / "restored", Target(), replace=True)

    assert any(path.name.startswith("postgres.before-") for path in (kept.folder / "restored").iterdir())


def test_a_step_that_fails_leaves_nothing_that_looks_restored(kept: Kept) -> None:
    kept.back_up()

    def fail(db: Connection, _: Restored) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept.restore(steps=(Step("doomed", fail),))

    assert not (kept.folder / "restored" / "postgres").exists()


def test_who_was_forgotten_since_is_known_to_the_steps_after_a_restore(kept: Kept) -> None:
    cluster = kept.back_up().cluster
    points.set_point(kept.url, kept.vault, "before")
    with connect(kept.url, autocommit=True) as db:
        with db.transaction():
            record(db, [fact("person.erased", "person/ana", "person/owner", {"reason": "asked"})], utc_now())
            record(db, [fact("order.placed", "order/1", "person/ana", {})], utc_now())
        assert survivors.copy(db, kept.vault, cluster) == 1
        assert survivors.copy(db, kept.vault, cluster) == 0
    heard: list[str] = []

    def replay(db: Connection, restored: Restored) -> str:
        heard.extend(each.subject for each in restored.survivors)
        return f"{len(restored.survivors)} erasures"

    restored = kept.restore(Target(point="before"), (Step("erasures", replay),))

    assert heard == ["person/ana"]
    assert "erasures: 1 erasures" in restored.said


@pytest.mark.parametrize("name", ["", "a name", "../x", "x" * 61, "'; DROP TABLE note"])
def test_a_point_needs_a_name(kept: Kept, name: str) -> None:
    with pytest.raises(BadPoint, match="cannot be called"):
        points.set_point(kept.url, kept.vault, name)


def test_two_points_cannot_share_a_name(kept: Kept) -> None:
    points.set_point(kept.url, kept.vault, "same")

    with pytest.raises(BadPoint, match="already"):
        points.set_point(kept.url, kept.vault, "same")


def test_a_drill_restores_compares_and_is_on_record(kept: Kept) -> None:
    kept.write("a note")

    drilled = drill(kept.url, kept.vault, AFTER_RESTORE, kept.folder)

    assert drilled.passed, drilled.said
    with connect(kept.url) as db:
        found = records.last_drill(db)
    assert found is not None
    assert found.passed
    assert 0 < found.rto_seconds < 60
    assert [path for path in kept.folder.iterdir() if "drill" in path.name] == []


def test_a_drill_that_fails_is_on_record_as_failed(kept: Kept) -> None:
    def fail(db: Connection, _: Restored) -> str:
        raise ZeroDivisionError("the books")

    drilled = drill(kept.url, kept.vault, [Step("doomed", fail)], kept.folder)

    assert not drilled.passed
    with connect(kept.url) as db:
        found = records.last_drill(db)
    assert found is not None
    assert [found.passed, "the books" in found.said] == [False, True]


def test_programs_of_a_version_nobody_has_are_asked_for() -> None:
    from onhand.core.backup.engine import NoPrograms

    with pytest.raises(NoPrograms, match="apt-get install postgresql-99"):
        programs(99)


def test_a_server_of_the_floor_version_is_backed_up_whole_and_restored(kept: Kept, database_url: str) -> None:
    debian = Path("/usr/lib/postgresql/15/bin")
    if not (debian / "postgres").exists():
        pytest.skip("there is no PostgreSQL 15 here")
    from postgres import postgres

    with postgres(str(debian)) as url:
        backup_url = url.replace("onhand@", "onhand_backup@")
        migrate(url)
        with connect(url.replace("onhand@", "postgres@"), autocommit=True) as admin:
            # As the how-to says.
            admin.execute("CREATE ROLE onhand_backup LOGIN REPLICATION IN ROLE pg_monitor, pg_read_all_data")
            admin.execute("GRANT INSERT ON core_event TO onhand_backup")
            admin.execute("GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO onhand_backup")
        introduce(database_url)
        with connect(url, autocommit=True) as db:
            db.execute("CREATE TABLE note AS SELECT 1 AS id, 'of fifteen' AS words")
        from onhand.core.backup import base

        first = base.take(backup_url, kept.vault)
        assert [first.kind, first.server.major, base.take(backup_url, kept.vault).kind] == ["full", 15, "full"]
        with wal.archiving(backup_url, kept.vault, seconds=0.2):
            with connect(url, autocommit=True) as db:
                db.execute("INSERT INTO note VALUES (2, 'later')")
                (place,) = db.execute("SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint").fetchone() or (0,)
            assert wal.wait_until_kept(kept.vault, first.cluster, place, 20)
        drilled = drill(backup_url, kept.vault, AFTER_RESTORE, kept.folder)
        assert drilled.passed, drilled.said
    seen: list[tuple[int, str]] = []

    def look(db: Connection, _: Restored) -> str:
        seen.extend(db.execute("SELECT id, words FROM note ORDER BY id").fetchall())
        return "looked"

    restored = kept.restore(steps=(Step("look", look), *AFTER_RESTORE))

    assert any("amcheck" in said or "read twice" in said for said in restored.said)
    assert seen == [(1, "of fifteen"), (2, "later")]
