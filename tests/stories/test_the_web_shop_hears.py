"""P9: the shop's website sends its orders in, shows what is truly there, and hears at once of what is done in here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from onhand.access.keys import SCOPES, create
from receiver import receiving
from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm_by_password


@pytest.fixture
def website(shop: Shop, address: str) -> Iterator[httpx.Client]:
    """The website's own program, with a key of the shop's."""
    shop.stock("mug", 12)
    key = create(shop.db, "website", SCOPES)
    shop.db.commit()
    with httpx.Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def shown(website: httpx.Client, sku: str) -> float:
    """What the website tells its customers is there."""
    rows = website.get("/availability", params={"sku": sku}).json()["items"]
    return sum(float(row["available"]) for row in rows)


def test_an_order_of_the_website_flows_in_and_its_cancelling_in_the_browser_is_heard_signed(
    shop: Shop, website: httpx.Client, visit: Visit
) -> None:
    with receiving() as receiver:
        made = website.post("/webhooks", json={"url": receiver.url, "kinds": ["order.cancelled", "stock.changed"]})
        secret = made.json()["secret"]
        page = visit("/orders", role="customer_service")
        expect(page.locator("#live-state")).to_have_attribute("data-state", "on")

        order = {"channel": "web", "number": "W-7001", "lines": [{"sku": "mug", "quantity": 5}]}
        assert website.post("/orders", json=order).status_code == 201
        page.click(".newer")
        page.click("text=W-7001")
        assert shown(website, "mug") == 7
        page.click("text=Cancel")
        page.fill("#drawer [name=reason]", "the customer changed their mind")
        page.click("#drawer .btn-outline-danger")
        expect(page.locator("#toasts")).to_contain_text("Order W-7001 is cancelled.")
        receiver.until(lambda got: any(each.payload["type"] == "order.cancelled" for each in got))
        receiver.until(lambda got: sum(each.payload["type"] == "stock.changed" for each in got) >= 2)

        heard = receiver.verified(secret)

    (cancelled,) = [each for each in heard if each["type"] == "order.cancelled"]
    assert cancelled["order"] == {"channel": "web", "number": "W-7001"}
    assert cancelled["actor"] == "person/customer_service-0"
    assert cancelled["data"]["reason"] == "the customer changed their mind"
    assert shown(website, "mug") == shop.available("mug") == 12
    assert _state(shop, "W-7001") == "cancelled"


def test_a_correction_at_the_shelf_is_what_the_website_shows_next(
    shop: Shop, website: httpx.Client, visit: Visit
) -> None:
    with receiving() as receiver:
        secret = website.post("/webhooks", json={"url": receiver.url, "kinds": ["stock.*"]}).json()["secret"]
        page = visit("/goods/mug", role="warehouse_operator")

        page.locator("#at-london .btn").first.click()
        page.fill("[name=by]", "-4")
        page.fill("[name=reason]", "broken")
        page.click("#drawer .btn-primary")
        confirm_by_password(page)
        expect(page.locator("#at-london strong")).to_have_text("8")
        receiver.until(lambda got: any(each.payload["type"] == "stock.changed" for each in got))

        changed = next(each for each in receiver.verified(secret) if each["type"] == "stock.changed")

    assert _names(changed["data"]) >= {"mug", "london"}
    assert shown(website, "mug") == shop.available("mug") == 8


def _names(data: Any) -> set[str]:
    """Every word in a message's facts."""
    if isinstance(data, str):
        return {data}
    inner = [*data.keys(), *data.values()] if isinstance(data, dict) else data if isinstance(data, list) else []
    return {name for each in inner for name in _names(each)}


def _state(shop: Shop, number: str) -> str:
    row = shop.db.execute("SELECT state FROM orders_order WHERE number = %s", [number]).fetchone()
    shop.db.commit()
    assert row is not None
    return str(row[0])
