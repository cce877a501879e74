"""What it costs to let a task wait for another day, so that tasks of all kinds can be put into one order.

The cost is counted in average orders: what is at stake is divided by what an order is worth on average in the same
currency, so that tasks of different currencies, and those that have no price, stand on one scale. Of that a share is
lost for each day of waiting. The shares are a convention, written down here and nowhere else: the nearer an order is to
its customer the more surely a day's delay is felt, and what nothing is known of is dearest of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from onhand.core.money import Money

DAY_SECONDS: Final = 86_400
# The part of what is at stake that another day of waiting loses.
LOST_A_DAY: Final[Mapping[str, float]] = {
    "confirm": 0.05,
    "pick": 0.08,
    "pack": 0.10,
    "ship": 0.12,
    "deliver": 0.05,
    "resume": 0.05,
    "answer": 0.15,
    "receive": 0.10,
    "late": 0.10,
    "low": 0.10,
    "soon": 0.05,
    "gone": 0.20,
}
# What has no price: so many average orders a day.
STANDS_FOR: Final[Mapping[str, float]] = {
    "approve": 1.0,
    "alert_low": 1.0,
    "alert_medium": 5.0,
    "alert_high": 25.0,
    "incident_minor": 5.0,
    "incident_major": 25.0,
    "incident_critical": 100.0,
    "webhook": 5.0,
}
# Waiting longer than this makes nothing dearer: what nobody did in a month does not drown the day's work.
MOST_DAYS: Final = 30.0
LEAST_WEIGHT: Final = 0.1


class Task(msgspec.Struct, frozen=True):
    """Something that waits for somebody: what it is, what it is known by, since when it waits, what is at stake.

    ``where``: what its address is made of; ``sites``: where it takes its permission; ``pieces`` of ``name``.
    """

    kind: str
    where: tuple[str, ...]
    name: str
    since: datetime
    worth: Money | None = None
    priority: int = 0
    sites: tuple[str, ...] = ()
    pieces: Decimal | None = None
    due: datetime | None = None


class Ranked(msgspec.Struct, frozen=True):
    """A task and what another day of waiting costs, in average orders."""

    task: Task
    cost: float


def cost(task: Task, averages: Mapping[str, Decimal], now: datetime) -> float:
    """What another day of waiting costs, in average orders.

    ``averages``: what an order is worth on average, by currency. A currency without orders counts as it stands, against
    the mean of the others; where nothing was ordered yet, against 1.
    """
    days = min(MOST_DAYS, max(0.0, (now - task.since).total_seconds() / DAY_SECONDS))
    if task.kind in STANDS_FOR:
        return STANDS_FOR[task.kind] * (1 + days)
    if task.worth is None:
        return 0.0
    weight = max(LEAST_WEIGHT, 1 + task.priority / 100)
    return (
        float(task.worth.amount) / _average(task.worth.currency, averages) * LOST_A_DAY[task.kind] * (1 + days) * weight
    )


def _average(currency: str, averages: Mapping[str, Decimal]) -> float:
    known = [float(each) for each in averages.values() if each > 0]
    if averages.get(currency, Decimal(0)) > 0:
        return float(averages[currency])
    return sum(known) / len(known) if known else 1.0


def ranked(tasks: Iterable[Task], averages: Mapping[str, Decimal], now: datetime, most: int) -> list[Ranked]:
    """The dearest first; of those that cost the same, the oldest."""
    all_ = [Ranked(each, cost(each, averages, now)) for each in tasks]
    return sorted(all_, key=lambda each: (-each.cost, each.task.since, each.task.where))[:most]
