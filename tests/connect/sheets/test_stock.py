from __future__ import annotations

from decimal import Decimal

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import imports
from onhand.core.refusals import refused
from shop import Shop

OPENING = """
    site,sku,quantity
    london,mug,12
    london,lamp,3
    lisbon,mug,0
"""


def test_opening_stock_is_counted_in_with_the_import_as_reference(desk: Desk, shop: Shop) -> None:
    done = desk.take("stock", OPENING)

    assert (done.created, done.refused) == (2, 0)
    assert (shop.available("mug"), shop.available("lamp"), shop.available("mug", "lisbon")) == (12, 3, 0)
    assert desk.sole("SELECT DISTINCT reference FROM stock_move") == f"import/{done.id}"


def test_the_same_sheet_twice_moves_nothing(desk: Desk) -> None:
    desk.take("stock", OPENING)

    found = desk.start("stock", OPENING)

    assert counts(found) == (0, 0, 3, 0)
    imports.go_ahead(desk.db, found.id)
    assert desk.sole("SELECT count(*) FROM stock_move") == 2


def test_a_count_that_differs_moves_the_difference(desk: Desk, shop: Shop) -> None:
    desk.take("stock", OPENING)

    done = desk.take("stock", "site,sku,quantity\nlondon,mug,9")

    assert (done.created, done.changed) == (0, 1)
    assert shop.available("mug") == 9


def test_lots_and_pieces_are_received_and_counted(desk: Desk, shop: Shop) -> None:
    shop.product("tea", tracking="lot", unit="kg")
    shop.product("phone", tracking="serial")
    sheet = """
        almacén;sku;lote;cantidad;caducidad
        london;tea;L1;2,5;31/12/2027
        london;tea;L2;1.000,25;31/12/2027
        london;phone;P1;1;
    """

    assert desk.take("stock", sheet).created == 3
    assert counts(desk.start("stock", sheet)) == (0, 0, 3, 0)
    assert shop.available("tea") == Decimal("1002.75")
    assert desk.sole("SELECT DISTINCT expires_on::text FROM stock_lot WHERE code IN ('L1', 'L2')") == "2027-12-31"
    assert desk.take("stock", "site,sku,lot,quantity\nlondon,tea,L1,2").changed == 1


def test_wrong_stock_is_told(desk: Desk, shop: Shop) -> None:
    shop.product("tea", tracking="lot")

    found = desk.start(
        "stock",
        """
        site,location,sku,lot,quantity
        paris,,mug,,1
        london,attic,mug,,1
        london,supplier,mug,,1
        london,,cup,,1
        london,,mug,,1.5
        london,,mug,,-1
        london,,tea,,1
        london,,lamp,L1,1
        london,,lamp,,1
        london,pick,lamp,,1
        """,
    )

    assert desk.faults(found) == [
        (2, "site", "unknown_site"),
        (3, "location", "unknown_location"),
        (4, "location", "unknown_location"),
        (5, "sku", "unknown_sku"),
        (6, "quantity", "bad_quantity"),
        (7, "quantity", "too_small"),
        (7, "sku", "listed_twice"),
        (8, "lot", "missing_lot"),
        (9, "lot", "untracked"),
        (11, "sku", "listed_twice"),
    ]


def test_undo_adjusts_back_and_says_why_where_it_cannot(desk: Desk, shop: Shop) -> None:
    shop.stock("lamp", 1)
    done = desk.take("stock", OPENING)
    shop.do(shop.order(("mug", 10)))

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.put_back, undone.left) == (0, 1, 1)
    assert "promised" in undone.lines[0].outcome
    assert (shop.available("lamp"), shop.available("mug")) == (1, 2)


def test_lots_and_goods_in_quarantine_are_adjusted_back(desk: Desk, shop: Shop) -> None:
    shop.product("tea", tracking="lot")
    done = desk.take("stock", "site,location,sku,lot,quantity\nlondon,,tea,L1,5\nlondon,quarantine,mug,,3")

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.left) == (2, 0)
    assert desk.sole("SELECT count(*) FROM stock_balance WHERE quantity <> 0 AND NOT virtual") == 0


def test_undo_leaves_what_was_sold_since(desk: Desk, shop: Shop) -> None:
    done = desk.take("stock", OPENING)
    shop.stock("mug", 5)

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.left) == (1, 1)
    assert shop.available("mug") == 17


def test_goods_that_come_in_go_to_those_who_wait(desk: Desk, shop: Shop) -> None:
    waiting = shop.ask(shop.order(("mug", 4)))[0]
    assert not refused(waiting)
    assert waiting.lines[0].backordered == 4

    desk.take("stock", "site,sku,quantity\nlondon,mug,10")

    assert shop.available("mug") == 6
