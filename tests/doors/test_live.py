"""The live stream: who hears what, and that nothing is missed and nothing told twice."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

import psycopg
import pytest

from house import House, open_house
from listening import Ear, listening
from onhand.access.keys import create as create_key
from onhand.access.permissions import everywhere
from onhand.core import events
from onhand.core.database import Connection, connect
from onhand.core.events import Told, Window
from onhand.doors.api.live.audience import Audience, Listener, Message, Round
from onhand.doors.api.live.messages import compose
from onhand.doors.api.live.visitors import Visitor
from onhand.flows import commands as c
from onhand.stock.queries import Changed
from serving import serving
from shop import Shop

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def key(shop: Shop, *scopes: str) -> str:
    text = create_key(shop.db, f"ears-{len(scopes)}", scopes or ["read"])
    shop.db.commit()
    return text


@pytest.fixture
def house(shop: Shop, database_url: str) -> Iterator[House]:
    with open_house(database_url) as house:
        yield house
        house.live.close()


async def apart(what: Callable[..., Any], *words: Any) -> Any:
    """What blocks, beside the loop in which the stream runs."""
    return await asyncio.to_thread(what, *words)


def tell(db: Connection, *subjects: str) -> None:
    events.record(db, [events.fact("order.told", each, "tester", {"of": each}) for each in subjects], NOW)


def told(ear: Ear) -> list[str]:
    return [each.data["subject"] for each in ear.named("order.told")]


def has_heard(events: int) -> Callable[[Ear], bool]:
    return lambda ear: len(told(ear)) >= events


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


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


def figures(ear: Ear) -> list[dict[str, str]]:
    return [{row["site"]: row["available"] for row in each.data["items"]} for each in ear.named("availability")]


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


def test_a_listener_that_comes_back_misses_nothing_and_hears_nothing_twice_while_others_commit_late(
    shop: Shop, house: House, database_url: str
) -> None:
    writers, rounds = 4, 25
    expected = sorted(f"{writer}/{turn}/{part}" for writer in range(writers) for turn in range(rounds) for part in "ab")
    started = threading.Barrier(writers + 1)

    def write(number: int) -> None:
        # The numbers of one transaction are taken long before it commits, between those of others.
        with connect(database_url) as db:
            started.wait(10)
            for turn in range(rounds):
                tell(db, f"{number}/{turn}/a")
                tell(db, f"{number}/{turn}/b")
                db.commit()

    async def story() -> None:
        heard: list[str] = []
        text, place = key(shop), ""
        threads = [threading.Thread(target=write, args=[number]) for number in range(writers)]
        for thread in threads:
            thread.start()
        async with listening(house.root, "events", key=text) as ear:
            place = ear.heard()[-1].id
        await apart(started.wait, 10)
        while len(heard) < len(expected):
            # Hears a little, hangs up in the middle, comes back with the id of the last message it took.
            async with listening(house.root, "events", key=text, last_event_id=place) as ear:
                await ear.until(has_heard(min(3, len(expected) - len(heard))))
                taken = ear.named("order.told")[:7]
                heard += [each.data["subject"] for each in taken]
                place = taken[-1].id if taken else place
        for thread in threads:
            await apart(thread.join)

        assert sorted(heard) == expected
        for number in range(writers):
            own = [each for each in heard if each.startswith(f"{number}/")]
            assert own == sorted(own, key=lambda each: (int(each.split("/")[1]), each))

    run(story())


def test_what_was_read_before_somebody_came_is_his_own_to_read() -> None:
    async def story() -> None:
        audience, listener = Audience(), Listener({"events": "events"})
        audience.seat(listener, 7)
        for number in (7, 8):
            audience.deliver(Round(number, [Message(("events",), b"round %d" % number)], events.Marks()))

        assert listener.take(events.Marks()) == b"round 8"

    run(story())


def test_figures_that_changed_meanwhile_are_told_to_whoever_comes_back(shop: Shop, house: House) -> None:
    shop.stock("mug", 10)
    shop.stock("lamp", 10)

    async def story() -> None:
        text = key(shop)
        async with listening(house.root, "sku:mug", "sku:lamp", "site:lisbon", key=text) as ear:
            place = ear.heard()[-1].id
        await apart(shop.do, shop.order(("mug", 1)))
        await apart(shop.do, shop.order(("mug", 2)))
        await apart(shop.stock, "mug", 6, "lisbon")
        async with listening(house.root, "sku:mug", "sku:lamp", "site:lisbon", key=text, after=place) as ear:
            assert [each.data["topic"] for each in ear.named("availability")] == ["sku:mug", "site:lisbon"]
            assert figures(ear) == [{"lisbon": "6.000", "london": "7.000"}, {"lisbon": "6.000"}]
            place = ear.heard()[-1].id
        async with listening(house.root, "sku:mug", "sku:lamp", "site:lisbon", key=text, after=place) as ear:
            assert [each.event for each in ear.heard()] == ["ready"]

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


def test_the_cursor_of_the_log_is_a_place_in_the_stream(shop: Shop, house: House) -> None:
    text = key(shop)
    tell(shop.db, "before")
    shop.db.commit()
    house.client.headers["Authorization"] = f"Bearer {text}"
    place = house.client.get("/api/v1/events?limit=500").json()["next"]
    tell(shop.db, "after")
    shop.db.commit()

    async def story() -> None:
        async with listening(house.root, "events", key=text, after=place) as ear:
            assert told(ear) == ["after"]

    run(story())


def test_whoever_missed_too_much_is_told_to_read_again(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onhand.doors.api.live.catching_up.MOST_MISSED", 3)

    async def story() -> None:
        text = key(shop)
        async with listening(house.root, "events", key=text) as ear:
            place = ear.heard()[-1].id
        await apart(tell, shop.db, *"abcdef")
        await apart(shop.db.commit)
        async with listening(house.root, "events", key=text, after=place) as ear:
            assert [each.event for each in ear.heard()] == ["lagged", "ready"]
            assert ear.heard()[0].data == {"topics": ["events"]}

    run(story())


def test_a_slow_reader_is_told_to_read_again_and_delays_nobody(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [f"event/{number}" for number in range(40)]
    monkeypatch.setattr("onhand.doors.api.live.stream.Listener", partial(Listener, most=20))

    async def story() -> None:
        text = key(shop)
        async with listening(house.root, "events", key=text) as slow, listening(house.root, "inbox", key=text) as quick:
            slow.deafen()
            for some in (many[:15], many[15:30], many[30:]):
                await apart(tell, shop.db, *some, f"inbox/{''}")
                await apart(shop.db.commit)
                await quick.until(has_heard(1 + many.index(some[0]) // 15))
            slow.listen_again()
            await slow.until(lambda ear: ear.named("lagged"))
            place = slow.named("lagged")[0].id
            assert len(told(slow)) < len(many)
        async with listening(house.root, "events", key=text, after=place) as again:
            assert told(again) == []

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


@pytest.mark.parametrize(
    ("topics", "status", "code"),
    [
        ([], 400, "bad_request"),
        (["sku"], 400, "bad_request"),
        (["weather:london"], 400, "bad_request"),
        (["order:W1"], 400, "bad_request"),
        (["events:all"], 400, "bad_request"),
        (["order:web/W999"], 404, "unknown_order"),
    ],
)
def test_a_topic_that_is_none_is_refused(shop: Shop, house: House, topics: list[str], status: int, code: str) -> None:
    async def story() -> None:
        async with listening(house.root, *topics, key=key(shop)) as ear:
            problem = refusal(ear)

            assert (ear.status, problem["code"]) == (status, code)
            assert problem["errors"][0]["field"] == "topic"

    run(story())


def refusal(ear: Ear) -> Any:
    return json.loads(ear.body)


@pytest.mark.parametrize("place", ["nonsense", "WzFd", "bWlzZXI"])
def test_a_place_nobody_gave_out_is_refused(shop: Shop, house: House, place: str) -> None:
    async def story() -> None:
        async with listening(house.root, "events", key=key(shop), after=place) as ear:
            assert (ear.status, refusal(ear)["code"]) == (422, "bad_cursor")

    run(story())


@pytest.mark.parametrize(
    ("scopes", "topic", "status"),
    [
        (["read"], "events", 200),
        (["orders", "stock"], "events", 403),
        (["orders", "stock"], "sku:mug", 403),
        (["orders"], "site:london", 403),
        (["orders"], "inbox", 200),
    ],
)
def test_a_key_hears_what_its_scopes_let_it(
    shop: Shop, house: House, scopes: list[str], topic: str, status: int
) -> None:
    async def story() -> None:
        async with listening(house.root, topic, key=key(shop, *scopes)) as ear:
            assert ear.status == status

    run(story())


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer oh_no_such"}, {"cookie": "sessionid=nobody"}, {"cookie": "%%=;;"}]
)
def test_a_stranger_hears_nothing(shop: Shop, house: House, headers: dict[str, str]) -> None:
    async def story() -> None:
        async with listening(house.root, "events", **headers) as ear:
            assert ear.status == 401

    run(story())


def test_whoever_has_signed_in_listens_to_his_own_inbox(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in = {"ann's": Visitor("person/7", everywhere({"see.stock"}), person="7")}
    monkeypatch.setattr("onhand.doors.api.live.visitors.person_of", signed_in.get)

    async def story() -> None:
        async with listening(house.root, "inbox", cookie="theme=dark; sessionid=ann's") as ear:
            await apart(tell, shop.db, "inbox/8", "inbox/7")
            await apart(shop.db.commit)
            await ear.until(has_heard(1))

            assert told(ear) == ["inbox/7"]

    run(story())


def test_a_key_that_has_spent_its_allowance_waits(shop: Shop, house: House) -> None:
    text = create_key(shop.db, "seldom", ["read"], 1)
    shop.db.commit()

    async def story() -> None:
        async with listening(house.root, "events", key=text), listening(house.root, "events", key=text) as second:
            assert (second.status, second.headers["retry-after"]) == (429, "1")

    run(story())


def test_whoever_leaves_is_forgotten(shop: Shop, house: House) -> None:
    async def story() -> None:
        async with listening(house.root, "events", "sku:mug", key=key(shop)):
            assert len(house.live.audience) == 1
        assert len(house.live.audience) == 0
        assert "events" not in house.live.audience

    run(story())


def test_a_quiet_stream_says_that_it_is_there_and_how_far_it_has_come(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.live.heartbeat = 0.05

    async def story() -> None:
        async with listening(house.root, "inbox", key=key(shop)) as ear:
            await ear.until(lambda ear: b": still here\nid: " in ear.body)

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


def test_whoever_may_no_longer_listen_is_asked_who_he_is_after_a_while(
    shop: Shop, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.live.heartbeat, house.live.longest = 0.1, 0.2
    monkeypatch.setattr("onhand.access.keys.SECONDS_TRUSTED", 0.0)

    async def story() -> None:
        text = key(shop)
        async with listening(house.root, "events", key=text) as ear:
            shop.db.execute("UPDATE access_api_key SET revoked_at = now()")
            await apart(shop.db.commit)
            await ear.until(lambda ear: ear.over)
        async with listening(house.root, "events", key=text) as again:
            assert again.status == 401

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
