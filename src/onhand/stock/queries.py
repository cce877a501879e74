"""Questions to the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.events import Window
from onhand.core.pages import unseal
from onhand.core.quantity import Quantity
from onhand.stock.rules import Bin, Claim, OpenSupply, Pair, Place


def claims_of(db: Connection, lines: Iterable[UUID]) -> list[Claim]:
    """The open claims of order lines, oldest first."""
    wanted = list(lines)
    return [Claim(*row) for row in db.execute(statement("stock", "claims_of_lines"), (wanted,))] if wanted else []


def free_at(db: Connection, pairs: Iterable[Pair], now: datetime) -> dict[Pair, Quantity]:
    """What may be promised at positions, as far as one can tell without their locks; lapsed holds are free."""
    wanted = sorted(set(pairs))
    skus, sites = [sku for sku, _ in wanted], [site for _, site in wanted]
    rows = db.execute(statement("stock", "free_at"), {"skus": skus, "sites": sites, "now": now})
    return {(sku, site): quantity for sku, site, quantity in rows}


def names_of(db: Connection, pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Positions by their codes: each site, and its SKUs among them."""
    wanted = sorted(set(pairs))
    columns = [sku for sku, _ in wanted], [site for _, site in wanted]
    return dict(db.execute(statement("stock", "names_of_positions"), columns).fetchall()) if wanted else {}


def codes_of(db: Connection, pairs: Iterable[Pair]) -> dict[Pair, tuple[str, str]]:
    """The codes of positions' SKUs and sites."""
    wanted = sorted(set(pairs))
    columns = [sku for sku, _ in wanted], [site for _, site in wanted]
    rows = db.execute(statement("stock", "codes_of_positions"), columns) if wanted else ()
    return {(sku, site): (sku_code, site_code) for sku, site, sku_code, site_code in rows}


class Changed(NamedTuple):
    """A position whose figures changed, and the number and time of the event that told so last."""

    seq: int
    at: datetime
    site: str
    sku: str


def changed_between(db: Connection, window: Window, *, skus: Sequence[str], sites: Sequence[str]) -> list[Changed]:
    """Which positions of these SKUs, or at these sites, changed within a window of the log; by number."""
    if not skus and not sites:
        return []
    values = {**window._asdict(), "skus": list(skus), "sites": list(sites)}
    return [Changed(*row) for row in db.execute(statement("stock", "changed_between"), values)]


def thresholds_at(db: Connection, pairs: Iterable[Pair]) -> dict[Pair, Quantity]:
    """The thresholds set for these SKUs at these sites."""
    wanted = sorted(set(pairs))
    columns = [[pair[at] for pair in wanted] for at in (0, 1)]
    rows = db.execute(statement("stock", "thresholds_at"), columns) if wanted else ()
    return {(sku, site): quantity for sku, site, quantity in rows}


def free_of(db: Connection, skus: Iterable[int]) -> dict[Pair, Quantity]:
    """Where some of these SKUs may still be promised, and how much."""
    rows = db.execute(
        "SELECT sku_id, site_id, available FROM stock_position WHERE sku_id = ANY(%s) AND available > 0", (list(skus),)
    )
    return {(sku, site): quantity for sku, site, quantity in rows}


def pegs_on(db: Connection, supplies: Iterable[UUID]) -> list[Claim]:
    """The open claims on goods of these supplies, those made last in front."""
    wanted = list(supplies)
    return [Claim(*row) for row in db.execute(statement("stock", "pegs_on"), (wanted,))] if wanted else []


def cart_claims(db: Connection, carts: Iterable[str]) -> list[Claim]:
    """The open claims of carts, whether or not their time is up."""
    wanted = sorted(set(carts))
    return [Claim(*row) for row in db.execute(statement("stock", "claims_of_carts"), (wanted,))] if wanted else []


def expired_claims(
    db: Connection, now: datetime, *, skus: Iterable[int] | None = None, most: int = 1000
) -> list[Claim]:
    """Claims of carts whose time is up; of these SKUs, or (None) of any."""
    wanted = None if skus is None else sorted(set(skus))
    rows = db.execute(statement("stock", "expired_claims"), {"now": now, "skus": wanted, "most": most})
    return [Claim(*row) for row in rows]


