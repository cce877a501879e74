"""Every order of events: two who reserve, one who cancels, a hold that expires, a cart that becomes an order.

Three pieces of one SKU: one promised to an order, one held for a cart, one held for a cart whose time is up; and an
order waits for a fourth. Then happen, in every way there is: *reserve* twice (an order of one piece where nothing may
wait), *cancel* (the order), *expire* (the sweep), *claim* (the first cart becomes an order).

* One after the other: all 120 orders of the five.
* Two at once, each in a session of its own: every pair, and every way for one to go on after the other has made so
  many of its statements and to stop again after so many of its own (two switches, at every statement and commit).
* Three at once: every three, each stopped at each of the four points that differ to others (nothing read yet; all
  read and nothing locked; the position locked; all written and nothing committed), then going on in every order.

Whatever of the five is not in the race comes after it, so all five always happen. After each run the books must be in
order, the claim must have succeeded, and whoever waited must have been served, since a piece became free for him.
The sessions are real writers; they are held at a gate before each statement, and let through one statement at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations, permutations, product
from typing import Any

import psycopg

from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from proofs.figures import Figure, broken, fresh_database, worst
from shop import Shop

TITLE = "all interleavings of reserve, reserve, cancel, expire, claim"
DEEDS = ("reserve one", "reserve two", "cancel", "expire", "claim")
PREPARED = 40
PATIENCE_SECONDS = 20.0


class Gate:
    """Where a session waits before each statement, until it is let through or left to run."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.waiting = False
        self.open = False
        self.passes = 0
        self.seen: list[str] = []

    def come(self, what: str) -> None:
        """The session is about to do this; it waits here for its pass."""
        with self.changed:
            self.seen.append(what)
            self.waiting = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.passes or self.open, PATIENCE_SECONDS)
            self.passes = max(0, self.passes - 1)
            self.waiting = False


class Gated(psycopg.Connection[tuple[Any, ...]]):
    """A connection that comes to a gate before each statement and each commit."""

    gate: Gate

    def execute(self, query: Any, *rest: Any, **options: Any) -> Any:
        """A statement, when the gate lets it through."""
        self.gate.come(str(query))
        return super().execute(query, *rest, **options)

    def commit(self) -> None:
        """A commit, when the gate lets it through."""
        self.gate.come("COMMIT")
        super().commit()


