"""Who waits is served in turn, at a cost that hangs on what is given out and not on how many wait."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from onhand.core.answers import once
from onhand.core.asks import Ask
from onhand.core.database import connect
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from onhand.orders import queries as orders
from onhand.sourcing.rules import Policy
from shop import Shop


def figures(shop: Shop) -> dict[str, tuple[int, int]]:
    """Reserved and backordered of each order's only line."""
    rows = shop.db.execute(
        "SELECT o.number, reserved, backordered FROM orders_line JOIN orders_order o ON o.id = order_id"
    )
    return {number: (int(reserved), int(backordered)) for number, reserved, backordered in rows}


def wait(shop: Shop, quantity: int = 1, **facts: Any) -> str:
    """Somebody orders mugs that are not there."""
    order = shop.order(("mug", quantity), **facts)
    shop.do(order)
    shop.later(seconds=1)
    return order.number


def crowd(shop: Shop, size: int) -> list[str]:
    """So many orders that wait for a mug each, taken in one batch."""
    asked = [shop.order(("mug", 1)) for _ in range(size)]
    for start in range(0, size, 500):
        shop.ask(*asked[start : start + 500])
    return [order.number for order in asked]


def expect(shop: Shop, reference: str, quantity: int, due: datetime | None = None, site: str = "london") -> None:
    shop.do(c.Expect(site, reference, [c.ExpectedLine("mug", Decimal(quantity), due or shop.now)]))


def receive(shop: Shop, reference: str, quantity: int, site: str = "london") -> None:
    shop.do(c.Receive(site, [c.ReceivedLine("mug", Decimal(quantity))], reference=reference))


def pegged(shop: Shop) -> list[tuple[str, str, int]]:
    """Who is promised goods still to come: (order, document, quantity)."""
    return [
        (number, reference, int(quantity))
        for number, reference, quantity in shop.db.execute(
            "SELECT o.number, supply.reference, sum(claim.quantity) FROM stock_reservation claim"
            " JOIN stock_supply supply ON supply.id = claim.supply_id"
            " JOIN orders_line line ON line.id = claim.line_id JOIN orders_order o ON o.id = line.order_id"
            " WHERE claim.ended_at IS NULL GROUP BY 1, 2 ORDER BY length(o.number), 1, 2"
        )
    ]


def prefer(shop: Shop, policy: Policy) -> None:
    """The web channel chooses its sites so from now on."""
    shop.db.execute(
        "INSERT INTO sourcing_policy (channel_id, version, rules, actor)"
        " SELECT id, 1, jsonb_build_object('rules', %s::jsonb, 'sites', %s::jsonb, 'most_parcels', %s::int), 'tester'"
        " FROM orders_channel WHERE code = 'web'",
        (f'["{policy.rules[0]}"]', str(policy.sites).replace("'", '"'), policy.most_parcels),
    )
    shop.db.commit()


def test_goods_reach_only_as_far_as_they_go(shop: Shop) -> None:
    sku = shop.db.execute("SELECT id FROM catalog_sku WHERE code = 'mug'").fetchone()
    site = shop.db.execute("SELECT id FROM places_site WHERE code = 'london'").fetchone()
    channels = orders.channel_ids(shop.db)
    crowd(shop, 30)
    assert sku
    assert site

    reached = orders.queue(shop.db, {(sku[0], site[0]): Decimal("2.5")}, channels=channels)

    assert len(reached) == 3


def test_a_delivery_locks_only_the_orders_it_serves(shop: Shop) -> None:
    crowd(shop, 50)

    shop.stock("mug", 2)

    assert sum(waiting == 0 for _, waiting in figures(shop).values()) == 2
    written_last = "(SELECT max(xmin::text::bigint) FROM orders_order)"
    touched = shop.db.execute(f"SELECT count(*) FROM orders_order WHERE xmin::text::bigint = {written_last}").fetchone()
    assert touched == (2,)


def test_more_waiting_lines_than_a_thousand_do_not_stand_in_a_deliverys_way(shop: Shop) -> None:
    expect(shop, "PO1", 1200)
    numbers = crowd(shop, 1200)
    urgent = wait(shop, 1100, priority=5)

    receive(shop, "PO1", 1150)

    found = figures(shop)
    assert found[urgent] == (1100, 0)
    assert [number for number in numbers if found[number] == (1, 0)] == numbers[:50]
    assert sum(quantity for _, _, quantity in pegged(shop)) == 50


