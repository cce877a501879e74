"""Who waits has a day as soon as goods are announced for them; and hears of it when the day is another."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import msgspec
import pytest

from onhand.core.answers import once
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.refusals import Refused, Stale
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from onhand.orders import queries as orders
from onhand.sourcing.rules import Policy
from shop import Shop

DAYS = """
SELECT "order".number, waiting.eta FROM orders_backorder AS waiting
JOIN orders_order AS "order" ON "order".id = waiting.order_id
WHERE waiting.ended_at IS NULL
"""
PROMISED = """
SELECT "order".number, supply.reference, sum(claim.quantity) FROM stock_reservation AS claim
JOIN stock_supply AS supply ON supply.id = claim.supply_id
JOIN orders_line AS line ON line.id = claim.line_id JOIN orders_order AS "order" ON "order".id = line.order_id
WHERE claim.ended_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
"""


def wait(shop: Shop, quantity: int = 1, **facts: Any) -> str:
    """Somebody orders mugs that are not there."""
    order = shop.order(("mug", quantity), **facts)
    shop.do(order)
    shop.later(seconds=1)
    return order.number


def in_days(shop: Shop, days: int) -> datetime:
    return shop.now.replace(hour=9, minute=0, second=0) + timedelta(days=days)


def expect(shop: Shop, reference: str, quantity: int, *, days: int, site: str = "london") -> datetime:
    """Announce mugs; the day."""
    due = in_days(shop, days)
    shop.do(c.Expect(site, reference, [c.ExpectedLine("mug", Decimal(quantity), due)]))
    shop.later(seconds=1)
    return due


def amend(reference: str, site: str = "london", **facts: Any) -> c.AmendSupply:
    quantity = facts.pop("quantity", None)
    return c.AmendSupply(
        site, reference, [c.SupplyChange("mug", None if quantity is None else Decimal(quantity), **facts)]
    )


def days(shop: Shop) -> dict[str, datetime | None]:
    return dict(shop.db.execute(DAYS).fetchall())


def promised(shop: Shop) -> list[tuple[str, str, int]]:
    return [(number, reference, int(quantity)) for number, reference, quantity in shop.db.execute(PROMISED)]


def told(shop: Shop) -> list[tuple[str, str | None, str | None]]:
    """Whose day became another: (order, the day before, the day from now on)."""
    rows = shop.db.execute(
        "SELECT data->>'number', left(data->'before'->>'eta', 10), left(data->'after'->>'eta', 10)"
        " FROM core_event WHERE kind = 'order.promised' ORDER BY seq"
    )
    return rows.fetchall()


def date(moment: datetime) -> str:
    return moment.date().isoformat()


def test_what_is_announced_is_promised_to_those_who_wait_by_age_as_far_as_it_goes(shop: Shop) -> None:
    first, second, third = wait(shop, 2), wait(shop, 3), wait(shop, 1)

    due = expect(shop, "PO1", 4, days=5)

    assert promised(shop) == [(first, "PO1", 2), (second, "PO1", 2)]
    assert days(shop) == {first: due, second: None, third: None}
    assert told(shop) == [(first, None, date(due))]


def test_priority_goes_before_age(shop: Shop) -> None:
    wait(shop, 2)
    urgent = wait(shop, 2, priority=5)

    expect(shop, "PO1", 2, days=5)

    assert promised(shop) == [(urgent, "PO1", 2)]


def test_what_one_supply_cannot_promise_whole_has_the_last_ones_day(shop: Shop) -> None:
    number = wait(shop, 5)
    expect(shop, "PO1", 3, days=9)

    expect(shop, "PO2", 3, days=5)

    assert promised(shop) == [(number, "PO1", 3), (number, "PO2", 2)]
    assert days(shop) == {number: in_days(shop, 9)}
    assert told(shop) == [(number, None, date(in_days(shop, 9)))]


def test_the_orders_event_says_whose_day_it_is(shop: Shop) -> None:
    number = wait(shop, 1)

    due = expect(shop, "PO1", 1, days=5)

    row = shop.db.execute("SELECT data, actor FROM core_event WHERE kind = 'order.promised'").fetchone()
    assert row
    after = datetime.fromisoformat(row[0].pop("after")["eta"])
    assert after == due
    assert row == ({"channel": "web", "number": number, "line": 1, "sku": "mug", "before": {"eta": None}}, "system")


def test_goods_sent_by_another_site_are_promised_to_those_whom_that_site_serves(shop: Shop) -> None:
    shop.stock("mug", 3, "lisbon")
    prefer(shop, Policy(rules=["ranked"], sites=["london"]))
    number = wait(shop, 2)

    due = in_days(shop, 2)
    shop.do(c.Transfer("lisbon", "london", "T1", [c.MovedLine("mug", Decimal(3))], due))

    assert days(shop) == {number: due}


def test_what_comes_to_a_site_that_does_not_serve_a_channel_is_not_promised_to_it(shop: Shop) -> None:
    prefer(shop, Policy(rules=["ranked"], sites=["lisbon"]))
    barred = wait(shop, 2)
    by_telephone = wait(shop, 1, channel="phone")

    due = expect(shop, "PO1", 5, days=5)

    assert days(shop) == {barred: None, by_telephone: due}


def test_whoever_is_held_is_passed_over_until_the_order_goes_on(shop: Shop) -> None:
    held, after = wait(shop, 2), wait(shop, 2)
    shop.do(c.AdvanceOrder("web", held, "hold"))

    due = expect(shop, "PO1", 3, days=5)

    assert days(shop) == {held: None, after: due}
    shop.do(c.AdvanceOrder("web", held, "resume"))
    shop.do(c.ServeWaiting())
    assert promised(shop) == [(held, "PO1", 1), (after, "PO1", 2)]


def test_more_of_a_supply_goes_to_those_who_had_no_day(shop: Shop) -> None:
    first, second = wait(shop, 2), wait(shop, 2)
    due = expect(shop, "PO1", 2, days=5)

    shop.do(amend("PO1", quantity=4))

    assert days(shop) == {first: due, second: due}
    assert shop.positions("mug")[0].inbound == 4


def test_a_supply_that_comes_later_takes_the_day_of_those_it_is_promised_to_along(shop: Shop) -> None:
    first, second = wait(shop, 2), wait(shop, 2)
    due = expect(shop, "PO1", 3, days=5)
    expect(shop, "PO2", 1, days=9)

    later = in_days(shop, 12)
    shop.do(amend("PO1", due=later))

    assert days(shop) == {first: later, second: later}
    assert told(shop)[2:] == [(first, date(due), date(later)), (second, date(in_days(shop, 9)), date(later))]


def test_a_supply_that_brings_less_breaks_the_promises_made_last(shop: Shop) -> None:
    first, second, third = wait(shop, 2), wait(shop, 2), wait(shop, 2)
    due = expect(shop, "PO1", 6, days=5)

    shop.do(amend("PO1", quantity=3))

    assert promised(shop) == [(first, "PO1", 2), (second, "PO1", 1)]
    assert days(shop) == {first: due, second: None, third: None}
    assert told(shop)[3:] == [(second, date(due), None), (third, date(due), None)]


def test_whoever_loses_a_promise_may_have_another(shop: Shop) -> None:
    first, second = wait(shop, 2), wait(shop, 2)
    due = expect(shop, "PO1", 4, days=5)
    later = expect(shop, "PO2", 2, days=9, site="lisbon")

    shop.do(amend("PO1", quantity=2))

    assert promised(shop) == [(first, "PO1", 2), (second, "PO2", 2)]
    assert told(shop)[2:] == [(second, date(due), date(later))]


def test_a_supply_that_was_called_off_is_promised_to_nobody(shop: Shop) -> None:
    number = wait(shop, 2)
    expect(shop, "PO1", 4, days=5)

    shop.do(amend("PO1", quantity=0, due=None))

    assert promised(shop) == []
    assert days(shop) == {number: None}
    assert shop.positions("mug")[0].inbound == 0
    again = shop.ask(amend("PO1", quantity=3))[0]
    assert again.code == "unknown_supply"


def test_a_supply_of_which_a_part_has_come_ends_with_that_part(shop: Shop) -> None:
    expect(shop, "PO1", 4, days=5)
    shop.stock("mug", 1, reference="PO1")

    shop.do(amend("PO1", quantity=0))

    assert shop.db.execute("SELECT quantity, received, closed_at IS NULL FROM stock_supply").fetchall() == [
        (1, 1, False)
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (amend("PO9", quantity=3), "unknown_supply"),
        (amend("PO1", quantity=3), "which_supply"),
        (amend("T1", "lisbon", quantity=3), "on_the_road"),
        (amend("PO1"), "nothing_changes"),
        (amend("PO1", quantity=-1), "bad_quantity"),
        (amend("PO1", "atlantis", quantity=1), "unknown_site"),
        (c.AmendSupply("london", "PO1", [c.SupplyChange("unicorn", Decimal(1))]), "unknown_sku"),
    ],
)
def test_what_cannot_change_is_refused_and_nothing_moves(shop: Shop, change: c.AmendSupply, code: str) -> None:
    shop.stock("mug", 1)
    shop.do(c.Transfer("london", "lisbon", "T1", [c.MovedLine("mug", Decimal(1))]))
    lines = [c.ExpectedLine("mug", Decimal(4), in_days(shop, day)) for day in (3, 9)]
    shop.do(c.Expect("london", "PO1", lines))
    before = shop.db.execute("SELECT id, quantity, due FROM stock_supply ORDER BY id").fetchall()

    refusal = shop.ask(change)[0]

    assert isinstance(refusal, Refused)
    assert refusal.code == code
    assert shop.db.execute("SELECT id, quantity, due FROM stock_supply ORDER BY id").fetchall() == before


def test_one_of_several_days_is_named_by_the_day_it_was(shop: Shop) -> None:
    lines = [c.ExpectedLine("mug", Decimal(4), in_days(shop, day)) for day in (3, 9)]
    shop.do(c.Expect("london", "PO1", lines))

    shop.do(amend("PO1", quantity=1, was_due=in_days(shop, 9)))

    assert shop.db.execute("SELECT quantity FROM stock_supply ORDER BY due").fetchall() == [(4,), (1,)]


def test_goods_that_went_to_others_take_the_day_of_whom_they_were_promised_last(shop: Shop) -> None:
    due = expect(shop, "PO1", 10, days=5)
    first, second = wait(shop, 5), wait(shop, 5)
    wait(shop, 7, priority=9)

    shop.stock("mug", 7, reference="PO1")

    assert promised(shop) == [(first, "PO1", 3)]
    assert days(shop) == {first: None, second: None}
    assert told(shop) == [(first, date(due), None), (second, date(due), None)]


def test_what_somebody_gives_up_is_promised_to_the_next_when_the_clock_asks(shop: Shop) -> None:
    first, second = wait(shop, 2), wait(shop, 2)
    due = expect(shop, "PO1", 2, days=5)
    shop.do(c.CancelOrder("web", first, "too slow"))

    answer = shop.do(c.ServeWaiting())

    assert (answer.lines, answer.promised) == (0, 1)
    assert days(shop) == {second: due}
    assert shop.do(c.ServeWaiting()).promised == 0


def test_whoever_wants_more_has_no_day_until_more_is_promised(shop: Shop) -> None:
    number = wait(shop, 2)
    due = expect(shop, "PO1", 5, days=5)

    shop.do(c.AmendOrder("web", number, [c.LineChange(Decimal(4), line=1)]))
    between = days(shop)
    shop.do(c.ServeWaiting())

    assert (between, days(shop)) == ({number: None}, {number: due})


def test_who_is_served_is_told_of_no_day(shop: Shop) -> None:
    wait(shop, 2)
    expect(shop, "PO1", 2, days=5)

    shop.stock("mug", 2, reference="PO1")

    assert len(told(shop)) == 1
    assert days(shop) == {}


def test_an_announcement_locks_only_the_orders_it_gives_a_day(shop: Shop) -> None:
    asked = [shop.order(("mug", 1)) for _ in range(50)]
    shop.ask(*asked)

    expect(shop, "PO1", 2, days=5)

    written_last = "(SELECT max(xmin::text::bigint) FROM orders_order)"
    touched = shop.db.execute(f"SELECT count(*) FROM orders_order WHERE xmin::text::bigint = {written_last}").fetchone()
    assert touched == (2,)
    assert sum(day is not None for day in days(shop).values()) == 2


def prefer(shop: Shop, policy: Policy) -> None:
    """The web channel chooses its sites so from now on."""
    shop.db.execute(
        "INSERT INTO sourcing_policy (channel_id, version, rules, actor)"
        " SELECT id, 1, %s, 'tester' FROM orders_channel WHERE code = 'web'",
        (msgspec.json.encode({"rules": policy.rules, "sites": policy.sites}).decode(),),
    )
    shop.db.commit()


def ask(db: Connection, command: Command, now: datetime) -> Any:
    """Ask as the writer does: what was too fast is asked once more."""
    for _ in range(10):
        try:
            answer = once(db, FLOWS[type(command)], [Ask(command)], now)[0]
        except Stale:
            db.rollback()
        else:
            db.commit()
            return answer
    raise AssertionError("always stale")


def test_orders_supplies_and_cancellations_at_once_never_promise_more_than_comes(shop: Shop, database_url: str) -> None:
    numbers = [wait(shop, 1) for _ in range(20)]
    expect(shop, "PO0", 10, days=3)
    together = Barrier(6)

    def of_turn(turn: int) -> list[Command]:
        if turn == 0:
            return [
                c.Expect("london", f"PO{n + 1}", [c.ExpectedLine("mug", Decimal(3), in_days(shop, n))])
                for n in range(8)
            ]
        if turn == 1:
            return [amend("PO0", quantity=n % 7 + 1, due=in_days(shop, 3 + n)) for n in range(8)]
        if turn == 2:
            return [c.CancelOrder("web", number, "too slow") for number in numbers[::3]]
        if turn == 3:
            return [c.Receive("london", [c.ReceivedLine("mug", Decimal(1))], "PO0") for _ in range(8)]
        if turn == 4:
            return [c.AdvanceOrder("web", number, "priority", priority=3) for number in numbers[1::3]]
        return [c.PlaceOrder("web", f"R{n}", [c.WantedLine("mug", Decimal(2))]) for n in range(8)]

    def work(turn: int) -> None:
        with connect(database_url) as db:
            together.wait(10)
            for command in of_turn(turn):
                ask(db, command, shop.now)

    with ThreadPoolExecutor(6) as people:
        list(people.map(work, range(6)))

    # The shop's own checks say, at the end, that nothing is promised twice and that every day is right.
    shop.later(seconds=1)
    shop.do(c.ServeWaiting())
    free = shop.db.execute("SELECT sum(quantity - received - promised) FROM stock_supply WHERE closed_at IS NULL")
    lacking = sum(day is None for day in days(shop).values())
    assert lacking == 0 or (free.fetchone() or (0,))[0] == 0


WAITING = 100_000


def test_with_a_hundred_thousand_waiting_it_is_a_matter_of_how_much_comes(shop: Shop, record_property: Any) -> None:
    crowd(shop, WAITING)
    expect(shop, "PO0", 1000, days=3)

    began = time.monotonic()
    expect(shop, "PO1", 20, days=5)
    took = time.monotonic() - began
    began = time.monotonic()
    shop.do(amend("PO1", due=in_days(shop, 8)))
    moved = time.monotonic() - began

    record_property("seconds", (round(took, 3), round(moved, 3)))
    print(f"{WAITING} wait: 20 announced in {took:.3f} s, moved in {moved:.3f} s")  # noqa: T201
    assert sum(day is not None for day in days(shop).values()) == 1020
    assert took < 0.5
    assert moved < 0.5


def crowd(shop: Shop, size: int) -> None:
    """So many orders that wait for a mug each, as if they had been placed."""
    shop.do(shop.order(("mug", 1)))
    shop.db.execute(
        "WITH made AS ("
        "  INSERT INTO orders_order (id, channel_id, number, currency, state, placed_at)"
        "  SELECT gen_random_uuid(), channel_id, 'X' || n, currency, state, placed_at"
        "  FROM orders_order, generate_series(2, %s) AS n RETURNING id"
        "), lines AS ("
        "  INSERT INTO orders_line (id, order_id, number, sku_id, ordered, backordered, unit_price)"
        "  SELECT gen_random_uuid(), made.id, 1, (SELECT id FROM catalog_sku WHERE code = 'mug'), 1, 1, 1 FROM made"
        "  RETURNING id, order_id, sku_id"
        ") INSERT INTO orders_backorder (id, line_id, order_id, sku_id, quantity, since, cause)"
        " SELECT gen_random_uuid(), id, order_id, sku_id, 1, %s, 'out_of_stock' FROM lines",
        (size, shop.now),
    )
    shop.db.commit()
    for table in ("orders_order", "orders_line", "orders_backorder"):
        shop.db.execute(f"ANALYZE {table}")
    shop.db.commit()
    assert len(orders.skus_without_day(shop.db)) == 1