class Session:
    """One deed, by a writer of its own whose connection is gated."""

    def __init__(self, url: str, now: datetime, control: Connection) -> None:
        self.gate, self.control = Gate(), control
        self.gate.open = True
        self.connection = Gated.connect(url, options="-c timezone=UTC")
        self.connection.gate = self.gate
        self.now = now
        self.writer = Writer(lambda: self.connection, FLOWS, clock=lambda: self.now)
        self.writer.start()
        self.answer: Any = None

    def begin(self, command: Command, key: str, now: datetime) -> None:
        """Set out; the first statement waits at the gate."""
        self.gate.open, self.gate.passes, self.gate.seen, self.now = False, 0, [], now
        self.answer = self.writer.submit([Ask(command, "session", command.natural_key() or key)])

    @property
    def over(self) -> bool:
        """Whether the deed is done."""
        return bool(self.answer.done())

    def step(self) -> bool:
        """Let one statement through and wait until it is done; False when it has to wait for somebody's lock."""
        self._rest()
        with self.gate.changed:
            if self.over or not self.gate.waiting:
                return not self._blocked()
            seen = len(self.gate.seen)
            self.gate.passes = 1
            self.gate.changed.notify_all()
        return self._rest(seen)

    def _rest(self, seen: int = 0) -> bool:
        """Wait until the session stands at its gate again, is done, or waits for a lock (then False)."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with self.gate.changed:
                arrived = self.gate.changed.wait_for(
                    lambda: (self.gate.waiting and len(self.gate.seen) > seen) or self.over, 0.002
                )
            if arrived:
                return True
            if self._blocked():
                return False
        raise AssertionError(f"a session neither went on nor waited after {self.gate.seen[-1:]}")

    def _blocked(self) -> bool:
        row = self.control.execute(
            "SELECT cardinality(pg_blocking_pids(%s)) > 0", (self.connection.info.backend_pid,)
        ).fetchone()
        return bool(row and row[0])

    def run(self) -> None:
        """Let it go on by itself to the end; whoever it waits for must be let go too."""
        with self.gate.changed:
            self.gate.open = True
            self.gate.changed.notify_all()

    def finish(self) -> Any:
        """Its answer."""
        return self.answer.result(PATIENCE_SECONDS)[0]

    def close(self) -> None:
        """Leave."""
        self.run()
        self.writer.stop()


class Theatre:
    """A database with many prepared SKUs; each run uses one."""

    def __init__(self, url: str, db: Connection) -> None:
        self.url, self.db = url, db
        self.shop = Shop(db)
        self.start = self.shop.now
        self.control = connect(url, autocommit=True)
        self.sessions = [Session(url, self.start, self.control) for _ in range(3)]
        self.runs, self.ready, self.products = 0, 0, 0
        self.faults: list[str] = []

    def close(self) -> None:
        """Send everybody home."""
        for session in self.sessions:
            session.close()
        self.control.close()

    def prepare(self) -> None:
        """Forty SKUs, each with its order, its two carts and its order that waits.

        The carts of SKU ``n`` expire in minutes ``n`` and ``n + 1``; its run takes place between the two.
        """
        _empty(self.db)
        self.shop = Shop(self.db)
        for n in range(PREPARED):
            self.shop.product(f"sku-{n}")
        self.shop.now = self.start
        ask, everywhere = self.shop.ask, range(PREPARED)
        self.shop.do(c.Receive("london", [c.ReceivedLine(f"sku-{n}", Decimal(3)) for n in everywhere]))
        ask(*(c.PlaceOrder("web", f"first-{n}", _one(n)) for n in everywhere))
        ask(*(c.HoldCart(f"late-{n}", "web", _one(n), minutes=n + 1) for n in everywhere))
        ask(*(c.HoldCart(f"cart-{n}", "web", _one(n), minutes=n + 2) for n in everywhere))
        ask(*(c.PlaceOrder("web", f"waits-{n}", _one(n)) for n in everywhere))
        self.ready = PREPARED

    def next(self) -> int:
        """A SKU nobody has used."""
        if not self.ready:
            self.prepare()
        self.ready -= 1
        return PREPARED - 1 - self.ready

    def play(self, racing: Sequence[str], stops: Sequence[int], ending: Sequence[int]) -> list[list[str]]:
        """Let each racer make so many statements, then let them end in this order; what each did, for counting."""
        n = self.next()
        now = self.start + timedelta(minutes=n + 1, seconds=1)
        sessions = self.sessions[: len(racing)]
        for session, deed in zip(sessions, racing, strict=True):
            session.begin(_deed(deed, n), f"{deed}-{n}-{self.runs}", now)
        for session, stop in zip(sessions, stops, strict=True):
            for _ in range(stop):
                if session.over or not session.step():
                    break
        self._end([sessions[index] for index in ending])
        answers = {deed: session.finish() for deed, session in zip(racing, sessions, strict=True)}
        self.shop.now = now
        for deed in DEEDS:
            if deed not in racing:
                answers[deed] = self.shop.ask(_deed(deed, n), keys=[f"{deed}-{n}-{self.runs}"])[0]
        self.runs += 1
        self._judge(n, answers, f"{list(racing)} stopped at {list(stops)}, ending as {list(ending)}")
        return [list(session.gate.seen) for session in sessions]

    def _end(self, sessions: Sequence[Session]) -> None:
        """One after the other to its end; one that waits for another's lock goes on when that one is done."""
        left = list(sessions)
        while left:
            for session in left:
                while not session.over and session.step():
                    pass
                if session.over:
                    left.remove(session)
                    break
            else:
                raise AssertionError("all sessions wait for each other")

    def _judge(self, n: int, answers: dict[str, Any], how: str) -> None:
        faults = broken(self.db)
        if refused(answers["claim"]):
            faults.append(f"the cart's order was refused: {answers['claim']}")
        waits = self.db.execute(
            "SELECT backordered FROM orders_line JOIN orders_order o ON o.id = order_id WHERE o.number = %s",
            (f"waits-{n}",),
        ).fetchone()
        self.db.rollback()
        if waits != (0,):
            faults.append(f"whoever waited still waits for {waits}")
        self.faults += [f"{how}: {fault}" for fault in faults]


