"""Webhooks through the machines' door, and the courier that delivers them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from litestar.testing import TestClient
from standardwebhooks import Webhook

from onhand.access.keys import SCOPES, create
from onhand.connect.webhooks import queries
from onhand.connect.webhooks.courier import Courier
from onhand.core.clock import utc_now
from onhand.core.database import Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.flows.registry import FLOWS
from receiver import Got, Reply, receiving
from serving import eventually, onhand, serving
from shop import Shop

Client = TestClient[Any]
BUSY: Reply = (503, {}, b"")
TAKEN: Reply = (204, {}, b"")


@pytest.fixture
def near(shop: Shop, database_url: str) -> Iterator[Client]:
    """The door of a house whose webhooks may go to this machine."""
    shop.stock("mug", 100)
    text = create(shop.db, "office", SCOPES)
    shop.db.commit()
    writer, readers = Writer(lambda: connect(database_url), FLOWS), Readers(database_url)
    readers.open()
    writer.start()
    with TestClient(api.create(writer, readers, loopback=True), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {text}"
        yield client
    writer.stop()
    readers.close()


@contextmanager
def delivering(url: str, **facts: Any) -> Iterator[Courier]:
    courier = Courier(partial(connect, url, autocommit=True), keeps=False, loopback=True, **facts)
    courier.start()
    try:
        yield courier
    finally:
        courier.stop()


_began = utc_now()


def hurried() -> datetime:
    """A clock by which five seconds are a quarter of one."""
    return _began + (utc_now() - _began) * 20


def hook(client: Client, url: str, *kinds: str, **facts: Any) -> tuple[str, str]:
    """Make a webhook; its address in the API, and its secret."""
    made = client.post("/api/v1/webhooks", json={"url": url, "kinds": list(kinds) or ["test.*"], **facts})
    assert made.status_code == 201, made.text
    return f"/api/v1/webhooks/{made.json()['webhook']['id']}", made.json()["secret"]


def place(client: Client, number: str) -> None:
    body = {"channel": "web", "number": number, "lines": [{"sku": "mug", "quantity": 1}]}
    assert client.post("/api/v1/orders", json=body).status_code == 201


def states(client: Client, path: str) -> list[str]:
    return [each["state"] for each in client.get(f"{path}/deliveries").json()["items"]]


def test_what_happens_is_posted_and_its_signature_verifies(near: Client, database_url: str) -> None:
    with receiving() as receiver, delivering(database_url):
        path, secret = hook(near, receiver.url, "order.placed")
        place(near, "W1")
        receiver.until(lambda got: got)

        (payload,) = receiver.verified(secret)
        eventually(lambda: states(near, path) == ["done"])

    assert (payload["type"], payload["order"]) == ("order.placed", {"channel": "web", "number": "W1"})
    assert near.get("/api/v1/events?kind=order.placed").json()["items"][0]["seq"] == payload["seq"]


def test_a_webhook_is_listed_shown_and_changed_and_its_secret_is_not_shown_again(near: Client) -> None:
    path, secret = hook(near, "https://shop.example/hook", "order.*", sites=["london"], description="the shop")

    changed = near.patch(path, json={"kinds": ["stock.changed"], "sites": []})
    shown, listed = near.get(path), near.get("/api/v1/webhooks")

    assert (changed.json()["kinds"], changed.json()["sites"]) == (["stock.changed"], [])
    assert shown.json() == changed.json() == listed.json()["items"][0]
    assert (shown.json()["description"], shown.json()["made_by"]) == ("the shop", "key/office")
    assert secret not in shown.text + listed.text + changed.text


@pytest.mark.parametrize(
    ("wanted", "status", "code", "field"),
    [
        ({"url": "http://shop.example/"}, 422, "not_https", "url"),
        ({"url": "https://10.0.0.1/"}, 422, "private_address", "url"),
        ({"url": "https://u:p@shop.example/"}, 422, "bad_url", "url"),
        ({"kinds": []}, 400, "bad_request", "kinds"),
        ({"kinds": ["Order"]}, 400, "bad_request", "kinds[0]"),
        ({"sites": ["atlantis"]}, 422, "unknown_site", "sites[0]"),
        ({"channels": ["radio"]}, 422, "unknown_channel", "channels[0]"),
        ({"colour": "red"}, 400, "bad_request", "colour"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(
    client: Client, wanted: dict[str, Any], status: int, code: str, field: str
) -> None:
    body = {"url": "https://shop.example/hook", "kinds": ["*"], **wanted}

    answer = client.post("/api/v1/webhooks", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"][0]["field"] == field
    assert client.get("/api/v1/webhooks").json()["items"] == []


@pytest.mark.parametrize("webhook", [str(uuid4()), "nonsense"])
def test_a_webhook_nobody_made_is_not_found(client: Client, webhook: str) -> None:
    path = f"/api/v1/webhooks/{webhook}"

    asked = [client.get(path), client.get(f"{path}/deliveries")]
    acts = [client.patch(path, json={})]
    acts += [client.post(f"{path}/{act}", json={}) for act in ("secrets", "pings", "replay")]

    assert {each.status_code for each in asked + acts} == {404}


def test_only_a_key_for_webhooks_sees_or_makes_them(client: Client, shop: Shop) -> None:
    text = create(shop.db, "clerk", ["read", "orders", "stock", "catalog"])
    shop.db.commit()
    client.headers["Authorization"] = f"Bearer {text}"
    one = f"/api/v1/webhooks/{uuid4()}"

    asked = [client.get("/api/v1/webhooks"), client.get(one), client.get(f"{one}/deliveries")]
    acts = [client.post(f"{one}/{act}", json={}) for act in ("secrets", "pings", "replay")]
    made = client.post("/api/v1/webhooks", json={"url": "https://a.example", "kinds": ["*"]})

    assert {each.status_code for each in [*asked, *acts, made, client.patch(one, json={})]} == {403}


def test_dead_letters_are_listed_and_replayed(near: Client, database_url: str) -> None:
    gone = threading.Event()
    gone.set()
    with receiving(lambda _: (410, {}, b"") if gone.is_set() else TAKEN) as receiver, delivering(database_url):
        path, _ = hook(near, receiver.url, "order.placed")
        place(near, "W1")
        dead = eventually(lambda: near.get(f"{path}/deliveries?state=dead").json()["items"])
        refused = near.post(f"{path}/replay", json={})
        gone.clear()
        near.patch(path, json={"state": "enabled"})
        replayed = near.post(f"{path}/replay", json={"deliveries": [dead[0]["id"]]})
        eventually(lambda: states(near, path) == ["done"])

    assert (dead[0]["last_status"], dead[0]["attempts"], dead[0]["next_at"]) == (410, 1, None)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    assert replayed.json() == {"deliveries": 1}
    assert len({got.message for got in receiver.got}) == 1


def test_a_ping_comes_at_once(near: Client, database_url: str) -> None:
    with receiving() as receiver, delivering(database_url):
        path, secret = hook(near, receiver.url)
        answer = near.post(f"{path}/pings", json={"note": "are you there?"})
        receiver.until(lambda got: got)

    assert (answer.status_code, answer.json()["kind"]) == (201, "ping")
    assert receiver.verified(secret)[0]["data"] == {"asked_by": "key/office", "note": "are you there?"}


def test_a_secret_is_rotated_and_both_verify_for_a_while(near: Client, database_url: str) -> None:
    with receiving() as receiver, delivering(database_url):
        path, old = hook(near, receiver.url)
        new = near.post(f"{path}/secrets", json={"overlap_hours": 1}).json()["secret"]
        near.post(f"{path}/pings", json={"note": "both"})
        receiver.until(lambda got: got)
        newest = near.post(f"{path}/secrets", json={"overlap_hours": 0}).json()["secret"]
        near.post(f"{path}/pings", json={"note": "one"})
        receiver.until(lambda got: len(got) == 2)

    both, one = receiver.got
    assert [Webhook(each).verify(both.body, dict(both.headers))["type"] for each in (old, new)] == ["ping", "ping"]
    assert Webhook(newest).verify(one.body, dict(one.headers))["data"]["note"] == "one"
    assert " " not in one.headers["webhook-signature"]


def test_one_that_is_dead_and_one_that_is_slow_delay_nobody_else(near: Client, database_url: str) -> None:
    over = threading.Event()

    def slow(_: Got) -> Reply:
        over.wait(30)
        return TAKEN

    with receiving(slow) as sleepy, receiving() as healthy, delivering(database_url):
        hook(near, sleepy.url, "order.placed")
        hook(near, "http://127.0.0.1:9/nobody", "order.placed")
        hook(near, healthy.url, "order.placed")
        for number in range(40):
            place(near, f"W{number}")
        healthy.until(lambda got: len(got) == 40)
        waiting = len(sleepy.got)
        over.set()

    assert waiting < 40


def test_the_events_of_an_order_arrive_in_their_order_though_the_first_post_fails(
    near: Client, database_url: str
) -> None:
    first: list[str] = []

    def stumbling(got: Got) -> Reply:
        if not first:
            first.append(got.message)
            return BUSY
        return TAKEN

    with receiving(stumbling) as receiver, delivering(database_url, clock=hurried):
        path, _ = hook(near, receiver.url, "order.*")
        place(near, "W1")
        for step in ("confirm", "ship"):
            near.post(
                "/api/v1/order-steps",
                json={"channel": "web", "number": "W1", "step": step},
                headers={"Idempotency-Key": step},
            )
        receiver.until(lambda got: len(got) == 4)
        eventually(lambda: states(near, path) == ["done"] * 3)

    kinds = [got.payload["type"] for got in receiver.got]
    assert kinds == ["order.placed", "order.placed", "order.confirm", "order.ship"]
    assert receiver.got[0].message == receiver.got[1].message


def test_one_courier_delivers_and_another_takes_over(near: Client, database_url: str) -> None:
    with receiving() as receiver:
        hook(near, receiver.url, "order.placed")
        with delivering(database_url):
            place(near, "W1")
            receiver.until(lambda got: len(got) == 1)
            with delivering(database_url) as second:
                place(near, "W2")
                receiver.until(lambda got: len(got) == 2)
                assert not second.at_work
        with delivering(database_url) as third:
            place(near, "W3")
            receiver.until(lambda got: len(got) == 3)
            assert third.at_work

    assert len({got.message for got in receiver.got}) == 3


def test_who_keeps_house_takes_delivering_over_from_who_serves(near: Client, database_url: str) -> None:
    keeper = Courier(partial(connect, database_url, autocommit=True), keeps=True, loopback=True)
    with delivering(database_url) as helper:
        eventually(lambda: helper.at_work)
        keeper.start()

        eventually(lambda: keeper.at_work and not helper.at_work)
        keeper.stop()
        eventually(lambda: helper.at_work)


def test_the_courier_finds_the_database_again(near: Client, shop: Shop, database_url: str) -> None:
    with receiving() as receiver, delivering(database_url) as courier:
        hook(near, receiver.url, "order.placed")
        eventually(lambda: courier.at_work)
        gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%%webhooks_%%' AND pid <> %s"
        shop.db.execute(gone, [shop.db.info.backend_pid])
        place(near, "W1")
        receiver.until(lambda got: got)


def test_a_server_delivers_as_it_comes_and_its_settings_say_where(shop: Shop, database_url: str) -> None:
    shop.stock("mug", 5)
    made = onhand("key", "create", "office", url=database_url)
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    with receiving() as receiver, serving("serve", url=database_url, ONHAND_WEBHOOKS_TO="loopback") as served:
        hook = {"url": receiver.url, "kinds": ["ping"]}
        assert served.client.post("/api/v1/webhooks", json=hook, headers=headers).status_code == 400
        hook["kinds"] = ["order.*"]
        answer = served.client.post("/api/v1/webhooks", json=hook, headers=headers)
        served.client.post(f"/api/v1/webhooks/{answer.json()['webhook']['id']}/pings", json={}, headers=headers)
        receiver.until(lambda got: got)

        assert served.stop() == 0

    assert receiver.verified(answer.json()["secret"])[0]["type"] == "ping"


def test_the_tally_counts_what_waits_and_what_is_dead(near: Client, shop: Shop) -> None:
    path, _ = hook(near, "https://shop.example/hook")
    for _ in range(3):
        near.post(f"{path}/pings", json={})
    near.patch(path, json={"state": "disabled"})

    shop.db.rollback()
    assert {each.state: each.deliveries for each in queries.tally(shop.db)} == {"waiting": 0, "behind": 0, "dead": 3}
