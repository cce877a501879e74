"""What fails behind the stream is not heard in it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from doors.live.ears import apart, has_heard, key, run, tell, told
from house import House
from listening import listening
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.events import Told, Window
from shop import Shop


def test_the_database_may_go_and_come_back(shop: Shop, house: House, database_url: str) -> None:
    async def story() -> None:
        async with listening(house.root, "events", key=key(shop)) as ear:
            await apart(tell, shop.db, "one")
            await apart(shop.db.commit)
            await ear.until(has_heard(1))
            gone = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%%snapshot%%' AND pid <> %s"
            )
            await apart(shop.db.execute, gone, [shop.db.info.backend_pid])
            await apart(tell, shop.db, "two")
            await apart(shop.db.commit)
            await ear.until(has_heard(2))

            assert told(ear) == ["one", "two"]

    run(story())


def test_a_page_that_fails_is_read_again_and_those_before_it_are_not_told_twice(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [psycopg.OperationalError("the line went dead")]

    def failing_once(db: Connection, window: Window, **facts: Any) -> list[Told]:
        if window.seq and failures:
            raise failures.pop()
        return events.between(db, window, **facts)

    monkeypatch.setattr("onhand.doors.api.live.relay.between", failing_once)
    monkeypatch.setattr("onhand.doors.api.live.relay.PAGE", 2)
    monkeypatch.setattr("onhand.doors.api.live.relay.SECONDS_TO_RECONNECT", 0.01)

    async def story() -> None:
        async with listening(house.root, "events", key=key(shop)) as ear:
            await apart(tell, shop.db, *"abcde")
            await apart(shop.db.commit)
            await ear.until(has_heard(5))

            assert told(ear) == list("abcde")
            assert failures == []

    run(story())