def test_who_gets_goods_is_no_longer_promised_what_was_still_to_come(shop: Shop) -> None:
    expect(shop, "PO1", 10)
    first, second = wait(shop, 5), wait(shop, 5)

    receive(shop, "PO1", 5)

    assert figures(shop) == {first: (5, 0), second: (0, 5)}
    assert pegged(shop) == [(second, "PO1", 5)]


def test_what_has_arrived_ends_its_own_promise_and_not_a_later_one(shop: Shop) -> None:
    expect(shop, "PO1", 5)
    expect(shop, "PO2", 5, shop.now.replace(day=20))
    number = wait(shop, 10)

    receive(shop, "PO1", 5)

    assert figures(shop) == {number: (5, 5)}
    assert pegged(shop) == [(number, "PO2", 5)]


def test_goods_that_went_to_others_break_the_promises_made_last(shop: Shop) -> None:
    expect(shop, "PO1", 10)
    first, second = wait(shop, 5), wait(shop, 5)
    urgent = wait(shop, 7, priority=9)

    receive(shop, "PO1", 7)

    assert figures(shop)[urgent] == (7, 0)
    assert figures(shop)[second] == (0, 5)
    assert pegged(shop) == [(first, "PO1", 3)]


def test_one_delivery_may_bring_what_two_documents_lines_announced(shop: Shop) -> None:
    lines = [c.ExpectedLine("mug", Decimal(4), shop.now), c.ExpectedLine("mug", Decimal(6), shop.now.replace(day=9))]
    shop.do(c.Expect("london", "PO1", lines))

    receive(shop, "PO1", 9)

    left = shop.db.execute("SELECT quantity - received, closed_at IS NULL FROM stock_supply ORDER BY due").fetchall()
    assert left == [(0, False), (1, True)]
    assert shop.positions("mug")[0].inbound == 1


def test_a_held_order_is_passed_over_and_does_not_use_up_the_reach(shop: Shop) -> None:
    held, next_in_line = wait(shop, 5), wait(shop, 5)
    shop.do(c.AdvanceOrder("web", held, "hold"))

    shop.stock("mug", 5)

    assert figures(shop) == {held: (0, 5), next_in_line: (5, 0)}


def test_a_channel_is_not_starved_by_one_that_may_not_have_the_goods(shop: Shop) -> None:
    prefer(shop, Policy(rules=["ranked"], sites=["lisbon"]))
    barred = wait(shop, 5)
    shop.do(c.PlaceOrder("phone", "P1", [c.WantedLine("mug", Decimal(2))]))

    shop.stock("mug", 5)

    assert figures(shop) == {barred: (0, 5), "P1": (2, 0)}


def test_waiting_goods_are_not_sent_in_more_parcels_than_the_policy_allows(shop: Shop) -> None:
    prefer(shop, Policy(rules=["nearest"], most_parcels=1))
    shop.stock("mug", 1)
    split = wait(shop, 3)
    after = wait(shop, 1)

    shop.stock("mug", 2, "lisbon")

    assert figures(shop) == {split: (1, 2), after: (1, 0)}
    assert shop.available("mug", "lisbon") == 1


def test_a_site_that_sends_a_parcel_anyway_adds_to_it(shop: Shop) -> None:
    prefer(shop, Policy(rules=["nearest"], most_parcels=1))
    shop.stock("mug", 1)
    split = wait(shop, 3)

    shop.stock("mug", 2, "london")

    assert figures(shop) == {split: (3, 0)}


def test_waiting_goods_come_from_the_nearest_site_that_has_them(shop: Shop) -> None:
    number = wait(shop, 1, ship_to=c.Destination("PT"))
    receipts = [c.Receive(site, [c.ReceivedLine("mug", Decimal(1))]) for site in ("london", "lisbon")]

    shop.ask(*receipts)

    assert figures(shop) == {number: (1, 0)}
    assert [int(shop.available("mug", site)) for site in ("london", "lisbon")] == [1, 0]


