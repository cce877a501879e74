"""Deliveries: written once for each event, posted in order, tried again, given up, replayed; time is an argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest

from onhand.connect.webhooks import actions, outbox, queries, rules
from onhand.connect.webhooks.actions import ChangeWebhook, NewWebhook, PingWebhook, ReplayDeliveries, RotateSecret
from onhand.connect.webhooks.outbox import Parcel
from onhand.connect.webhooks.rules import Answer
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.flows import commands as c
from shop import Shop

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WELL, FAILED = Answer(204), Answer(500, "out of order")
URL = "https://shop.example/hook"


class House:
    """An outbox, with time passing as the story says."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.now = NOW
        outbox.fill(db, NOW)
        db.commit()

    def hook(self, *kinds: str, **facts: Any) -> UUID:
        """Have events sent somewhere."""
        wanted = NewWebhook(URL, list(kinds) or ["*"], **facts)
        made = actions.create(self.db, wanted, actor="ann", now=self.now, loopback=False)
        assert not isinstance(made, Refused), made
        self.db.commit()
        self.fill()
        self.db.execute("DELETE FROM webhooks_delivery")
        self.db.commit()
        return made.webhook.id

    def tell(self, *subjects: str, kind: str = "order.told") -> None:
        """Something happens."""
        events.record(self.db, [events.fact(kind, each, "tester", {"of": each}) for each in subjects], self.now)
        self.db.commit()

    def fill(self) -> None:
        """Take up what happened."""
        while outbox.fill(self.db, self.now) == outbox.PAGE:
            self.db.commit()
        self.db.commit()

    def round(self, answer: Callable[[Parcel], Answer], most: int = 16) -> list[Parcel]:
        """One round of the courier: what happened is taken up, what is due is posted, what was answered settled."""
        self.fill()
        slots = {each.id: most for each in outbox.endpoints(self.db, self.now)}
        parcels = outbox.due(self.db, slots, self.now)
        outbox.settle(self.db, [(parcel, answer(parcel)) for parcel in parcels], self.now)
        self.db.commit()
        return parcels

    def all(self, answer: Callable[[Parcel], Answer]) -> list[Parcel]:
        """Rounds until nothing is due."""
        sent: list[Parcel] = []
        while parcels := self.round(answer):
            sent += parcels
        return sent

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def states(self, endpoint: UUID) -> Counter[str]:
        return Counter(each.state for each in self.deliveries(endpoint))

    def deliveries(self, endpoint: UUID) -> list[queries.DeliveryView]:
        return queries.DELIVERIES.page(self.db, {"endpoint": endpoint}, most=500).items

    def hooked(self, endpoint: UUID) -> queries.WebhookView:
        found = queries.webhook(self.db, endpoint)
        assert found is not None
        return found


@pytest.fixture
def house(db: Connection) -> House:
    return House(db)


def subjects(parcels: list[Parcel]) -> list[str]:
    return [payload(parcel)["subject"] for parcel in parcels]


def payload(parcel: Parcel) -> Any:
    assert parcel.body is not None
    return msgspec.json.decode(parcel.body)


def well(_: Parcel) -> Answer:
    return WELL


def failing(_: Parcel) -> Answer:
    return FAILED


def test_an_event_goes_once_to_each_who_wants_its_kind(house: House) -> None:
    house.hook("order.placed")
    house.hook("order.*", "stock.moved")
    house.hook("*")
    house.hook("price.changed")
    house.tell("order/1", kind="order.placed")
    house.tell("order/1", kind="order.ship")
    house.tell("site/london", kind="stock.moved")
    house.tell("product/mug", kind="product.saved")

    sent = house.all(well)

    assert sorted(Counter(payload(each)["type"] for each in sent).items()) == [
        ("order.placed", 3),
        ("order.ship", 2),
        ("product.saved", 1),
        ("stock.moved", 2),
    ]
    assert house.all(well) == []


def test_an_event_that_is_taken_up_twice_is_delivered_once(house: House) -> None:
    endpoint = house.hook()
    house.tell("a", "b")
    house.fill()
    # As when the server died before the follower's place was kept.
    house.db.execute("UPDATE core_follower SET seen = '1:1:', until = NULL, seq = 0")
    house.db.commit()

    told = [each for each in house.all(well) if payload(each)["type"] == "order.told"]

    assert subjects(told) == ["a", "b"]
    assert house.states(endpoint)["done"] == len(house.deliveries(endpoint))


