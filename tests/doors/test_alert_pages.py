"""Alerts at the pages: the list and the bell, acting upon them, how one hears, to whom they are handed up."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from doors.people import PASSWORD, fill, read, sign_in, text, toast
from onhand.access.models import Person
from onhand.access.people import admit
from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuRecord
from onhand.core.clock import utc_now
from onhand.flows import alerting
from onhand.flows import commands as c
from onhand.messages.alerts import preferences
from shop import Shop


@pytest.fixture
def short(shop: Shop) -> Shop:
    """A shop that has too few mugs in London, and no lamps in Lisbon."""
    shop.now = utc_now()
    shop.stock("mug", 3)
    shop.do(c.SetThreshold("london", "mug", Decimal(5)))
    shop.do(c.SetThreshold("lisbon", "lamp", Decimal(2)))
    alerting.follow(shop.db, shop.now, address="")
    shop.db.commit()
    return shop


def number_of(shop: Shop, sku: str) -> int:
    shop.db.commit()
    row = shop.db.execute("SELECT id FROM messages_alert WHERE sku = %s", (sku,)).fetchone()
    assert row
    return int(row[0])


def states(shop: Shop) -> dict[str, bool]:
    shop.db.commit()
    rows = shop.db.execute("SELECT sku, acknowledged_at IS NOT NULL FROM messages_alert")
    return dict(rows.fetchall())


@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_the_alert_after_a_thousand_is_acted_upon_as_the_first_was(browser: Client, shop: Shop, language: str) -> None:
    shop.db.execute("SELECT setval(pg_get_serial_sequence('messages_alert', 'id'), 12345)")
    shop.now = utc_now()
    shop.stock("mug", 3)
    shop.do(c.SetThreshold("london", "mug", Decimal(5)))
    alerting.follow(shop.db, shop.now, address="")
    sign_in(browser, shop, "store_manager")
    Person.objects.update(language=language)

    page = browser.get(f"/alerts/{number_of(shop, 'mug')}").content.decode()
    (address,) = re.findall(r'hx-get="(/alerts/acknowledge[^"]*)"', page)
    fill(browser, address)

    assert number_of(shop, "mug") > 12345
    assert states(shop) == {"mug": True}


def test_what_is_gone_stands_above_what_is_short(browser: Client, short: Shop) -> None:
    sign_in(browser, short)

    page = read(browser, "/alerts")

    assert page.index("lamp") < page.index("mug")
    assert "now" in page
    assert "Alerts of stock: 2" in page


def test_the_bell_rings_for_the_sites_one_works_at(browser: Client, short: Shop) -> None:
    admit(short.db, "bea", "store_manager", password=PASSWORD, sites=["lisbon"])
    short.db.commit()
    browser.post("/account/login/", {"login": "bea", "password": PASSWORD})

    assert "Alerts of stock: 1" in read(browser, "/alerts/bell")


def test_somebody_acts_upon_an_alert_and_the_bell_is_quiet_about_it(browser: Client, short: Shop) -> None:
    sign_in(browser, short)
    number = number_of(short, "mug")
    assert "has fallen below its threshold" in read(browser, f"/alerts/{number}")

    done = fill(browser, f"/alerts/acknowledge?alerts={number}")

    assert toast(done)["words"] == "Others see that somebody acts upon it."
    assert states(short) == {"mug": True, "lamp": False}
    assert "Alerts of stock: 1" in read(browser, "/alerts/bell")
    assert "person/ana" in read(browser, f"/alerts/{number}")


def test_those_chosen_in_the_list_are_put_off_together(browser: Client, short: Shop) -> None:
    sign_in(browser, short)
    form = browser.post("/alerts/chosen/snooze", {"all": "1", "view": ""}).content.decode()
    assert "2 alerts are chosen" in form

    both = ",".join(str(number_of(short, sku)) for sku in ("mug", "lamp"))
    done = fill(browser, f"/alerts/snooze?alerts={both}", hours="24")

    assert toast(done)["words"] == "It is put off."
    assert "Alerts of stock: none" in read(browser, "/alerts/bell")


def test_nobody_acts_for_a_site_that_is_not_theirs(browser: Client, short: Shop) -> None:
    admit(short.db, "bea", "store_manager", password=PASSWORD, sites=["lisbon"])
    short.db.commit()
    browser.post("/account/login/", {"login": "bea", "password": PASSWORD})

    answer = fill(browser, f"/alerts/acknowledge?alerts={number_of(short, 'mug')}")

    assert answer.status_code == 422
    assert states(short) == {"mug": False, "lamp": False}


def test_an_alert_that_is_over_cannot_be_acted_upon(browser: Client, short: Shop) -> None:
    sign_in(browser, short)
    number = number_of(short, "mug")
    short.stock("mug", 20)
    alerting.follow(short.db, short.now, address="")
    short.db.commit()

    answer = fill(browser, f"/alerts/acknowledge?alerts={number}")

    assert answer.status_code == 422
    assert "over" in read(browser, f"/alerts/{number}")


@pytest.mark.parametrize("chosen", ["", "x", "1,2,mug", "9" * 30])
def test_numbers_that_are_none_are_refused(browser: Client, short: Shop, chosen: str) -> None:
    sign_in(browser, short)

    assert fill(browser, f"/alerts/acknowledge?alerts={chosen}").status_code == 422


def test_one_says_how_one_wishes_to_hear(browser: Client, short: Shop) -> None:
    sign_in(browser, short, "store_associate")
    assert "You hear of no alerts" in read(browser, "/account/alerts")

    fill(
        browser,
        "/account/alerts/all",
        way="email",
        pace="digest",
        digest_at="07:30",
        quiet_from="22:00",
        quiet_until="06:00",
    )
    fill(browser, "/account/alerts/site", site="lisbon", way="none", pace="at_once", digest_at="08:00")

    short.db.commit()
    said = preferences.wishes(short.db, ["ana"])["ana"]
    assert said[""].pace == "digest"
    assert said["lisbon"].muted
    page = read(browser, "/account/alerts")
    assert "once a day, 07:30" in page
    assert "22:00–06:00" in page

    fill(browser, "/account/alerts/of/lisbon/end")
    short.db.commit()
    assert set(preferences.wishes(short.db, ["ana"])["ana"]) == {""}


def test_quiet_hours_without_an_end_are_refused(browser: Client, short: Shop) -> None:
    sign_in(browser, short)

    answer = fill(browser, "/account/alerts/all", way="email", pace="at_once", digest_at="08:00", quiet_from="22:00")

    assert answer.status_code == 422
    short.db.commit()
    assert preferences.wishes(short.db) == {}


def test_it_is_said_to_whom_alerts_are_handed_up(browser: Client, short: Shop) -> None:
    sign_in(browser, short)

    fill(browser, "/alerts/escalation/london", after_minutes="45", role="warehouse_manager", person="")
    wrong = fill(browser, "/alerts/escalation/all", after_minutes="45", role="", person="nobody-here")

    assert wrong.status_code == 422
    short.db.commit()
    assert preferences.escalations(short.db) == [("london", 45, "role/warehouse_manager")]
    assert "after 45 minutes" in read(browser, "/alerts/escalation")
    fill(browser, "/alerts/escalation/london/end")
    short.db.commit()
    assert preferences.escalations(short.db) == []
    assert "stock.escalation_set" in short.kinds()


def test_thresholds_of_a_category_are_shown_and_then_set(browser: Client, short: Shop) -> None:
    save_categories(short.db, [CategoryRecord("kitchen", "Kitchen")])
    save_products(short.db, [ProductRecord("mug", "Mug", category="kitchen", skus=[SkuRecord("mug")])])
    sign_in(browser, short)

    asked = fill_only(browser, "/alerts/thresholds", site="lisbon", category="kitchen", quantity="7")
    assert "mug" in asked
    assert "7" in asked

    done = fill(browser, "/alerts/thresholds", site="lisbon", category="kitchen", quantity="7")

    assert toast(done)["words"] == "1 threshold is set."
    wrong = fill(browser, "/alerts/thresholds", site="lisbon", category="garden", quantity="7")
    assert wrong.status_code == 422


def fill_only(browser: Client, path: str, **fields: str) -> str:
    """What is shown before something is done."""
    form = browser.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return text(browser.post(path, {**hidden, **fields}))


def test_it_is_said_how_long_goods_of_a_category_take(browser: Client, short: Shop) -> None:
    save_categories(short.db, [CategoryRecord("kitchen", "Kitchen")])
    sign_in(browser, short)

    fill(browser, "/alerts/lead-days", category="kitchen", days="21")
    wrong = fill(browser, "/alerts/lead-days", category="garden", days="21")

    assert wrong.status_code == 422
    short.db.commit()
    assert short.db.execute("SELECT days FROM planning_lead_time").fetchall() == [(21,)]
    assert "category.lead_days_set" in short.kinds()


def test_who_wishes_to_be_texted_says_the_number(browser: Client, short: Shop, settings_of: Any) -> None:
    sign_in(browser, short)
    assert "by text message" not in read(browser, "/account/alerts/all")
    settings_of(TEXTS=True)
    wish = {"way": "sms", "pace": "at_once", "digest_at": "08:00"}

    without = fill(browser, "/account/alerts/all", **wish, phone="")
    wrong = fill(browser, "/account/alerts/all", **wish, phone="600 123 456")
    fill(browser, "/account/alerts/all", **wish, phone="+34 600 123 456")

    assert (without.status_code, wrong.status_code) == (422, 422)
    short.db.commit()
    assert preferences.phones(short.db, ["ana"]) == {"ana": "+34 600 123 456"}
    assert preferences.wishes(short.db)["ana"][""].channels == ("sms",)
