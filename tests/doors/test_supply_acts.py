"""R4, P6: what is to come is announced on the goods' page, and put right there when it comes otherwise."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from doors.people import fill, read, sign_in, text, toast
from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.flows import commands as c
from onhand.stock.queries import Coming
from shop import Shop

TODAY = utc_now().astimezone(ZoneInfo("Europe/London")).date()
NEXT_WEEK, LATER = TODAY + timedelta(days=7), TODAY + timedelta(days=14)


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    return sign_in(browser, shop)


def announce(ana: Client, quantity: str = "40", day: date = NEXT_WEEK, **facts: str) -> Any:
    filled = {"site": "london", "reference": "PO-77", "quantity": quantity, "day": day.isoformat(), **facts}
    return fill(ana, "/goods/mug/announce", **filled)


def change_at(ana: Client, reference: str = "PO-77") -> str:
    """The address of the button beside what is to come."""
    page = ana.get("/goods/mug").content.decode()
    found = re.search(rf'hx-get="([^"]*/under/{reference}\?[^"]*)"', page)
    assert found, text(ana.get("/goods/mug"))
    return unescape(found.group(1))


def coming(shop: Shop, site: str = "london") -> list[Coming]:
    shop.db.rollback()
    return [each for position in shop.positions("mug") if position.site == site for each in position.coming]


def told(shop: Shop) -> list[tuple[Decimal, date]]:
    zone = ZoneInfo("Europe/London")
    return [(each.quantity, each.due.astimezone(zone).date()) for each in coming(shop)]


def undo(ana: Client, done: Any) -> str:
    return str(toast(ana.post("/undo", {"token": toast(done)["undo"]["token"]}))["words"])


def test_goods_are_announced_and_promised_to_who_waits(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 3)))

    done = announce(ana)

    assert toast(done)["words"].startswith("40 come to London on ")
    assert told(shop) == [(40, NEXT_WEEK)]
    assert "40 to come under PO-77, 3 of them promised" in read(ana, "/goods/mug")


def test_they_are_not_late_before_the_day_is_over_where_they_go_to(ana: Client, shop: Shop) -> None:
    announce(ana, day=date(2030, 7, 1))

    assert [each.due for each in coming(shop)] == [datetime(2030, 7, 1, 22, 59, tzinfo=UTC)]


def test_no_site_is_taken_for_the_one_that_is_meant(ana: Client, shop: Shop) -> None:
    answer = fill(ana, "/goods/mug/announce", reference="PO-77", quantity="40", day=NEXT_WEEK.isoformat())

    assert answer.status_code == 422
    assert "This field is required" in text(answer)
    assert coming(shop) == []


def test_an_announcement_is_taken_back(ana: Client, shop: Shop) -> None:
    assert undo(ana, announce(ana)) == "It was undone."

    assert coming(shop) == []


def test_goods_that_lie_nowhere_yet_can_be_announced(ana: Client, shop: Shop) -> None:
    assert "It lies nowhere yet" in read(ana, "/goods/mug")
    assert "Announce goods" in read(ana, "/goods/mug")


def test_another_day_is_told_and_taken_back(ana: Client, shop: Shop) -> None:
    announce(ana)

    done = fill(ana, change_at(ana), day=LATER.isoformat(), reason="the ship is late")

    assert told(shop) == [(40, LATER)]
    assert undo(ana, done) == "It was undone."
    assert told(shop) == [(40, NEXT_WEEK)]


def test_fewer_come_and_who_changes_the_quantity_changes_no_day(ana: Client, shop: Shop) -> None:
    due = utc_now() + timedelta(days=3, microseconds=7)
    shop.do(c.Expect("london", "PO-77", [c.ExpectedLine("mug", Decimal(40), due)]))

    done = fill(ana, change_at(ana), quantity="25")

    assert [(each.quantity, each.due) for each in coming(shop)] == [(25, due)]
    undo(ana, done)
    assert [(each.quantity, each.due) for each in coming(shop)] == [(40, due)]


def test_whoever_changes_the_day_does_not_announce_again_what_has_come_meanwhile(ana: Client, shop: Shop) -> None:
    announce(ana)
    seen = change_at(ana)
    shop.stock("mug", 15, reference="PO-77")

    fill(ana, seen, day=LATER.isoformat())

    assert told(shop) == [(25, LATER)]


def test_what_has_come_meanwhile_is_not_announced_again_by_who_takes_a_change_back(ana: Client, shop: Shop) -> None:
    announce(ana)
    done = fill(ana, change_at(ana), quantity="25")
    shop.stock("mug", 10, reference="PO-77")

    assert "15 are still to come by now" in undo(ana, done)
    assert told(shop) == [(15, NEXT_WEEK)]


def test_whoever_looks_at_an_old_page_is_told_what_is_still_to_come(ana: Client, shop: Shop) -> None:
    announce(ana)
    seen = change_at(ana)
    shop.stock("mug", 15, reference="PO-77")

    answer = fill(ana, seen, quantity="30")

    assert answer.status_code == 422
    assert "25 are still to come by now" in text(answer)


def test_a_document_announces_goods_for_a_day_once(ana: Client, shop: Shop) -> None:
    announce(ana)
    announce(ana, "20", LATER)

    again = announce(ana)
    moved = fill(ana, change_at(ana), day=LATER.isoformat())

    assert {again.status_code, moved.status_code} == {422}
    assert "It is announced for that day already" in text(again)
    assert "It is announced for that day already" in text(moved)
    assert told(shop) == [(40, NEXT_WEEK), (20, LATER)]


def test_none_of_it_comes(ana: Client, shop: Shop) -> None:
    announce(ana)

    done = fill(ana, change_at(ana), quantity="0", reason="sold out")

    assert toast(done)["words"] == "It was called off."
    assert "undo" not in toast(done)
    assert coming(shop) == []


def test_of_what_is_on_the_road_only_the_day_can_change(ana: Client, shop: Shop) -> None:
    shop.stock("mug", 9, "lisbon")
    shop.do(c.Transfer("lisbon", "london", "T1", [c.MovedLine("mug", Decimal(4))]))

    form = ana.get(change_at(ana, "T1"))
    done = fill(ana, change_at(ana, "T1"), day=LATER.isoformat())

    assert 'name="quantity"' not in form.content.decode()
    assert toast(done)["words"].startswith("It comes on ")
    assert told(shop) == [(4, LATER)]


def test_a_day_that_is_over_is_refused_and_a_late_supply_keeps_its_own(ana: Client, shop: Shop) -> None:
    yesterday = utc_now() - timedelta(days=1)
    shop.do(c.Expect("london", "PO-77", [c.ExpectedLine("mug", Decimal(40), yesterday)]))

    refused = announce(ana, day=TODAY - timedelta(days=1))
    late = fill(ana, change_at(ana), quantity="30")

    assert refused.status_code == 422
    assert "This day is over. Name one still to come." in text(refused)
    assert late.status_code == 200
    assert [(each.quantity, each.due) for each in coming(shop)] == [(30, yesterday)]


def test_the_day_is_the_one_where_they_go_to(ana: Client, shop: Shop) -> None:
    Person.objects.update(time_zone="Asia/Tokyo")
    announce(ana, day=date(2030, 12, 7))

    assert "7 Dec 2030" in read(ana, "/goods/mug")
    assert "8 Dec 2030" not in read(ana, "/goods/mug")


@pytest.mark.parametrize(
    "due", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00", "1800-01-01T00:00:00Z", "x"]
)
@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "x", "40"])
def test_an_address_somebody_made_up_opens_the_form_and_no_more(
    ana: Client, shop: Shop, due: str, quantity: str
) -> None:
    announce(ana)
    address = f"/goods/mug/to/london/under/PO-77?quantity={quantity}&due={due}"

    assert ana.get(address).status_code == 200
    assert fill(ana, address, was_due=unquote(due), quantity="7", day=LATER.isoformat()).status_code == 422
    assert told(shop) == [(40, NEXT_WEEK)]


@pytest.mark.parametrize("address", ["/goods/m%00g/announce", "/goods/mug/to/london/under/a%00b", "/shop/goods/a%00b"])
def test_no_code_holds_what_the_database_cannot_store(ana: Client, address: str) -> None:
    assert ana.get(address).status_code == 404
    assert ana.post(address).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        *({"day": "9999-12-31"}, {"quantity": "0"}, {"quantity": "1.5"}, {"site": "mars"}),
        *({"reference": "a\u202eb"}, {"reference": "a\x07b"}, {"reference": "\u200bX"}),
    ],
)
def test_what_cannot_come_is_refused_at_its_field(ana: Client, shop: Shop, wrong: dict[str, str]) -> None:
    answer = fill(
        ana,
        "/goods/mug/announce",
        **{"site": "london", "reference": "PO-77", "quantity": "40", "day": NEXT_WEEK.isoformat(), **wrong},
    )

    assert answer.status_code == 422
    assert 'class="fault"' in answer.content.decode()
    assert coming(shop) == []


def test_a_page_that_lost_its_moment_says_so(ana: Client, shop: Shop) -> None:
    announce(ana)

    answer = fill(ana, change_at(ana), day=LATER.isoformat(), was_due="soon")

    assert answer.status_code == 422
    assert "This page is out of date" in text(answer)


def test_who_takes_in_nothing_announces_nothing(browser: Client, shop: Shop) -> None:
    bea = sign_in(browser, shop, "customer_service", "bea")

    assert "Announce goods" not in read(bea, "/goods/mug")
    assert bea.get("/goods/mug/announce").status_code == 403
