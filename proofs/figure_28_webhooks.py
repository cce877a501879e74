"""Webhooks to a receiver that fails three times in ten.

A receiver with a real port takes posts, each checked by the reference library of Standard Webhooks. Three in ten it
fails, half of those after it took what was sent, so that it gets it again; its answers take differently long, so that
posts overtake each other. It keeps what it gets by ``webhook-id``. The secret is rotated under way, and the receiver
changes over somewhat later. Posts are real; the time between attempts is told, not waited for.

It holds when nothing is lost, every repetition has the id it had, the events of each order come in their order, and no
post was rejected for its signature. Then one endpoint fails for the whole schedule, and one answers 410.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from standardwebhooks import Webhook, WebhookVerificationError

from onhand.connect.webhooks import actions, outbox, queries, rules, sending
from onhand.connect.webhooks.actions import NewWebhook, RotateSecret
from onhand.connect.webhooks.outbox import Endpoint, Parcel
from onhand.connect.webhooks.rules import Answer
from onhand.core import events
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.refusals import Refused
from proofs.figures import Figure, fresh_database, worst
from receiver import Got, Reply, receiving

TITLE = "webhooks: a receiver that fails three times in ten"
EVENTS, ORDERS, TOGETHER = 10_000, 500, 16
FAILING, TAKEN_THOUGH = 0.3, 0.5


@dataclass
class Till:
    """What the receiver has, and what went wrong with it."""

    secret: str
    chance: Random
    took: dict[str, tuple[str, int]] = field(default_factory=dict)
    in_order: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    posts: int = 0
    again: int = 0
    rejected: int = 0
    disorder: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def take(self, got: Got) -> Reply:
        """Check, keep, answer; as a receiver does who sometimes stumbles."""
        with self.turn:
            self.posts += 1
            try:
                payload = Webhook(self.secret).verify(got.body, dict(got.headers))
            except WebhookVerificationError:
                self.rejected += 1
                return 401, {}, b""
            stumbles, keeps, pause = (self.chance.random() for _ in range(3))
            fails = stumbles < FAILING
            if not fails or keeps < TAKEN_THOUGH:
                self._keep(got.message, payload["subject"], payload["seq"])
        time.sleep(pause * 0.004)
        return (500 if fails else 204), {}, b""

    def _keep(self, message: str, subject: str, seq: int) -> None:
        if message in self.took:
            self.again += 1
            return
        self.took[message] = (subject, seq)
        if self.in_order[subject] and self.in_order[subject][-1] > seq:
            self.disorder += 1
        self.in_order[subject].append(seq)


class Sizes(NamedTuple):
    """How many events, of how many orders."""

    events: int
    orders: int


def prove(short: bool) -> Figure:
    """Ten thousand events; in short three hundred."""
    sizes = Sizes(300, 20) if short else Sizes(EVENTS, ORDERS)
    with fresh_database() as url, connect(url) as db:
        outbox.fill(db, utc_now())
        db.commit()
        said, faults = _stumbling(db, sizes)
        schedule = _whole_schedule(db)
        gone = _gone(db)
    if schedule != (10, timedelta(hours=75, minutes=35, seconds=5)):
        faults.append(f"the schedule was {schedule}")
    if gone != ("disabled", 0):
        faults.append(f"after 410 the endpoint was {gone}")
    said += "; ten attempts in 75 h 35 m 5 s, then dead; 410 disables"
    return Figure(28, TITLE, passed=not faults, figure=said + worst(faults))


def _stumbling(db: Connection, sizes: Sizes) -> tuple[str, list[str]]:
    chance = Random(28)  # noqa: S311 - the same story each time is wanted, not a secret
    with receiving() as receiver:
        endpoint, secret = _hook(db, receiver.url)
        till = Till(secret, chance)
        receiver.answer = till.take
        crank = Crank(db)
        for part in range(0, sizes.events, sizes.events // 10):
            subjects = [f"order/{chance.randrange(sizes.orders)}" for _ in range(sizes.events // 10)]
            _tell(db, subjects)
            if part == sizes.events // 10 * 3:
                new = actions.rotate_secret(db, endpoint, RotateSecret(24), actor="proof", now=crank.now)
                db.commit()
            if part == sizes.events // 10 * 6 and new:
                till.secret = new.secret  # the receiver changes over, while posts still carry both signatures
            asyncio.run(crank.turn_once())
        asyncio.run(crank.until_nothing_waits(endpoint))
    return _said(till, sizes), _faults(till, sizes)


def _said(till: Till, sizes: Sizes) -> str:
    lost = sizes.events - len(till.took)
    return (
        f"{sizes.events:,} events of {sizes.orders} orders in {till.posts:,} posts, {till.again:,} of them repeated and"
        f" known by their id; {lost} lost, {till.disorder} out of order, {till.rejected} rejected through a rotation"
    )


def _faults(till: Till, sizes: Sizes) -> list[str]:
    faults = []
    if len(till.took) != sizes.events:
        faults.append(f"{sizes.events - len(till.took)} events did not arrive")
    if till.disorder or till.rejected or not till.again:
        faults.append(f"{till.disorder} out of order, {till.rejected} rejected, {till.again} repeated")
    return faults


class Crank:
    """The courier, turned by hand: posts are real, and the clock jumps to the next moment something is due."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.now = utc_now()

    async def turn_once(self) -> int:
        """Take up what happened, post what is due now, settle it; how many were posted."""
        while outbox.fill(self._db, self.now) == outbox.PAGE:
            self._db.commit()
        self._db.commit()
        posted = 0
        trust = ssl.create_default_context()
        async with sending.client(trust, loopback=True) as client:

            async def post(endpoint: Endpoint, parcel: Parcel) -> tuple[Parcel, Answer]:
                # Signed with the real time, which is what a receiver checks.
                headers = rules.signed(parcel.message, utc_now(), parcel.body or b"", endpoint.secrets)
                return parcel, await sending.post(client, endpoint.url, headers, parcel.body or b"")

            while parcels := self._due():
                serving = {each.id: each for each in outbox.endpoints(self._db, self.now)}
                answered = await asyncio.gather(*(post(serving[each.endpoint], each) for each in parcels))
                outbox.settle(self._db, answered, self.now)
                self._db.commit()
                posted += len(parcels)
        return posted

    def _due(self) -> list[Parcel]:
        slots = {each.id: TOGETHER for each in outbox.endpoints(self._db, self.now)}
        return outbox.due(self._db, slots, self.now)

    async def until_nothing_waits(self, endpoint: UUID) -> None:
        """Let time pass until all is settled."""
        while True:
            await self.turn_once()
            row = self._db.execute(
                "SELECT min(next_at) FROM webhooks_delivery WHERE endpoint_id = %s AND state = 'waiting'", (endpoint,)
            ).fetchone()
            if row is None or row[0] is None:
                return
            self.now = max(self.now, row[0])


