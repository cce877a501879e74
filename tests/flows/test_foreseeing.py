"""What will run out before it can be restocked, and what is late, becomes an alert of its own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flows.test_alerting import alerts, follow, manager, told, watched
from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuRecord
from onhand.flows import commands as c
from onhand.flows.foreseeing import foresee
from onhand.planning import queries
from onhand.planning.actions import set_lead_days
from shop import Shop


def sold(shop: Shop, quantity: int, sku: str = "mug") -> None:
    """So many are ordered and shipped."""
    order = shop.order((sku, quantity))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "ship", at=shop.now))


def running(shop: Shop, days: int = 14, a_day: int = 2, stock: int = 40) -> None:
    """Mugs have been selling evenly for a while."""
    watched(shop, threshold=3, stock=stock)
    for _ in range(days):
        sold(shop, a_day)
        shop.later(days=1)


def look_ahead(shop: Shop) -> None:
    shop.db.commit()
    assert foresee(shop.db, shop.now) is None
    shop.db.commit()
    follow(shop)


def facts(shop: Shop, kind: str) -> Any:
    row = shop.db.execute("SELECT facts FROM messages_alert WHERE kind = %s AND closed_at IS NULL", (kind,)).fetchone()
    return row[0] if row else None


def test_what_runs_out_before_it_can_be_restocked_is_told_with_its_day(shop: Shop) -> None:
    manager(shop)
    running(shop)  # 12 of 40 are left, two a day go: six days, and new ones take seven

    look_ahead(shop)

    assert facts(shop, "will_run_out") == {
        "available": "12",
        "date": "2026-03-22",
        "restocked": "2026-03-23",
        "a_day": "2.0",
    }
    assert [letter.subject for letter in told(shop)] == ["Mug at London will run out on 2026-03-22"]


def test_it_is_over_when_goods_come(shop: Shop) -> None:
    running(shop)
    look_ahead(shop)

    shop.stock("mug", 50)
    look_ahead(shop)

    assert alerts(shop) == [("will_run_out", "mug", "london", False)]


def test_a_delivery_that_comes_in_time_leaves_nothing_to_tell(shop: Shop) -> None:
    running(shop)
    due = shop.now + timedelta(days=4)
    shop.do(c.Expect("london", "PO-1", [c.ExpectedLine("mug", Decimal(50), due)]))

    look_ahead(shop)

    assert alerts(shop) == []


def test_a_delivery_that_comes_too_late_is_told_with_its_day(shop: Shop) -> None:
    running(shop)
    due = shop.now + timedelta(days=20)
    shop.do(c.Expect("london", "PO-1", [c.ExpectedLine("mug", Decimal(50), due)]))

    look_ahead(shop)

    assert facts(shop, "will_run_out")["restocked"] == due.date().isoformat()


def test_a_delivery_that_did_not_come_is_late_after_a_day(shop: Shop) -> None:
    watched(shop)
    shop.do(c.Expect("london", "PO-1", [c.ExpectedLine("mug", Decimal(5), shop.now + timedelta(days=1))]))
    shop.later(days=1, hours=23)
    look_ahead(shop)
    assert alerts(shop) == []

    shop.later(hours=2)
    look_ahead(shop)
    assert facts(shop, "supply_late") == {"reference": "PO-1", "due": "2026-03-03"}

    shop.stock("mug", 5, reference="PO-1")
    look_ahead(shop)
    assert alerts(shop) == [("supply_late", "mug", "london", False)]


def test_how_long_goods_take_is_said_for_a_category_and_those_below_it(shop: Shop) -> None:
    save_categories(shop.db, [CategoryRecord("kitchen", "Kitchen"), CategoryRecord("cups", "Cups", "kitchen")])
    save_products(shop.db, [ProductRecord("mug", "Mug", category="cups", skus=[SkuRecord("mug")])])
    running(shop)
    row = shop.db.execute("SELECT id FROM catalog_category WHERE code = 'kitchen'").fetchone()
    assert row
    set_lead_days(shop.db, row[0], "kitchen", 3, actor="person/ana", now=shop.now)

    look_ahead(shop)
    assert alerts(shop) == []

    set_lead_days(shop.db, row[0], "kitchen", 30, actor="person/ana", now=shop.now)
    look_ahead(shop)
    assert facts(shop, "will_run_out")["restocked"] == (shop.now + timedelta(days=30)).date().isoformat()


def test_what_no_event_told_of_is_brought_in_line(shop: Shop) -> None:
    watched(shop, stock=4)
    shop.db.execute("DELETE FROM messages_alert")

    look_ahead(shop)

    assert alerts(shop) == [("below_threshold", "mug", "london", True)]


def test_a_threshold_taken_away_ends_what_was_foreseen(shop: Shop) -> None:
    running(shop)
    look_ahead(shop)

    shop.do(c.SetThreshold("london", "mug", None))
    follow(shop)

    assert alerts(shop) == [("will_run_out", "mug", "london", False)]


def test_all_that_is_watched_is_gone_through_page_by_page(shop: Shop) -> None:
    for number in range(7):
        shop.product(f"cup{number}")
        watched(shop, f"cup{number}", stock=1)
    place, pages = (0, 0), 0
    while next_place := foresee(shop.db, shop.now, after=place, most=3):
        place, pages = next_place, pages + 1

    assert pages == 2
    assert len(alerts(shop)) == 7
    assert len(queries.watched(shop.db, shop.now)) == 7
