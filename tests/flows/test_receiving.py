"""Goods arrive, as announced or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from onhand.flows import commands as c
from shop import Shop


def sent(sku: str, quantity: int) -> list[c.MovedLine]:
    return [c.MovedLine(sku, Decimal(quantity))]


def still_to_come(shop: Shop) -> Any:
    return shop.db.execute("SELECT count(*) FROM stock_supply WHERE closed_at IS NULL").fetchall()[0][0]


def test_more_than_was_sent_came_from_elsewhere(shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.do(c.Transfer("london", "lisbon", "T1", sent("mug", 4)))

    shop.stock("mug", 5, "lisbon", reference="T1")

    here = next(each for each in shop.positions("mug") if each.site == "lisbon")
    assert (here.on_hand, here.in_transit) == (5, 0)


def test_one_delivery_settles_what_was_announced_for_two_days(shop: Shop) -> None:
    days = [c.ExpectedLine("mug", Decimal(10), shop.now.replace(day=day)) for day in (3, 9)]
    shop.do(c.Expect("london", "PO1", days))

    shop.stock("mug", 15, reference="PO1")

    here = shop.positions("mug")[0]
    assert here.inbound == 5
    assert [each.quantity for each in here.coming] == [5]


def test_each_lot_of_a_transfer_arrives(shop: Shop) -> None:
    shop.product("milk", tracking="lot")
    shop.stock("milk", 3, lot="A")
    shop.stock("milk", 2, lot="B")
    shop.do(c.Transfer("london", "lisbon", "T1", sent("milk", 5)))

    shop.stock("milk", 2, "lisbon", lot="B", reference="T1")
    half = still_to_come(shop)
    shop.stock("milk", 3, "lisbon", lot="A", reference="T1")

    assert (half, still_to_come(shop)) == (1, 0)


def test_goods_arrive_bit_by_bit(shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.do(c.Transfer("london", "lisbon", "T1", sent("mug", 4)))
    some = c.Receive("lisbon", [c.ReceivedLine("mug", Decimal(2))], reference="T1")

    shop.ask(some, some, some)

    here = next(each for each in shop.positions("mug") if each.site == "lisbon")
    assert (here.on_hand, here.in_transit, still_to_come(shop)) == (6, 0, 0)
