"""Every question that can be asked of the shop, room by room."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from onhand.core.database import Readers
from onhand.doors.api import (
    availability,
    catalog,
    customers,
    log,
    orders,
    places,
    privacy,
    reviews,
    service,
    sourcing,
    stock,
    webhooks,
)
from onhand.doors.api.asking import Read, handler

_ROOMS = (stock, orders, places, catalog, customers, sourcing, log, webhooks, privacy, service, reviews)
ALL: list[Read] = [*availability.READS, *(read for room in _ROOMS for read in room.READS)]


def handlers(readers: Readers) -> list[HTTPRouteHandler]:
    """One handler a question; the one asked most has a lane."""
    quick = [availability.handler(read, readers) for read in availability.READS]
    return quick + [handler(read) for room in _ROOMS for read in room.READS]
