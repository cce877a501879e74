"""Questions about stock: what is where, what is promised, what is coming, how it came to be so."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from onhand.core import texts
from onhand.core.database import Connection
from onhand.core.pages import Page, cut
from onhand.core.texts import Code
from onhand.doors.api.asking import Listed, Reads, Since, Site, Sku, Until
from onhand.doors.api.availability import Skus
from onhand.flows.commands import Moment
from onhand.stock import listings, queries
from onhand.stock.queries import at_pair

READS = Reads("Stock", "see.stock")

Place = Annotated[Code, Meta(description="a location's code, at whichever site")]
LotCode = Annotated[Code, Meta(description="a lot's code or a serial number")]
Reference = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=texts.SOME_TEXT, description="a document's number")
]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=texts.SOME_TEXT, description="such as sale")]


class PastAsked(Listed, frozen=True, kw_only=True):
    """SKUs by code, and the moment."""

    sku: Skus
    at: Annotated[Moment, Meta(description="the moment, with its zone")]
    known_at: Annotated[Moment, Meta(description="count only what was recorded by this moment")] | None = None


@READS.at("/positions/past", "Positions at a past moment")
def list_past_positions(db: Connection, asked: PastAsked) -> Page[queries.Past]:
    """What was there at a moment, as we know it now; with `known_at`, as we thought then."""
    found = queries.as_of(
        db, skus=asked.sku, at=asked.at, known_at=asked.known_at, after=asked.cursor, most=asked.limit + 1
    )
    return cut(found, asked.limit, at_pair)


class BalancesAsked(Listed, frozen=True, kw_only=True):
    """Which balances."""

    sku: Sku | None = None
    site: Site | None = None
    location: Place | None = None
    kind: Literal["pick", "reserve", "receiving", "quarantine", "damaged", "packing", "shipping", "virtual"] | None = (
        None
    )
    lot: LotCode | None = None
    virtual: Annotated[bool, Meta(description="what the moves left at suppliers, customers, loss and transit")] = False


@READS.at("/balances", "What lies where")
def list_balances(db: Connection, asked: BalancesAsked) -> Page[listings.Lying]:
    """Each SKU (and lot) at each location; a place with nothing in it is not listed.

    With `virtual=true`, the other ends of the moves instead: over all locations, each SKU sums to zero.
    """
    given = {name: getattr(asked, name) for name in ("sku", "site", "location", "kind", "lot", "virtual")}
    return listings.BALANCES.page(db, given, after=asked.cursor, most=asked.limit)


class LotsAsked(Listed, frozen=True, kw_only=True):
    """Which lots."""

    sku: Sku | None = None
    lot: LotCode | None = None
    serial: Annotated[bool, Meta(description="single pieces, or (false) lots")] | None = None
    expires_before: Annotated[date, Meta(description="lots that expire before this day")] | None = None
    on_hand: Annotated[bool, Meta(description="lots of which something is left, or (false) nothing")] | None = None


@READS.at("/lots", "Lots and serial numbers")
def list_lots(db: Connection, asked: LotsAsked) -> Page[listings.LotView]:
    """In the order in which they were first named. Where a lot lies is a question to `/balances`."""
    given = {name: getattr(asked, name) for name in ("sku", "lot", "serial", "expires_before", "on_hand")}
    return listings.LOTS.page(db, given, after=asked.cursor, most=asked.limit)


class MovesAsked(Listed, frozen=True, kw_only=True):
    """Which moves."""

    sku: Sku | None = None
    site: Annotated[Code, Meta(description="moves that began or ended at this site")] | None = None
    location: Annotated[Code, Meta(description="moves that began or ended at locations so called")] | None = None
    lot: LotCode | None = None
    reference: Reference | None = None
    reason: Reason | None = None
    since: Since | None = None
    until: Until | None = None


@READS.at("/moves", "The ledger", "see.moves")
def list_moves(db: Connection, asked: MovesAsked) -> Page[listings.MoveView]:
    """Every move of goods, latest first by when it happened. Nothing here is ever changed: a correction is a move."""
    names = ("sku", "site", "location", "lot", "reference", "reason", "since", "until")
    given = {name: getattr(asked, name) for name in names}
    return listings.MOVES.page(db, given, after=asked.cursor, most=asked.limit)


class SuppliesAsked(Listed, frozen=True, kw_only=True):
    """Which supplies."""

    state: Annotated[Literal["open", "closed", "all"], Meta(description="still to come, come, or both")] = "open"
    sku: Sku | None = None
    site: Site | None = None
    reference: Reference | None = None
    kind: Literal["purchase", "production", "transfer", "return"] | None = None
    due_before: Annotated[Moment, Meta(description="due before this moment, with its zone")] | None = None


@READS.at("/supplies", "What is coming, or has come")
def list_supplies(db: Connection, asked: SuppliesAsked) -> Page[listings.SupplyView]:
    """By the day it is due, soonest first. `promised` is what orders already count on."""
    given = {name: getattr(asked, name) for name in ("sku", "site", "reference", "kind", "due_before")}
    given |= {"open": asked.state == "open" or None, "closed": asked.state == "closed" or None}
    return listings.SUPPLIES.page(db, given, after=asked.cursor, most=asked.limit)


class ThresholdsAsked(Listed, frozen=True, kw_only=True):
    """Which thresholds."""

    sku: Sku | None = None
    site: Site | None = None
    below: Annotated[bool, Meta(description="those that available is below, or (false) not")] | None = None


@READS.at("/thresholds", "Thresholds, and which are crossed")
def list_thresholds(db: Connection, asked: ThresholdsAsked) -> Page[listings.ThresholdView]:
    """`below_since` says when available fell below; whether it is below is decided at each change of stock."""
    given = {name: getattr(asked, name) for name in ("sku", "site", "below")}
    return listings.THRESHOLDS.page(db, given, after=asked.cursor, most=asked.limit)
