"""Nobody waits for ever: five minutes of everything at once, and PostgreSQL counts no deadlock.

64 people use the shop at random through four writers with a connection each: they place orders of one to eight random
lines, amend, cancel, hold and ship them, hold and release carts, receive, move, transfer and count goods, and set
thresholds, all on forty SKUs at two sites. The figure is the growth of ``pg_stat_database.deadlocks``. Every answer
must be an outcome or a refusal, and the books must be in order at the end.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from random import Random

from onhand.core.asks import Command
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.flows import commands as c
from proofs.figures import Figure, broken, fresh_database, worst, writers
from shop import Shop

TITLE = "deadlocks 0: 64 people, all flows at once"
PEOPLE, WRITERS, SKUS, SECONDS = 64, 4, 40, 300
SITES = ("london", "lisbon")
STEPS: tuple[c.Step, ...] = ("confirm", "hold", "resume", "pick", "priority")


class Visitor:
    """One of many people, who does one thing after another."""

    def __init__(self, number: int, numbers: count[int]) -> None:
        self.chance = Random(number)  # noqa: S311 - a seed is wanted, not a secret
        self.numbers = numbers
        self.orders: list[tuple[str, str]] = []

    def next(self) -> Command:
        """Something to do."""
        verbs = [self.place] * 5 + [self.hold, self.release, self.receive, self.move, self.transfer]
        verbs += [self.adjust, self.watch]
        if self.orders:
            verbs += [self.amend, self.cancel, self.advance, self.ship, self.ship]
        return self.chance.choice(verbs)()

    def _sku(self) -> str:
        return f"sku-{self.chance.randrange(SKUS)}"

    def _some(self, most: int = 5) -> Decimal:
        return Decimal(self.chance.randint(1, most))

    def _wanted(self) -> list[c.WantedLine]:
        return [c.WantedLine(self._sku(), self._some()) for _ in range(self.chance.randint(1, 8))]

    def _moved(self) -> list[c.MovedLine]:
        return [c.MovedLine(self._sku(), self._some()) for _ in range(self.chance.randint(1, 8))]

    def place(self) -> Command:
        """Order something."""
        name = (self.chance.choice(("web", "market")), f"N{next(self.numbers)}")
        self.orders = [*self.orders[-9:], name]
        return c.PlaceOrder(*name, self._wanted(), priority=self.chance.randint(-1, 1))

    def amend(self) -> Command:
        """Change one's mind."""
        line = c.LineChange(self._some(8), line=1)
        return c.AmendOrder(*self.chance.choice(self.orders), [line, c.LineChange(self._some(), sku=self._sku())])

    def cancel(self) -> Command:
        """Give up."""
        return c.CancelOrder(*self.chance.choice(self.orders), "changed my mind")

    def advance(self) -> Command:
        """Take a step."""
        step = self.chance.choice(STEPS)
        return c.AdvanceOrder(*self.chance.choice(self.orders), step, priority=self.chance.randint(-5, 5))

    def ship(self) -> Command:
        """Send it off."""
        return c.AdvanceOrder(*self.chance.choice(self.orders), "ship")

    def hold(self) -> Command:
        """Fill a cart."""
        return c.HoldCart(f"cart-{self.chance.randrange(30)}", "web", self._wanted())

    def release(self) -> Command:
        """Leave a cart."""
        return c.ReleaseCart(f"cart-{self.chance.randrange(30)}")

    def receive(self) -> Command:
        """Goods arrive."""
        lines = [c.ReceivedLine(self._sku(), self._some(20)) for _ in range(8)]
        return c.Receive(self.chance.choice(SITES), lines)

    def move(self) -> Command:
        """Goods change places."""
        shelves = self.chance.choice((("pick", "quarantine"), ("quarantine", "pick"), ("pick", "packing")))
        return c.MoveStock(self.chance.choice(SITES), *shelves, self._moved())

    def transfer(self) -> Command:
        """Goods change sites."""
        source, target = self.chance.sample(SITES, 2)
        return c.Transfer(source, target, f"T{next(self.numbers)}", self._moved())

    def adjust(self) -> Command:
        """Goods are counted."""
        found = Decimal(self.chance.randint(0, 30))
        return c.Adjust(self.chance.choice(SITES), "pick", self._sku(), "count", counted=found)

    def watch(self) -> Command:
        """Somebody wants to be told."""
        return c.SetThreshold(self.chance.choice(SITES), self._sku(), self._some(20))


def prove(short: bool) -> Figure:
    """Five minutes; in short three seconds."""
    seconds = 3 if short else SECONDS
    with fresh_database() as url, connect(url) as db:
        _open(Shop(db))
        before = _deadlocks(db)
        with writers(url, WRITERS) as team:
            done, faults = _visit(team, seconds)
        deadlocks = _deadlocks(db) - before
        faults += broken(db)
    carried_out, said_no = done["done"], done["refused"]
    said = f"{deadlocks} deadlocks in {seconds} s, {carried_out:,} done, {said_no:,} refused, books in order"
    return Figure(6, TITLE, passed=deadlocks == 0 and not faults, figure=said + worst(faults))


def _open(shop: Shop) -> None:
    for number in range(SKUS):
        shop.product(f"sku-{number}")
    for site in SITES:
        shop.do(c.Receive(site, [c.ReceivedLine(f"sku-{n}", Decimal(100)) for n in range(SKUS)]))


def _visit(team: list[Writer], seconds: float) -> tuple[Counter[str], list[str]]:
    done: Counter[str] = Counter()
    faults: list[str] = []
    numbers, end, turn = count(), time.monotonic() + seconds, threading.Lock()

    def visit(number: int) -> None:
        visitor = Visitor(number, numbers)
        while time.monotonic() < end:
            command = visitor.next()
            try:
                answer = visitor.chance.choice(team).ask(command)
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is what we look for
                with turn:
                    faults.append(f"{command}: {type(fault).__name__}: {fault}")
                continue
            with turn:
                done["refused" if refused(answer) else "done"] += 1

    with ThreadPoolExecutor(PEOPLE) as people:
        list(people.map(visit, range(PEOPLE)))
    return done, faults


def _deadlocks(db: Connection) -> int:
    db.execute("SELECT pg_stat_force_next_flush()")
    db.commit()
    row = db.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    db.rollback()
    return int(row[0]) if row else 0
