"""Questions about places."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.core.texts import Code, Country
from onhand.doors.api.asking import Listed, Question, Reads, Site, Words, no_such
from onhand.places import queries
from onhand.places.records import SiteKind

READS = Reads("Places", "see.sites")


class SitesAsked(Listed, frozen=True, kw_only=True):
    """Which sites."""

    kind: SiteKind | None = None
    country: Country | None = None
    region: Annotated[Code, Meta(description="the region the sites name")] | None = None
    active: Annotated[bool, Meta(description="those in use, or (false) those given up")] | None = None
    search: Annotated[Words, Meta(description="a part of the code or the name")] | None = None


@READS.at("/sites", "Sites")
def list_sites(db: Connection, asked: SitesAsked) -> Page[queries.SiteAnswer]:
    """Warehouses, stores and third parties, in the order of their codes."""
    given = {name: getattr(asked, name) for name in ("kind", "country", "region", "active", "search")}
    return queries.list_sites(db, **given, after=asked.cursor, most=asked.limit)


class SiteAsked(Question, frozen=True, kw_only=True):
    """Which site."""

    site: Site


@READS.at("/sites/{site}", "One site")
def read_site(db: Connection, asked: SiteAsked) -> queries.SiteDetail | Refused:
    """With its opening hours, the days it stays shut, and how many locations it has."""
    return queries.site_detail(db, asked.site) or no_such("site", asked.site)


@READS.at("/sites/{site}/hours", "When a site is open")
def read_hours(db: Connection, asked: SiteAsked) -> queries.Hours | Refused:
    """Weekly hours in the site's own time (none: round the clock), and the days it stays shut."""
    return queries.hours(db, asked.site) or no_such("site", asked.site)


class LocationsAsked(Listed, frozen=True, kw_only=True):
    """Which locations of which site."""

    site: Site
    kind: Literal["pick", "reserve", "receiving", "quarantine", "damaged", "packing", "shipping", "virtual"] | None = (
        None
    )
    zone: Annotated[Words, Meta(description="the zone they lie in")] | None = None
    search: Annotated[Words, Meta(description="the beginning of the code")] | None = None


@READS.at("/sites/{site}/locations", "Locations of a site")
def list_locations(db: Connection, asked: LocationsAsked) -> Page[queries.LocationAnswer] | Refused:
    """In the order of their codes. `virtual` ones (supplier, customer, loss …) are the ledger's own."""
    if not queries.sites_by_code(db, [asked.site]):
        return no_such("site", asked.site)
    given = {name: getattr(asked, name) for name in ("kind", "zone", "search")}
    return queries.list_locations(db, asked.site, **given, after=asked.cursor, most=asked.limit)
