"""A shop window to look into: goods with prices, and what a customer does."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

from django.test import Client

from onhand.catalog.actions import set_prices, set_substitutes
from onhand.catalog.records import PriceRecord, SubstitutesRecord
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.flows import commands as c
from shop import NOON, Shop

FORM = {
    "email": "ana@example.com",
    "name": "Ana Souza",
    "country": "GB",
    "street": "12 Mill Lane",
    "postcode": "N1 9GU",
    "town": "London",
    "way": "send",
}


def priced(shop: Shop, sku: str, amount: str = "12.50", *, days: int = -1) -> None:
    """Give goods a price, from so many days after the shop's first noon on."""
    answers = set_prices(shop.db, [PriceRecord(sku, "GBP", Decimal(amount), NOON + timedelta(days=days))])
    assert not any(refused(each) for each in answers), answers
    shop.db.commit()


def instead(shop: Shop, sku: str, *others: str) -> None:
    """Say what may be offered instead."""
    answers = set_substitutes(shop.db, [SubstitutesRecord(sku, list(others))])
    assert not any(refused(each) for each in answers), answers
    shop.db.commit()


def announced(shop: Shop, sku: str, quantity: int, *, days: int, site: str = "london") -> Any:
    """Announce goods for a day to come; the day."""
    due = utc_now() + timedelta(days=days)
    shop.do(c.Expect(site, f"P{days}", [c.ExpectedLine(sku, Decimal(quantity), due)]))
    return due.date()


def text(html: bytes) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.decode())))


def put(browser: Client, sku: str, quantity: int | str = 1) -> Any:
    """Put goods into the basket, and look at it."""
    return browser.post("/shop/basket/put", {"sku": sku, "quantity": quantity, "more": "1"}, follow=True)


def form_of(page: Any, **facts: str) -> dict[str, str]:
    """The form of a basket's page, filled in."""
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert key, text(page.content)
    return {**FORM, "pay": "invoice", "key": unescape(key.group(1)), **facts}


def order(browser: Client, page: Any, **facts: str) -> Any:
    """Send the form."""
    return browser.post("/shop/basket/place", form_of(page, **facts))
