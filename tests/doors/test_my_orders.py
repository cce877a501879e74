"""A customer's orders on their own pages: how far each is, giving up what is not picked, writing to the shop."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from doors.customers import come_in, customer
from doors.people import hidden, read, text
from onhand.core.clock import utc_now
from onhand.customers.account import messages
from onhand.customers.service import actions
from onhand.customers.service import queries as service
from onhand.flows import care
from onhand.flows import commands as c
from onhand.messages.actions import Letter, Recipient, post
from shop import Shop

ORDER = "/my/orders/web/N1"


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    """A customer who is signed in, and has ordered eight mugs and a lamp of which there are five and two."""
    customer(shop)
    shop.stock("mug", 5)
    shop.stock("lamp", 2)
    shop.do(shop.order(("mug", 8), ("lamp", 1), customer="C1"))
    return come_in(browser, shop)


def cancel(browser: Client, **filled: str) -> Any:
    form = browser.get(f"{ORDER}/cancel")
    return browser.post(f"{ORDER}/cancel", {**hidden(form), "reason": "changed_mind", **filled})


def state(shop: Shop) -> list[tuple[Any, ...]]:
    shop.db.commit()
    return shop.db.execute(
        "SELECT number, ordered, reserved, backordered, cancelled FROM orders_line ORDER BY number"
    ).fetchall()


def test_an_order_says_how_far_it_is_and_what_it_waits_for(ana: Client, shop: Shop) -> None:
    page = read(ana, ORDER)

    assert "3 still to come in; we do not know yet when." in page
    assert "more was ordered than we had" in page
    assert "Being made ready at London" in page


def test_what_is_promised_of_goods_to_come_has_its_day(ana: Client, shop: Shop) -> None:
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("lamp", Decimal(10), shop.now + timedelta(days=5))]))
    shop.do(shop.order(("lamp", 4), customer="C1"))

    assert "3 still to come in; expected on 7 Mar 2026" in read(ana, "/my/orders/web/N2")


def test_what_waits_has_its_day_when_goods_are_announced_later(ana: Client, shop: Shop) -> None:
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(10), shop.now + timedelta(days=5))]))

    assert "3 still to come in; expected on 7 Mar 2026" in read(ana, ORDER)

    shop.do(c.AmendSupply("london", "PO1", [c.SupplyChange("mug", due=shop.now + timedelta(days=9))]))
    assert "3 still to come in; expected on 11 Mar 2026" in read(ana, ORDER)


def test_each_step_is_shown_with_its_moment(ana: Client, shop: Shop) -> None:
    shop.stock("mug", 3)
    for step in ("confirm", "pick", "pack", "ship"):
        shop.do(c.AdvanceOrder("web", "N1", step))

    page = ana.get(ORDER).content.decode()

    done = [
        name
        for name in ("placed", "confirmed", "picked", "packed", "shipped", "delivered")
        if f'class="done" data-step="{name}"' in page
    ]
    assert done == ["placed", "confirmed", "picked", "packed", "shipped"]
    assert "Sent from London" in page


def test_a_page_looks_for_news_by_itself_and_touches_no_session(ana: Client, shop: Shop) -> None:
    shop.db.execute("UPDATE customers_account_session SET seen_at = now() - interval '1 hour'")
    shop.db.commit()

    part = ana.get(ORDER, headers={"X-Part": "news"}).content.decode()

    assert "<html" not in part
    assert 'id="order-state"' in part
    (age,) = shop.db.execute("SELECT now() - seen_at FROM customers_account_session").fetchone() or ()
    assert age > timedelta(minutes=50)


def test_who_is_signed_out_meanwhile_is_told_so_by_the_news(ana: Client, shop: Shop) -> None:
    ana.post("/my/sign-out")

    assert ana.get(ORDER, headers={"X-Part": "news"}).status_code == 401


def test_an_order_of_somebody_else_is_not_there(ana: Client, shop: Shop) -> None:
    customer(shop, "C2", "eva@shop.example")
    shop.do(shop.order(("lamp", 1), customer="C2"))
    shop.do(shop.order(("lamp", 1)))

    assert "Your orders" in read(ana, "/my/orders/web/N2", 404)
    for number in ("N2", "N3", "N4"):
        answers = {
            ana.get(f"/my/orders/web/{number}").status_code,
            ana.get(f"/my/orders/web/{number}/cancel").status_code,
            ana.post(f"/my/orders/web/{number}/cancel", {"reason": "changed_mind"}).status_code,
            ana.post(f"/my/orders/web/{number}/write", {"text": "Hello"}).status_code,
        }
        assert answers == {404}


def test_a_part_is_given_up_what_waits_first(ana: Client, shop: Shop) -> None:
    answer = cancel(ana, line_1="4", line_2="0", text="Too many mugs")

    assert answer["Location"] == f"{ORDER}?said=cancelled"
    assert state(shop) == [(1, 8, 4, 0, 4), (2, 1, 1, 0, 0)]
    assert shop.available("mug") == 1
    assert "Too many mugs" in read(ana, ORDER)


@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_how_much_there_is_stands_there_as_one_reads_it(ana: Client, language: str) -> None:
    page = ana.get(f"{ORDER}/cancel", headers={"Accept-Language": language}).content.decode()

    assert 'name="line_1" value="8"' in page


def test_all_of_it_is_given_up(ana: Client, shop: Shop) -> None:
    cancel(ana, line_1="8", line_2="1")

    assert "Your order is cancelled" in read(ana, ORDER)
    assert read(ana, f"{ORDER}/cancel").count("Cancel these") == 0


def test_that_it_was_the_customer_is_on_record_and_what_they_wrote_is_not(ana: Client, shop: Shop) -> None:
    cancel(ana, line_1="1", line_2="0", text="My aunt Eva is ill")

    told = shop.db.execute("SELECT actor, data::text FROM core_event WHERE kind = 'order.cancelled'").fetchall()
    everything = str(shop.db.execute("SELECT data FROM core_event").fetchall())
    assert [actor for actor, _ in told] == ["customer/C1"]
    assert '"changed_mind"' in told[0][1]
    assert "aunt" not in everything
    assert "aunt" not in str(shop.db.execute("SELECT text FROM customers_message").fetchall())


def test_the_same_form_sent_twice_is_done_once(ana: Client, shop: Shop) -> None:
    filled = {**hidden(ana.get(f"{ORDER}/cancel")), "reason": "changed_mind", "line_1": "2", "line_2": "0", "text": "x"}
    for _ in range(2):
        ana.post(f"{ORDER}/cancel", filled)

    assert state(shop)[0] == (1, 8, 5, 1, 2)
    assert len(messages.about(shop.db, ["C1"], "order/web/N1").items) == 1


@pytest.mark.parametrize("lines", [{"line_1": "9"}, {"line_1": "-1"}, {"line_1": "x"}, {"line_1": "0", "line_2": "0"}])
def test_what_cannot_be_given_up_is_said_beside_it(ana: Client, shop: Shop, lines: dict[str, str]) -> None:
    before = state(shop)
    answer = cancel(ana, **{"line_2": "0", **lines})

    assert answer.status_code == 422
    assert state(shop) == before


def test_once_it_is_picked_only_what_waits_can_be_given_up(ana: Client, shop: Shop) -> None:
    form = hidden(ana.get(f"{ORDER}/cancel"))
    shop.do(c.AdvanceOrder("web", "N1", "pick"))

    late = ana.post(f"{ORDER}/cancel", {**form, "reason": "changed_mind", "line_1": "4", "line_2": "1"})
    shown = text(ana.get(f"{ORDER}/cancel"))
    answer = cancel(ana, line_1="3")

    assert late.status_code == 422
    assert "Up to 3 can be cancelled." in shown
    assert answer.status_code == 302
    assert state(shop) == [(1, 8, 5, 0, 3), (2, 1, 1, 0, 0)]


def test_the_flow_itself_refuses_what_is_picked_and_what_is_somebody_elses(ana: Client, shop: Shop) -> None:
    asked = c.CancelOwn("web", "N1", ["C1"], "changed_mind", [c.LineQuantity(2, Decimal(1))])
    strange = shop.ask(c.CancelOwn("web", "N1", ["C2"], "changed_mind"))[0]
    shop.do(c.AdvanceOrder("web", "N1", "pick"))

    assert (strange.code, shop.ask(asked)[0].code) == ("unknown_order", "picked")


def test_what_is_written_to_the_shop_is_kept_sealed_and_shown_to_both(ana: Client, shop: Shop) -> None:
    form = hidden(ana.get(ORDER))
    for _ in range(2):
        answer = ana.post(f"{ORDER}/write", {"asking": form["asking"], "text": "Is it dishwasher-safe?"})
        assert answer["Location"] == f"{ORDER}?said=written#messages"

    page = messages.unread(shop.db)
    assert [(each.customer, each.about, each.text) for each in page.items] == [
        ("C1", "order/web/N1", "Is it dishwasher-safe?")
    ]
    assert "dishwasher" not in str(shop.db.execute("SELECT text FROM customers_message").fetchall())
    assert read(ana, ORDER).count("Is it dishwasher-safe?") == 1


def test_what_the_shop_writes_stands_there_too(ana: Client, shop: Shop) -> None:
    facts = {"text": "It is, up to 60 degrees.", "shop": "Harbour Goods"}
    letter = Letter("customer.message", Recipient("customer", "C1"), "en", facts, key="k1", about="order/web/N1")
    told = {"text": "Ana asks a lot; be brief.", "shop": "Harbour Goods"}
    inside = Letter("customer.message", Recipient("person", "tom"), "en", told, key="k2", about="order/web/N1")
    post(shop.db, [letter, inside], actor="person/eva")
    shop.db.commit()

    page = read(ana, ORDER)
    assert "It is, up to 60 degrees." in page
    assert "be brief" not in page


def test_what_the_desk_has_read_is_unread_no_more(ana: Client, shop: Shop) -> None:
    ana.post(f"{ORDER}/write", {**hidden(ana.get(ORDER)), "text": "Hello"})
    (message,) = messages.unread(shop.db).items

    assert messages.mark_read(shop.db, [message.id], actor="person/eva", now=utc_now()) == 1
    assert messages.mark_read(shop.db, [message.id], actor="person/eva", now=utc_now()) == 0
    assert messages.unread(shop.db).items == []


def ask(ana: Client, text: str) -> None:
    ana.post(f"{ORDER}/write", {**hidden(ana.get(ORDER)), "text": text})


def cases(shop: Shop) -> list[tuple[str, str, str | None]]:
    shop.db.commit()
    return [(each.subject, each.state, each.customer) for each in service.cases(shop.db, {}).items]


def test_what_is_asked_about_an_order_is_a_case_at_the_desk_and_once_more_is_the_same_case(
    ana: Client, shop: Shop
) -> None:
    ask(ana, "Is it dishwasher-safe?")
    opened = cases(shop)
    ask(ana, "And the lamp?")

    assert opened == [("N1: Is it dishwasher-safe?", "open", "C1")]
    assert cases(shop) == opened
    (case,) = service.cases(shop.db, {}).items
    assert [(each.kind, each.text) for each in service.entries(shop.db, case)] == [
        ("question", "Is it dishwasher-safe?"),
        ("question", "And the lamp?"),
    ]


def test_an_answer_by_letter_stands_on_the_order_and_asking_again_opens_the_case_again(ana: Client, shop: Shop) -> None:
    ask(ana, "Is it dishwasher-safe?")
    (case,) = service.cases(shop.db, {}).items
    answer = care.AnswerCase(text="It is, up to 60 degrees.", by="email")
    care.answer_case(shop.db, case.number, answer, shop="Harbour", key="a1", actor="person/eva", now=utc_now())
    answered = cases(shop)

    page = read(ana, ORDER)
    ask(ana, "Thank you! And the lamp?")

    assert [state for _, state, _ in answered] == ["answered"]
    assert messages.about(shop.db, ["C1"], "order/web/N1").items[-1].read_at is not None
    assert page.count("It is, up to 60 degrees.") == 1
    assert [state for _, state, _ in cases(shop)] == ["open"]


def test_what_is_asked_after_the_case_was_closed_is_a_case_of_its_own(ana: Client, shop: Shop) -> None:
    ask(ana, "Is it dishwasher-safe?")
    (case,) = service.cases(shop.db, {}).items
    actions.act_on_case(shop.db, case.number, "close", actions.Said(), key="c1", actor="person/eva", now=utc_now())
    shop.db.commit()

    ask(ana, "Is the lamp, too? " + "I would like to know before I put it in. " * 5)

    assert [state for _, state, _ in cases(shop)] == ["open", "closed"]
    assert cases(shop)[0][0].endswith("…")


def test_many_orders_come_page_by_page_latest_first(ana: Client, shop: Shop) -> None:
    shop.stock("lamp", 30)
    for _ in range(25):
        shop.do(shop.order(("lamp", 1), customer="C1"))

    first = ana.get("/my").content.decode()
    following = first.split('href="?after=')[1].split('"')[0]
    second = ana.get(f"/my?after={following}").content.decode()

    assert "Order N26" in first
    assert "Order N7<" in first
    assert "Order N6<" in second
    assert "Order N1<" in second
    assert ana.get("/my?after=nonsense").status_code == 404
