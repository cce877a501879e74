"""Verbs on endpoints: made, changed, given a new secret, tried with a ping, their dead letters replayed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from onhand.connect.webhooks import queries, rules
from onhand.connect.webhooks.queries import DeliveryView, WebhookView
from onhand.core import events, texts
from onhand.core.batch import take_turns
from onhand.core.database import Connection, statement
from onhand.core.events import CHANNEL
from onhand.core.ids import new_id
from onhand.core.refusals import Refused
from onhand.core.texts import Code
from onhand.orders import queries as orders
from onhand.places import queries as places

ROOM = "webhooks"

Url = Annotated[
    str, Meta(min_length=1, max_length=2000, pattern=texts.SOME_TEXT, description="where to post, over https")
]
KIND_WANTED = r"^(\*|[a-z][a-z_]*\.(\*|[a-z][a-z_]*))$"
KindWanted = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=KIND_WANTED,
        description="a kind of event, `order.*` for all of its family, or `*` for all",
    ),
]
Note = Annotated[str, Meta(max_length=500, pattern=texts.TEXT)]
Kinds = Annotated[list[KindWanted], Meta(min_length=1, max_length=100)]
Codes = Annotated[list[Code], Meta(max_length=100)]


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address, and what it wants to hear. ``sites``, ``channels``: only events that name one of these."""

    url: Url
    kinds: Kinds
    sites: Codes = []
    channels: Codes = []
    description: Note = ""


class ChangeWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall be different; what is left out stays.

    ``disabled`` ends what still waits as dead letters; ``enabled`` hears what happens from then on.
    """

    url: Url | None = None
    kinds: Kinds | None = None
    sites: Codes | None = None
    channels: Codes | None = None
    description: Note | None = None
    state: Literal["enabled", "disabled"] | None = None


class RotateSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new secret; for so many hours posts are signed with the old one, too."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 24


class PingWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post of no consequence, to see whether it arrives; the note comes with it."""

    note: Note = ""


class ReplayDeliveries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead letters to send again; all of the endpoint's when none is named."""

    deliveries: Annotated[list[int], Meta(max_length=1000)] = []


class MadeWebhook(msgspec.Struct, frozen=True):
    """The endpoint, and the secret its posts are signed with: shown now and never again."""

    webhook: WebhookView
    secret: str


class MadeSecret(msgspec.Struct, frozen=True):
    """The new secret, shown now and never again, and until when posts are signed with the old one, too."""

    secret: str
    old_until: datetime


class Replayed(msgspec.Struct, frozen=True):
    """How many dead letters go out again."""

    deliveries: int


def create(db: Connection, wanted: NewWebhook, *, actor: str, now: datetime, loopback: bool) -> MadeWebhook | Refused:
    """Make an endpoint; it hears what happens from now on."""
    fault = rules.url_fault(wanted.url, loopback=loopback) or _filter_fault(db, wanted.sites, wanted.channels)
    if fault:
        return fault
    endpoint, secret = new_id(), rules.new_secret()
    facts = (wanted.url, list(wanted.kinds), list(wanted.sites), list(wanted.channels), wanted.description)
    db.execute(statement("connect.webhooks", "make_endpoint"), (endpoint, *facts, actor, now, now))
    _make_secret(db, endpoint, secret, now)
    _tell(db, "webhook.made", endpoint, actor, {"url": wanted.url}, now)
    made = queries.webhook(db, endpoint)
    assert made is not None  # noqa: S101 - it was made in this transaction
    return MadeWebhook(made, secret)


def change(
    db: Connection, endpoint: UUID, wanted: ChangeWebhook, *, actor: str, now: datetime, loopback: bool
) -> WebhookView | Refused | None:
    """Change an endpoint; None when there is none."""
    take_turns(db, ROOM)
    fault = rules.url_fault(wanted.url, loopback=loopback) if wanted.url is not None else None
    fault = fault or _filter_fault(db, wanted.sites or [], wanted.channels or [])
    if fault:
        return fault
    given = {name: getattr(wanted, name) for name in ("url", "kinds", "sites", "channels", "description", "state")}
    db.execute(statement("connect.webhooks", "change_endpoint"), {"id": endpoint, "now": now, **given})
    if wanted.state == "disabled":
        disable(db, [endpoint], "by " + actor, now)
    changed = queries.webhook(db, endpoint)
    if changed:
        facts = {name: value for name, value in given.items() if value is not None}
        _tell(db, "webhook.changed", endpoint, actor, facts, now)
    return changed


