"""Goods on the move are never seen twice, and never not at all: transfers beside sums.

Five SKUs of a thousand pieces travel between two sites: 32 people send some to the other site and receive them there,
through two writers, at least 10,000 times. Meanwhile four readers add up, in one statement each, what is on hand, in
transit and in all places together, at least 20,000 times. A sum is torn when on hand and in transit are not the
thousand, when what is in transit is not what the open supplies say, or when all places do not sum to zero.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from random import Random

from onhand.core.database import connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.flows import commands as c
from proofs.figures import Figure, broken, fresh_database, worst, writers
from shop import Shop

TITLE = "conservation: concurrent transfers and sums"
SKUS, PIECES, SENDERS, READERS = 5, 1_000, 32, 4
TRANSFERS, SUMS = 10_000, 20_000

_SUM = """
SELECT sum(on_hand + in_transit), sum(in_transit),
       (SELECT coalesce(sum(quantity - received), 0) FROM stock_supply WHERE sku_id = sku.id AND closed_at IS NULL),
       (SELECT sum(quantity) FROM stock_balance WHERE sku_id = sku.id)
FROM catalog_sku AS sku JOIN stock_position AS position ON position.sku_id = sku.id
WHERE sku.code = %s GROUP BY sku.id
"""


class Race:
    """Senders and readers run until both have done enough."""

    def __init__(self, url: str, pair: list[Writer], transfers: int, sums: int) -> None:
        self.url, self.pair = url, pair
        self.transfers, self.sums = transfers, sums
        self.sent, self.added, self.torn = 0, 0, 0
        self.numbers = count()
        self.turn = threading.Lock()

    @property
    def on(self) -> bool:
        """Whether more is needed of either."""
        return self.sent < self.transfers or self.added < self.sums

    def send(self, seed: int) -> None:
        """One person, who sends goods back and forth."""
        chance = Random(seed)  # noqa: S311 - a seed is wanted, not a secret
        while self.on:
            source, target = chance.choice((("london", "lisbon"), ("lisbon", "london")))
            sku, quantity, number = f"box-{chance.randrange(SKUS)}", Decimal(chance.randint(1, 5)), next(self.numbers)
            away = c.Transfer(source, target, f"T{number}", [c.MovedLine(sku, quantity)])
            if refused(self.pair[number % 2].ask(away)):
                continue
            here = c.Receive(target, [c.ReceivedLine(sku, quantity)], f"T{number}")
            self.pair[seed % 2].ask(here, key=f"arrived/{number}")
            with self.turn:
                self.sent += 1

    def add_up(self, seed: int) -> None:
        """One reader."""
        with connect(self.url, autocommit=True) as db:
            while self.on:
                whole, moving, supplied, all_places = db.execute(_SUM, (f"box-{seed % SKUS}",)).fetchone() or (0,) * 4
                with self.turn:
                    self.added += 1
                    self.torn += whole != PIECES or moving != supplied or all_places != 0
                seed += 1


def prove(short: bool) -> Figure:
    """Ten thousand transfers, twenty thousand sums; in short a hundredth."""
    transfers, sums = (100, 200) if short else (TRANSFERS, SUMS)
    with fresh_database() as url, connect(url) as db:
        shop = Shop(db)
        for number in range(SKUS):
            shop.product(f"box-{number}")
            shop.stock(f"box-{number}", PIECES)
        with writers(url) as pair, ThreadPoolExecutor(SENDERS + READERS) as people:
            race = Race(url, pair, transfers, sums)
            done = [people.submit(race.send, seed) for seed in range(SENDERS)]
            done += [people.submit(race.add_up, seed) for seed in range(READERS)]
            for each in done:
                each.result()
        faults = broken(db)
    said = f"{race.sent:,} transfers, {race.added:,} sums, {race.torn} torn, books in order{worst(faults)}"
    return Figure(2, TITLE, passed=race.torn == 0 and not faults, figure=said)