def test_who_begins_to_wait_while_the_goods_reach_a_site_that_never_had_them_is_served_by_the_clock(
    shop: Shop, database_url: str
) -> None:
    order = shop.order(("mug", 2))
    with connect(database_url) as elsewhere:
        once(elsewhere, FLOWS[c.PlaceOrder], [Ask(order)], shop.now)
        shop.stock("mug", 3, "lisbon")
        elsewhere.commit()
    passed_by = figures(shop)

    shop.do(c.ServeWaiting())

    assert (passed_by[order.number], figures(shop)[order.number]) == ((0, 2), (2, 0))
    assert shop.available("mug", "lisbon") == 1


@pytest.mark.parametrize("goods", [3, 10])
def test_who_was_passed_by_is_served_when_the_clock_asks(shop: Shop, goods: int) -> None:
    numbers = [wait(shop, 2), wait(shop, 2)]
    # As if the goods had come to a site that never had them in the very moment of the orders.
    site = shop.db.execute("SELECT id FROM places_site WHERE code = 'lisbon'").fetchone()
    assert site
    shop.db.execute("UPDATE orders_backorder SET ended_at = now(), outcome = 'served'")
    shop.stock("mug", goods, "lisbon")
    shop.db.execute("UPDATE orders_backorder SET ended_at = NULL, outcome = NULL")
    shop.db.commit()

    served = shop.do(c.ServeWaiting())

    assert served.lines == min(2, goods // 2)
    assert [figures(shop)[number][0] for number in numbers] == [2, min(2, goods - 2)]


def test_the_clock_asks_in_vain_when_nobody_was_passed_by(shop: Shop) -> None:
    shop.stock("mug", 1)
    wait(shop, 2)
    shop.stock("lamp", 5)

    assert shop.do(c.ServeWaiting()).lines == 0


def test_stock_that_comes_out_of_quarantine_goes_to_those_who_wait(shop: Shop) -> None:
    shop.do(c.Receive("london", [c.ReceivedLine("mug", Decimal(3), location="quarantine")]))
    number = wait(shop, 2)

    shop.do(c.MoveStock("london", "quarantine", "pick", [c.MovedLine("mug", Decimal(3))]))

    assert figures(shop) == {number: (2, 0)}
    assert shop.available("mug") == 1


def test_what_comes_back_goes_to_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 3)
    sold = wait(shop, 3)
    shop.do(c.AdvanceOrder("web", sold, "ship"))
    waiting = wait(shop, 2)

    shop.do(c.TakeBack("web", sold, "london", [c.LineQuantity(1, Decimal(3))]))

    assert figures(shop)[waiting] == (2, 0)


def test_a_cart_let_go_serves_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 2)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(2))]))
    waiting = wait(shop, 1)

    shop.do(c.ReleaseCart("basket"))

    assert figures(shop)[waiting] == (1, 0)


def test_carts_whose_time_is_up_serve_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 2)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(2))], minutes=1))
    waiting = wait(shop, 1)
    shop.later(minutes=2)

    shop.do(c.ExpireCarts())

    assert figures(shop)[waiting] == (1, 0)


def test_a_delivery_that_meets_a_lapsed_cart_gives_out_what_it_held_too(shop: Shop) -> None:
    shop.stock("mug", 2)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(2))], minutes=1))
    waiting = wait(shop, 3)
    shop.later(minutes=2)

    shop.stock("mug", 1)

    assert figures(shop)[waiting] == (3, 0)


def test_a_loss_that_breaks_no_promise_locks_nobodys_order(shop: Shop, database_url: str) -> None:
    shop.stock("mug", 10)
    number = wait(shop, 4)
    with connect(database_url) as elsewhere:
        elsewhere.execute("SELECT 1 FROM orders_order WHERE number = %s FOR UPDATE", (number,))

        shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-6)))

    assert figures(shop)[number] == (4, 0)


def test_a_loss_takes_back_the_latest_promises_and_no_more_than_it_must(shop: Shop) -> None:
    shop.stock("mug", 6)
    first, second, third = (wait(shop, 2) for _ in range(3))

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-3)))

    assert figures(shop) == {first: (2, 0), second: (1, 1), third: (0, 2)}


def test_a_loss_where_a_carts_time_is_up_takes_nothing_from_orders(shop: Shop) -> None:
    shop.stock("mug", 4)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(2))], minutes=1))
    number = wait(shop, 2)
    shop.later(minutes=2)

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-2)))

    assert figures(shop)[number] == (2, 0)
