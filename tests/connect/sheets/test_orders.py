from __future__ import annotations

from decimal import Decimal

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import imports
from onhand.flows.commands import AdvanceOrder
from shop import Shop

ORDERS = """
    order id,sku,qty,unit price,ship to country,order date
    A1,mug,2,7.50,Portugal,2026-03-01
    A2,lamp,1,20,GB,2026-03-01 14:30
    A1,lamp,1,20,,
"""
WEB = {"channel": "web"}


def test_rows_of_one_number_are_one_order(desk: Desk, shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.stock("lamp", 10)

    done = desk.take("orders", ORDERS, values=WEB)

    assert (done.created, done.refused) == (2, 0)
    assert desk.sole("SELECT country, placed_at::date::text FROM orders_order WHERE number = 'A1'") == (
        "PT",
        "2026-03-01",
    )
    assert (shop.available("mug"), shop.available("lamp")) == (8, 8)


def test_the_same_orders_twice_are_placed_once(desk: Desk) -> None:
    desk.take("orders", ORDERS, values=WEB)

    found = desk.start("orders", ORDERS, values=WEB)

    assert counts(found) == (0, 0, 3, 0)
    assert desk.sole("SELECT count(*) FROM orders_order") == 2


def test_an_order_that_was_placed_is_not_placed_again_with_other_contents(desk: Desk) -> None:
    desk.take("orders", ORDERS, values=WEB)

    found = desk.start("orders", "number,sku,quantity\nA2,lamp,5", values=WEB)

    assert desk.faults(found) == [(2, "number", "number_taken")]


def test_an_order_is_placed_whole_or_not_at_all(desk: Desk) -> None:
    found = desk.start("orders", "number,sku,quantity\nA1,mug,1\nA1,cup,1\nA2,mug,1", values=WEB)

    assert desk.faults(found) == [(2, "number", "order_not_whole"), (3, "sku", "unknown_sku")]
    assert imports.go_ahead(desk.db, found.id).created == 1


def test_rows_of_one_order_must_agree(desk: Desk) -> None:
    found = desk.start("orders", "number,sku,quantity,country\nA1,mug,1,GB\nA1,lamp,1,PT", values=WEB)

    assert desk.faults(found) == [(2, "number", "order_not_whole"), (3, "country", "rows_disagree")]


def test_what_the_shop_refuses_joins_the_bad_rows(desk: Desk, shop: Shop) -> None:
    shop.stock("mug", 1)

    done = desk.take("orders", "number,sku,quantity\nM1,mug,1\nM2,mug,1\nM2,lamp,1", values={"channel": "market"})

    assert (done.created, done.refused) == (1, 2)
    bad = imports.bad_rows(desk.db, done.id).items
    assert [(each.row, each.code) for each in bad] == [(3, "out_of_stock"), (4, "order_not_whole")]
    assert bad[0].remedy == "order less or another product"


def test_undo_cancels_what_has_not_left(desk: Desk, shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.stock("lamp", 10)
    done = desk.take("orders", ORDERS, values=WEB)
    shop.do(AdvanceOrder("web", "A2", "ship"))

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.left) == (1, 1)
    assert desk.sole("SELECT state FROM orders_order WHERE number = 'A1'") == "cancelled"
    assert shop.available("mug") == Decimal(10)
