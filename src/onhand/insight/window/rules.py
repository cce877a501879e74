"""What a customer is told of how much is there. No I/O, no clock.

``plenty``  more than ``FEW`` can be had now: "in stock"
``few``     that many or less: "only 3 left", since whoever wants one should know
``back``    none now, but goods are announced for a day to come that nobody has been promised: "back on 5 December"
``gone``    none, and nobody knows when: "not to be had"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

import msgspec

from onhand.core.quantity import ZERO, Quantity, text
from onhand.places.rules import Coordinates, Site, distance_km

# From so many on, in the SKU's base unit, a customer is told how many are left.
FEW: Final = Quantity(5)

State = Literal["plenty", "few", "back", "gone"]


class Arrival(NamedTuple):
    """Goods announced for a day, as far as nobody has been promised them."""

    on: date
    free: Quantity


class Shelf(NamedTuple):
    """A SKU at a site: what may be sold of it now, and what is to come, soonest first."""

    site: str
    free: Quantity
    coming: tuple[Arrival, ...] = ()


class Offer(NamedTuple):
    """What can be had now, and what on which days to come."""

    free: Quantity = ZERO
    coming: tuple[Arrival, ...] = ()


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said of an offer. ``left``: how many, where few are; ``on``: the day they are back."""

    state: State
    left: str = ""
    on: date | None = None

    @property
    def to_be_had(self) -> bool:
        """Whether some can be had now."""
        return self.state in {"plenty", "few"}


class Split(NamedTuple):
    """How an order would be served: so many now, so many later; ``on``: the day all of those have come, if known."""

    now: Quantity
    later: Quantity
    on: date | None


def sent(shelves: Sequence[Shelf], waiting: Quantity, *, parcels: int, today: date) -> Offer:
    """What can be sent to a customer: of the best filled sites, of so many as an order may come from.

    ``waiting``: what orders wait for that were promised nothing yet; they are served first from what comes.
    """
    fullest = sorted((shelf.free for shelf in shelves), reverse=True)[:parcels]
    coming = sorted(each for shelf in shelves for each in shelf.coming)
    return Offer(_sum(fullest), _still_free(coming, waiting, today))


def fetched(shelf: Shelf, waiting: Quantity, *, today: date) -> Offer:
    """What can be fetched at one store. Who waits may be served from there, so that counts against it, too."""
    return Offer(max(shelf.free, ZERO), _still_free(sorted(shelf.coming), waiting, today))


def _still_free(coming: Iterable[Arrival], waiting: Quantity, today: date) -> tuple[Arrival, ...]:
    """What is left of arrivals when those who wait have been served. One that is overdue has no day to name."""
    left = []
    for arrival in coming:
        taken = min(waiting, arrival.free)
        waiting -= taken
        if arrival.free > taken and arrival.on >= today:
            left.append(Arrival(arrival.on, arrival.free - taken))
    return tuple(left)


def word(offer: Offer) -> Word:
    """What is said of an offer.

    >>> word(Offer(Quantity(3))).left
    '3'
    """
    if offer.free > FEW:
        return Word("plenty")
    if offer.free > ZERO:
        return Word("few", text(offer.free))
    return Word("back", on=offer.coming[0].on) if offer.coming else Word("gone")


def split(offer: Offer, quantity: Quantity) -> Split:
    """How an order of so many would be served."""
    now = min(quantity, offer.free)
    later = left = quantity - now
    for arrival in offer.coming:
        left -= arrival.free
        if left <= ZERO:
            return Split(now, later, arrival.on if later else None)
    return Split(now, later, None)


def best(words: Iterable[Word]) -> Word:
    """The most hopeful of some words: what is said of a product that is sold in several kinds."""
    return min(words, key=lambda each: (_HOPES.index(each.state), each.on or date.max), default=Word("gone"))


_HOPES: Final = ("plenty", "few", "back", "gone")


class Near(NamedTuple):
    """A store, and how far it is in whole kilometres; None when nobody knows from where."""

    site: Site
    km: int | None


def nearest(stores: Iterable[Site], here: Coordinates | None) -> list[Near]:
    """Stores by their distance from a place; without one by country and name."""
    if here is None:
        return [Near(each, None) for each in sorted(stores, key=_by_name)]
    measured = [(_km(each, here), each) for each in stores]
    ordered = sorted(measured, key=lambda pair: (pair[0] is None, pair[0], _by_name(pair[1])))
    return [Near(each, km) for km, each in ordered]


def _km(site: Site, here: Coordinates) -> int | None:
    there = site.coordinates
    return None if there is None else round(distance_km(here, there))


def _by_name(site: Site) -> tuple[str, str, str]:
    return site.country, site.name.casefold(), site.code


def place_named(sites: Mapping[str, Site], typed: str) -> Coordinates | None:
    """Where a town or region is that one of our own sites is called after; None where no site's name says."""
    words = typed.casefold().split()
    if not words:
        return None
    for site in sites.values():
        known = f"{site.name} {site.region} {site.code}".casefold()
        if site.coordinates and all(each in known for each in words):
            return site.coordinates
    return None


def _sum(quantities: Iterable[Quantity]) -> Quantity:
    return sum((each for each in quantities if each > ZERO), ZERO)
