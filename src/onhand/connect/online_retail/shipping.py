"""When orders leave the house and when they arrive. The file does not say, so these are rules of ours."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from onhand.connect.online_retail.countries import CONTINENT
from onhand.connect.online_retail.reading import SHOP_TIME

_DAYS_BY_COUNTRY = {"GB": 2, "IE": 3, "JE": 3}


class Shipping(msgspec.Struct, frozen=True):
    """The shop's working day, in local time. Monday is 0; ``closed`` names days off.

    An order is picked on the first working day after it was placed, at a minute of its own between ``opens`` and
    ``spread`` later; it is packed an hour after that and shipped two hours after.
    """

    working_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    closed: frozenset[date] = frozenset()
    opens: time = time(8)
    spread: timedelta = timedelta(hours=6)
    to_pack: timedelta = timedelta(hours=1)
    to_ship: timedelta = timedelta(hours=2)

    def __post_init__(self) -> None:
        if not self.working_days & set(range(7)):
            raise ValueError("A shop without working days never ships: name at least one of 0 (Monday) to 6 (Sunday).")

    def picked_at(self, number: str, after: datetime) -> datetime:
        """When an order is picked that could be picked since ``after``."""
        opens = local(self._next_working_day(after.astimezone(SHOP_TIME).date()), self.opens)
        return opens + timedelta(minutes=luck(number, max(1, self.spread // timedelta(minutes=1))))

    def _next_working_day(self, day: date) -> date:
        day += timedelta(days=1)
        while day.weekday() not in self.working_days or day in self.closed:
            day += timedelta(days=1)
        return day


def delivery_days(country: str | None) -> int:
    """Days on the road: 2 at home, 3 to Ireland and the Channel Islands, 4 to the Continent, 5 elsewhere.

    An unknown country counts as the Continent: most of what is sold abroad goes there.
    """
    if country is None or country in CONTINENT:
        return 4
    return _DAYS_BY_COUNTRY.get(country, 5)


def local(day: date, hour: time) -> datetime:
    """A local hour of the shop, in UTC."""
    return datetime.combine(day, hour, SHOP_TIME).astimezone(UTC)


def luck(text: str, sides: int) -> int:
    """A throw of dice that always falls the same for the same text: 0 to ``sides`` - 1."""
    return zlib.crc32(text.encode()) % sides
