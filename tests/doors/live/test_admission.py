"""Who may listen, and to what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doors.live.ears import apart, has_heard, key, run, tell, told
from house import House
from listening import Ear, listening
from onhand.access.keys import create as create_key
from onhand.access.permissions import everywhere
from onhand.doors.api.live.visitors import Visitor
from shop import Shop


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


@pytest.mark.parametrize("place", ["nonsense", "WzFd", "bWlzZXI"])
def test_a_place_nobody_gave_out_is_refused(shop: Shop, house: House, place: str) -> None:
    async def story() -> None:
        async with listening(house.root, "events", key=key(shop), after=place) as ear:
            assert (ear.status, refusal(ear)["code"]) == (422, "bad_cursor")

    run(story())


def refusal(ear: Ear) -> Any:
    return json.loads(ear.body)


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