def prove(short: bool) -> Figure:
    """All of them; in short a sample of each kind."""
    with fresh_database() as url, connect(url) as db:
        theatre = Theatre(url, db)
        try:
            counts = [_in_turn(theatre, short), _two_at_once(theatre, short), _three_at_once(theatre, short)]
        finally:
            theatre.close()
    said = f"{counts[0]} orders, {counts[1]:,} interleavings of two sessions, {counts[2]:,} of three; "
    said += f"{len(theatre.faults)} violations{worst(theatre.faults)}"
    return Figure(4, TITLE, passed=not theatre.faults, figure=said)


def _in_turn(theatre: Theatre, short: bool) -> int:
    orders = list(permutations(DEEDS))[:: 40 if short else 1]
    for order in orders:
        n = theatre.next()
        theatre.shop.now = theatre.start + timedelta(minutes=n + 1, seconds=1)
        answers = {deed: theatre.shop.ask(_deed(deed, n), keys=[f"{deed}-{n}"])[0] for deed in order}
        theatre._judge(n, answers, f"{list(order)} in turn")  # noqa: SLF001 - one class in two pieces
    return len(orders)


def _two_at_once(theatre: Theatre, short: bool) -> int:
    alone = _alone(theatre)
    before = theatre.runs
    for pair in [("reserve one", "reserve two"), *_mixed(2)]:
        first, second = (len(alone[deed]) for deed in pair)
        for stops in _sampled(product(range(1, first + 1), range(1, second + 1)), short):
            theatre.play(pair, stops, (0, 1))
        for stops in _sampled(product(range(1, second + 1), range(1, first + 1)), short):
            theatre.play(pair[::-1], stops, (0, 1))
    return theatre.runs - before


def _three_at_once(theatre: Theatre, short: bool) -> int:
    alone = _alone(theatre)
    before = theatre.runs
    for three in _mixed(3):
        points = [_points(alone[deed]) for deed in three]
        for stops in _sampled(product(*points), short):
            for ending in permutations(range(3)):
                theatre.play(three, stops, ending)
    return theatre.runs - before


def _alone(theatre: Theatre) -> dict[str, list[str]]:
    """The statements of each deed when it comes first."""
    return {deed: theatre.play((deed,), (0,), (0,))[0] for deed in DEEDS}


def _mixed(size: int) -> list[tuple[str, ...]]:
    """Every choice of deeds; the two who reserve are alike, so the second comes only with the first."""
    chosen = combinations(DEEDS, size)
    return [each for each in chosen if "reserve two" not in each or ("reserve one" in each and size > 2)]


def _points(seen: Sequence[str]) -> list[int]:
    """The four points of a deed that differ to others, as numbers of statements made."""
    locks = next(index for index, what in enumerate(seen) if "FOR NO KEY UPDATE" in what)
    return [0, locks, locks + 1, len(seen) - 1]


def _sampled(schedules: Iterator[tuple[int, ...]], short: bool) -> list[tuple[int, ...]]:
    return list(schedules)[:: 97 if short else 1]


def _one(n: int) -> list[c.WantedLine]:
    return [c.WantedLine(f"sku-{n}", Decimal(1))]


def _deed(deed: str, n: int) -> Command:
    if deed == "cancel":
        return c.CancelOrder("web", f"first-{n}", "changed my mind")
    if deed == "expire":
        return c.ExpireCarts()
    if deed == "claim":
        return c.PlaceOrder("market", f"claims-{n}", _one(n), cart=f"cart-{n}")
    return c.PlaceOrder("market", f"{deed}-{n}", _one(n))


def _empty(db: Connection) -> None:
    rows = db.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth|access_audit)_'"
    ).fetchall()
    db.execute(f"TRUNCATE {', '.join(table for (table,) in rows)}")
    db.commit()