class Expired(NamedTuple):
    """A lot at a location, on sale although its last day is over."""

    sku: int
    sku_code: str
    site: int
    location: int
    lot: int
    quantity: Quantity


def expired(db: Connection, on: date, *, most: int = 1000) -> list[Expired]:
    """What lies on sale although it expired before a day, the longest expired first."""
    return [Expired(*row) for row in db.execute(statement("stock", "expired"), {"on": on, "most": most})]


def weakest_claims(db: Connection, missing: Mapping[Pair, Quantity], now: datetime) -> list[Claim]:
    """Claims on stock that make up for what is missing at positions, those to give way first in front.

    Carts give way first, then the latest made.
    """
    if not missing:
        return []
    values = {
        "skus": [sku for sku, _ in missing],
        "sites": [site for _, site in missing],
        "missing": list(missing.values()),
        "now": now,
    }
    return [Claim(*row) for row in db.execute(statement("stock", "weakest_claims"), values)]


def bins(db: Connection, pairs: Iterable[Pair]) -> dict[Pair, list[Bin]]:
    """What lies where, of SKUs at sites, in saleable locations; positions must be locked to rely on it."""
    wanted = sorted(set(pairs))
    found: dict[Pair, list[Bin]] = defaultdict(list)
    skus, sites = [sku for sku, _ in wanted], [site for _, site in wanted]
    for sku, site, location, code, kind, *rest in db.execute(statement("stock", "bins"), (skus, sites)):
        found[sku, site].append(Bin(Place(location, site, code, kind), *rest))
    return found


def open_supplies(db: Connection, skus: Iterable[int]) -> list[OpenSupply]:
    """Supplies of these SKUs still to come, soonest first."""
    return [OpenSupply(*row) for row in db.execute(statement("stock", "open_supplies"), (sorted(set(skus)),))]


def free_to_come(db: Connection, skus: Iterable[int]) -> dict[Pair, Quantity]:
    """Where some of these SKUs are to come and promised to nobody, and how much."""
    rows = db.execute(statement("stock", "free_to_come"), (list(skus),))
    return {(sku, site): quantity for sku, site, quantity in rows}


def supplies_under(db: Connection, names: Iterable[tuple[int, int, str]]) -> list[OpenSupply]:
    """Supplies still to come under (SKU, site, reference), soonest first."""
    wanted = sorted(set(names))
    columns = [list(column) for column in zip(*wanted, strict=True)]
    return [OpenSupply(*row) for row in db.execute(statement("stock", "supplies_under"), columns)] if wanted else []


def holders_of_pegs(db: Connection, depths: Mapping[UUID, Quantity]) -> list[UUID]:
    """The lines that hold the promises made last on supplies, as deep as so much of each goes."""
    wanted = {supply: quantity for supply, quantity in depths.items() if quantity > 0}
    if not wanted:
        return []
    rows = db.execute(statement("stock", "holders_of_pegs"), (list(wanted), list(wanted.values())))
    return [line for (line,) in rows]


def dues(db: Connection, supplies: Iterable[UUID]) -> dict[UUID, datetime]:
    """On which day supplies are due."""
    wanted = list(supplies)
    if not wanted:
        return {}
    return dict(db.execute("SELECT id, due FROM stock_supply WHERE id = ANY(%s)", (wanted,)).fetchall())


class Coming(msgspec.Struct, frozen=True):
    """Goods on their way: how many, when, what of them is promised."""

    kind: str
    reference: str
    due: datetime
    quantity: Decimal
    promised: Decimal


class Availability(msgspec.Struct, frozen=True):
    """A SKU at a site, now. Holds of carts whose time is up no longer count as reserved."""

    sku: str
    site: str
    on_hand: Decimal
    unsellable: Decimal
    reserved: Decimal
    available: Decimal
    inbound: Decimal
    in_transit: Decimal
    coming: list[Coming] = []


def availability(
    db: Connection, *, skus: Sequence[str], now: datetime, sites: Sequence[str] | None = None, region: str | None = None
) -> list[Availability]:
    """Positions of SKUs by code, at these sites or in a region (a country code or a site's region) or everywhere."""
    values = {"skus": list(skus), "sites": None if sites is None else list(sites), "region": region, "now": now}
    rows = db.execute(statement("stock", "availability"), values).fetchall()
    return [_available(row) for row in rows]


