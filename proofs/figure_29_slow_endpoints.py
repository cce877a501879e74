"""One dead endpoint, one that takes thirty seconds to answer, and healthy ones beside them.

All want every event. The courier is the one of ``onhand serve``; what it sends is told by a trickle of orders. The time
counts from the event to its arrival at a healthy endpoint.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime
from functools import partial

from onhand.connect.webhooks import actions
from onhand.connect.webhooks.actions import NewWebhook
from onhand.connect.webhooks.courier import Courier
from onhand.core import events
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from proofs.clients import percentile
from proofs.figures import Figure, fresh_database, worst
from receiver import Got, Receiver, Reply, receiving

TITLE = "webhooks: one dead and one slow endpoint delay nobody"
HEALTHY, EVENTS, A_SECOND, SLOW_SECONDS = 3, 600, 20.0, 30.0
P95_SECONDS = 2.0


def prove(short: bool) -> Figure:
    """Half a minute of events; in short two seconds."""
    wanted = 100 if short else EVENTS
    over = threading.Event()

    def slow(_: Got) -> Reply:
        over.wait(SLOW_SECONDS)
        return 204, {}, b""

    with fresh_database() as url, connect(url) as db, receiving(slow) as sleepy:
        healthy = [receiving() for _ in range(HEALTHY)]
        receivers = [each.__enter__() for each in healthy]
        for address in [sleepy.url, "http://127.0.0.1:9/nobody", *(each.url for each in receivers)]:
            made = NewWebhook(address, ["order.told"])
            actions.create(db, made, actor="proof", now=utc_now(), loopback=True)
        db.commit()
        courier = Courier(partial(connect, url, autocommit=True), keeps=True, loopback=True)
        courier.start()
        _trickle(db, wanted)
        _wait(receivers, wanted)
        over.set()
        courier.stop()
        for each in healthy:
            each.__exit__(None, None, None)
    return _judged(receivers, wanted, len(sleepy.got))


def _trickle(db: Connection, wanted: int) -> None:
    began = time.monotonic()
    for number in range(wanted):
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        events.record(db, [events.fact("order.told", f"order/{number}", "proof", {})], utc_now())
        db.commit()


def _wait(receivers: list[Receiver], wanted: int) -> None:
    for each in receivers:
        each.until(lambda got: len(got) >= wanted, patience=30.0)


def _judged(receivers: list[Receiver], wanted: int, at_the_slow: int) -> Figure:
    offset = time.time() - time.monotonic()
    waits = [
        got.at + offset - datetime.fromisoformat(got.payload["timestamp"]).timestamp()
        for each in receivers
        for got in each.got
    ]
    p95 = percentile(waits, 0.95)
    lost = sum(wanted - len({got.message for got in each.got}) for each in receivers)
    said = (
        f"{wanted:,} events to {HEALTHY} healthy endpoints: p50 {percentile(waits, 0.5):.2f} s, p95 {p95:.2f} s,"
        f" {lost} lost; the slow one was asked {at_the_slow} times meanwhile, the dead one tried again and again"
    )
    faults = [f"{lost} lost"] if lost else []
    return Figure(29, TITLE, passed=p95 <= P95_SECONDS and not faults, figure=said + worst(faults))
