"""When goods run out, and whether they can be there again before: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

# A rate is taken over so many days, and over the last few of them.
MONTH: Final = timedelta(days=28)
WEEK: Final = timedelta(days=7)
# Where nothing is said for its category, goods take so many days to come.
LEAD_DAYS: Final = 7
# A delivery that is overdue for longer than this is late.
GRACE: Final = timedelta(days=1)
# Farther ahead than this nobody is warned, however long goods take to come.
HORIZON: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Running:
    """A position somebody watches, as it runs.

    ``sold_in_month``, ``sold_in_week``: what left for customers in the last 28 and 7 days; ``first_sold``: when the
    first of it did. ``due``: when the next open supply is to come, if one is; ``lead_days``: how long a new one takes.
    """

    available: Decimal
    sold_in_month: Decimal
    sold_in_week: Decimal
    first_sold: datetime | None
    due: datetime | None
    lead_days: int = LEAD_DAYS


class RunOut(NamedTuple):
    """Goods will have run out before they can be there again."""

    at: datetime
    restocked: datetime
    a_day: Decimal


def a_day(running: Running, now: datetime) -> Decimal:
    """How much leaves a day: over the last 28 days, or over the last 7 where that is more, so that a rise warns early.

        max(sold_in_month / d, sold_in_week / min(d, 7))      d = days since the first of these sales, 7 to 28

    What has been sold for less than a week is taken as if it had been for a week: one good day is no rate.
    """
    if running.first_sold is None or running.sold_in_month <= 0:
        return Decimal(0)
    seen = min(max(now - running.first_sold, WEEK), MONTH)
    days = Decimal(seen / timedelta(days=1))
    return max(running.sold_in_month / days, running.sold_in_week / 7)


def run_out(running: Running, now: datetime) -> RunOut | None:
    """Whether goods run out before they can be restocked; None where they do not, or are gone already.

        runs out     now + available / a_day
        restocked    the day of the next open supply that is not overdue, else now + lead_days

    That the next supply may be too small is not looked at: when it has come, this is asked anew.
    """
    rate = a_day(running, now)
    if rate <= 0 or running.available <= 0:
        return None
    left = running.available / rate
    restocked = running.due if running.due and running.due > now else now + timedelta(days=running.lead_days)
    if left > HORIZON.days:
        return None
    at = now + timedelta(days=float(left))
    return RunOut(at, restocked, rate) if at < restocked else None


def is_late(due: datetime | None, now: datetime) -> bool:
    """Whether a delivery that was due then is late."""
    return due is not None and now - due > GRACE
