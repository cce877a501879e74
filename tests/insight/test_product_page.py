"""One SKU, whole: where it lies, what is coming, who holds it, how its stock went, what was changed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from onhand.catalog.actions import save_products, set_prices
from onhand.catalog.queries import ids_of_skus
from onhand.catalog.records import BarcodeRecord, PriceRecord, ProductRecord, SkuRecord
from onhand.flows import commands as c
from onhand.insight.product_page import Day, ProductPage, history, product_page
from onhand.stock import queries as stock
from shop import NOON, Shop


def page_of(shop: Shop, sku: str) -> ProductPage:
    found = product_page(shop.db, sku, now=shop.now)
    assert found is not None
    return found


def days_of(shop: Shop, sku: str, *, days: int, site: int | None = None) -> dict[date, Day]:
    sku_id = ids_of_skus(shop.db, [sku])[sku]
    return {each.day: each for each in history(shop.db, sku_id, now=shop.now, site=site, days=days)}


def test_what_nobody_sells_has_no_page(shop: Shop) -> None:
    assert product_page(shop.db, "teapot", now=NOON) is None


def test_a_sku_is_told_site_by_site_and_in_all(shop: Shop) -> None:
    due = shop.now + timedelta(days=2)
    shop.stock("mug", 5)
    shop.stock("mug", 2, "lisbon")
    shop.do(c.SetThreshold("london", "mug", Decimal(4)))
    shop.do(c.Expect("lisbon", "PO-1", [c.ExpectedLine("mug", Decimal(20), due)]))
    shop.do(shop.order(("mug", 3)))

    page = page_of(shop, "mug")

    lisbon, london = page.sites
    assert (london.site_name, london.on_hand, london.reserved, london.available) == ("London", 5, 3, 2)
    assert (london.threshold, london.below_since, lisbon.threshold) == (4, NOON, None)
    assert [(coming.reference, coming.quantity, coming.due) for coming in lisbon.coming] == [("PO-1", 20, due)]
    assert (page.totals.on_hand, page.totals.available, page.totals.inbound) == (7, 4, 20)


def test_who_holds_it_and_who_waits_for_it(shop: Shop) -> None:
    shop.stock("mug", 2)
    shop.do(shop.order(("mug", 2)))
    shop.do(shop.order(("mug", 1), ("lamp", 1)))

    page = page_of(shop, "mug")

    assert [(row["number"], row["quantity"]) for row in page.reserved_for.rows] == [("N1", 2)]
    assert [(row["number"], row["quantity"]) for row in page.waiting.rows] == [("N2", 1)]


def test_what_belongs_to_it_and_what_was_changed_last(shop: Shop) -> None:
    sku = SkuRecord("mug", "Mug", barcodes=[BarcodeRecord("4006381333931")])
    save_products(shop.db, [ProductRecord("mug", "Mug", "Holds tea.", skus=[sku])], NOON)
    set_prices(shop.db, [PriceRecord("mug", "GBP", Decimal("7.50"), NOON)], NOON)
    shop.db.commit()
    shop.do(c.SetThreshold("london", "mug", Decimal(4)))

    page = page_of(shop, "mug")

    assert (page.product, page.description, page.category) == ("mug", "Holds tea.", None)
    assert [barcode.code for barcode in page.sku.barcodes] == ["04006381333931"]
    assert [price.amount for price in page.sku.prices] == [Decimal("7.5")]
    assert [each.kind for each in page.changes][:3] == ["stock.threshold_set", "price.changed", "product.saved"]


def test_the_history_says_what_was_there_when_each_day_ended(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.later(days=1)
    shop.do(shop.order(("mug", 3)))
    shop.later(days=1)
    shop.do(c.AdvanceOrder("web", "N1", "ship"))
    shop.later(days=1)
    shop.stock("mug", 10, "lisbon")

    days = days_of(shop, "mug", days=4)

    first = NOON.date()
    assert [(day.on_hand, day.reserved, day.available) for day in days.values()] == [
        (0, 0, 0),
        (5, 0, 5),
        (5, 3, 2),
        (2, 0, 2),
        (12, 0, 12),
    ]
    assert list(days) == [first + timedelta(days=number) for number in range(-1, 4)]


def test_the_history_of_one_site_is_its_own(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.later(days=1)
    shop.do(c.Transfer("london", "lisbon", "T1", [c.MovedLine("mug", Decimal(2))]))
    shop.later(days=1)
    lisbon, london = (
        shop.db.execute("SELECT id FROM places_site WHERE code = %s", [code]).fetchone() or (0,)
        for code in ("lisbon", "london")
    )

    there = days_of(shop, "mug", days=2, site=london[0])

    assert [day.on_hand for day in there.values()] == [5, 3, 3]
    assert [day.on_hand for day in days_of(shop, "mug", days=2, site=lisbon[0]).values()] == [0, 0, 0]


def test_the_history_is_what_the_ledger_says_of_those_moments(shop: Shop) -> None:
    shop.stock("mug", 9)
    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-1)))
    shop.later(days=1)
    shop.do(c.MoveStock("london", "pick", "quarantine", [c.MovedLine("mug", Decimal(2))]))
    shop.do(shop.order(("mug", 3)))
    shop.later(days=2)
    shop.do(c.CancelOrder("web", "N1", "changed mind"))

    for day, there in days_of(shop, "mug", days=4).items():
        midnight = NOON.replace(year=day.year, month=day.month, day=day.day, hour=23, minute=59)
        then = stock.as_of(shop.db, skus=["mug"], at=midnight)
        sums = [sum(getattr(each, name) for each in then) for name in ("on_hand", "reserved", "available")]
        assert [there.on_hand, there.reserved, there.available] == sums, day
