"""Acts of people: done by the writer, said in a toast, taken back if asked; refused in the form, at the field."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from doors.people import fill, sign_in, text, toast
from shop import Shop


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 12)
    return sign_in(browser, shop)


def undo(browser: Client, done: Any) -> str:
    answer = browser.post("/undo", {"token": toast(done)["undo"]["token"]})
    return str(toast(answer)["words"])


def state(shop: Shop, number: str = "N1") -> str:
    row = shop.db.execute("SELECT state FROM orders_order WHERE number = %s", (number,)).fetchone()
    shop.db.rollback()
    return row[0] if row else ""


def test_stock_is_corrected_and_the_correction_taken_back(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/stock/mug/at/london/adjust", location="pick", by="-2", reason="broken")

    assert toast(done)["words"] == "mug at london: -2"
    assert shop.available("mug") == 10
    assert undo(ana, done) == "It was undone."
    shop.db.rollback()
    assert shop.available("mug") == 12


def test_a_form_sent_twice_is_done_once(ana: Client, shop: Shop) -> None:
    form = ana.get("/stock/mug/at/london/move").content.decode()
    (asking,) = re.findall(r'name="asking" value="([^"]+)"', form)
    filled = {"asking": asking, "source": "pick", "target": "quarantine", "quantity": "2"}

    ana.post("/stock/mug/at/london/move", filled)
    ana.post("/stock/mug/at/london/move", filled)

    assert shop.available("mug") == 10


def test_a_refusal_stands_at_its_field_and_nothing_is_done(ana: Client, shop: Shop) -> None:
    answer = fill(ana, "/stock/mug/at/london/adjust", location="attic", by="-2", reason="broken")

    assert answer.status_code == 422
    assert "has no location &#x27;attic&#x27;" in answer.content.decode()
    assert shop.available("mug") == 12


def test_a_field_left_empty_is_asked_for(ana: Client) -> None:
    answer = fill(ana, "/stock/mug/at/london/adjust", by="-2")

    assert answer.status_code == 422
    assert "This field is required" in text(answer)


def test_goods_change_places_and_go_back(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/stock/mug/at/london/move", source="pick", target="quarantine", quantity="5")

    assert shop.available("mug") == 7
    undo(ana, done)
    shop.db.rollback()
    assert shop.available("mug") == 12


def test_a_threshold_goes_back_to_what_it_was(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/stock/mug/at/london/threshold", quantity="20")

    undo(ana, done)

    assert shop.db.execute("SELECT quantity FROM stock_threshold").fetchone() is None


def test_goods_are_taken_in_and_sent_on(ana: Client, shop: Shop) -> None:
    fill(ana, "/stock/mug/at/london/receive", quantity="8")
    fill(ana, "/stock/mug/at/london/transfer", target="lisbon", quantity="5", reference="T1")

    london = next(each for each in shop.positions("mug") if each.site == "london")
    assert london.on_hand == Decimal(15)


def test_an_order_is_held_with_its_reason_and_goes_on(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 2)))

    done = fill(ana, "/orders/web/N1/step/hold", reason="address unclear")

    assert state(shop) == "held"
    undo(ana, done)
    assert state(shop) == "placed"


def test_a_cancelled_order_frees_its_goods_and_offers_no_undo(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 2)))

    done = fill(ana, "/orders/web/N1/cancel", reason="changed my mind")

    assert state(shop) == "cancelled"
    assert "undo" not in toast(done)
    assert shop.available("mug") == 12


def test_a_step_that_cannot_be_taken_says_why(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 2)))

    answer = fill(ana, "/orders/web/N1/step/deliver")

    assert answer.status_code == 422
    assert "ship it first" in text(answer)


def test_an_undo_that_was_not_ours_does_nothing(ana: Client, shop: Shop) -> None:
    forged = signing.dumps(("Adjust", {"site": "london", "sku": "mug", "by": -12}), key="guess", salt="onhand.undo")

    answer = ana.post("/undo", {"token": forged})

    assert "too long ago" in toast(answer)["words"]
    assert shop.available("mug") == 12


def test_who_may_not_act_may_not_undo(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/stock/mug/at/london/adjust", location="pick", by="-2", reason="broken")
    bob = sign_in(Client(), shop, role="marketing", name="bob")

    assert bob.get("/stock/mug/at/london/adjust").status_code == 403
    assert "takes the permission 'do.counts'" in undo(bob, done)
    assert shop.available("mug") == 10


def test_many_orders_are_shown_before_and_after_then_done_then_undone(ana: Client, shop: Shop) -> None:
    for _ in range(3):
        shop.do(shop.order(("mug", 1)))
    keys = [key.hex for (key,) in shop.db.execute("SELECT id FROM orders_order ORDER BY number")]
    shop.db.commit()

    preview = ana.post("/orders/bulk/hold", {"keys": "\n".join(keys[:2]), "view": ""})

    assert "Hold: 2 orders" in text(preview)
    assert "N1 placed held" in text(preview)
    assert [state(shop, f"N{n}") for n in (1, 2, 3)] == ["placed", "placed", "placed"]
    done = ana.post("/orders/bulk/hold/do", _hidden(preview))
    assert "2 orders done" in text(done)
    assert [state(shop, f"N{n}") for n in (1, 2, 3)] == ["held", "held", "placed"]
    ana.post("/orders/bulk/resume/do", _hidden(done))
    assert [state(shop, f"N{n}") for n in (1, 2, 3)] == ["placed", "placed", "placed"]


def test_all_that_match_are_meant_where_that_is_ticked(ana: Client, shop: Shop) -> None:
    for channel in ("web", "web", "phone"):
        shop.do(shop.order(("mug", 1), channel=channel))

    preview = ana.post("/orders/bulk/hold", {"keys": "", "all": "1", "view": "channel=web"})

    assert "Hold: 2 orders" in text(preview)


def test_those_who_cannot_are_passed_over_in_words(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 1)))
    (key,) = shop.db.execute("SELECT id FROM orders_order").fetchone() or ()
    shop.db.commit()

    preview = ana.post("/orders/bulk/deliver", {"keys": key.hex, "view": ""})

    assert "1 is passed over" in text(preview)
    assert "ship it first" in text(preview)


def test_goods_that_come_while_an_order_is_held_are_shown_as_its_own_before_it_goes_on(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("lamp", 2)))
    fill(ana, "/orders/web/N1/step/hold", reason="address unclear")
    shop.stock("lamp", 5)
    (key,) = shop.db.execute("SELECT id FROM orders_order").fetchone() or ()
    shop.db.commit()

    preview = ana.post("/orders/bulk/resume", {"keys": key.hex, "view": ""})

    assert "N1 held placed" in text(preview)
    assert state(shop) == "held"


def test_what_was_shown_for_one_step_is_not_done_as_another(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 1)))
    (key,) = shop.db.execute("SELECT id FROM orders_order").fetchone() or ()
    shop.db.commit()
    preview = ana.post("/orders/bulk/hold", {"keys": key.hex, "view": ""})

    answer = ana.post("/orders/bulk/ship/do", _hidden(preview))

    assert answer.status_code == 422
    assert state(shop) == "placed"


def _hidden(answer: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))


@pytest.mark.parametrize(
    ("language", "written", "meant"),
    [
        ("en", "1,500", 1500),
        ("en", "1.0", 1),
        ("pt-br", "1.500", 1500),
        ("pt-br", "2,0", 2),
        ("pt-br", "2.0", 2),
        ("es", "2,0", 2),
    ],
)
def test_a_number_is_read_as_the_reader_writes_it(
    ana: Client, shop: Shop, language: str, written: str, meant: int
) -> None:
    ana.post("/prefer", {"language": language})

    fill(ana, "/stock/mug/at/london/adjust", location="pick", by=written, reason="found")

    assert shop.available("mug") == 12 + meant


@pytest.mark.parametrize("written", ["1,5", "12,50", "0,001", "1,2,3", "1.500,25"])
def test_a_number_that_could_be_another_is_refused(ana: Client, shop: Shop, written: str) -> None:
    answer = fill(ana, "/stock/mug/at/london/adjust", location="pick", by=written, reason="found")

    assert "Enter a number." in text(answer)
    assert shop.available("mug") == 12
