"""Questions about endpoints and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.pages import Listing


class WebhookView(msgspec.Struct, frozen=True):
    """An endpoint. ``waiting`` and ``dead`` are its deliveries, counted up to 10,000.

    ``last_success_at``: when it last had something; null when that is a week ago, since for so long is it remembered.
    """

    id: UUID
    url: str
    kinds: list[str]
    sites: list[str]
    channels: list[str]
    description: str
    state: str
    since: datetime
    reason: str
    made_by: str
    made_at: datetime
    waiting: int
    dead: int
    last_success_at: datetime | None


class DeliveryView(msgspec.Struct, frozen=True):
    """A delivery: ``message`` is its ``webhook-id``, ``event`` the number in the log, none for a ping."""

    id: int
    message: str
    event: int | None
    kind: str
    state: str
    attempts: int
    next_at: datetime | None
    last_status: int | None
    last_error: str
    made_at: datetime
    ended_at: datetime | None


WEBHOOKS = Listing(
    "connect.webhooks",
    "webhooks",
    tuple[UUID],
    "endpoint.id > %(k0)s",
    WebhookView,
    {"id": "endpoint.id = %(id)s", "state": "endpoint.state = %(state)s"},
)
DELIVERIES = Listing(
    "connect.webhooks",
    "deliveries",
    tuple[int],
    "id < %(k0)s",
    DeliveryView,
    {
        "endpoint": "endpoint_id = %(endpoint)s",
        "id": "id = %(id)s",
        "state": "state = %(state)s",
        "kind": "kind = %(kind)s",
    },
)


def webhook(db: Connection, endpoint: UUID) -> WebhookView | None:
    """One endpoint."""
    return next(iter(WEBHOOKS.page(db, {"id": endpoint}).items), None)


def delivery(db: Connection, endpoint: UUID, number: int) -> DeliveryView | None:
    """One delivery of an endpoint."""
    return next(iter(DELIVERIES.page(db, {"endpoint": endpoint, "id": number}).items), None)


class Tally(NamedTuple):
    """How many deliveries are in a state, in all."""

    state: str
    deliveries: int


def tally(db: Connection) -> list[Tally]:
    """Deliveries that wait or are dead, for whoever watches the house; each counted up to 100,000."""
    return [Tally(*row) for row in db.execute(statement("connect.webhooks", "tally"))]
