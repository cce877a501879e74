"""The audit trail: written with the change, never changed; and who changes it all the same is found out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from onhand.access.audit import archiving, queries, sealing
from onhand.access.audit.verifying import GENESIS, Fault, Report, verify
from onhand.core import events
from onhand.core.asks import Actor
from onhand.core.database import Connection, connect
from onhand.core.privileges import APPLICATION, changes_the_record, grant
from trail import anew

KEY = b"a key of the tests, 32 bytes long"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
# An entry written once more, perhaps at another place.
COPIED = (
    "INSERT INTO access_audit_entry SELECT lane, {}, at, seq, happened_at, kind, subject, actor, origin, why, about,"
    " data FROM access_audit_entry WHERE subject = 'sku/a'"
)
ANA = Actor("person/ana", "web 203.0.113.9")


@pytest.fixture
def trail(db: Connection) -> Iterator[Connection]:
    """An empty trail."""
    anew(db)
    yield db
    db.rollback()
    anew(db)


def tell(db: Connection, *subjects: str, actor: str = ANA, reason: str = "") -> None:
    data = {"reason": reason, "sku": "mug"} if reason else {"sku": "mug"}
    facts = [events.fact("stock.threshold_set", subject, actor, data) for subject in subjects]
    events.record(db, facts, NOW)
    db.commit()


def found(db: Connection) -> list[tuple[str, int]]:
    db.commit()
    report = verify(db, KEY)
    db.commit()
    return [(fault.what, fault.place) for fault in report.faults]


def forge(db: Connection, *statements: str) -> None:
    """What the owner of the tables can do who means harm."""
    for table in ("entry", "link", "seal"):
        db.execute(f"ALTER TABLE access_audit_{table} DISABLE TRIGGER USER")
    for text in statements:
        db.execute(text)
    for table in ("entry", "link", "seal"):
        db.execute(f"ALTER TABLE access_audit_{table} ENABLE TRIGGER USER")
    db.commit()


def test_an_event_is_on_record_in_its_own_transaction_with_who_what_why_and_from_where(trail: Connection) -> None:
    facts = [events.fact("stock.threshold_set", "sku/mug", ANA, {"before": 3, "after": 5, "reason": "season"})]
    events.record(trail, facts, NOW)
    row = trail.execute("SELECT kind, subject, actor, origin, why, data->>'after' FROM access_audit_entry").fetchall()
    assert row == [("stock.threshold_set", "sku/mug", "person/ana", "web 203.0.113.9", "season", "5")]
    trail.rollback()
    assert trail.execute("SELECT count(*) FROM access_audit_entry").fetchone() == (0,)
    assert found(trail) == []


def test_what_the_ledger_keeps_is_not_written_twice(trail: Connection) -> None:
    events.record(trail, [events.fact("stock.changed", "stock", "system", {"positions": []})], NOW)
    assert trail.execute("SELECT count(*) FROM access_audit_entry").fetchone() == (0,)


def test_a_trail_that_nobody_touched_is_clean(trail: Connection) -> None:
    for at in range(5):
        tell(trail, *(f"sku/{at}-{each}" for each in range(7)))
    sealing.seal(trail, KEY, NOW)
    tell(trail, "sku/after-the-seal")
    report = verify(trail, KEY)
    assert report == Report(2, 36, 6, 1, [])


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE access_audit_entry SET data = '{\"sku\": \"mug.\"}' WHERE subject = 'sku/b'", ("altered", 2)),
        ("UPDATE access_audit_entry SET actor = 'person/bob' WHERE subject = 'sku/b'", ("altered", 2)),
        ("UPDATE access_audit_entry SET at = at + interval '1 microsecond' WHERE subject = 'sku/b'", ("altered", 2)),
        ("UPDATE access_audit_entry SET why = 'told to' WHERE subject = 'sku/c'", ("altered", 3)),
        ("UPDATE access_audit_entry SET about = NULL WHERE subject = 'sku/c'", ("altered", 3)),
        ("DELETE FROM access_audit_entry WHERE subject = 'sku/a'", ("removed", 1)),
        (COPIED.format("9"), ("inserted", 9)),
        (COPIED.format("place"), ("inserted", 1)),
    ],
)
def test_the_very_entry_that_was_tampered_with_is_named(
    trail: Connection, statement: str, fault: tuple[str, int]
) -> None:
    tell(trail, "sku/a", "sku/b")
    tell(trail, "sku/c")
    forge(trail, statement)
    assert found(trail) == [fault]


def test_who_also_mends_the_digest_of_the_link_breaks_the_chain(trail: Connection) -> None:
    tell(trail, "sku/a")
    tell(trail, "sku/b")
    forge(
        trail,
        "UPDATE access_audit_entry SET actor = 'person/bob' WHERE subject = 'sku/a'",
        "UPDATE access_audit_link SET digests = (SELECT access_audit_digest(lane, place, at, seq, happened_at, kind,"
        " subject, actor, origin, why, about, data) FROM access_audit_entry WHERE subject = 'sku/a') WHERE first = 1",
    )
    assert found(trail) == [("chain", 1)]


def test_who_writes_the_whole_chain_anew_is_found_out_by_the_seals(trail: Connection) -> None:
    tell(trail, "sku/a")
    tell(trail, "sku/b")
    sealing.seal(trail, KEY, NOW)
    forge(
        trail,
        "UPDATE access_audit_entry SET actor = 'person/bob' WHERE subject = 'sku/b'",
        "UPDATE access_audit_link SET digests = (SELECT access_audit_digest(lane, place, at, seq, happened_at, kind,"
        " subject, actor, origin, why, about, data) FROM access_audit_entry WHERE subject = 'sku/b') WHERE first = 2",
        "UPDATE access_audit_link AS link SET digest = sha256(before.digest || link.digests)"
        " FROM access_audit_link AS before WHERE before.first = 1 AND link.first = 2",
        "UPDATE access_audit_lane SET digest = (SELECT digest FROM access_audit_link WHERE first = 2) WHERE place = 2",
    )
    assert found(trail) == [("seal", 1)]


def test_who_cuts_off_the_end_and_sets_the_lane_back_is_found_out_by_the_seals(trail: Connection) -> None:
    tell(trail, "sku/a")
    tell(trail, "sku/b")
    sealing.seal(trail, KEY, NOW)
    forge(
        trail,
        "DELETE FROM access_audit_entry WHERE subject = 'sku/b'",
        "DELETE FROM access_audit_link WHERE first = 2",
        "UPDATE access_audit_lane SET place = 1, digest = (SELECT digest FROM access_audit_link) WHERE place = 2",
    )
    assert found(trail) == [("seal", 1)]


def test_a_seal_made_without_the_key_or_taken_away_is_found_out(trail: Connection) -> None:
    for name in ("a", "b", "c"):
        tell(trail, f"sku/{name}")
        sealing.seal(trail, KEY, NOW)
    forge(trail, "UPDATE access_audit_seal SET at = at + interval '1 day' WHERE number = 1")
    assert found(trail) == [("seal", 1)]
    forge(trail, "DELETE FROM access_audit_seal WHERE number <= 2")
    assert found(trail) == [("seal", 3)]


def test_nothing_new_is_not_sealed_again(trail: Connection) -> None:
    tell(trail, "sku/a")
    assert sealing.seal(trail, KEY, NOW) == 1
    assert sealing.seal(trail, KEY, NOW + timedelta(minutes=5)) is None


def test_many_write_at_once_and_no_place_is_missing_or_taken_twice(trail: Connection, database_url: str) -> None:
    def write(name: str) -> None:
        with connect(database_url) as db:
            for at in range(20):
                tell(db, *(f"sku/{name}-{at}-{each}" for each in range(3)))

    writers = [threading.Thread(target=write, args=(str(number),)) for number in range(24)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    report = verify(trail, KEY)
    assert (report.entries, report.links, report.faults) == (24 * 60, 24 * 20, [])


def test_even_the_owner_of_the_tables_changes_an_entry_only_on_purpose(trail: Connection) -> None:
    tell(trail, "sku/a")
    for text in ("UPDATE access_audit_entry SET why = 'x'", "DELETE FROM access_audit_link"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            trail.execute(text)
        trail.rollback()


@pytest.fixture
def application(trail: Connection, database_url: str) -> Iterator[Connection]:
    """The application's own account."""
    if trail.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
        try:
            trail.execute(f"CREATE ROLE {APPLICATION} NOLOGIN")
            trail.execute(f"GRANT {APPLICATION} TO CURRENT_USER")
        except psycopg.errors.InsufficientPrivilege:
            pytest.skip("this server's account may not make another one")
    assert grant(trail)
    trail.commit()
    with connect(database_url) as db:
        db.execute(f"SET ROLE {APPLICATION}")
        db.commit()
        yield db
        db.rollback()


