"""The shop at large: sums that are right, and looked up seldom."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuRecord
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.money import Money
from onhand.flows import commands as c
from onhand.insight.overview import AGES, Overview
from onhand.insight.settled import LEAST_SECONDS, Settled
from shop import Shop


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_levels_are_summed_by_site_and_by_category(shop: Shop) -> None:
    save_categories(shop.db, [CategoryRecord("crockery", "Crockery")])
    save_products(shop.db, [ProductRecord("mug", "Mug", category="crockery", skus=[SkuRecord("mug")])])
    shop.db.commit()
    shop.stock("mug", 5)
    shop.stock("mug", 2, "lisbon")
    shop.stock("lamp", 9)
    shop.do(shop.order(("mug", 4)))

    levels = Overview().levels.ask(shop.db)

    assert [(each.code, each.on_hand, each.available, each.skus) for each in levels.by_site] == [
        ("lisbon", 2, 2, 1),
        ("london", 14, 10, 2),
    ]
    assert {each.name: (each.on_hand, each.reserved) for each in levels.by_category} == {
        "Crockery": (7, 4),
        None: (9, 0),
    }


def test_what_lay_on_hand_is_told_day_by_day(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.later(days=2)
    shop.do(c.Transfer("london", "lisbon", "T1", [c.MovedLine("mug", Decimal(2))]))
    shop.later(days=1)
    shop.stock("lamp", 4)

    days = Overview(lambda: shop.now).by_day.ask(shop.db)

    assert [day.on_hand for day in days][-5:] == [0, 5, 5, 3, 7]
    assert days[-1].day == shop.now.date()


def test_what_was_ordered_lately_and_not_cancelled(shop: Shop) -> None:
    def order(number: str, quantity: int) -> c.PlaceOrder:
        return c.PlaceOrder("web", number, [c.WantedLine("mug", Decimal(quantity), Decimal("2.50"))])

    shop.ask(order("A", 2), order("B", 4))
    shop.do(c.CancelOrder("web", "B", "changed mind", [c.LineQuantity(1, Decimal(1))]))

    now = Overview().sold.ask(shop.db)
    later = Overview(lambda: utc_now() + timedelta(days=2)).sold.ask(shop.db)

    assert [(each.window, each.orders, each.pieces, each.worth) for each in now] == [
        (window, 2, 5, [Money(Decimal("12.50"), "GBP")]) for window in ("24h", "7d", "30d")
    ]
    assert [each.orders for each in later] == [0, 2, 2]


def test_what_sells_best_is_told_with_what_is_left_of_it(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 2), ("lamp", 3)))
    shop.do(shop.order(("mug", 2)))
    given_up = shop.order(("mug", 9))
    shop.do(given_up)
    shop.do(c.CancelOrder("web", given_up.number, "changed mind"))

    best = Overview().best_sellers.ask(shop.db)

    assert [(each.sku, each.name, each.pieces, each.available, each.waiting) for each in best] == [
        ("mug", "Mug", 4, 1, 0),
        ("lamp", "Lamp", 3, 0, 3),
    ]


def test_who_waits_is_told_by_age(shop: Shop) -> None:
    shop.do(shop.order(("mug", 3)))
    shop.later(days=5)
    shop.do(shop.order(("mug", 1), ("lamp", 2)))

    ages = Overview(lambda: shop.now).waiting.ask(shop.db)

    assert [each.age for each in ages] == list(AGES)
    assert [(each.lines, each.pieces) for each in ages] == [(2, 3), (0, 0), (1, 3), (0, 0), (0, 0)]


def test_what_is_below_its_threshold_is_counted(shop: Shop) -> None:
    shop.stock("mug", 9)
    shop.do(c.SetThreshold("london", "mug", Decimal(4)))
    shop.do(c.SetThreshold("london", "lamp", Decimal(4)))

    short = Overview().short.ask(shop.db)

    assert (short.below, short.watched) == (1, 2)


def test_a_dear_figure_is_kept_longer(db: Connection) -> None:
    watch, found = Watch(), list[datetime]()

    def find(_: Connection) -> int:
        found.append(datetime.now(UTC))
        watch.seconds += 2
        return len(found)

    figure = Settled(find, watch)

    first = figure.ask(db)
    watch.seconds += 99
    soon = figure.ask(db)
    watch.seconds += 2
    later = figure.ask(db)

    assert (first, soon, later) == (1, 1, 2)


def test_a_cheap_figure_is_kept_a_little(db: Connection) -> None:
    watch, answers = Watch(), iter([1, 2])
    figure = Settled(lambda _: next(answers), watch)

    figure.ask(db)
    watch.seconds += LEAST_SECONDS - 0.1
    soon = figure.ask(db)
    watch.seconds += 0.2

    assert (soon, figure.ask(db)) == (1, 2)


def test_whoever_asks_meanwhile_is_told_the_figure_from_before(db: Connection) -> None:
    watch, begun, done = Watch(), threading.Event(), threading.Event()
    answers = iter([1, 2])

    def find(_: Connection) -> int:
        answer = next(answers)
        if answer == 2:
            begun.set()
            assert done.wait(10)
        return answer

    figure = Settled(find, watch)
    figure.ask(db)
    watch.seconds += LEAST_SECONDS + 1
    looking = threading.Thread(target=figure.ask, args=(db,))
    looking.start()
    assert begun.wait(10)

    meanwhile = figure.ask(db)
    done.set()
    looking.join(10)

    assert (meanwhile, figure.ask(db)) == (1, 2)
