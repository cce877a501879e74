"""The shop by which lists are measured can be made, and every address that is measured there answers."""

from __future__ import annotations

from onhand.core.database import Connection
from onhand.doors.cli.bench.large import fill
from onhand.doors.cli.bench.looking import LOOKS, look
from onhand.orders import queries as orders


def test_every_address_that_is_measured_answers(db: Connection, database_url: str) -> None:
    fill(database_url, positions=500)

    looks = list(look(database_url, rounds=1))

    assert len(looks) == len(LOOKS)
    assert [each.address for each in looks if each.refused] == []
    assert all(each.p95 >= each.p50 > 0 for each in looks)
    assert {each.address: each.rows for each in looks}["stock?"] == 200
    assert orders.check(db) == []