def test_a_body_says_what_happened_to_which_order_and_when(shop: Shop) -> None:
    house = House(shop.db)
    shop.stock("mug", 5)
    house.hook("order.*", channels=["web"])
    shop.do(shop.order(("mug", 1), channel="phone"))
    placed = shop.do(shop.order(("mug", 1)))
    shop.do(c.AdvanceOrder("web", placed.number, "ship"))

    first, second = (payload(each) for each in house.all(well))

    assert [first["type"], second["type"]] == ["order.placed", "order.ship"]
    assert first["order"] == second["order"] == {"channel": "web", "number": placed.number}
    assert first["subject"] == second["subject"] == f"order/{placed.id}"
    assert second["data"]["state"] == "shipped"
    assert second["data"]["before"]["state"] == "placed"
    assert first["seq"] < second["seq"]
    assert datetime.fromisoformat(first["timestamp"]) == shop.now


def test_who_asks_for_one_site_hears_of_that_site(shop: Shop) -> None:
    house = House(shop.db)
    house.hook("stock.*", sites=["lisbon"])
    shop.stock("mug", 5)
    shop.stock("mug", 7, "lisbon")

    sent = [payload(each) for each in house.all(well)]

    assert [(each["type"], each["data"].get("positions")) for each in sent] == [
        ("stock.received", None),
        ("stock.changed", {"lisbon": ["mug"]}),
    ]


