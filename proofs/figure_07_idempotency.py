"""Asking twice does it once.

* 64 people send one request under one key at the same moment, over HTTP: one effect, and everybody hears the same
  body (or 409). The key again with another body: 422. No key where none can be inferred: 400. Nothing else changes.
* The server is killed (``kill -9``) while 200 requests are on their way, and started again: every one of them, sent
  again under its key, has exactly one effect, and who had heard an answer hears that very answer.
* 10,000 keys are delivered three times each, shuffled, through two writers: 10,000 effects.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from random import Random
from typing import Any

from onhand.core.asks import Ask
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.flows import commands as c
from proofs.figures import Figure, broken, crowd, fresh_database, worst, writers
from proofs.serving import Served
from shop import Shop

TITLE = "asking twice does it once"
CALLERS, KILLED, KEYS, DELIVERIES = 64, 200, 10_000, 3
FOUND = {"site": "london", "location": "pick", "sku": "mug", "reason": "found", "by": 1}
PATH = "/api/v1/adjustments"


def prove(short: bool) -> Figure:
    """All three; in short with 300 keys."""
    keys = 300 if short else KEYS
    faults: list[str] = []
    with fresh_database() as url, connect(url) as db:
        Shop(db)
        db.commit()
        served = Served(url)
        served.start()
        try:
            faults += _all_at_once(served, db)
            heard, retried = _killed_on_the_way(served, db, faults)
        finally:
            served.kill()
        effects = _delivered_again(url, db, keys)
        if effects != keys:
            faults.append(f"{effects} effects of {keys} keys")
        faults += broken(db)
    said = f"{CALLERS} callers of one key, 1 effect, one body; 422 and 400 as they should; kill -9: {heard} heard and "
    said += f"{retried} retried, each done once; {keys:,} keys × {DELIVERIES} shuffled, {effects:,} effects"
    return Figure(7, TITLE, passed=not faults, figure=said + worst(faults))


def _on_hand(db: Connection, sku: str) -> int:
    row = db.execute(
        "SELECT on_hand FROM stock_position JOIN catalog_sku sku ON sku.id = sku_id WHERE sku.code = %s", (sku,)
    ).fetchone()
    db.rollback()
    return int(row[0]) if row else 0


def _all_at_once(served: Served, db: Connection) -> list[str]:
    answers = crowd(CALLERS, lambda _: served.post(PATH, FOUND, key="one"), CALLERS)
    bodies = {body for status, body in answers if status == 201}
    faults = [f"answered {status}" for status, _ in answers if status not in {201, 409}]
    if len(bodies) != 1:
        faults.append(f"{len(bodies)} different bodies")
    for expected, body, key in ((422, {**FOUND, "by": 2}, "one"), (400, FOUND, None)):
        status, _ = served.post(PATH, body, key=key)
        if status != expected:
            faults.append(f"{expected} was expected, {status} came")
    if _on_hand(db, "mug") != 1:
        faults.append(f"{_on_hand(db, 'mug')} effects of one key")
    return faults


def _killed_on_the_way(served: Served, db: Connection, faults: list[str]) -> tuple[int, int]:
    """How many had heard an answer when the server was killed, and how many had not."""
    before = _on_hand(db, "mug")

    def send(number: int) -> tuple[int, bytes] | None:
        if number == KILLED // 2:
            served.kill()
        try:
            return served.post(PATH, FOUND, key=f"killed/{number}")
        except OSError:
            return None

    first = crowd(16, send, KILLED)
    served.start()
    again = crowd(16, lambda number: served.post(PATH, FOUND, key=f"killed/{number}"), KILLED)
    for number, (was, now) in enumerate(zip(first, again, strict=True)):
        if now[0] != 201 or was not in {None, now}:
            faults.append(f"request {number} heard {was}, and again {now}")
    if _on_hand(db, "mug") - before != KILLED:
        faults.append(f"{_on_hand(db, 'mug') - before} effects of {KILLED} requests around a kill")
    return sum(was is not None for was in first), sum(was is None for was in first)


def _delivered_again(url: str, db: Connection, keys: int) -> int:
    deliveries = [key for key in range(keys) for _ in range(DELIVERIES)]
    Random(7).shuffle(deliveries)  # noqa: S311 - a seed is wanted, not a secret
    before = _on_hand(db, "lamp")
    with writers(url) as pair, ThreadPoolExecutor(2) as porters:

        def carry(half: int) -> list[Any]:
            waiting: list[Future[list[Any]]] = []
            answers: list[Any] = []
            for key in deliveries[half::2]:
                found = c.Adjust("london", "pick", "lamp", "found", by=Decimal(1))
                waiting.append(pair[half].submit([Ask(found, "porter", f"delivery/{key}")]))
                if len(waiting) == 1_000:
                    answers += [each.result(60)[0] for each in waiting]
                    waiting.clear()
            return answers + [each.result(60)[0] for each in waiting]

        answers = [answer for half in porters.map(carry, range(2)) for answer in half]
    if len(answers) != len(deliveries) or any(refused(answer) for answer in answers):
        return -1
    return _on_hand(db, "lamp") - before
