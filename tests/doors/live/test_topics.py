"""Who hears what: a SKU, an order, a site, a kind of event, everything; and each of it once."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from doors.live.ears import NOW, apart, figures, has_heard, key, run, tell, told
from house import House
from listening import listening
from onhand.core.database import connect
from onhand.core.events import Told, Window
from onhand.doors.api.live.messages import compose
from onhand.flows import commands as c
from onhand.stock.queries import Changed
from shop import Shop


def test_whoever_listens_to_a_sku_hears_its_fresh_figures_at_every_site(shop: Shop, house: House) -> None:
    shop.stock("mug", 10)
    shop.stock("mug", 5, "lisbon")

    async def story() -> None:
        async with listening(house.root, "sku:mug", key=key(shop)) as ear:
            await apart(shop.do, shop.order(("mug", 3)))
            await apart(shop.stock, "lamp", 1)
            await apart(shop.stock, "mug", 7)
            await ear.until(lambda ear: figures(ear)[-1:] == [{"lisbon": "2.000", "london": "17.000"}])

            assert {each.data["topic"] for each in ear.named("availability")} == {"sku:mug"}
            assert ear.named("order.placed", "stock.received") == []

    run(story())


def test_whoever_listens_to_an_order_hears_its_steps_and_no_others(shop: Shop, house: House) -> None:
    shop.stock("mug", 10)
    shop.do(c.PlaceOrder("web", "W1", [c.WantedLine("mug", Decimal(1))]))
    shop.do(c.PlaceOrder("web", "W2", [c.WantedLine("mug", Decimal(1))]))

    async def story() -> None:
        async with listening(house.root, "order:web/W1", key=key(shop)) as ear:
            await apart(shop.do, c.AdvanceOrder("web", "W2", "ship"))
            await apart(shop.do, c.AdvanceOrder("web", "W1", "confirm"))
            await apart(shop.do, c.AdvanceOrder("web", "W1", "ship"))
            await ear.until(lambda ear: ear.named("order.ship"))

            assert [each.event for each in ear.heard()] == ["ready", "order.confirm", "order.ship"]
            assert ear.heard()[-1].data["actor"] == "tester"

    run(story())


def test_whoever_listens_to_a_site_hears_its_figures_and_what_happens_there(shop: Shop, house: House) -> None:
    async def story() -> None:
        async with listening(house.root, "site:london", key=key(shop)) as ear:
            await apart(shop.stock, "mug", 4, "lisbon")
            await apart(shop.stock, "mug", 9, "london")
            await ear.until(lambda ear: ear.named("availability") and ear.named("stock.received"))

            assert figures(ear) == [{"london": "9.000"}]
            assert [each.data["data"]["site"] for each in ear.named("stock.received")] == ["london"]

    run(story())


def test_whoever_listens_to_everything_hears_each_event_once_however_many_topics(shop: Shop, house: House) -> None:
    async def story() -> None:
        async with listening(house.root, "events", "site:london", "inbox", key=key(shop)) as ear:
            await apart(shop.stock, "mug", 9)
            await ear.until(lambda ear: ear.named("availability") and ear.named("stock.received"))

            assert len(ear.named("stock.received")) == 1
            assert len(ear.named("stock.changed")) == 1

    run(story())


def test_whoever_listens_to_a_kind_hears_how_many_there_were_also_of_those_he_missed(shop: Shop, house: House) -> None:
    shop.stock("mug", 10)

    async def story() -> None:
        text = key(shop)
        async with listening(house.root, "kind:order.placed", key=text) as ear:
            await apart(shop.ask, shop.order(("mug", 1)), shop.order(("mug", 1)))
            await ear.until(lambda ear: ear.named("news"))
            assert [each.data for each in ear.named("news")] == [{"topic": "kind:order.placed", "count": 2}]
            place = ear.heard()[-1].id
        await apart(shop.do, shop.order(("mug", 1)))
        async with listening(house.root, "kind:order.placed", key=text, after=place) as ear:
            assert [each.data["count"] for each in ear.named("news")] == [1]

    run(story())


def test_an_event_that_commits_late_is_heard(shop: Shop, house: House, database_url: str) -> None:
    async def story() -> None:
        with connect(database_url) as early, connect(database_url) as late:
            async with listening(house.root, "events", key=key(shop)) as ear:
                tell(early, "numbered first")
                tell(late, "committed first")
                late.commit()
                await ear.until(has_heard(1))
                early.commit()
                await ear.until(has_heard(2))

                assert told(ear) == ["committed first", "numbered first"]

    run(story())


def test_an_event_is_looked_up_by_its_own_names_however_many_listen_to_other_things(shop: Shop) -> None:
    class Wanted:
        asked: ClassVar[list[object]] = []

        def __contains__(self, key: object) -> bool:
            self.asked.append(key)
            return key == "site/london"

    told = Told(7, NOW, "stock.received", "site/london", "tester", '{"site":"london"}', "london")
    changes = [Changed(8, NOW, "london", "mug")]

    found = compose(shop.db, Wanted(), Window("1:1:", "9:9:"), [told], changes, NOW)

    assert [message.keys for message in found] == [("site/london",), ("site/london",)]
    assert Wanted.asked == ["events", "site/london", "kind/stock.received", "sku/mug", "site/london", "shop/mug"]
