"""Nothing is oversold: 500 buyers want 5,000 pieces again and again, through two writers on one database.

Each of the 20 seeds is a shop day of its own: a SKU with 5,000 pieces, 500 buyers who ask 5,000 times and more for
one to three pieces in an order drawn from the seed, on a channel that lets nothing wait. Two writers with
connections of their own carry the orders out, so that the row locks and not one queue keep them apart. All seeds
together are at least 100,000 attempts.

It holds when each day exactly 5,000 pieces are granted, the position's ``reserved`` is the sum of its reservations,
and the books are in order. To grant exactly all, each day ends with single pieces being asked for until none is left.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.flows import commands as c
from proofs.figures import Figure, broken, crowd, fresh_database, worst, writers
from shop import Shop

TITLE = "oversell 0: stock 5,000, 500 buyers"
STOCK, BUYERS, ATTEMPTS, SEEDS = 5_000, 500, 5_000, 20


def prove(short: bool) -> Figure:
    """Twenty seeds; in short two, of a tenth the size."""
    stock, buyers, attempts, seeds = (500, 50, 500, 2) if short else (STOCK, BUYERS, ATTEMPTS, SEEDS)
    granted, asked, faults = [], 0, []
    with fresh_database() as url, connect(url) as db:
        shop = Shop(db)
        for seed in range(seeds):
            sku = f"mug-{seed}"
            shop.product(sku)
            shop.stock(sku, stock)
            with writers(url) as pair:
                sold, tried = _a_day(pair, sku, buyers, attempts, seed)
            granted.append(sold)
            asked += tried
            faults += _faults(db, sku, sold, stock)
        faults += broken(db)
    exact = sum(sold == stock for sold in granted)
    said = f"{asked:,} attempts, {exact} of {seeds} seeds granted exactly {stock:,}, books in order{worst(faults)}"
    return Figure(1, TITLE, passed=exact == seeds and not faults, figure=said)


def _a_day(pair: list[Writer], sku: str, buyers: int, attempts: int, seed: int) -> tuple[int, int]:
    """What is granted and how often was asked: a random rush, then singles until the shelf is empty."""
    chance = Random(seed)  # noqa: S311 - a seed is wanted, not a secret
    wishes = [chance.choice((1, 1, 1, 2, 3)) for _ in range(attempts)] + [1] * (buyers // 10)

    def buy(number: int) -> int:
        line = c.WantedLine(sku, Decimal(wishes[number]))
        answer = pair[number % len(pair)].ask(c.PlaceOrder("market", f"{sku}/{number}", [line]), timeout=120)
        return 0 if refused(answer) else wishes[number]

    return sum(crowd(buyers, buy, len(wishes))), len(wishes)


def _faults(db: Connection, sku: str, sold: int, stock: int) -> list[str]:
    position, claims = db.execute(
        "SELECT position.reserved, (SELECT coalesce(sum(quantity), 0) FROM stock_reservation AS claim"
        " WHERE claim.sku_id = position.sku_id AND claim.ended_at IS NULL)"
        " FROM stock_position AS position JOIN catalog_sku AS sku ON sku.id = position.sku_id WHERE sku.code = %s",
        (sku,),
    ).fetchone() or (None, None)
    db.rollback()
    if position == claims == sold == stock:
        return []
    return [f"{sku}: granted {sold}, reserved {position}, claims {claims}"]
