"""Decisions about places: what may be sold from where, how far it is, when a site is open. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final
from zoneinfo import ZoneInfo

from onhand.places.countries import CENTRES

SITE_KINDS: Final = ("warehouse", "store", "third_party")
LOCATION_KINDS: Final = ("pick", "reserve", "receiving", "quarantine", "damaged", "packing", "shipping", "virtual")
SALEABLE_KINDS: Final = frozenset({"pick", "reserve", "receiving", "packing", "shipping"})

VIRTUAL_LOCATIONS: Final = ("supplier", "customer", "loss", "workshop", "transit")
ORDINARY_LOCATIONS: Final = ("pick", "receiving", "quarantine", "damaged", "packing", "shipping")
# Code and kind of what every site has from its first day; an ordinary one is called after its kind.
FIRST_LOCATIONS: Final = tuple((code, "virtual") for code in VIRTUAL_LOCATIONS) + tuple(
    (code, code) for code in ORDINARY_LOCATIONS
)

COUNTRY_CENTRES: Final = CENTRES
EARTH_RADIUS_KM: Final = 6371.0088  # the mean radius of the IUGG

Coordinates = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse or a store, as decisions see it."""

    id: int
    code: str
    name: str
    kind: str
    country: str
    region: str
    time_zone: str
    currency: str
    latitude: float | None
    longitude: float | None
    active: bool

    @property
    def coordinates(self) -> Coordinates | None:
        """Latitude and longitude in degrees: the site's own, else the middle of its country."""
        if self.latitude is None or self.longitude is None:
            return COUNTRY_CENTRES.get(self.country)
        return self.latitude, self.longitude

    def day(self, moment: datetime) -> date:
        """The day it is there at a moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True)
class Location:
    """A spot within a site that a move can name."""

    id: int
    site_id: int
    code: str
    kind: str

    @property
    def saleable(self) -> bool:
        """Whether what lies here may be promised to customers."""
        return saleable(self.kind)


def saleable(kind: str) -> bool:
    """Whether goods on a location of this kind may be promised: on the shelf or on the way to or from it."""
    return kind in SALEABLE_KINDS


def distance_km(here: Coordinates, there: Coordinates) -> float:
    """The great-circle distance in kilometres between two (latitude, longitude) in degrees, by the haversine formula.

    >>> round(distance_km((51.5074, -0.1278), (48.8566, 2.3522)))  # London to Paris
    344
    """
    latitude, longitude, other_latitude, other_longitude = map(radians, (*here, *there))
    chord = (
        sin((other_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(other_latitude) * sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a weekday (Monday is 0). ``closes`` at or before ``opens`` means the following day."""

    weekday: int
    opens: time
    closes: time


_MIDNIGHT = time(0)
ROUND_THE_CLOCK: Final = tuple(Opening(weekday, _MIDNIGHT, _MIDNIGHT) for weekday in range(7))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a site is open: weekly hours in its own zone, but for its closed days.

    A site without weekly hours, as most warehouses are, counts as open round the clock.
    """

    time_zone: str
    hours: tuple[Opening, ...] = ()
    closed: frozenset[date] = frozenset()


# The longest a site may be shut before we say it never opens again.
HORIZON_DAYS: Final = 366


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the site is open at a moment (aware)."""
    return next_open(calendar, at, days=1) == at


def next_open(calendar: Calendar, at: datetime, *, days: int = HORIZON_DAYS) -> datetime | None:
    """The first moment from ``at`` (aware) on which finds the site open; None when there is none within ``days``."""
    for opens, closes in _openings(calendar, at, days):
        if at < closes:
            return max(at, opens)
    return None


def _openings(calendar: Calendar, at: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Openings in UTC, from those begun the day before (they may run past midnight) to ``days`` ahead."""
    zone = ZoneInfo(calendar.time_zone)
    today = at.astimezone(zone).date()
    hours = sorted(calendar.hours or ROUND_THE_CLOCK, key=lambda opening: opening.opens)
    for day in (today + timedelta(days=ahead) for ahead in range(-1, days + 1)):
        if day not in calendar.closed:
            yield from (_on(day, opening, zone) for opening in hours if opening.weekday == day.weekday())


def _on(day: date, opening: Opening, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Begin and end of one opening in UTC: two moments of one zone would be compared by their clocks' hands."""
    last = day + timedelta(days=1) if opening.closes <= opening.opens else day
    opens = datetime.combine(day, opening.opens, zone)
    return opens.astimezone(UTC), datetime.combine(last, opening.closes, zone).astimezone(UTC)


_DAY_SECONDS = 86_400
_WEEK_SECONDS = 7 * _DAY_SECONDS


def overlap(hours: Iterable[Opening]) -> bool:
    """Whether two openings of the week cover the same moment, the night from Sunday to Monday included."""
    spans = sorted(_span(opening) for opening in hours)
    following = [*spans[1:], *((begin + _WEEK_SECONDS, end + _WEEK_SECONDS) for begin, end in spans[:1])]
    return any(end > begin for (_, end), (begin, _) in zip(spans, following, strict=True))


def _span(opening: Opening) -> tuple[int, int]:
    """An opening in seconds of the week."""
    begin = opening.weekday * _DAY_SECONDS + _seconds(opening.opens)
    length = (_seconds(opening.closes) - _seconds(opening.opens)) % _DAY_SECONDS or _DAY_SECONDS
    return begin, begin + length


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
