"""Questions about places. Sites are few (thousands), so the filters of a list need no index of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE, Page
from onhand.places.rules import Calendar, Location, Opening, Site, saleable

_SITE = (
    "SELECT id, code, name, kind, country, region, time_zone, currency, latitude, longitude, active FROM places_site"
)


def sites_by_code(db: Connection, codes: Iterable[str]) -> dict[str, Site]:
    """The named sites by code; an unknown code is not in the answer."""
    rows = db.execute(f"{_SITE} WHERE code = ANY (%s)", [list(codes)])
    return {site.code: site for site in (Site(*row) for row in rows)}


def all_sites(db: Connection) -> dict[str, Site]:
    """Every site, closed-down ones included, by code and in the order of their codes."""
    return {site.code: site for site in (Site(*row) for row in db.execute(f"{_SITE} ORDER BY code"))}


def locations(
    db: Connection, site_codes: Iterable[str], *, codes: Iterable[str] | None = None
) -> dict[tuple[int, str], Location]:
    """Locations of the named sites, virtual ones included, by site id and location code; ``codes`` narrows them."""
    query = (
        "SELECT location.id, location.site_id, location.code, location.kind FROM places_location AS location"
        " JOIN places_site AS site ON site.id = location.site_id WHERE site.code = ANY (%s)"
    )
    if codes is None:
        rows = db.execute(query, [list(site_codes)])
    else:
        rows = db.execute(f"{query} AND location.code = ANY (%s)", [list(site_codes), list(codes)])
    return {(row[1], row[2]): Location(*row) for row in rows}


def calendars(db: Connection, site_ids: Iterable[int]) -> dict[int, Calendar]:
    """When each of the sites is open, by site id."""
    ids = list(site_ids)
    zones = db.execute("SELECT id, time_zone FROM places_site WHERE id = ANY (%s)", [ids]).fetchall()
    hours, closed = _hours(db, ids), _closed(db, ids)
    return {
        site_id: Calendar(zone, tuple(hours[site_id]), frozenset(day for day, _ in closed[site_id]))
        for site_id, zone in zones
    }


class SiteAnswer(msgspec.Struct, frozen=True):
    """A site in a list."""

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
    created_at: datetime


class LocationAnswer(msgspec.Struct, frozen=True):
    """A location of a site."""

    id: int
    code: str
    kind: str
    saleable: bool
    zone: str
    aisle: str
    bay: str
    level: str


class OpeningAnswer(msgspec.Struct, frozen=True):
    """One opening of a weekday (Monday is 0), in the site's own time."""

    weekday: int
    opens: time
    closes: time


class ClosedDayAnswer(msgspec.Struct, frozen=True):
    """A day on which the site stays shut."""

    day: date
    reason: str


class Hours(msgspec.Struct, frozen=True):
    """When a site is open: no hours at all means round the clock, save for the closed days."""

    site: str
    time_zone: str
    hours: list[OpeningAnswer]
    closed: list[ClosedDayAnswer]


class SiteDetail(msgspec.Struct, frozen=True):
    """A site with its calendar. Its locations may be thousands and are asked for by page."""

    site: SiteAnswer
    hours: list[OpeningAnswer]
    closed: list[ClosedDayAnswer]
    location_count: int


def list_sites(
    db: Connection,
    *,
    kind: str | None = None,
    country: str | None = None,
    region: str | None = None,
    active: bool | None = None,
    search: str | None = None,
    after: str = "",
    most: int = PAGE,
) -> Page[SiteAnswer]:
    """A page of sites, in the order of their codes. ``search`` finds a part of the code or the name, in any case."""
    wanted = {"kind": kind, "country": country, "region": region, "active": active, "search": search or None}
    rows = db.execute(statement("places", "list_sites"), wanted | {"after": after, "most": most + 1}).fetchall()
    return Page([SiteAnswer(*row) for row in rows[:most]], rows[most - 1][1] if len(rows) > most else None)


def list_locations(
    db: Connection,
    site: str,
    *,
    kind: str | None = None,
    zone: str | None = None,
    search: str | None = None,
    after: str = "",
    most: int = PAGE,
) -> Page[LocationAnswer]:
    """A page of one site's locations, by code. ``search`` is the beginning of a code, in any case."""
    wanted = {"site": site, "kind": kind, "zone": zone, "search": search or None, "after": after, "most": most + 1}
    rows = db.execute(statement("places", "list_locations"), wanted).fetchall()
    items = [LocationAnswer(row[0], row[1], row[2], saleable(row[2]), *row[3:]) for row in rows[:most]]
    return Page(items, items[-1].code if len(rows) > most else None)


def site_detail(db: Connection, code: str) -> SiteDetail | None:
    """A site with its calendar; None when there is none of that code."""
    row = db.execute(
        "SELECT id, code, name, kind, country, region, time_zone, currency, latitude, longitude, active, created_at,"
        " (SELECT count(*) FROM places_location WHERE site_id = site.id) FROM places_site AS site WHERE code = %s",
        [code],
    ).fetchone()
    if row is None:
        return None
    site = SiteAnswer(*row[:-1])
    return SiteDetail(site, *_calendar(db, site.id), row[-1])


def hours(db: Connection, code: str) -> Hours | None:
    """When a site is open; None when there is none of that code."""
    site = sites_by_code(db, [code]).get(code)
    return None if site is None else Hours(code, site.time_zone, *_calendar(db, site.id))


def _calendar(db: Connection, site_id: int) -> tuple[list[OpeningAnswer], list[ClosedDayAnswer]]:
    openings, closed = _hours(db, [site_id])[site_id], _closed(db, [site_id])[site_id]
    return (
        [OpeningAnswer(opening.weekday, opening.opens, opening.closes) for opening in openings],
        [ClosedDayAnswer(day, reason) for day, reason in closed],
    )


def _hours(db: Connection, site_ids: list[int]) -> defaultdict[int, list[Opening]]:
    rows = db.execute(
        "SELECT site_id, weekday, opens, closes FROM places_opening_hours"
        " WHERE site_id = ANY (%s) ORDER BY site_id, weekday, opens",
        [site_ids],
    )
    hours: defaultdict[int, list[Opening]] = defaultdict(list)
    for site_id, *opening in rows:
        hours[site_id].append(Opening(*opening))
    return hours


def _closed(db: Connection, site_ids: list[int]) -> defaultdict[int, list[tuple[date, str]]]:
    rows = db.execute(
        "SELECT site_id, day, reason FROM places_closed_day WHERE site_id = ANY (%s) ORDER BY site_id, day", [site_ids]
    )
    closed: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
    for site_id, day, reason in rows:
        closed[site_id].append((day, reason))
    return closed