def test_the_application_writes_events_and_can_touch_nothing_of_the_trail(application: Connection) -> None:
    tell(application, "sku/a", "sku/b")
    assert application.execute("SELECT count(*) FROM access_audit_entry").fetchone() == (2,)
    part = f"access_audit_entry_{datetime.now(UTC):%Y_%m}"
    attempts = [
        "UPDATE access_audit_entry SET why = 'x'",
        "DELETE FROM access_audit_entry",
        f"DELETE FROM {part}",
        f"UPDATE {part} SET why = 'x'",
        "TRUNCATE access_audit_entry",
        "INSERT INTO access_audit_entry SELECT * FROM access_audit_entry",
        "UPDATE access_audit_link SET digest = ''",
        "UPDATE access_audit_lane SET place = 0",
        "DELETE FROM access_audit_seal",
        f"DROP TABLE {part}",
        "ALTER TABLE access_audit_entry DISABLE TRIGGER USER",
        "ALTER TABLE core_event DISABLE TRIGGER access_audit_copy",
        "DROP TRIGGER access_audit_copy ON core_event",
        "UPDATE stock_move SET quantity = 1",
        "DELETE FROM stock_move",
    ]
    for text in attempts:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(text)
        application.rollback()
    for month in ("2020-01-01", f"{datetime.now(UTC):%Y-%m}-01"):
        with pytest.raises(psycopg.errors.RaiseException, match=r"not archived|younger than three years"):
            application.execute("SELECT access_audit_drop(%s)", [month])
        application.rollback()
    assert not changes_the_record(application)


