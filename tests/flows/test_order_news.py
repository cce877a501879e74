"""Customers who ordered in the window hear what becomes of their orders: once, gathered, in their language."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from onhand.core.answers import once
from onhand.core.asks import Ask
from onhand.customers import speaking
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.customers.rules import Language
from onhand.doors.jobs.correspondent import Words
from onhand.flows import commands as c
from onhand.flows import order_news
from onhand.flows.cancel_own import cancel_own
from onhand.messages.actions import Letter, Recipient, post
from onhand.messages.queries import LetterView, letters
from shop import Shop

GATHER = timedelta(minutes=2)


@pytest.fixture
def bought(shop: Shop) -> Shop:
    """Two mugs and a lamp, ordered in the window by somebody who speaks English."""
    shop.stock("mug", 5)
    shop.stock("lamp", 5)
    order(shop, ("mug", 2), ("lamp", 1))
    return shop


def order(shop: Shop, *lines: tuple[str, int], language: Language = "en", confirmed: bool = True) -> str:
    """An order of a customer of the window, its confirmation posted; its number."""
    save_customers(shop.db, [CustomerRecord("C1", "Ana Souza", "ana@example.com", country="GB")])
    speaking.speak(shop.db, ["C1"], language, actor="tester", now=shop.now)
    command = shop.order(*lines, customer="C1")
    place(shop, command, confirmed=confirmed)
    return command.number


def place(shop: Shop, command: c.PlaceOrder, *, confirmed: bool = True) -> None:
    shop.do(command)
    if confirmed:
        confirm(shop, command.number)
    follow(shop)


def confirm(shop: Shop, number: str) -> None:
    facts = {"number": number, "lines": "2 × Mug", "total": "£25.00", "goes": "It goes to:\nAna"}
    facts |= {"link": "https://shop", "shop": "Shop"}
    key = order_news.confirmation("web", number)
    post(shop.db, [Letter("order.placed", Recipient("customer", "C1"), "en", facts, key)], actor="tester")
    shop.db.commit()


def follow(shop: Shop, **later: float) -> int:
    """The correspondent comes by; how many letters were written since."""
    shop.later(**later)
    shop.db.commit()
    before = len(news(shop))
    while order_news.follow(shop.db, shop.now, speaker=Words(shop.db), shop="Harbour", gather=GATHER) >= 2000:
        pass
    shop.db.commit()
    return len(news(shop)) - before


def news(shop: Shop) -> list[LetterView]:
    """What was written of orders, as whom it was written to reads it, first things first."""
    return [each for each in reversed(letters(shop.db, to_themselves=True).items) if each.template == "order.state"]


def step(shop: Shop, name: Any, number: str = "N1", **facts: Any) -> None:
    shop.do(c.AdvanceOrder("web", number, name, **facts))


def told(shop: Shop) -> str:
    """What the last letter says of the order."""
    return news(shop)[-1].text.partition("news of your order")[2].partition(":")[2].partition("Where it is")[0].strip()


def expect(shop: Shop, reference: str, quantity: int, days: int) -> None:
    due = shop.now.replace(hour=12) + timedelta(days=days)
    shop.do(c.Expect("london", reference, [c.ExpectedLine("mug", Decimal(quantity), due)]))


def test_what_is_sent_is_told_when_it_has_gathered(bought: Shop) -> None:
    step(bought, "ship")
    assert follow(bought) == 0

    assert follow(bought, minutes=2) == 1

    (letter,) = news(bought)
    assert (letter.to_name, letter.language, letter.about) == ("C1", "en", "order/web/N1")
    assert told(bought) == "It has been sent."
    assert "/shop/en/order/" in letter.text


def test_several_changes_within_a_while_are_one_letter_and_the_last_is_told(bought: Shop) -> None:
    for name in ("confirm", "pick", "pack", "ship", "deliver"):
        step(bought, name)
        follow(bought, seconds=10)

    assert follow(bought, minutes=2) == 1

    assert told(bought) == "It has been delivered."


def test_a_step_is_told_once_also_when_it_is_taken_again(bought: Shop) -> None:
    step(bought, "ship")
    follow(bought)
    follow(bought, minutes=2)
    step(bought, "deliver")
    follow(bought)
    follow(bought, minutes=2)

    step(bought, "deliver")
    follow(bought)

    assert follow(bought, minutes=2) == 0
    assert len(news(bought)) == 2


def test_a_follower_that_begins_anew_writes_nothing_twice(bought: Shop) -> None:
    some = [c.LineQuantity(1, Decimal(1))]
    bought.do(c.CancelOrder("web", "N1", "broken", some))
    step(bought, "ship")
    follow(bought)
    follow(bought, minutes=2)

    bought.db.execute("DELETE FROM core_follower")
    follow(bought)

    assert follow(bought, minutes=2) == 0
    assert len(news(bought)) == 1


def test_parts_are_told_as_parts(bought: Shop) -> None:
    step(bought, "ship", lines=[c.LineQuantity(2, Decimal(1))])
    follow(bought)
    follow(bought, minutes=2)
    first = told(bought)
    step(bought, "ship")
    follow(bought)
    follow(bought, minutes=2)

    assert (first, told(bought)) == ("A part of it has been sent.", "It has been sent.")


def test_what_the_shop_cancels_is_told_and_what_the_customer_cancels_is_not(bought: Shop) -> None:
    bought.do(c.CancelOrder("web", "N1", "broken", [c.LineQuantity(1, Decimal(1))]))
    follow(bought)
    follow(bought, minutes=2)
    part = told(bought)
    bought.do(c.CancelOrder("web", "N1", "broken"))
    follow(bought)
    follow(bought, minutes=2)
    assert (part, told(bought)) == ("The shop had to cancel a part of it.", "The shop had to cancel it.")

    own(bought, order(bought, ("mug", 1)))
    follow(bought)
    assert follow(bought, minutes=2) == 0


def own(shop: Shop, number: str) -> None:
    """A customer cancels an order of theirs."""
    command = c.CancelOwn("web", number, ["C1"], "changed_mind")
    once(shop.db, cancel_own, [Ask(command, "customer/C1")], shop.now)
    shop.db.commit()


def test_a_day_that_is_given_later_or_sooner_is_told(shop: Shop) -> None:
    order(shop, ("mug", 2))
    said = []
    expect(shop, "PO1", 2, days=7)
    follow(shop)
    follow(shop, minutes=2)
    said.append(told(shop))
    for day in (12, 9):
        due = shop.now.replace(hour=12, minute=0) + timedelta(days=day)
        shop.do(c.AmendSupply("london", "PO1", [c.SupplyChange("mug", due=due)]))
        follow(shop)
        follow(shop, minutes=2)
        said.append(told(shop))
    shop.do(c.AmendSupply("london", "PO1", [c.SupplyChange("mug", Decimal(0))]))
    follow(shop)
    follow(shop, minutes=2)
    said.append(told(shop))

    assert said == [
        "Mug is now expected on 9 Mar 2026.",
        "Mug comes later than we said: it is now expected on 14 Mar 2026.",
        "Mug comes sooner than we said: it is now expected on 11 Mar 2026.",
        "We can no longer say when Mug will come; we write to you as soon as we know.",
    ]


def test_some_hours_more_on_the_same_day_are_not_told(shop: Shop) -> None:
    order(shop, ("mug", 2))
    expect(shop, "PO1", 2, days=7)
    follow(shop)
    follow(shop, minutes=2)

    due = shop.now.replace(hour=18) + timedelta(days=7)
    shop.do(c.AmendSupply("london", "PO1", [c.SupplyChange("mug", due=due)]))
    follow(shop)

    assert follow(shop, minutes=2) == 0


def test_a_day_that_comes_and_goes_within_a_while_is_not_told(shop: Shop) -> None:
    order(shop, ("mug", 2))
    expect(shop, "PO1", 2, days=7)
    follow(shop)
    shop.do(c.AmendSupply("london", "PO1", [c.SupplyChange("mug", Decimal(0))]))
    follow(shop)

    assert follow(shop, minutes=2) == 0


def test_what_is_fetched_is_told_to_be_ready_and_where(shop: Shop) -> None:
    shop.stock("mug", 2, "lisbon")
    save_customers(shop.db, [CustomerRecord("C1", "Ana Souza", "ana@example.com", country="PT")])
    command = c.FetchOrder("web", "F1", [c.WantedLine("mug", Decimal(2))], "C1", collect_at="lisbon")
    place(shop, command)
    said = []

    for name in ("pack", "ship"):
        step(shop, name, "F1")
        follow(shop)
        follow(shop, minutes=2)
        said.append(news(shop)[-1].text)

    assert "Ele está pronto para ser retirado em Lisboa." in said[0]
    assert "Ele foi entregue em suas mãos." in said[1]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["It has been sent.", "News of your order N1"]),
        ("es", ["Ya ha salido.", "Novedades de su pedido N1"]),
        ("pt-br", ["Ele foi enviado.", "Novidades do seu pedido N1"]),
    ],
)
def test_each_is_written_to_in_their_language(shop: Shop, language: Language, said: list[str]) -> None:
    shop.stock("mug", 2)
    order(shop, ("mug", 2), language=language)

    step(shop, "ship")
    follow(shop)
    follow(shop, minutes=2)

    (letter,) = news(shop)
    assert letter.language == language
    assert all(each in f"{letter.subject} {letter.text}" for each in said)
    assert f"/shop/{language}/order/" in letter.text


def test_orders_of_marketplaces_and_programs_are_their_own_business(shop: Shop) -> None:
    shop.stock("mug", 2)
    order(shop, ("mug", 2), confirmed=False)

    step(shop, "ship")
    follow(shop)

    assert follow(shop, minutes=2) == 0
    assert shop.db.execute("SELECT count(*) FROM messages_order_news").fetchall() == [(0,)]


def test_what_happened_long_ago_is_not_told_to_begin_with(bought: Shop) -> None:
    step(bought, "ship")
    bought.later(days=2)

    follow(bought)

    assert follow(bought, minutes=2) == 0


def test_of_many_orders_no_more_is_asked_than_of_one(shop: Shop) -> None:
    shop.stock("mug", 100)
    numbers = [order(shop, ("mug", 1)) for _ in range(30)]
    few, many = _statements(shop, numbers[:1]), _statements(shop, numbers[1:])

    assert many == few
    assert len(news(shop)) == 30


def _statements(shop: Shop, numbers: list[str]) -> int:
    """How many statements it takes to note and tell what happened to these orders."""
    shop.ask(*(c.AdvanceOrder("web", number, "ship") for number in numbers))
    asked = 0
    db = shop.db
    execute = db.execute

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*args, **kwargs)

    db.execute = counted  # type: ignore[method-assign]
    try:
        follow(shop)
        follow(shop, minutes=2)
    finally:
        db.execute = execute  # type: ignore[method-assign]
    return asked
