"""What needs doing: each kind of task is found for who may do it, where they may, and is gone when it is done."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from onhand.access.permissions import Standing, everywhere
from onhand.access.roles import ROLES
from onhand.catalog.actions import set_prices
from onhand.catalog.records import PriceRecord
from onhand.flows import commands as c
from onhand.insight.home.tasks import LOOKED_AT, Home, Reader, has_tasks, home
from onhand.messages.alerts.actions import Name, Situation, open_all
from shop import Shop

OWNER = everywhere(ROLES["owner"])


def seen(shop: Shop, standing: Standing = OWNER) -> Home:
    return home(shop.db, Reader("person/ana", standing), shop.now)


def kinds(shop: Shop, standing: Standing = OWNER) -> dict[str, int]:
    return seen(shop, standing).counts


def test_an_order_is_a_task_of_its_next_step_until_it_is_delivered(shop: Shop) -> None:
    shop.stock("mug", 5)
    order = shop.order(("mug", 2))
    shop.do(order)
    found = []
    for step in ("confirm", "pick", "pack", "ship", "deliver"):
        found.append(kinds(shop))
        shop.do(c.AdvanceOrder("web", order.number, step))

    assert found == [{"confirm": 1}, {"pick": 1}, {"pack": 1}, {"ship": 1}, {"deliver": 1}]
    assert kinds(shop) == {}


def test_a_held_order_waits_to_go_on(shop: Shop) -> None:
    shop.stock("mug", 5)
    order = shop.order(("mug", 2))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "hold", reason="address"))

    assert kinds(shop) == {"resume": 1}


def test_a_line_that_waits_without_a_day_wants_an_answer_and_one_with_a_day_does_not(shop: Shop) -> None:
    shop.do(shop.order(("mug", 3)))
    before = kinds(shop)
    shop.do(c.Expect("london", "P1", [c.ExpectedLine("mug", Decimal(9), shop.now + timedelta(days=3))]))

    assert before == {"answer": 1}
    assert kinds(shop) == {}


def test_what_is_late_or_due_today_is_to_be_taken_in(shop: Shop) -> None:
    for reference, days in (("late", -1), ("today", 0.5), ("later", 3)):
        due = shop.now + timedelta(days=days)
        shop.do(c.Expect("london", reference, [c.ExpectedLine("mug", Decimal(9), due)]))

    tasks = [each.task for each in seen(shop).tasks]

    assert [(each.kind, each.where) for each in tasks] == [
        ("late", ("mug", "london", "late")),
        ("receive", ("mug", "london", "today")),
    ]


def test_what_is_below_its_threshold_comes_from_whoever_can_spare_most(shop: Shop) -> None:
    set_prices(shop.db, [PriceRecord("mug", "EUR", Decimal(10))], shop.now)
    shop.stock("mug", 4, "lisbon")
    shop.do(c.SetThreshold("lisbon", "mug", Decimal(10)))
    alone = [each.task for each in seen(shop).tasks]
    shop.stock("mug", 50, "london")
    shop.do(c.SetThreshold("london", "mug", Decimal(47)))

    (task,) = [each.task for each in seen(shop).tasks]

    assert [each.where for each in alone] == [("mug", "lisbon")]
    assert task.where == ("mug", "lisbon", "london", "3")
    assert (task.kind, task.pieces, str(task.worth and task.worth.amount)) == ("low", 4, "60.00")


def test_what_will_run_out_before_it_can_be_restocked_is_brought_before(shop: Shop) -> None:
    set_prices(shop.db, [PriceRecord("mug", "EUR", Decimal(10))], shop.now)
    shop.stock("mug", 90, "london")
    shop.stock("mug", 8, "lisbon")
    facts = {"available": "8", "date": "2026-03-05", "restocked": "2026-03-09", "a_day": "2.7"}
    soon = Situation(Name("will_run_out", "mug", "lisbon"), shop.now, 1, facts)
    open_all(shop.db, [soon])
    shop.db.commit()

    (task,) = [each.task for each in seen(shop).tasks]

    assert (task.kind, task.where) == ("soon", ("mug", "lisbon", "london", "11"))
    assert task.due is not None
    assert (task.pieces, task.due.day, str(task.worth and task.worth.amount)) == (8, 5, "110.00")


def test_who_is_limited_to_a_site_is_shown_what_is_theirs(shop: Shop) -> None:
    shop.stock("mug", 5, "london")
    shop.stock("lamp", 5, "lisbon")
    for sku in ("mug", "lamp"):
        order = shop.order((sku, 2))
        shop.do(order)
        shop.do(c.AdvanceOrder("web", order.number, "confirm"))
    for site in ("london", "lisbon"):
        shop.do(c.SetThreshold(site, "mug", Decimal(10)))
    at_lisbon = Standing({"do.shipments": frozenset({"lisbon"}), "do.transfers": frozenset({"lisbon"})})

    found = seen(shop, at_lisbon)

    assert found.counts == {"pick": 1, "gone": 1}
    assert {each.task.sites for each in found.tasks} == {("lisbon",)}


def test_a_channels_people_are_shown_the_orders_of_their_channel(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 1)))
    shop.do(shop.order(("mug", 1), channel="phone"))

    phone = Standing(OWNER.grants, channels=frozenset({"phone"}))

    assert [each.task.where[0] for each in seen(shop, phone).tasks] == ["phone"]


def test_of_very_many_the_oldest_are_looked_at_and_it_is_said_that_there_are_more(shop: Shop) -> None:
    shop.stock("mug", LOOKED_AT + 5)
    shop.ask(*(shop.order(("mug", 1)) for _ in range(LOOKED_AT + 5)))

    found = seen(shop)

    assert (found.counts, found.more) == ({"confirm": LOOKED_AT}, {"confirm"})


@pytest.mark.parametrize(("role", "has"), [("store_manager", True), ("driver", True), ("finance", False)])
def test_who_does_nothing_of_the_kind_has_no_tasks(role: str, has: bool) -> None:  # noqa: FBT001
    assert has_tasks(everywhere(ROLES[role])) is has
