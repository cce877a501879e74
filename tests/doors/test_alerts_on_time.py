"""Alerts arrive on time: from a crossing to the mailbox through a server as it is started; a storm is one digest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from typing import Any

import pytest

from letterbox import Mailbox
from onhand.access.keys import create as create_key
from onhand.access.people import admit
from onhand.connect.push import subscriptions, vapid
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.flows import alerting
from onhand.flows import commands as c
from onhand.messages.alerts import devices, preferences
from onhand.messages.alerts.devices import Given
from onhand.messages.alerts.rules import GAP, Preference
from onhand.messages.queries import letters
from push_service import PushService, push_service
from serving import Served, eventually
from shop import Shop

MOST_SECONDS = 2.0
CROSSINGS, BATCH = 10_000, 500
MANAGERS = ("ana", "bea", "carl")


@pytest.fixture
def server_settings() -> dict[str, str]:
    return {"ONHAND_WEBHOOKS_TO": "loopback"}


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as found:
        yield found


def manager(shop: Shop, name: str) -> None:
    admit(shop.db, name, "store_manager", email=f"{name}@example.com", password="a-quiet-harbour-9")
    shop.db.commit()


def test_from_a_crossing_to_the_mailbox_it_takes_less_than_two_seconds(
    shop: Shop, served: Served, mail: Mailbox, record_property: Any
) -> None:
    headers = {"Authorization": f"Bearer {create_key(shop.db, 'till', ['stock'])}"}
    sites = ("london", "lisbon")
    shop.now = utc_now()
    for number in range(5):
        # Each is told of another article, so that nothing is gathered: every crossing is a letter at once.
        admit(shop.db, f"m{number}", "store_manager", email=f"m{number}@example.com", password="a-quiet-harbour-9")
    for site in sites:
        shop.stock("mug", 10, site)
        shop.do(c.SetThreshold(site, "mug", Decimal(5)))

    taken = []
    for number, site in enumerate(sites):
        if number:
            # As if the last letter had gone out long ago.
            shop.db.execute("UPDATE messages_round SET told_at = told_at - %s", (2 * GAP,))
            shop.db.commit()
        began = time.monotonic()
        body = {"site": site, "location": "pick", "sku": "mug", "reason": "broken", "by": "-6"}
        answer = served.client.post("/api/v1/adjustments", json=body, headers={**headers, "Idempotency-Key": site})
        assert answer.status_code in {200, 201}, answer.text
        mail.until(5 * (number + 1))
        taken.append(time.monotonic() - began)
        eventually(lambda: _all_noted(shop.db))

    record_property("seconds", [round(each, 3) for each in taken])
    print(f"from crossing to the last of five mailboxes: {', '.join(f'{each:.2f} s' for each in taken)}")  # noqa: T201
    assert median(taken) < MOST_SECONDS
    assert max(taken) < MOST_SECONDS
    assert {str(each["To"]) for each in mail.arrived} == {f"m{number}@example.com" for number in range(5)}


def test_from_a_crossing_to_the_push_service_it_takes_less_than_two_seconds(
    shop: Shop, served: Served, service: PushService
) -> None:
    headers = {"Authorization": f"Bearer {create_key(shop.db, 'till', ['stock'])}", "Idempotency-Key": "one"}
    shop.now = utc_now()
    manager(shop, "ana")
    vapid.public_key(shop.db, shop.now)
    browsers = [service.subscribe(), service.subscribe()]
    for each in browsers:
        given = subscriptions.read(each.subscription, loopback=True)
        assert not refused(given)
        kept = Given(given.endpoint, subscriptions.kept(given))
        devices.turn_on(shop.db, "ana", "Firefox", kept, actor="person/ana", now=shop.now)
    preferences.wish(shop.db, "ana", "", Preference(("push",)), actor="person/ana", now=shop.now)
    shop.stock("mug", 10)
    shop.do(c.SetThreshold("london", "mug", Decimal(5)))

    began = time.monotonic()
    body = {"site": "london", "location": "pick", "sku": "mug", "reason": "broken", "by": "-6"}
    answer = served.client.post("/api/v1/adjustments", json=body, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    service.receiver.until(lambda got: len(got) == len(browsers))
    took = time.monotonic() - began

    eventually(lambda: _all_noted(shop.db))
    print(f"from crossing to the push service, on two devices: {took:.2f} s")  # noqa: T201
    assert took < MOST_SECONDS
    assert service.faults == []
    assert {each.headers["urgency"] for each in service.receiver.got} == {"high"}
    for each in browsers:
        (said,) = each.shown
        assert (said["title"], said["link"][-7:]) == ("Mug at London: 4 left", "/alerts")


def _all_noted(db: Connection) -> bool:
    db.commit()
    return {each.state for each in letters(db).items} == {"sent"}


def test_ten_thousand_crossings_in_a_minute_are_one_letter_at_once_and_one_digest(shop: Shop) -> None:
    for name in MANAGERS:
        manager(shop, name)
    skus = [f"cup{number}" for number in range(CROSSINGS)]
    shop.db.execute(
        "INSERT INTO catalog_product (code, name) SELECT code, code FROM unnest(%s::text[]) AS new (code)", (skus,)
    )
    shop.db.execute(
        "INSERT INTO catalog_sku (product_id, code, name, unit, tracking)"
        " SELECT id, code, code, 'piece', 'none' FROM catalog_product WHERE code LIKE 'cup%%'"
    )
    shop.db.commit()
    began, parts = time.monotonic(), 0
    for start in range(0, CROSSINGS, BATCH):
        shop.ask(*(c.SetThreshold("london", sku, Decimal(5)) for sku in skus[start : start + BATCH]))
        shop.later(seconds=3)
        while alerting.follow(shop.db, shop.now, address="") >= alerting.PAGE:
            pass
        shop.db.commit()
        parts += 1
    took = time.monotonic() - began
    shop.later(seconds=GAP.total_seconds())
    alerting.follow(shop.db, shop.now, address="")
    shop.db.commit()

    print(f"{CROSSINGS} crossings in {parts} batches, set and followed in {took:.1f} s")  # noqa: T201
    assert shop.kinds().count("stock.below_threshold") == CROSSINGS
    told = letters(shop.db).items
    for name in MANAGERS:
        subjects = [each.subject for each in reversed(told) if each.to_name == name]
        assert subjects == ["500 alerts of stock", f"{CROSSINGS - 500} alerts of stock"]
