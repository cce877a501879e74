"""How a stream goes on while nothing happens, and how it ends."""

from __future__ import annotations

import pytest

from doors.live.ears import apart, key, run, tell, told
from house import House
from listening import listening
from serving import serving
from shop import Shop


def test_a_quiet_stream_says_that_it_is_there_and_how_far_it_has_come(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.live.heartbeat = 0.05

    async def story() -> None:
        async with listening(house.root, "inbox", key=key(shop)) as ear:
            await ear.until(lambda ear: b": still here\nid: " in ear.body)

    run(story())


def test_whoever_leaves_is_forgotten(shop: Shop, house: House) -> None:
    async def story() -> None:
        async with listening(house.root, "events", "sku:mug", key=key(shop)):
            assert len(house.live.audience) == 1
        assert len(house.live.audience) == 0
        assert "events" not in house.live.audience

    run(story())


def test_whoever_takes_nothing_is_given_up(shop: Shop, house: House) -> None:
    house.live.heartbeat, house.live.patience = 0.1, 0.2

    async def story() -> None:
        async with listening(house.root, "events", key=key(shop)) as ear:
            ear.deafen()
            await apart(tell, shop.db, "unheard")
            await apart(shop.db.commit)
            await ear.until_left()

            assert len(house.live.audience) == 0
            assert told(ear) == []

    run(story())


def test_a_stream_nobody_reads_does_not_hold_up_the_end(shop: Shop, house: House) -> None:
    async def story() -> None:
        async with listening(house.root, "events", key=key(shop)) as ear:
            ear.deafen()
            await apart(tell, shop.db, "unheard")
            await apart(shop.db.commit)
            await ear.until(lambda ear: ear.asked)
            house.live.end()
            await ear.until_left()

    run(story())


def test_a_server_told_to_stop_ends_its_streams_at_once(shop: Shop, database_url: str) -> None:
    text = key(shop)
    with (
        serving("serve", url=database_url) as served,
        served.client.stream("GET", "/live?topic=events", headers={"Authorization": f"Bearer {text}"}) as stream,
    ):
        lines = stream.iter_lines()
        assert any(line == "event: ready" for line in lines)
        served.process.terminate()

        assert [line for line in lines if line.startswith("event")] == []
        assert served.process.wait(8) == 0
