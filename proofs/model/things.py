"""What there is in the model: the places and goods it is played with, promises, orders, supplies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

SITES = ("leeds", "lisbon", "london")
COUNTRIES = {"leeds": "GB", "lisbon": "PT", "london": "GB"}
# How far each site is from the middle of a country, as ranks; a parcel within the country has no way to go.
DISTANCES = {("lisbon", "GB"): 2, ("london", "PT"): 1, ("leeds", "PT"): 2}
SHELVES = ("damaged", "packing", "pick", "quarantine", "receiving", "shipping")
NOT_FOR_SALE = ("quarantine", "damaged")
TRACKING = {"mug": "none", "lamp": "none", "milk": "lot", "watch": "serial"}

NOT_YET_KNOWN = UUID(int=2**128 - 1)

Name = tuple[str, str]  # channel, number
LineName = tuple[str, str, int]


@dataclass(frozen=True)
class Channel:
    """How a channel sells: whether lines may wait, and from which sites, in which order."""

    backorders: bool
    sites: tuple[str, ...] = SITES
    ranked: bool = False


CHANNELS = {
    "web": Channel(backorders=True),
    "market": Channel(backorders=False),
    "phone": Channel(backorders=True, sites=("lisbon", "leeds"), ranked=True),
}


@dataclass
class Promise:
    """A claim on stock by a line or a cart; the id and the moment are the books', the quantity is foretold."""

    sku: str
    site: str
    quantity: int
    made_at: datetime
    line: LineName | None = None
    cart: str | None = None
    until: datetime | None = None
    id: UUID = NOT_YET_KNOWN

    def over(self, now: datetime) -> bool:
        """Whether the time of a cart's promise is up."""
        return self.until is not None and self.until <= now


@dataclass
class Wish:
    """A line of an order; ``place``: which of those who began to wait at one moment it is, as the books have it."""

    sku: str
    ordered: int
    waiting: int = 0
    since: datetime | None = None
    shipped: int = 0
    cancelled: int = 0
    returned: int = 0
    place: UUID = NOT_YET_KNOWN


@dataclass
class Deal:
    """An order: its lines, its moments, and which lots the customer has of each SKU, in the order they left."""

    country: str | None
    priority: int
    lines: list[Wish]
    done: set[str] = field(default_factory=set)
    has: dict[str, dict[str | None, int]] = field(default_factory=lambda: defaultdict(dict))


@dataclass
class Coming:
    """A supply: goods announced, and so many of them still to come."""

    kind: str
    reference: str
    sku: str
    site: str
    due: datetime
    left: int
    promised: int = 0
    lot: str | None = None


class Refusal(Exception):
    """A command that will not be done, by its code."""
