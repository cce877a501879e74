"""The lists of the shop: what they show, how they are narrowed and searched, and what they held at a past moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import BarcodeRecord, CategoryRecord, ProductRecord, SkuPriceRecord, SkuRecord
from onhand.core.database import Connection
from onhand.core.money import Money
from onhand.core.refusals import refused
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from onhand.insight import lists
from onhand.insight.lists.listing import Listing, Row
from onhand.insight.lists.reading import ListPage
from onhand.insight.lists.view import View
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from shop import NOON, Shop
from trail import anew


def rows(db: Connection, name: str, query: str = "") -> list[Row]:
    """What a list shows under an address."""
    listing = lists.ALL[name]
    view = lists.parse(listing, query)
    assert isinstance(view, View), view
    found = lists.page(db, listing, view)
    assert isinstance(found, ListPage), found
    return found.rows


def cells(db: Connection, name: str, query: str, *columns: str) -> list[Any]:
    """Some columns of what a list shows; of one column its values."""
    found = [tuple(row[column] for column in columns) for row in rows(db, name, query)]
    return [row[0] for row in found] if len(columns) == 1 else found


@pytest.fixture
def goods(shop: Shop) -> Shop:
    """Mugs and lamps at both sites; blue mugs hang under crockery, which hangs under kitchen."""
    anew(shop.db)
    save_categories(shop.db, [CategoryRecord("kitchen", "Kitchen"), CategoryRecord("crockery", "Crockery", "kitchen")])
    blue = SkuRecord(
        "mug-blue",
        "Stoneware mug, blue",
        barcodes=[BarcodeRecord("4006381333931")],
        prices=[SkuPriceRecord("GBP", Decimal("7.50"))],
    )
    save_products(shop.db, [ProductRecord("mugs", "Stoneware mug", category="crockery", skus=[blue])], NOON)
    shop.db.commit()
    shop.stock("mug", 5)
    shop.stock("mug", 2, "lisbon")
    shop.stock("lamp", 9)
    shop.stock("mug-blue", 1, "lisbon")
    return shop


def test_stock_is_a_row_a_sku_and_site(goods: Shop) -> None:
    goods.do(goods.order(("mug", 3)))

    (mug,) = rows(goods.db, "stock", "sku=mug&site=london")

    assert (mug["name"], mug["site"]) == ("Mug", "london")
    assert (mug["on_hand"], mug["reserved"], mug["available"]) == (5, 3, 2)
    assert set(mug.cells) == set(lists.ALL["stock"].shown)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["lamp", "mug", "mug", "mug-blue"]),
        ("sort=-sku", ["mug-blue", "mug", "mug", "lamp"]),
        ("sort=-available", ["lamp", "mug", "mug", "mug-blue"]),
        ("sort=site_is_no_tie,available", None),
        ("site=lisbon", ["mug", "mug-blue"]),
        ("site=in:lisbon,london&available=between:2,5", ["mug", "mug"]),
        ("site=not:lisbon", ["lamp", "mug"]),
        ("site=nowhere", []),
        ("site=not:nowhere&sku=lamp", ["lamp"]),
        ("region=EU", ["mug", "mug-blue"]),
        ("region=PT", ["mug", "mug-blue"]),
        ("category=kitchen", ["mug-blue"]),
        ("category=not:kitchen&site=lisbon", ["mug"]),
        ("category=empty:yes&site=lisbon", ["mug"]),
        ("category=empty:no", ["mug-blue"]),
        ("state=active&site=lisbon", ["mug", "mug-blue"]),
        ("state=retired", []),
        ("on_hand=lt:5", ["mug", "mug-blue"]),
        ("on_hand=lte:5", ["mug", "mug", "mug-blue"]),
        ("on_hand=gt:5", ["lamp"]),
        ("on_hand=gte:9&available=is:9", ["lamp"]),
        ("name=contains:stone+blu", ["mug-blue"]),
        ("name=contains:!", []),
        ("name=is:Mug&site=lisbon", ["mug"]),
        ("name=not:Mug", ["lamp", "mug-blue"]),
        ("q=4006381333931", ["mug-blue"]),
        ("q=LAM", ["lamp"]),
        ("q=mug&site=lisbon", ["mug", "mug-blue"]),
        ("q=mugs", ["mug-blue"]),
        ("q=blue+stone", ["mug-blue"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=teapot", []),
    ],
)
def test_stock_is_narrowed_sorted_and_searched(goods: Shop, query: str, found: list[str] | None) -> None:
    if found is None:
        assert refused(lists.parse(lists.ALL["stock"], query))
    else:
        assert cells(goods.db, "stock", query, "sku") == found


def test_where_many_goods_are_meant_they_are_not_named_one_by_one(goods: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onhand.insight.lists.goods.MOST_NAMED", 1)

    assert cells(goods.db, "stock", "q=mug&site=lisbon", "sku") == ["mug", "mug-blue"]
    assert cells(goods.db, "products", "q=mug", "sku") == ["mug", "mug-blue"]


def test_what_is_below_its_threshold_is_found(goods: Shop) -> None:
    goods.do(c.SetThreshold("london", "mug", Decimal(4)))
    goods.do(goods.order(("mug", 3)))

    assert cells(goods.db, "stock", "below=yes&columns=threshold", "sku", "site", "threshold") == [("mug", "london", 4)]
    assert cells(goods.db, "stock", "below=no", "sku") == ["lamp", "mug", "mug-blue"]
    assert cells(goods.db, "sites", "", "site", "below") == [("lisbon", 0), ("london", 1)]


def test_stock_says_when_it_was_last_moved(goods: Shop) -> None:
    goods.later(hours=2)
    goods.stock("lamp", 1)

    (lamp,) = rows(goods.db, "stock", "sku=lamp&columns=last_moved")

    assert lamp["last_moved"] == NOON + timedelta(hours=2)


def test_stock_as_of_a_past_moment(goods: Shop) -> None:
    then = goods.now
    goods.later(days=1)
    goods.stock("mug", 40)
    goods.do(goods.order(("lamp", 4)))
    asked = f"as_of={then:%Y-%m-%dT%H:%M}Z&columns=on_hand,available,inbound,below,name"

    mug, _ = rows(goods.db, "stock", f"{asked}&sku=mug")
    (lamp,) = rows(goods.db, "stock", f"{asked}&sku=lamp")
    (before,) = rows(goods.db, "stock", "as_of=2026-03-01&columns=on_hand&sku=lamp")

    assert (mug["on_hand"], mug["inbound"], mug["below"], mug["name"]) == (5, None, None, "Mug")
    assert (lamp["on_hand"], lamp["available"]) == (9, 9)
    assert before["on_hand"] == 0


def test_a_row_of_stock_is_read_again_by_its_key(goods: Shop) -> None:
    (lamp,) = rows(goods.db, "stock", "sku=lamp")
    goods.stock("lamp", 1)

    again = lists.these(goods.db, lists.ALL["stock"], View(), [lamp.key])

    assert isinstance(again, list)
    assert [row["on_hand"] for row in again] == [10]


def test_products_are_summed_over_all_sites(goods: Shop) -> None:
    goods.do(goods.order(("mug", 10)))
    goods.do(c.Expect("london", "PO-1", [c.ExpectedLine("mug", Decimal(20), goods.now + timedelta(days=2))]))

    mug, blue = rows(goods.db, "products", "q=mug&columns=on_hand,available,reserved,backordered,inbound,price,state")

    assert [mug[name] for name in ("on_hand", "available", "reserved", "backordered", "inbound")] == [7, 0, 7, 3, 20]
    assert (mug["price"], mug["state"]) == (None, "active")
    assert (blue["price"], blue["product"]) == (Money(Decimal("7.50"), "GBP"), "mugs")
    assert cells(goods.db, "products", "backordered=gt:0", "sku") == ["mug"]
    assert cells(goods.db, "products", "available=is:0", "sku") == ["mug"]
    assert cells(goods.db, "products", "sort=-on_hand", "sku") == ["lamp", "mug", "mug-blue"]


def test_orders_come_newest_first_with_what_they_are_worth(shop: Shop) -> None:
    shop.stock("mug", 2)
    save_customers(shop.db, [CustomerRecord("ann", "Ann")])
    shop.do(shop.order(("mug", 1), customer="ann", ship_to=c.Destination("PT")))
    shop.do(
        c.PlaceOrder(
            "phone",
            "N9",
            [c.WantedLine("mug", Decimal(3), Decimal("2.50")), c.WantedLine("lamp", Decimal(2), Decimal(10))],
            priority=3,
        )
    )

    second, first = rows(shop.db, "orders", "columns=state,customer,lines,pieces,value,backordered,priority,country")

    assert (first["number"], first["customer"], first["country"], first["state"]) == ("N1", "ann", "PT", "placed")
    assert (second["number"], second["lines"], second["pieces"], second["backordered"]) == ("N9", 2, 5, 4)
    assert (second["value"], second["state"]) == (Money(Decimal("27.50"), "GBP"), "backordered")
    assert cells(shop.db, "orders", "priority=gt:0", "number") == ["N9"]
    assert cells(shop.db, "orders", "sort=-priority", "number") == ["N9", "N1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["N3", "N2", "N1"]),
        ("sort=received", ["N1", "N2", "N3"]),
        ("sort=placed", ["N1", "N2", "N3"]),
        ("state=held", ["N2"]),
        ("state=not:held,backordered", ["N1"]),
        ("state=in:held,backordered", ["N3", "N2"]),
        ("channel=phone", ["N3"]),
        ("customer=ann", ["N1"]),
        ("customer=empty:yes", ["N3", "N2"]),
        ("sku=mug", ["N2", "N1"]),
        ("sku=in:lamp", ["N3"]),
        ("placed=gte:2026-03-02T13:30Z", ["N3", "N2"]),
        ("placed=lt:-9999d", []),
        ("q=N", ["N3", "N2", "N1"]),
        ("q=N2", ["N2"]),
        ("q=ann", ["N1"]),
        ("q=lamp", ["N3"]),
        ("q=%25", []),
    ],
)
def test_orders_are_narrowed_sorted_and_searched(shop: Shop, query: str, found: list[str]) -> None:
    shop.stock("mug", 5)
    save_customers(shop.db, [CustomerRecord("ann", "Ann")])
    shop.do(shop.order(("mug", 1), customer="ann"))
    shop.later(hours=2)
    held = shop.order(("mug", 1))
    shop.do(held)
    shop.do(c.AdvanceOrder("web", held.number, "hold", reason="address"))
    shop.do(shop.order(("lamp", 1), channel="phone"))

    assert cells(shop.db, "orders", query, "number") == found


def test_an_order_that_waits_says_by_when_all_is_promised(shop: Shop) -> None:
    due = shop.now + timedelta(days=3)
    shop.do(c.Expect("london", "PO-1", [c.ExpectedLine("mug", Decimal(5), due)]))
    shop.do(shop.order(("mug", 4)))
    shop.do(shop.order(("mug", 4)))
    asked = "columns=promised_by"

    assert cells(shop.db, "orders", asked, "promised_by") == [None, due]
    assert cells(shop.db, "backorders", "", "number", "quantity", "promised_by") == [("N1", 4, due), ("N2", 4, None)]
    assert cells(shop.db, "backorders", "promised_by=empty:yes", "number") == ["N2"]
    assert cells(shop.db, "reservations", "incoming=yes", "number", "supply", "quantity") == [
        ("N2", "PO-1", 1),
        ("N1", "PO-1", 4),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["sale", "receipt", "receipt"]),
        ("sort=at", ["receipt", "receipt", "sale"]),
        ("sort=-quantity", ["receipt", "receipt", "sale"]),
        ("reason=sale", ["sale"]),
        ("reason=not:sale&sku=lamp", ["receipt"]),
        ("site=lisbon", ["receipt"]),
        ("sku=mug", ["sale", "receipt"]),
        ("from=supplier", ["receipt", "receipt"]),
        ("to=customer", ["sale"]),
        ("to=pick", ["receipt", "receipt"]),
        ("to=damaged", []),
        ("reference=PO-7", ["receipt"]),
        ("lot=L1", []),
        ("at=gte:2026-03-02T12:30Z", ["sale"]),
        ("at=between:2026-03-02T11:00Z,2026-03-02T12:30Z", ["receipt", "receipt"]),
        ("q=PO-7", ["receipt"]),
        ("q=order/web/N1", ["sale"]),
        ("q=mug", ["sale", "receipt"]),
    ],
)
def test_moves_are_the_ledger_latest_first(shop: Shop, query: str, found: list[str]) -> None:
    shop.stock("mug", 5, reference="PO-7")
    shop.stock("lamp", 6, "lisbon")
    shop.later(hours=1)
    order = shop.order(("mug", 1))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "ship"))

    assert cells(shop.db, "moves", query, "reason") == found


def test_a_move_says_from_where_to_where(goods: Shop) -> None:
    (move,) = rows(goods.db, "moves", "sku=lamp")

    assert (move["from"], move["to"], move["quantity"]) == ("london/supplier", "london/pick", 9)


def test_sites_and_locations_say_how_much_lies_there(goods: Shop) -> None:
    assert cells(goods.db, "sites", "", "site", "skus", "locations") == [("lisbon", 2, 6), ("london", 2, 6)]
    assert cells(goods.db, "sites", "q=isbo", "site") == ["lisbon"]
    assert cells(goods.db, "sites", "kind=warehouse", "site") == ["london"]
    assert cells(goods.db, "locations", "site=london&location=pick", "location", "skus") == [("pick", 2)]
    assert cells(goods.db, "locations", "site=london&zone=empty:no", "location") == []
    assert cells(goods.db, "locations", "location=contains:dama&site=lisbon", "kind") == ["damaged"]
    assert cells(goods.db, "locations", "location=starts:PA&site=lisbon", "kind") == ["packing"]


def test_claims_say_for_whom(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 2)))
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(1))], minutes=10))

    assert cells(shop.db, "reservations", "sort=-quantity", "number", "cart", "quantity", "site") == [
        ("N1", None, 2, "london"),
        (None, "basket", 1, "london"),
    ]
    assert cells(shop.db, "reservations", "cart=empty:no", "cart") == ["basket"]


@pytest.mark.parametrize("listing", lists.ALL.values(), ids=lists.ALL)
def test_every_column_can_be_shown_every_sort_done_and_every_filter_asked(goods: Shop, listing: Listing) -> None:
    """No column's SQL is left untried: each shown, each sorted by, each filtered by every operator it offers."""
    examples = {"text": "x", "code": "x", "number": "1", "money": "1", "moment": "2026-03-02", "flag": "yes"}
    examples |= {"date": "2026-03-02"}
    goods.do(goods.order(("mug", 20)))
    asked = [f"columns={','.join(listing.by_name)}", *("q=mug" for _ in [listing.search] if listing.search)]
    for column in listing.columns:
        asked += [f"sort={sign}{column.name}" for sign in ("", "-") if column.sort]
        value = column.choices[0] if column.choices else examples[column.kind]
        for operator in column.operators:
            given = {"between": f"{value},{value}", "empty": "no"}.get(operator, value)
            asked.append(f"{column.name}={operator}:{given}")
    for query in asked:
        view = lists.parse(listing, query)
        assert isinstance(view, View), view
        found = lists.page(goods.db, listing, view, size=1)
        assert isinstance(found, ListPage)
        if found.next:
            assert isinstance(lists.page(goods.db, listing, view, cursor=found.next, size=1), ListPage)
        counted, named = lists.count(goods.db, listing, view), lists.keys(goods.db, listing, view)
        assert isinstance(counted, lists.Count)
        assert isinstance(named, lists.Keys)
        assert counted.rows == len(named.keys) == len(list(lists.stream(goods.db, listing, view)))
        again = lists.these(goods.db, listing, view, named.keys)
        assert isinstance(again, list)
        assert sorted(row.key for row in again) == sorted(named.keys)


def test_a_site_without_goods_is_a_site(shop: Shop) -> None:
    save_sites(shop.db, [SiteRecord("empty", "Empty", "store", "GB", "Europe/London", "GBP")])
    shop.db.commit()

    assert cells(shop.db, "sites", "site=empty", "skus", "below") == [(0, 0)]
    assert rows(shop.db, "stock", "site=empty") == []


def test_moments_are_told_in_utc(goods: Shop) -> None:
    (move,) = rows(goods.db, "moves", "sku=lamp")

    assert move["at"] == datetime(2026, 3, 2, 12, tzinfo=UTC)
