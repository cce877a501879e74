"""The PostgreSQL under test is the one that was chosen, and none is older than the product promises to work on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from onhand.core.database import Connection, connect
from postgres import CHOICE


def test_it_is_not_older_than_15(db: Connection) -> None:
    assert db.info.server_version >= 150000


@pytest.mark.skipif(not (CHOICE and Path(CHOICE).is_dir()), reason="no folder of binaries was chosen")
def test_it_is_the_one_that_was_chosen(db: Connection) -> None:
    told = subprocess.run([f"{CHOICE}/postgres", "--version"], capture_output=True, text=True, check=True).stdout

    row = db.execute("SHOW server_version").fetchone()

    assert row
    assert row[0].split()[0] in told


def test_who_waits_for_notifications_in_vain_goes_on_with_the_same_connection(database_url: str) -> None:
    with connect(database_url, autocommit=True) as db:
        db.execute("LISTEN somewhere")

        heard = list(db.notifies(timeout=0.05))

        assert heard == []
        assert db.execute("SELECT 1").fetchone() == (1,)