def test_who_owns_the_tables_could_change_the_record_and_is_told_so(trail: Connection) -> None:
    assert changes_the_record(trail)


def test_months_older_than_three_years_go_to_files_and_the_chain_goes_on(
    trail: Connection, database_url: str, tmp_path: Path
) -> None:
    tell(trail, "sku/old", "sku/older")
    tell(trail, "sku/oldest", reason="long ago")
    month = aged(trail, months=40)
    tell(trail, "sku/new")
    sealing.seal(trail, KEY, NOW)
    assert found(trail) == []

    with connect(database_url, autocommit=True) as db:
        gone = archiving.archive(db, tmp_path, datetime.now(UTC))

    assert gone == [month]
    left = trail.execute("SELECT subject FROM access_audit_entry").fetchall()
    assert left == [("sku/new",)]
    assert found(trail) == []
    assert archiving.check_archive(trail, tmp_path) == []


@pytest.mark.parametrize("harm", [lambda text: text.replace(b"sku/oldest", b"sku/newest"), lambda text: text[:-40]])
def test_a_file_of_the_archive_that_was_changed_is_found_out(
    trail: Connection, database_url: str, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    import gzip

    tell(trail, "sku/old")
    tell(trail, "sku/oldest")
    month = aged(trail, months=40)
    with connect(database_url, autocommit=True) as db:
        archiving.archive(db, tmp_path, datetime.now(UTC))
    file = archiving.file_of(tmp_path, month)

    file.write_bytes(gzip.compress(harm(gzip.decompress(file.read_bytes()))))

    (fault,) = archiving.check_archive(trail, tmp_path)
    assert (fault.what, fault.place, fault.month) == ("altered", 2, f"{month:%Y-%m}")
    file.unlink()
    assert archiving.check_archive(trail, tmp_path) == [Fault("removed", 0, 0, month=f"{month:%Y-%m}")]


def test_a_month_in_use_waits_for_another_time_and_nobody_waits_for_long(
    trail: Connection, database_url: str, tmp_path: Path
) -> None:
    tell(trail, "sku/old")
    month = aged(trail, months=40)
    trail.execute("SELECT FROM access_audit_entry WHERE subject = 'sku/old'")  # somebody reads
    with connect(database_url, autocommit=True) as db:
        began = datetime.now(UTC)
        assert archiving.archive(db, tmp_path, datetime.now(UTC)) == []
        assert datetime.now(UTC) - began < timedelta(seconds=5)
        trail.commit()
        assert archiving.archive(db, tmp_path, datetime.now(UTC)) == [month]


def aged(db: Connection, months: int) -> Any:
    """Make all there is look as if it had been written down so many months ago, its chain included."""
    row = db.execute("SELECT (date_trunc('month', now()) - make_interval(months => %s))::date", [months]).fetchone()
    assert row
    at = f"'{row[0]}'::timestamptz + interval '1 day'"
    db.execute(f"SELECT access_audit_open({at})")
    forge(
        db,
        f"UPDATE access_audit_entry SET at = {at}",
        "CREATE TEMP TABLE chain AS SELECT lane, first, entries, (SELECT string_agg(access_audit_digest(entry.lane,"
        " entry.place, entry.at, seq, happened_at, kind, subject, actor, origin, why, about, data), ''::bytea"
        " ORDER BY entry.place) FROM access_audit_entry AS entry WHERE entry.lane = link.lane AND entry.place"
        " BETWEEN link.first AND link.first + link.entries - 1) AS digests FROM access_audit_link AS link",
        "CREATE TEMP TABLE chained AS WITH RECURSIVE walk AS ("
        f" SELECT lane, first, entries, digests, sha256('\\x{GENESIS.hex()}'::bytea || digests) AS digest"
        " FROM chain WHERE first = 1 UNION ALL"
        " SELECT chain.lane, chain.first, chain.entries, chain.digests, sha256(walk.digest || chain.digests)"
        " FROM walk JOIN chain ON chain.lane = walk.lane AND chain.first = walk.first + walk.entries)"
        " SELECT * FROM walk",
        f"UPDATE access_audit_link AS link SET at = {at}, digests = chained.digests, digest = chained.digest"
        " FROM chained WHERE chained.lane = link.lane AND chained.first = link.first",
        "UPDATE access_audit_lane AS lane SET digest = link.digest FROM access_audit_link AS link"
        " WHERE link.lane = lane.lane AND link.first + link.entries - 1 = lane.place",
        "DROP TABLE chain, chained",
    )
    return row[0]


def test_an_entry_shows_what_was_before_beside_what_came_after() -> None:
    data = {
        "before": {"name": "Mug", "packs": [{"code": "case", "quantity": 6}]},
        "record": {"name": "Mug", "packs": [{"code": "case", "quantity": 12}], "unit": "piece"},
    }
    assert [tuple(each) for each in queries.changes(data)] == [
        ("packs[0].quantity", 6, 12),
        ("unit", None, "piece"),
    ]
