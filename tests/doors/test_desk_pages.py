"""The service desk: who is meant, the customer's page, answers to be read out, notes and cases."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from doors.people import fill, read, sign_in, text, toast
from onhand.access.changing import change_role
from onhand.access.people import admit
from onhand.access.roles import ROLES
from onhand.catalog.actions import set_substitutes
from onhand.catalog.records import SubstitutesRecord
from onhand.core.refusals import refused
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import care
from onhand.flows import commands as c
from shop import Shop

PHONE = "+44 20 7946 0958"
SPRING = datetime(2099, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    save_customers(shop.db, [CustomerRecord("C1", "Bea Costa", "bea@home.example", PHONE, "PT")])
    shop.db.commit()
    shop.stock("mug", 12)
    shop.do(shop.order(("mug", 5), customer="C1"))
    shop.do(shop.order(("mug", 20), customer="C1"))
    return sign_in(browser, shop, role="customer_service")


@pytest.mark.parametrize("words", [PHONE, "020 7946 0958", "BEA@home.example", "costa", "C1"])
def test_a_caller_is_found_by_whatever_is_known_of_them(ana: Client, words: str) -> None:
    found = text(ana.post("/desk/found", {"q": words}))

    assert "Bea Costa" in found
    assert "N2 backordered" in found
    assert "2 orders open" in found


def test_an_order_is_found_by_its_number_and_goods_by_their_words(ana: Client) -> None:
    assert "N1" in text(ana.post("/desk/found", {"q": "N1"}))
    assert "0 available" in text(ana.post("/desk/found", {"q": "mug"}))
    assert "Nobody and nothing is known by this" in text(ana.post("/desk/found", {"q": "unicorn"}))


def test_who_may_not_see_the_desk_is_refused(ana: Client, shop: Shop) -> None:
    bob = sign_in(Client(), shop, role="planner", name="bob")

    assert bob.get("/desk").status_code == 403
    assert bob.get("/desk/customers/C1").status_code == 403


def without(shop: Shop, *permissions: str) -> None:
    """Customer service may not see this any more."""
    admit(shop.db, "eva", "owner", full_name="Eva", password="warehouse-at-dawn")
    left = sorted(ROLES["customer_service"] - set(permissions))
    assert not refused(change_role(shop.db, "customer_service", left, actor="system", now=shop.now))
    shop.db.commit()


def test_who_may_not_see_orders_sees_none_at_the_desk(ana: Client, shop: Shop) -> None:
    without(shop, "see.orders", "do.orders", "do.cancellations", "do.returns")

    assert "Nobody and nothing is known by this" in text(ana.post("/desk/found", {"q": "N1"}))
    found = text(ana.post("/desk/found", {"q": "costa"}))
    assert "Bea Costa" in found
    assert not any(said in found for said in ("N2", "backordered", "orders open"))
    page = read(ana, "/desk/customers/C1")
    assert PHONE in page
    assert not any(said in page for said in ("N1", "N2", "13 × Mug", "Orders Order", "Class A from"))
    for path in ("/desk/orders/web/N1", "/desk/customers/C1/orders"):
        assert ana.get(path).status_code == 403, path
    assert ana.get("/desk/goods/mug").status_code == 200


def test_who_may_not_see_stock_sees_none_at_the_desk(ana: Client, shop: Shop) -> None:
    without(shop, "see.stock")

    assert "Nobody and nothing is known by this" in text(ana.post("/desk/found", {"q": "mug"}))
    assert ana.get("/desk/goods/mug").status_code == 403
    assert ana.get("/desk/orders/web/N1").status_code == 200


def test_a_customers_page_says_what_waits_and_what_they_are_worth(ana: Client) -> None:
    page = read(ana, "/desk/customers/C1")

    assert "Bea Costa" in page
    assert PHONE in page
    assert "13 × Mug" in page
    assert "no day yet" in page
    assert "N1" in page
    assert "letters by e-mail" in page


def test_a_part_of_an_order_is_cancelled_with_a_reason_that_is_told_afterwards(ana: Client, shop: Shop) -> None:
    answer = fill(ana, "/desk/orders/web/N2/cancel", reason="too_late", more="the party is on Sunday", line_1="13")

    assert toast(answer)["words"] == "A part of order N2 is cancelled."
    page = read(ana, "/desk/customers/C1")
    assert "it takes too long: the party is on Sunday" in page
    assert "13 cancelled" in page


def test_a_whole_order_is_cancelled_where_no_line_is_named(ana: Client, shop: Shop) -> None:
    answer = fill(ana, "/desk/orders/web/N2/cancel", reason="changed_mind")

    assert toast(answer)["words"] == "Order N2 is cancelled."


def test_a_cancellation_takes_a_reason(ana: Client) -> None:
    assert fill(ana, "/desk/orders/web/N2/cancel", reason="").status_code == 422


def test_goods_are_told_here_there_when_and_instead(ana: Client, shop: Shop) -> None:
    shop.stock("lamp", 3, site="lisbon")
    set_substitutes(shop.db, [SubstitutesRecord("mug", ["lamp"])])
    shop.db.commit()
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(30), SPRING)]))
    shop.do(shop.order(("mug", 4)))

    page = read(ana, "/desk/goods/mug")

    assert "Mug: not available at present." in page
    assert "30 are due at London on 2 Mar 2099; 13 of them are still free." in page
    assert "Instead of it we have: Lamp (3 at Lisboa)." in page


def test_what_should_have_come_and_has_not_is_told_as_that(ana: Client, shop: Shop) -> None:
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(30), shop.now)]))

    assert "30 were due at London on 2 Mar 2026 and have not come yet." in read(ana, "/desk/goods/mug")
    assert "It was promised for 2 Mar 2026 and has not come yet." in read(ana, "/desk/orders/web/N2")


def test_goods_are_told_for_where_the_customer_is_and_in_their_language(ana: Client, shop: Shop) -> None:
    shop.stock("lamp", 3, site="lisbon")
    shop.stock("lamp", 4)

    page = read(ana, "/desk/goods/lamp?site=lisbon&language=pt-br")

    assert "Lamp: 3 available at Lisboa." in page
    assert "Also at: London (4," in page
    assert "Lamp: 3 disponíveis em Lisboa." in page


def test_an_orders_lines_say_why_they_wait_since_when_and_where_in_the_queue(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 2)))

    page = read(ana, "/desk/orders/web/N2")

    assert "Mug: 7 are set aside for you at London." in page
    assert "13 have been waiting since 2 Mar 2026, because none was left when you ordered." in page
    assert "No day can be promised for all of it yet." in page
    assert "You are number 1 of 2 who wait for it." in page


def test_a_promised_line_says_its_day(ana: Client, shop: Shop) -> None:
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(30), SPRING)]))
    shop.do(shop.order(("mug", 4)))

    assert "All of it is promised for 2 Mar 2099." in read(ana, "/desk/orders/web/N3")
    assert "All of it is promised for 2 Mar 2099." in read(ana, "/desk/orders/web/N2"), "who waited before has one, too"


def test_a_note_is_left_pinned_and_taken_down(ana: Client, shop: Shop) -> None:
    fill(ana, "/desk/customers/C1/note", text="Rings twice")
    fill(ana, "/desk/orders/web/N2/note", text="Wants it gift-wrapped")
    (first, _second) = [row[0] for row in shop.db.execute("SELECT id FROM customers_note ORDER BY id")]

    assert toast(ana.post(f"/desk/notes/{first}/pin", {"pinned": "yes"}))["words"] == "The note is pinned."
    page = read(ana, "/desk/customers/C1")
    assert page.index("Rings twice") < page.index("Wants it gift-wrapped")
    assert "Wants it gift-wrapped" in read(ana, "/desk/orders/web/N2")
    ana.post(f"/desk/notes/{first}/take-down")
    assert "Rings twice" not in read(ana, "/desk/customers/C1")


def test_a_case_goes_from_its_question_to_its_end(ana: Client, shop: Shop) -> None:
    opened = fill(ana, "/desk/customers/C1/open-case", subject="Late mugs", question="Where are they?", mine="on")
    case = opened["HX-Redirect"]

    assert "nobody has it yet" not in read(ana, case)
    fill(ana, f"{case}/answer", text="On their way.", by="", language="en")
    assert "On their way." in read(ana, case)
    assert "in time" in read(ana, case)
    fill(ana, f"{case}/close", text="")
    assert "Open it again" in read(ana, case)
    assert fill(ana, f"{case}/answer", text="Once more", by="", language="en").status_code == 422
    fill(ana, f"{case}/reopen", text="It broke")
    assert "It broke" in read(ana, case)


def test_cases_are_listed_with_their_customer_and_found_by_who_they_are(ana: Client, shop: Shop) -> None:
    fill(ana, "/desk/orders/web/N2/open-case", subject="Late mugs", question="Where are they?")

    for view in ("", "?q=costa", "?q=N2", "?owner=empty:yes", "?state=not:closed"):
        assert "Late mugs" in read(ana, f"/desk/cases{view}"), view
    assert "Late mugs" not in read(ana, "/desk/cases?overdue=yes")
    shop.db.execute("UPDATE customers_case SET due_at = now() - interval '1 hour'")
    shop.db.commit()
    assert "Late mugs" in read(ana, "/desk/cases?overdue=yes")
    assert "0 %" in read(ana, "/desk/figures")


def test_a_customer_is_given_to_somebody_and_listed_as_theirs(ana: Client, shop: Shop) -> None:
    answer = fill(ana, "/desk/customers/C1/look-after", representative="ana", language="pt-br", priority="high")

    assert toast(answer)["words"] == "It was kept."
    listed = read(ana, "/desk/customers?representative=ana")
    assert "Bea Costa" in listed
    assert "13" in listed
    assert "My customers" in read(ana, "/desk/mine")
    assert "customer.cared_for" in shop.kinds()


def test_an_answer_goes_out_as_a_letter_in_the_customers_language_and_stays_on_record(ana: Client, shop: Shop) -> None:
    opened = fill(ana, "/desk/customers/C1/open-case", subject="Late mugs", question="Where are they?", mine="on")
    case = opened["HX-Redirect"]

    fill(ana, f"{case}/answer", text="Chegam na sexta.", by="email", language="pt-br")

    page = read(ana, case)
    assert "Seu atendimento #" in page
    assert "on its way" in page
    assert "Chegam na sexta." in read(ana, "/desk/customers/C1")


def test_what_is_told_of_an_order_is_sent_in_the_customers_language(ana: Client, settings_of: Any) -> None:
    settings_of(TEXTS=True)
    path = "/desk/orders/web/N2/write?fill=answer"
    filled = ana.get(path).content.decode()

    assert "Pedido N2:" in filled
    answer = fill(ana, path, text="O que espera chega logo.", by="sms", language="pt-br")
    assert toast(answer)["words"] == "The letter is on its way."
    assert "O que espera chega logo." in read(ana, "/desk/orders/web/N2")


def test_nobody_is_written_to_where_no_address_is_known(ana: Client, shop: Shop) -> None:
    save_customers(shop.db, [CustomerRecord("C2", "Nuno")])
    shop.db.commit()

    assert fill(ana, "/desk/customers/C2/write", text="Hello", by="email", language="en").status_code == 422


def test_only_who_may_have_a_case_is_offered_when_it_is_handed_over(ana: Client, shop: Shop) -> None:
    for name, role in (("bob", "planner"), ("zoe", "store_manager")):
        admit(shop.db, name, role, full_name=name.title(), password="warehouse-at-dawn")
    wanted = care.OpenCase(customer="C1", subject="Late mugs", question="Where are they?")
    opened = care.open_case(shop.db, wanted, key="one", actor="ana", now=shop.now)
    assert not refused(opened)
    shop.db.commit()
    path = f"/desk/cases/{opened.case.number}/hand_over"

    offered = re.findall(r'<option value="(\w+)"', ana.get(path).content.decode())

    assert offered == ["ana", "zoe"]
    assert fill(ana, path, owner="bob").status_code == 422
    assert toast(fill(ana, path, owner="zoe"))["words"] == "The case is in other hands."
