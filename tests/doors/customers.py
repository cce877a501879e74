"""Customers at their browsers, for the tests of their pages."""

from __future__ import annotations

import re

from django.test import Client

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.messages.actions import TABLE
from onhand.messages.outbox import opened
from shop import Shop

EMAIL = "ana@shop.example"


def customer(shop: Shop, code: str = "C1", email: str = EMAIL, name: str = "Ana Núñez") -> str:
    """Somebody who buys."""
    save_customers(shop.db, [CustomerRecord(code, name, email, "+44 20 7946 0958", "GB")])
    shop.db.commit()
    return code


def letters(db: Connection, template: str = "customer.code") -> list[str]:
    """What letters of a kind say that wait to be sent, oldest first."""
    db.commit()
    rows = db.execute("SELECT whose, body FROM messages_letter WHERE template = %s ORDER BY id", (template,)).fetchall()
    vault = unlock(db, {whose for whose, _ in rows})
    texts = [opened(vault.open(whose, f"{TABLE}.body", body)) for whose, body in rows]
    db.commit()
    return [each.text for each in texts if each]


def last_code(db: Connection) -> str:
    """The code that was sent last."""
    (code,) = re.findall(r"\b(\d{3} \d{3})\b", letters(db)[-1])
    return str(code)


def come_in(browser: Client, shop: Shop, email: str = EMAIL) -> Client:
    """A customer signs in by the code they are sent."""
    assert browser.post("/my/sign-in", {"email": email}).status_code == 302
    answer = browser.post("/my/sign-in/code", {"code": last_code(shop.db)})
    assert (answer.status_code, answer["Location"]) == (302, "/my"), answer.content.decode()
    return browser
