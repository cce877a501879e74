"""What becomes of an order reaches its customer's mailbox: from the command through servers as they are started."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from doors.window import form_of, priced
from letterbox import Mailbox, text_of
from onhand.access.keys import create as create_key
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.messages.queries import letters
from onhand.orders import listings
from serving import Served, eventually
from shop import Shop


@pytest.fixture
def server_settings() -> dict[str, str]:
    return {"ONHAND_ORDER_NEWS_SECONDS": "1"}


def test_what_is_ordered_in_the_window_and_shipped_is_in_the_mailbox_in_each_language(
    shop: Shop, browser: Client, served: Served, mail: Mailbox
) -> None:
    headers = {"Authorization": f"Bearer {create_key(shop.db, 'till', ['orders', 'stock'])}"}
    shop.now = utc_now()
    priced(shop, "mug")
    shop.stock("mug", 9)
    said = {"en": "It has been sent.", "es": "Ya ha salido.", "pt-br": "Ele foi enviado."}
    for language in said:
        browser.post("/shop/basket/put", {"sku": "mug", "quantity": 1})
        basket = browser.get(f"/shop/{language}/basket")
        browser.post(
            f"/shop/{language}/basket/place", form_of(basket, email=f"{language}@example.com", name=f"Ana {language}")
        )
    shop.do(shop.order(("mug", 1), customer=None))
    made = listings.orders(shop.db, {"channel": "web"}, after=None, most=10).items
    mail.until(3)

    for each in made:
        body = {"channel": "web", "number": each.number, "step": "ship"}
        answer = served.client.post(
            "/api/v1/order-steps", json=body, headers={**headers, "Idempotency-Key": each.number}
        )
        assert answer.status_code in {200, 201}, answer.text
    mail.until(6)

    news = {str(each["To"]).partition("@")[0]: text_of(each) for each in mail.arrived[3:]}
    assert set(news) == set(said)
    for language, sentence in said.items():
        assert sentence in news[language]
        link = re.search(r"https?://[^/]+(/shop/\S+)", news[language])
        assert link
        page = served.client.get(link.group(1))
        assert page.status_code == 200, "the link leads to the order's page"
        assert f'<html lang="{language}' in page.text
    eventually(lambda: _all_sent(shop.db))
    assert len(mail.arrived) == 6


def _all_sent(db: Connection) -> bool:
    db.commit()
    return {each.state for each in letters(db).items} == {"sent"}