def test_the_whole_schedule_passes_and_then_the_letter_is_dead(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1")
    tried: list[timedelta] = []
    while house.states(endpoint)["dead"] == 0:
        if house.round(failing):
            tried.append(house.now - NOW)
        (delivery,) = house.deliveries(endpoint)
        house.now = delivery.next_at or house.now

    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert (pauses, tried[-1]) == (list(rules.PAUSES), timedelta(hours=75, minutes=35, seconds=5))
    assert (delivery.attempts, delivery.last_status, delivery.last_error) == (10, 500, "out of order")


def test_nothing_is_posted_before_its_time(house: House) -> None:
    house.hook()
    house.tell("order/1")
    house.round(failing)

    house.later(seconds=4.9)
    early = house.round(well)
    house.later(seconds=0.2)

    assert (early, subjects(house.round(well))) == ([], ["order/1"])


def test_of_one_subject_the_next_goes_when_the_one_before_has_arrived(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1", "order/2", "order/1", "order/1")

    first = house.round(lambda parcel: FAILED if payload(parcel)["subject"] == "order/1" else WELL)
    meanwhile = house.round(well)
    house.tell("order/1")
    house.later(seconds=6)
    rest = house.all(well)

    assert subjects(first) == ["order/1", "order/2"]
    assert meanwhile == []
    assert [payload(each)["seq"] for each in rest] == sorted(payload(each)["seq"] for each in rest)
    assert len(rest) == 4
    assert house.states(endpoint) == {"done": 5}


def test_what_was_given_up_holds_back_nothing_behind_it(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1", "order/1")
    for _ in range(10):
        house.tell("order/2")
        house.round(lambda parcel: FAILED if payload(parcel)["subject"] == "order/1" else WELL)
        house.later(hours=24)

    assert house.states(endpoint) == {"dead": 1, "waiting": 1, "done": 10}
    assert house.hooked(endpoint).state == "enabled"
    assert len(house.round(well)) == 1


def test_an_endpoint_that_fails_is_said_to_be_failing_until_it_answers_well(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1")
    house.round(failing)
    failed = house.hooked(endpoint)
    house.later(seconds=10)
    house.round(well)

    assert (failed.state, failed.reason, failed.since) == ("failing", "out of order", NOW)
    assert (house.hooked(endpoint).state, house.hooked(endpoint).reason) == ("enabled", "")


def test_an_endpoint_that_is_gone_is_disabled_and_all_that_waits_is_dead(house: House) -> None:
    endpoint, other = house.hook(), house.hook()
    house.tell("order/1", "order/1", "order/2")

    house.round(lambda parcel: Answer(410) if parcel.endpoint == endpoint else WELL, most=1)
    house.tell("order/3")
    house.all(well)

    assert (house.hooked(endpoint).state, house.hooked(endpoint).reason) == ("disabled", "because it answered 410 Gone")
    assert house.states(endpoint) == {"dead": 3}
    assert house.states(other) == {"done": 4}


def test_an_endpoint_that_failed_for_the_whole_schedule_is_disabled(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1", "order/2", "order/2")
    for _ in range(10):
        house.round(failing)
        house.later(hours=24)

    assert house.hooked(endpoint).state == "disabled"
    assert house.states(endpoint) == {"dead": 3}


def test_dead_letters_are_replayed_under_the_names_they_had(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1", "order/1", "order/2")
    first = house.round(lambda _: Answer(410))
    change = ChangeWebhook(state="enabled")
    actions.change(house.db, endpoint, change, actor="ann", now=house.now, loopback=False)

    again = actions.replay(house.db, endpoint, ReplayDeliveries(), now=house.now)
    house.db.commit()
    sent = house.all(well)

    assert again == actions.Replayed(3)
    assert {each.message for each in first} < {each.message for each in sent}
    assert [payload(each)["seq"] for each in sent if payload(each)["subject"] == "order/1"] == sorted(
        payload(each)["seq"] for each in sent if payload(each)["subject"] == "order/1"
    )
    assert house.states(endpoint)["dead"] == 0
    assert actions.replay(house.db, endpoint, ReplayDeliveries(), now=house.now) == actions.Replayed(0)


def test_only_the_dead_letters_that_are_named_are_replayed(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1", "order/2")
    house.round(lambda _: Answer(None, "no longer kept", hopeless=True))
    wanted = house.deliveries(endpoint)[0].id

    again = actions.replay(house.db, endpoint, ReplayDeliveries([wanted, 10**9]), now=house.now)

    assert again == actions.Replayed(1)
    assert house.states(endpoint) == {"waiting": 1, "dead": 1}
    assert house.hooked(endpoint).state == "enabled"


def test_a_disabled_endpoint_is_sent_nothing_and_hears_nothing_later_of_that_time(house: House) -> None:
    endpoint = house.hook("order.told")
    disabled = ChangeWebhook(state="disabled")
    actions.change(house.db, endpoint, disabled, actor="ann", now=house.now, loopback=False)
    house.tell("order/1")
    house.fill()
    enabled = ChangeWebhook(state="enabled")
    actions.change(house.db, endpoint, enabled, actor="ann", now=house.now, loopback=False)
    house.tell("order/2")

    assert subjects(house.all(well)) == ["order/2"]


def test_a_secret_is_rotated_without_one_rejected_post(house: House) -> None:
    endpoint = house.hook()
    (old,) = outbox.endpoints(house.db, house.now)[0].secrets
    made = actions.rotate_secret(house.db, endpoint, RotateSecret(2), actor="ann", now=house.now)
    assert made is not None

    def held() -> list[str]:
        return outbox.endpoints(house.db, house.now)[0].secrets

    assert (held(), made.old_until) == ([made.secret, old], NOW + timedelta(hours=2))
    house.later(hours=2)
    assert held() == [made.secret]


def test_a_ping_waits_for_nobody(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1")
    house.round(failing)
    actions.ping(house.db, endpoint, PingWebhook("hello"), actor="ann", now=house.now)
    house.db.commit()

    (parcel,) = house.round(well)

    assert payload(parcel)["data"] == {"asked_by": "ann", "note": "hello"}


@pytest.mark.parametrize("seed", range(5))
def test_a_receiver_that_fails_often_loses_nothing_and_hears_each_order_in_its_order(house: House, seed: int) -> None:
    chance = Random(seed)
    endpoint = house.hook("order.told")
    received: list[tuple[str, int]] = []

    def answer(parcel: Parcel) -> Answer:
        what = chance.random()
        if what < 0.7:
            received.append((payload(parcel)["subject"], payload(parcel)["seq"]))
        # Some it has, but its answer is lost: it gets those again.
        return WELL if what < 0.6 else FAILED

    for _ in range(20):
        house.tell(*(f"order/{chance.randrange(6)}" for _ in range(5)))
        house.round(answer)
    while house.states(endpoint)["waiting"]:
        house.round(answer)
        house.later(hours=1)

    assert house.states(endpoint) == {"done": 100}
    assert len(set(received)) == 100
    for order in {subject for subject, _ in received}:
        seqs = [seq for subject, seq in received if subject == order]
        assert seqs == sorted(seqs)


def test_what_was_delivered_long_ago_is_forgotten_and_dead_letters_later(house: House) -> None:
    endpoint = house.hook()
    house.tell("order/1", "order/2")
    house.round(lambda parcel: WELL if payload(parcel)["subject"] == "order/1" else Answer(None, hopeless=True))
    house.db.autocommit = True

    forgotten = [outbox.forget(house.db, NOW + timedelta(days=days), page=1) for days in (6, 8, 89, 91)]

    assert forgotten == [0, 1, 0, 1]
    assert house.deliveries(endpoint) == []
