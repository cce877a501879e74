"""R1, P9: who looks at the shop window hears how many there are while they are sold, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from doors.live.ears import apart, run
from house import House, open_house
from listening import Ear, listening
from onhand.access.keys import create as create_key
from onhand.insight.window import counter
from shop import Shop


def heard(ear: Ear, sku: str = "mug") -> list[dict[str, Any]]:
    """What was said of sending a SKU, message by message."""
    return [each.data["send"] for each in ear.named("shelf") if each.data["sku"] == sku]


def test_who_comes_hears_how_it_stands_and_then_what_changes(shop: Shop, house: House) -> None:
    shop.stock("mug", 3)
    shop.stock("mug", 9, "lisbon")

    async def story() -> None:
        async with listening(house.root, "shop:mug") as ear:
            assert heard(ear) == [{"state": "plenty"}]
            await apart(shop.do, shop.order(("mug", 10)))
            await ear.until(lambda ear: heard(ear)[-1] == {"state": "few", "left": "2"})
            await apart(shop.do, shop.order(("mug", 2)))
            await ear.until(lambda ear: heard(ear)[-1] == {"state": "gone"})

            assert set(ear.named("shelf")[-1].data) == {"sku", "send", "stores"}
            assert ear.named("shelf")[-1].data["stores"] == {"lisbon": {"state": "gone"}}
            assert ear.headers["access-control-allow-origin"] == "*"

    run(story())


def test_what_a_customer_may_not_hear_asks_who_it_is(shop: Shop, house: House) -> None:
    async def story() -> None:
        for topics in (["sku:mug"], ["shop:mug", "events"], ["shop:mug", "site:london"], ["inbox"]):
            async with listening(house.root, *topics) as ear:
                assert ear.status == 401

    run(story())


def test_a_machine_may_hear_it_too(shop: Shop, house: House) -> None:
    key = create_key(shop.db, "ears", ["read"])
    shop.db.commit()

    async def story() -> None:
        async with listening(house.root, "shop:mug", "sku:mug", key=key) as ear:
            assert heard(ear) == [{"state": "gone"}]

    run(story())


def test_of_what_nobody_sells_nothing_more_is_said_than_that(shop: Shop, house: House) -> None:
    async def story() -> None:
        async with listening(house.root, "shop:never") as ear:
            assert heard(ear, "never") == [{"state": "gone"}]

    run(story())


def test_a_change_is_read_once_however_many_look(shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.stock("mug", 9)
    read: list[object] = []
    offers = counter.offers

    def counted(*asked: Any) -> Any:
        read.append(asked)
        return offers(*asked)

    monkeypatch.setattr(counter, "offers", counted)

    async def story() -> None:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            ears = [await stack.enter_async_context(listening(house.root, "shop:mug")) for _ in range(20)]
            read.clear()
            await apart(shop.do, shop.order(("mug", 9)))
            for ear in ears:
                await ear.until(lambda ear: heard(ear)[-1] == {"state": "gone"})
            assert len(read) == 1

    run(story())


def test_only_so_many_look_from_one_address(shop: Shop, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("ONHAND_SHOP_STREAMS_EACH", "1")

    async def story(house: House) -> None:
        async with listening(house.root, "shop:mug"), listening(house.root, "shop:mug") as second:
            assert second.status == 429
            assert second.headers["retry-after"] == "30"
        async with asyncio.timeout(10), listening(house.root, "shop:mug") as third:
            assert third.status == 200

    with open_house(database_url) as house:
        run(story(house))
        house.live.close()