def _hook(db: Connection, url: str) -> tuple[UUID, str]:
    wanted = NewWebhook(url, ["order.*"])
    made = actions.create(db, wanted, actor="proof", now=utc_now(), loopback=True)
    db.commit()
    if isinstance(made, Refused):
        raise TypeError(made.detail)
    return made.webhook.id, made.secret


def _tell(db: Connection, subjects: list[str]) -> None:
    events.record(db, [events.fact("order.told", each, "proof", {}) for each in subjects], utc_now())
    db.commit()


def _settled_by(db: Connection, answer: Callable[[int], Answer]) -> tuple[UUID, list[datetime]]:
    """One event for one new endpoint, answered as told until it ends; the moments of the attempts."""
    endpoint, _ = _hook(db, "https://shop.example/")
    _tell(db, ["order/last"])
    now, tried = utc_now(), []
    outbox.fill(db, now)
    while parcels := outbox.due(db, {endpoint: 1}, now):
        tried.append(now)
        outbox.settle(db, [(parcel, answer(len(tried))) for parcel in parcels], now)
        db.commit()
        waiting = queries.DELIVERIES.page(db, {"endpoint": endpoint, "state": "waiting"}).items
        now = waiting[0].next_at or now if waiting else now
    return endpoint, tried


def _whole_schedule(db: Connection) -> tuple[int, timedelta]:
    _, tried = _settled_by(db, lambda _: Answer(503))
    return len(tried), tried[-1] - tried[0]


def _gone(db: Connection) -> tuple[str, int]:
    endpoint, _ = _settled_by(db, lambda _: Answer(410))
    found = queries.webhook(db, endpoint)
    return (found.state, found.waiting) if found else ("lost", 0)
