"""What is held on people, on the pages."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from doors.people import file, fill, read, sign_in, text, toast
from onhand.access.privacy import registry
from onhand.customers import queries
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from shop import Shop

ONE = "/privacy/customers/C1"


@pytest.fixture
def ana(shop: Shop, browser: Client) -> Client:
    """An owner's browser, in a shop that Ana has ordered from."""
    save_customers(shop.db, [CustomerRecord("C1", "Ana Núñez", "ana@shop.example", "+44 20 7946 0958", "GB")])
    shop.db.commit()
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 1), customer="C1", ship_to=c.Destination("GB", "SW1A 1AA")))
    return sign_in(browser, shop)


def deliver(shop: Shop) -> None:
    for step in ("pick", "pack", "ship", "deliver"):
        shop.do(c.AdvanceOrder("web", "N1", step))


@pytest.mark.parametrize("words", ["C1", "nunez", "ana@shop.example", "020 7946 0958"])
def test_a_customer_is_found_by_what_is_known_of_them(ana: Client, words: str) -> None:
    answer = ana.post("/privacy/find", {"q": words})

    assert "Ana Núñez" in text(answer)
    assert ONE in answer.content.decode()
    assert "Nobody is known" in text(ana.post("/privacy/find", {"q": "nun"}))


def test_the_palette_finds_customers_for_who_may_know_them(ana: Client, shop: Shop) -> None:
    assert "Ana Núñez" in read(ana, "/palette?q=nunez")

    ana.post("/account/logout/")
    sign_in(ana, shop, "store_associate", "bob")
    assert "Ana Núñez" not in read(ana, "/palette?q=nunez")


def test_a_customers_page_shows_all_that_is_held_and_why(ana: Client) -> None:
    page = read(ana, ONE)

    for shown in ("Ana Núñez", "ana@shop.example", "+44 20 7946 0958", "SW1A 1AA", "N1", "contract", "not allowed"):
        assert shown in page
    assert "orders are open" in page
    assert read(ana, "/privacy/customers/nobody", 404)


def test_what_a_customer_said_is_written_down(ana: Client) -> None:
    answer = fill(ana, f"{ONE}/choose", purpose="email", given="yes", wording="May we write?", source="a call")

    assert toast(answer)["words"] == "It is written down."
    assert "allowed" in read(ana, ONE)
    assert "May we write?" in read(ana, ONE)


def test_all_that_is_held_is_handed_out_as_a_file_and_on_record(ana: Client, shop: Shop) -> None:
    found = json.loads(ana.post(f"{ONE}/export.json").content)
    sheet = file(ana.post(f"{ONE}/export.csv"))

    mapped = {each.table for each in registry.holdings() if "customer" in each.rows}
    assert mapped <= {each["what"] for each in found["held"]}
    assert "ana@shop.example" in sheet
    assert shop.kinds()[-2:] == ["data.exported", "data.exported"]


def test_a_customer_is_erased_after_their_code_is_typed_once_more(ana: Client, shop: Shop) -> None:
    waiting = fill(ana, f"{ONE}/erase", code="C1")
    assert waiting.status_code == 422
    deliver(shop)
    wrong = fill(ana, f"{ONE}/erase", code="C2")
    assert (wrong.status_code, "nothing was erased" in text(wrong)) == (422, True)

    done = fill(ana, f"{ONE}/erase", code="C1")

    assert toast(done)["words"] == "What was known of them is gone."
    assert "Núñez" not in read(ana, ONE)
    assert "erased" in read(ana, ONE)
    assert "customer/C1" in read(ana, "/privacy")
    assert [each.name for each in queries.customers(shop.db, code="C1").items] == [""]
    assert "N1" in read(ana, "/orders/of/web/N1")


def test_what_the_law_holds_cannot_be_erased_until_it_ends(ana: Client, shop: Shop) -> None:
    deliver(shop)
    fill(ana, f"{ONE}/hold", until="2999-12-31", reason="case 7")
    assert "case 7" in read(ana, ONE)
    assert fill(ana, f"{ONE}/erase", code="C1").status_code == 422

    fill(ana, f"{ONE}/release")

    assert fill(ana, f"{ONE}/erase", code="C1").status_code == 200


def test_who_may_only_see_can_neither_hand_out_nor_erase(ana: Client, shop: Shop) -> None:
    ana.post("/account/logout/")
    sign_in(ana, shop, "customer_service", "bob")

    assert "Ana Núñez" in read(ana, ONE)
    assert "Erase" not in read(ana, ONE)
    assert ana.get(f"{ONE}/erase").status_code == 403
    assert ana.post(f"{ONE}/export.json").status_code == 403


def test_others_do_not_see_it(ana: Client, shop: Shop) -> None:
    ana.post("/account/logout/")
    sign_in(ana, shop, "planner", "bob")

    assert [ana.get(each).status_code for each in ("/privacy", ONE, "/privacy/record")] == [403, 403, 403]


def test_the_record_lists_every_personal_column(ana: Client) -> None:
    page, sheet = read(ana, "/privacy/record"), file(ana.get("/privacy/record.csv"))

    for holding in registry.holdings():
        for column in holding.columns:
            assert re.search(rf"\b{holding.table}\b.*\b{column.name}\b", page)
            assert f"{holding.table},{column.name}," in sheet


def test_browsers_learn_that_their_objection_is_honoured(browser: Client) -> None:
    assert browser.get("/.well-known/gpc.json").json()["gpc"] is True
