"""What a customer is worth, and how soon they are owed an answer: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from onhand.core.database import Connection
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.customers.rules import ELSE, VALUED_OVER, WORTHS, language_of, value_class
from onhand.customers.service.rules import ACTS, HOURS, STATES, after, answer_due, may_follow
from onhand.insight import lists
from shop import Shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("bought", "expected"),
    [
        ({}, "none"),
        ({"EUR": Decimal(0)}, "none"),
        ({"EUR": Decimal("0.01")}, "C"),
        ({"EUR": Decimal("999.99")}, "C"),
        ({"EUR": Decimal(1000)}, "B"),
        ({"EUR": Decimal("4999.99")}, "B"),
        ({"EUR": Decimal(5000)}, "A"),
        ({"JPY": Decimal(5000)}, "C"),
        ({"CHF": Decimal(5000)}, "A"),
    ],
)
def test_somebodys_class_comes_from_what_they_bought(bought: dict[str, Decimal], expected: str) -> None:
    assert value_class(bought) == expected


def test_currencies_are_not_added_up_and_the_best_one_counts() -> None:
    assert value_class({"EUR": Decimal(900), "GBP": Decimal(700)}) == "C"
    assert value_class({"EUR": Decimal(10), "GBP": Decimal(800)}) == "B"


def test_the_higher_class_takes_more_in_every_currency() -> None:
    for worth in (*WORTHS.values(), ELSE):
        assert worth.a > worth.b > 0


def test_somebody_is_written_to_as_they_said_or_as_it_is_spoken_there() -> None:
    assert language_of("es", "BR") == "es"
    assert language_of(None, "BR") == "pt-br"
    assert language_of(None, "MX") == "es"
    assert language_of(None, None) == "en"
    assert language_of("xx", "PT") == "pt-br"


def test_who_is_urgent_is_owed_an_answer_sooner() -> None:
    assert answer_due(NOON, "urgent") == NOON + timedelta(hours=1)
    assert HOURS["urgent"] < HOURS["high"] < HOURS["normal"] < HOURS["low"]


def test_only_what_is_closed_is_opened_again_and_nothing_closed_is_answered() -> None:
    assert [state for state in STATES if may_follow(state, "reopen")] == ["closed"]
    assert not may_follow("closed", "answer")
    assert after("closed", "reopen") == "open"
    assert all(after(state, act) in STATES for act in ACTS for state in STATES)


def test_the_list_of_customers_values_them_by_the_same_rule(shop: Shop) -> None:
    save_customers(shop.db, [CustomerRecord(f"C{at}", f"Name {at}") for at in range(4)])
    shop.db.commit()
    shop.stock("mug", 1000)
    for at, price in enumerate(("1", "80", "400")):
        shop.do(shop.order(("mug", 10), customer=f"C{at}"))
        shop.db.execute(
            "UPDATE orders_line SET unit_price = %s WHERE order_id ="
            " (SELECT id FROM orders_order ORDER BY id DESC LIMIT 1)",
            (price,),
        )
    shop.db.execute("UPDATE orders_order SET placed_at = now()")
    shop.db.commit()

    page = _listed(shop.db)

    assert [row["class"] for row in page] == ["C", "B", "A", "none"]
    assert [row["name"] for row in page] == ["Name 0", "Name 1", "Name 2", "Name 3"]
    amounts = ["10", "800", "4000"]
    assert [value_class({"GBP": Decimal(each)}) for each in amounts] == ["C", "B", "A"]


def test_what_was_bought_more_than_twelve_months_ago_counts_no_more(shop: Shop) -> None:
    save_customers(shop.db, [CustomerRecord("C0", "Name")])
    shop.db.commit()
    shop.stock("mug", 10)
    shop.do(shop.order(("mug", 10), customer="C0"))
    shop.db.execute("UPDATE orders_line SET unit_price = 400")
    shop.db.execute("UPDATE orders_order SET placed_at = now() - %s", (VALUED_OVER + timedelta(days=1),))
    shop.db.commit()

    assert [row["class"] for row in _listed(shop.db)] == ["none"]


def _listed(db: Connection) -> list[lists.Row]:
    page = lists.page(db, lists.ALL["customers"], lists.View())
    assert isinstance(page, lists.ListPage)
    return page.rows
