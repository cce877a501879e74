"""Whoever comes back misses nothing and hears nothing twice, or is told to read again."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from doors.live.ears import apart, figures, has_heard, key, run, tell, told
from house import House
from listening import listening
from onhand.core import events
from onhand.core.database import connect
from onhand.doors.api.live.audience import Audience, Listener, Message, Round
from shop import Shop


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
