"""Sites and locations, with what lies there. There are thousands at most, so a part of a name can be searched for."""

from __future__ import annotations

from typing import Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.insight.lists import goods
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.listing import Condition, Join, Key, Listing, Search
from onhand.places.rules import LOCATION_KINDS, SITE_KINDS

# Of how many SKUs something lies somewhere is counted so far, and no farther: a store-room may hold a hundred thousand.
MOST_SKUS: Final = 1000
_FEW = Order(bounded=20_000)


def _search(*columns: str) -> Search:
    def find(db: Connection, text: str) -> Condition:
        given = sql.Literal(text)
        tests = [sql.SQL(f"strpos(lower({column}), lower({{}})) > 0").format(given) for column in columns]
        return Condition(sql.SQL("({})").format(sql.SQL(" OR ").join(tests)))

    return find


SITES = Listing(
    name="sites",
    table="places_site",
    alias="site",
    key=(Key("site.id"),),
    joins={
        "rooms": Join(
            "LEFT JOIN LATERAL (SELECT count(*) AS number FROM places_location AS location"
            " WHERE location.site_id = site.id AND location.kind <> 'virtual') AS rooms ON true"
        ),
        "goods": Join(
            "LEFT JOIN LATERAL (SELECT count(*) AS skus FROM (SELECT FROM stock_position AS position"
            f" WHERE position.site_id = site.id AND position.on_hand > 0 LIMIT {MOST_SKUS + 1}) AS counted)"
            " AS goods ON true"
        ),
        "below": Join(
            "LEFT JOIN LATERAL (SELECT count(*) AS skus FROM (SELECT FROM stock_threshold AS threshold"
            f" WHERE threshold.site_id = site.id AND threshold.crossed_at IS NOT NULL LIMIT {MOST_SKUS + 1})"
            " AS counted) AS below ON true"
        ),
        "coming": Join(
            "LEFT JOIN LATERAL (SELECT count(*) AS supplies FROM (SELECT FROM stock_supply AS supply"
            f" WHERE supply.site_id = site.id AND supply.closed_at IS NULL LIMIT {MOST_SKUS + 1}) AS counted)"
            " AS coming ON true"
        ),
    },
    columns=(
        Column("site", "code", "site.code", sort=Order()),
        Column("name", "text", "site.name", sort=Order("lower(site.name)", bounded=20_000), anywhere=True),
        Column("kind", "state", "site.kind", choices=SITE_KINDS),
        Column("country", "code", "site.country", sort=_FEW),
        Column("region", "code", "site.region", sort=_FEW),
        Column("time_zone", "code", "site.time_zone", shown=False),
        Column("currency", "code", "site.currency", shown=False),
        Column("active", "flag", "site.active", shown=False),
        Column("locations", "number", "rooms.number", ("rooms",), filtered=False),
        Column("skus", "number", "goods.skus", ("goods",), label="SKUs in stock", filtered=False, most=MOST_SKUS),
        Column("below", "number", "below.skus", ("below",), label="Below threshold", filtered=False, most=MOST_SKUS),
        Column(
            "supplies",
            "number",
            "coming.supplies",
            ("coming",),
            label="Coming",
            shown=False,
            filtered=False,
            most=MOST_SKUS,
        ),
    ),
    order=("site",),
    always=("site",),
    search=_search("site.code", "site.name"),
)

LOCATIONS = Listing(
    name="locations",
    table="places_location",
    alias="location",
    key=(Key("location.id"),),
    joins={
        "site": Join("JOIN places_site AS site ON site.id = location.site_id"),
        "lying": Join(
            "LEFT JOIN LATERAL (SELECT count(*) AS skus FROM (SELECT FROM stock_balance AS balance"
            f" WHERE balance.location_id = location.id AND balance.quantity <> 0 LIMIT {MOST_SKUS + 1}) AS counted)"
            " AS lying ON true"
        ),
    },
    columns=(
        Column("site", "code", "site.code", ("site",), match=Match("location.site_id", lookup=goods.SITES)),
        Column("location", "code", "location.code", sort=Order(bounded=200_000), anywhere=True),
        Column("kind", "state", "location.kind", choices=LOCATION_KINDS, sort=Order(bounded=200_000)),
        Column("zone", "text", "location.zone", empty=True),
        Column("aisle", "text", "location.aisle", empty=True),
        Column("bay", "text", "location.bay", shown=False, empty=True),
        Column("level", "text", "location.level", shown=False, empty=True),
        Column("skus", "number", "lying.skus", ("lying",), label="SKUs lying there", filtered=False, most=MOST_SKUS),
    ),
    order=("location",),
    within="location.kind <> 'virtual'",
    always=("site", "location"),
    search=_search("location.code", "location.zone"),
)