def disable(db: Connection, endpoints: Sequence[UUID], reason: str, now: datetime) -> None:
    """Send nothing more to these; what still waits for them is dead."""
    if endpoints:
        db.execute(
            statement("connect.webhooks", "disable_endpoints"), {"ids": list(endpoints), "reason": reason, "now": now}
        )
        db.execute(
            statement("connect.webhooks", "bury_deliveries"), {"ids": list(endpoints), "reason": reason, "now": now}
        )


def rotate_secret(
    db: Connection, endpoint: UUID, wanted: RotateSecret, *, actor: str, now: datetime
) -> MadeSecret | None:
    """Give an endpoint a new secret; None when there is none."""
    if queries.webhook(db, endpoint) is None:
        return None
    secret, until = rules.new_secret(), now + timedelta(hours=wanted.overlap_hours)
    db.execute(statement("connect.webhooks", "end_secrets"), (until, endpoint, until))
    _make_secret(db, endpoint, secret, now)
    _tell(db, "webhook.secret_rotated", endpoint, actor, {"old_until": until}, now)
    return MadeSecret(secret, until)


def ping(
    db: Connection, endpoint: UUID, wanted: PingWebhook, *, actor: str, now: datetime
) -> DeliveryView | Refused | None:
    """Post something of no consequence; None when there is no such endpoint."""
    found = queries.webhook(db, endpoint)
    if found is None:
        return None
    if found.state == "disabled":
        return Refused("webhook_disabled", "The endpoint is disabled; enable it first.", "webhook")
    message = f"ping_{new_id().hex}"
    body = msgspec.json.encode(
        {"type": "ping", "timestamp": now, "data": {"asked_by": str(actor), "note": wanted.note}}
    ).decode()
    row = db.execute(
        statement("connect.webhooks", "make_ping"), (endpoint, message, message, body, now, now)
    ).fetchone()
    db.execute(f"NOTIFY {CHANNEL}")
    assert row is not None  # noqa: S101 - INSERT … RETURNING has one row
    return DeliveryView(*row)


def replay(db: Connection, endpoint: UUID, wanted: ReplayDeliveries, *, now: datetime) -> Replayed | Refused | None:
    """Send dead letters again, under the names they had; None when there is no such endpoint."""
    take_turns(db, ROOM)
    found = queries.webhook(db, endpoint)
    if found is None:
        return None
    if found.state == "disabled":
        return Refused("webhook_disabled", "The endpoint is disabled; enable it first.", "webhook")
    values = {"endpoint": endpoint, "ids": list(wanted.deliveries) or None, "now": now}
    again = db.execute(statement("connect.webhooks", "replay"), values).rowcount
    db.execute(statement("connect.webhooks", "let_first_go"), {"endpoints": [endpoint], "now": now})
    db.execute(f"NOTIFY {CHANNEL}")
    return Replayed(again)


def _make_secret(db: Connection, endpoint: UUID, secret: str, now: datetime) -> None:
    db.execute(
        "INSERT INTO webhooks_secret (endpoint_id, secret, made_at) VALUES (%s, %s, %s)", (endpoint, secret, now)
    )


def _filter_fault(db: Connection, sites: Sequence[str], channels: Sequence[str]) -> Refused | None:
    known_sites, known_channels = places.sites_by_code(db, sites), orders.channels_by_code(db, channels)
    for at, site in enumerate(sites):
        if site not in known_sites:
            return Refused("unknown_site", f"There is no site {site!r}.", f"sites[{at}]")
    for at, channel in enumerate(channels):
        if channel not in known_channels:
            return Refused("unknown_channel", f"There is no channel {channel!r}.", f"channels[{at}]")
    return None


def _tell(db: Connection, kind: str, endpoint: UUID, actor: str, data: object, now: datetime) -> None:
    events.record(db, [events.fact(kind, f"webhook/{endpoint}", actor, data)], now)
