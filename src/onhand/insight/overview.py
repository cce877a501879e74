"""The shop at large: what there is by category, site and day, what is sold, who waits and since when, what runs short.

Orders by the minute and what happened last are the pulse's (``insight.pulse``); here are the figures that take a look
at whole tables, and so are kept for a while (``insight.settled``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection, statement
from onhand.core.ids import first_id
from onhand.core.money import Money
from onhand.insight.settled import Settled

DAYS: Final = 30
MOST_BEST: Final = 10
WINDOWS: Final = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
AGES: Final = ("under a day", "1 to 3 days", "3 to 7 days", "7 to 30 days", "over 30 days")


class Level(msgspec.Struct, frozen=True):
    """What there is at a site, or of a category; ``code`` None gathers what has no category."""

    code: str | None
    name: str | None
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    inbound: Decimal
    skus: int


class Levels(msgspec.Struct, frozen=True):
    """What there is, cut two ways."""

    by_site: list[Level]
    by_category: list[Level]


class DayLevel(msgspec.Struct, frozen=True):
    """What lay on hand when a day ended, in UTC; of today, what lies there now."""

    day: date
    on_hand: Decimal


class Sold(msgspec.Struct, frozen=True):
    """What was ordered in a while and not cancelled since, by currency."""

    window: str
    orders: int
    pieces: Decimal
    worth: list[Money]


class Age(msgspec.Struct, frozen=True):
    """How many lines, and pieces, have waited for so long."""

    age: str
    lines: int
    pieces: Decimal


class Best(msgspec.Struct, frozen=True):
    """A SKU that was ordered much in the last week, with what is left to sell and what is waited for."""

    sku: str
    name: str
    pieces: Decimal
    available: Decimal
    waiting: Decimal


class Short(msgspec.Struct, frozen=True):
    """How many positions are below their threshold, of how many that have one."""

    below: int
    watched: int


class Overview:
    """The figures of the shop at large; one for each process."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self.levels: Settled[Levels] = Settled(_levels)
        self.by_day: Settled[list[DayLevel]] = Settled(self._by_day)
        self.sold: Settled[list[Sold]] = Settled(self._sold)
        self.waiting: Settled[list[Age]] = Settled(self._waiting)
        self.best_sellers: Settled[list[Best]] = Settled(self._best_sellers)
        self.short: Settled[Short] = Settled(_short)

    def _by_day(self, db: Connection) -> list[DayLevel]:
        today = self._clock().astimezone(UTC).date()
        first = today - timedelta(days=DAYS)
        given = {"since": datetime(first.year, first.month, first.day, tzinfo=UTC), "first": first, "last": today}
        return [DayLevel(*row) for row in db.execute(statement("insight", "levels_by_day"), given)]

    def _sold(self, db: Connection) -> list[Sold]:
        return [_sold_since(db, window, self._clock() - length) for window, length in WINDOWS.items()]

    def _best_sellers(self, db: Connection) -> list[Best]:
        given = {"since": first_id(self._clock() - WINDOWS["7d"]), "most": MOST_BEST}
        return [Best(*row) for row in db.execute(statement("insight", "best_sellers"), given)]

    def _waiting(self, db: Connection) -> list[Age]:
        rows = db.execute(statement("insight", "ages"), {"now": self._clock()}).fetchall()
        found = {age: (lines, pieces) for age, lines, pieces in rows}
        return [Age(name, *found.get(at, (0, Decimal(0)))) for at, name in enumerate(AGES)]


def _levels(db: Connection) -> Levels:
    rows = db.execute(statement("insight", "levels")).fetchall()
    return Levels([Level(*row) for is_, *row in rows if not is_], [Level(*row) for is_, *row in rows if is_])


def _sold_since(db: Connection, window: str, since: datetime) -> Sold:
    rows = db.execute(statement("insight", "sold"), {"since": first_id(since)}).fetchall()
    worth = [Money(amount, currency).rounded() for currency, _, _, amount in rows]
    return Sold(window, sum(row[1] for row in rows), sum((row[2] for row in rows), Decimal(0)), worth)


def _short(db: Connection) -> Short:
    row = db.execute(statement("insight", "below")).fetchone()
    return Short(*row) if row else Short(0, 0)
