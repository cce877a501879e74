"""Of all who want to end one reservation exactly one does: an order that claims it, its release, its expiry.

10,000 times: one piece is held for a cart, and an order of another customer waits for it. At the same moment the
cart's own order claims the hold, the cart is released, and the sweep expires it, through three writers whose clocks
disagree about whether its time is up. The reservation must have ended once, with one outcome, and the piece must be
promised once: to the cart's order or to whoever waited.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.writer import Writer
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from proofs.figures import Figure, broken, fresh_database, worst
from shop import Shop

TITLE = "one winner of claim, release and expiry"
RACES, AT_ONCE = 10_000, 100

_ENDS = """
SELECT claim.cart, array_agg(claim.outcome),
       (SELECT array_agg(mine.line_id IS NOT NULL) FROM stock_reservation AS mine
        WHERE mine.sku_id = claim.sku_id AND mine.ended_at IS NULL)
FROM stock_reservation AS claim WHERE claim.cart = ANY(%s) GROUP BY claim.cart, claim.sku_id
"""


def prove(short: bool) -> Figure:
    """A hundred rounds of a hundred races; in short two."""
    rounds = 2 if short else RACES // AT_ONCE
    won: Counter[str] = Counter()
    faults: list[str] = []
    with fresh_database() as url, connect(url) as db:
        shop = Shop(db)
        for number in range(AT_ONCE):
            shop.product(f"piece-{number}")
        shop.do(c.Receive("london", [c.ReceivedLine(f"piece-{n}", Decimal(1)) for n in range(AT_ONCE)]))
        for turn in range(rounds):
            _prepare(shop, turn)
            _race(url, shop, turn)
            _count(db, turn, won, faults)
            _clear(shop, turn)
        faults += broken(db)
    races = rounds * AT_ONCE
    split = ", ".join(f"{outcome} {number:,}" for outcome, number in won.most_common())
    said = f"{races:,} races, {races - sum(won.values())} without exactly one winner ({split}){worst(faults)}"
    return Figure(5, TITLE, passed=sum(won.values()) == races and not faults, figure=said)


def _one(number: int) -> list[c.WantedLine]:
    return [c.WantedLine(f"piece-{number}", Decimal(1))]


def _prepare(shop: Shop, turn: int) -> None:
    """A hold of each piece, and somebody who waits for it."""
    shop.later(hours=1)
    shop.ask(*(c.HoldCart(f"{turn}/{n}", "web", _one(n), minutes=1) for n in range(AT_ONCE)))
    shop.ask(*(c.PlaceOrder("web", f"waits/{turn}/{n}", _one(n)) for n in range(AT_ONCE)))


def _race(url: str, shop: Shop, turn: int) -> None:
    before, after = shop.now, shop.now + timedelta(minutes=2)
    clocks = [lambda: before, lambda: before, lambda: after]
    runners = [Writer(lambda: connect(url), FLOWS, clock=clock, most_in_a_batch=7) for clock in clocks]
    for runner in runners:
        runner.start()
    chance = Random(turn)  # noqa: S311 - a seed is wanted, not a secret
    entries: list[tuple[Writer, Command]] = []
    for n in range(AT_ONCE):
        entries.append((runners[0], c.PlaceOrder("market", f"claims/{turn}/{n}", _one(n), cart=f"{turn}/{n}")))
        entries.append((runners[1], c.ReleaseCart(f"{turn}/{n}")))
    chance.shuffle(entries)
    entries.insert(chance.randrange(len(entries)), (runners[2], c.ExpireCarts()))
    asked: list[Future[Any]] = []
    for index, (writer, command) in enumerate(entries):
        if isinstance(command, c.ExpireCarts) and index > 2 * AT_ONCE // 10:
            asked[index - 2 * AT_ONCE // 10].result(60)  # it sweeps all at once, so it comes when the race is on
        asked.append(writer.submit([Ask(command, "racer", command.natural_key() or f"{turn}/{index}")]))
    for each in asked:
        each.result(60)
    for runner in runners:
        runner.stop()


def _count(db: Connection, turn: int, won: Counter[str], faults: list[str]) -> None:
    carts = [f"{turn}/{n}" for n in range(AT_ONCE)]
    for cart, outcomes, promised in db.execute(_ENDS, (carts,)):
        if len(outcomes) == 1 and outcomes[0] and promised == [True]:
            won[outcomes[0]] += 1
        else:
            faults.append(f"cart {cart} ended as {outcomes}, and its piece is promised to {promised}")
    db.rollback()


def _clear(shop: Shop, turn: int) -> None:
    """Give up all orders, so that the pieces are free again."""
    names = [("web", f"waits/{turn}/{n}") for n in range(AT_ONCE)]
    names += [("market", f"claims/{turn}/{n}") for n in range(AT_ONCE)]
    shop.ask(*(c.CancelOrder(channel, number, "the race is over") for channel, number in names))
