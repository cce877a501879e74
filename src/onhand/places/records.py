"""What may be said about places: parsed by the API, built by a form, read from an import file."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.core import texts
from onhand.core.asks import Command
from onhand.core.texts import Code, Country, Currency, Name

Mark = Annotated[str, Meta(max_length=32, pattern=texts.MARK)]
SiteKind = Literal["warehouse", "store", "third_party"]
ShelfKind = Literal["pick", "reserve", "receiving", "quarantine", "damaged", "packing", "shipping"]


class SiteRecord(Command, frozen=True):
    """A site as it shall be, known by its code."""

    code: Code
    name: Name
    kind: SiteKind
    country: Country
    time_zone: Annotated[str, Meta(max_length=64, description="IANA name, such as Europe/London")]
    currency: Currency
    region: Annotated[str, Meta(max_length=64, pattern=texts.MARK)] = ""
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    active: bool = True


class LocationRecord(Command, frozen=True):
    """A location as it shall be, known by its site and code."""

    site: Code
    code: Code
    kind: ShelfKind
    zone: Mark = ""
    aisle: Mark = ""
    bay: Mark = ""
    level: Mark = ""


class OpeningRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One opening of a weekday (Monday is 0), in the site's own time; ``closes`` at or before ``opens`` is next day."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    opens: Annotated[time, Meta(tz=False)]
    closes: Annotated[time, Meta(tz=False)]


class ClosedDayRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day on which the site stays shut."""

    day: date
    reason: Annotated[str, Meta(max_length=200, pattern=texts.TEXT)] = ""


class HoursRecord(Command, frozen=True):
    """The whole calendar of a site; what it had before is replaced. No hours at all means round the clock."""

    site: Code
    hours: Annotated[list[OpeningRecord], Meta(max_length=70)] = msgspec.field(default_factory=list)
    closed: Annotated[list[ClosedDayRecord], Meta(max_length=1000)] = msgspec.field(default_factory=list)


Change = Literal["created", "changed", "unchanged"]


class SavedSite(msgspec.Struct, frozen=True):
    """What became of a site's record."""

    code: str
    id: int
    change: Change


class SavedLocation(msgspec.Struct, frozen=True):
    """What became of a location's record."""

    site: str
    code: str
    id: int
    change: Change


class SavedHours(msgspec.Struct, frozen=True):
    """What became of a site's calendar."""

    site: str
    change: Change
