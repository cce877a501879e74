"""A new master key, while all goes on."""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from pathlib import Path

import pytest

from onhand.access.privacy import masters, rotating
from onhand.access.privacy.errors import BadMasterKeys
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.customers import queries
from onhand.customers.actions import CustomerRecord, save_customers


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys"
    masters.write(path, masters.made())
    monkeypatch.setenv("ONHAND_FIELD_KEYS", f"file:{path}")
    return path


def test_a_new_master_key_wraps_all_keys_and_nothing_else_changes(db: Connection, file: Path) -> None:
    save_customers(db, [CustomerRecord(f"C{number}", f"Ana {number}") for number in range(30)])
    db.commit()
    (before,) = db.execute("SELECT array_agg(name ORDER BY code) FROM customers_customer").fetchone() or ()
    old = masters.SOURCE.now().first
    seen: list[tuple[int, int]] = []

    new = rotating.add_master()
    rotated = rotating.rewrap(db, now=utc_now(), actor="system", watch=lambda done, of: seen.append((done, of)))
    db.commit()

    assert (rotated.master, rotated.wrapped, rotated.unused) == (new, 31, [old])
    assert seen[-1] == (31, 31)
    assert (before,) == db.execute("SELECT array_agg(name ORDER BY code) FROM customers_customer").fetchone()
    assert [each.name for each in queries.customers(db, name="ana 7").items] == ["Ana 7"]
    assert rotating.used(db) == {new: 31, old: 0}
    assert rotating.rewrap(db, now=utc_now(), actor="system").wrapped == 0


def test_what_was_stopped_half_way_goes_on(db: Connection, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_customers(db, [CustomerRecord(f"C{number}", "Ana") for number in range(20)])
    db.commit()
    monkeypatch.setattr(rotating, "PAGE", 6)
    rotating.add_master()

    def give_up(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotating.rewrap(db, now=utc_now(), actor="system", watch=give_up)

    assert rotating.rewrap(db, now=utc_now(), actor="system").wrapped == 15


def test_nobody_fails_while_keys_are_wrapped_anew(db: Connection, database_url: str, file: Path) -> None:
    save_customers(db, [CustomerRecord(f"C{number}", f"Ana {number}") for number in range(200)])
    db.commit()
    over, read, faults = threading.Event(), [0], list[BaseException]()

    def look() -> None:
        try:
            with connect(database_url, autocommit=True) as other:
                while not over.is_set() or not read[0]:
                    names = [each.name for each in queries.customers(other, most=200).items]
                    assert names
                    assert all(name.startswith("Ana") for name in names)
                    save_customers(other, [CustomerRecord(f"N{read[0]}", "Bob")])
                    read[0] += 1
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(3):
        rotating.add_master()
        rotating.rewrap(db, now=utc_now(), actor="system")
        db.commit()
    over.set()
    looking.join(30)

    assert faults == []
    assert read[0] > 0


def test_keys_that_the_setting_names_are_not_made_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONHAND_FIELD_KEYS", f"one:{b64encode(os.urandom(32)).decode()}")

    with pytest.raises(BadMasterKeys, match="onhand keys make"):
        rotating.add_master()