def _available(row: tuple[Any, ...]) -> Availability:
    """Shape a row; ``coming``, its last column, is mostly empty."""
    coming = msgspec.convert(row[-1], list[Coming], strict=False) if row[-1] else []
    facts = [*row[:-1], coming]
    return Availability(*facts)


def at_pair(position: Availability | Past) -> tuple[str, str]:
    """The key by which positions are read page by page."""
    return position.sku, position.site


class Past(msgspec.Struct, frozen=True):
    """A SKU at a site as of a past moment."""

    sku: str
    site: str
    on_hand: Decimal
    unsellable: Decimal
    reserved: Decimal
    available: Decimal


def as_of(
    db: Connection,
    *,
    skus: Sequence[str],
    at: datetime,
    known_at: datetime | None = None,
    after: str | None = None,
    most: int | None = None,
) -> list[Past]:
    """Positions at a past moment, from the moves that had happened by then.

    ``known_at`` asks what we *thought* then: only moves recorded by that time count.
    """
    values = {"skus": list(skus), "at": at, "known_at": known_at or datetime.max.replace(tzinfo=at.tzinfo)}
    sku, site = unseal(after, tuple[str, str]) if after else (None, None)
    values |= {"after_sku": sku, "after_site": site, "most": most}
    return [Past(*row) for row in db.execute(statement("stock", "as_of"), values)]


class Broken(msgspec.Struct, frozen=True):
    """An invariant that does not hold, and an example of where."""

    invariant: str
    count: int
    example: Any


def check(db: Connection) -> list[Broken]:
    """Rebuild positions and balances from the moves and prove every invariant of the ledger; empty when all hold."""
    rows = db.execute(statement("stock", "check")).fetchall()
    return [Broken(*row) for row in rows]


def lying_at(db: Connection, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[Bin]]:
    """What lies at (location, sku), lot by lot; the positions must be locked to rely on it."""
    wanted = sorted(set(places))
    found: dict[tuple[int, int], list[Bin]] = defaultdict(list)
    locations, skus = [location for location, _ in wanted], [sku for _, sku in wanted]
    for location, sku, site, code, kind, *rest in db.execute(statement("stock", "lying_at"), (locations, skus)):
        found[location, sku].append(Bin(Place(location, site, code, kind), *rest))
    return found


def thresholds_of(db: Connection, skus: Sequence[str], sites: Sequence[str]) -> dict[tuple[str, str], Decimal]:
    """The thresholds of these SKUs at these sites, by the codes of both; none where nobody set one."""
    rows = db.execute(statement("stock", "thresholds_of"), {"skus": list(skus), "sites": list(sites)})
    return {(sku, site): quantity for sku, site, quantity in rows}


@dataclass(slots=True)
class Out:
    """So much of one lot (or of goods without lots) that a customer has; ``piece``: the lot is a serial number."""

    lot: int | None
    piece: bool
    quantity: Quantity


def with_customers(db: Connection, references: Iterable[str]) -> dict[tuple[str, int], list[Out]]:
    """What left for customers under these references and has not come back, by (reference, SKU), first sold first."""
    found: dict[tuple[str, int], list[Out]] = defaultdict(list)
    for reference, sku, *out in db.execute(statement("stock", "with_customers"), (sorted(set(references)),)):
        found[reference, sku].append(Out(*out))
    return found


def skus_in_use(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that have been moved, promised or announced, and so stay counted as they were."""
    return {sku for (sku,) in db.execute(statement("stock", "skus_in_use"), (list(skus),))}


def skus_named(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that any row of the ledger names, were it only a watch on their level."""
    return {sku for (sku,) in db.execute(statement("stock", "skus_named"), (list(skus),))}


def sites_named(db: Connection, sites: Iterable[int]) -> set[int]:
    """Those of these sites that any row of the ledger names."""
    return {site for (site,) in db.execute(statement("stock", "sites_named"), (list(sites),))}


def locations_named(db: Connection, locations: Iterable[int]) -> set[int]:
    """Those of these locations where anything has ever lain: a balance stays when it is empty."""
    rows = db.execute(
        "SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id)"
        " WHERE EXISTS (SELECT FROM stock_balance AS balance WHERE balance.location_id = wanted.id)",
        (list(locations),),
    )
    return {location for (location,) in rows}
