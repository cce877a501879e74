"""One order, whole: its lines, what it holds and waits for, where that is, what happened to it and why so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.core.events import Event
from onhand.customers import secrets as customer_secrets
from onhand.insight.telling import Happened, told
from onhand.orders import queries as orders
from onhand.orders import secrets as order_secrets
from onhand.orders.queries import OrderView
from onhand.sourcing.rules import Decision, Policy

MOST_MOVES: Final = 500
MOST_EVENTS: Final = 200


class Held(msgspec.Struct, frozen=True):
    """So much of a line is held at a site; on goods to come where ``supply`` names them."""

    line: int
    sku: str
    site: str
    site_name: str
    quantity: Decimal
    since: datetime
    supply: str | None
    due: datetime | None


class Waits(msgspec.Struct, frozen=True):
    """So much of a line waits; ``promised_by`` where goods to come are promised for all of it."""

    line: int
    sku: str
    quantity: Decimal
    since: datetime
    cause: str
    promised_by: datetime | None


class Moved(msgspec.Struct, frozen=True):
    """Goods of the order that went somewhere."""

    at: datetime
    sku: str
    quantity: Decimal
    from_site: str
    from_location: str
    to_site: str
    to_location: str
    lot: str | None
    reason: str
    actor: str


class Score(msgspec.Struct, frozen=True):
    """What a rule of the policy made of a site; lower is better."""

    rule: str
    value: float


class Considered(msgspec.Struct, frozen=True):
    """A site that might have served: how many lines it could fill whole, its scores, and what was taken from it."""

    site: str
    fills: int
    scores: list[Score]
    gives: Decimal

    @property
    def chosen(self) -> bool:
        """Whether anything was taken from it."""
        return self.gives > 0


class Why(msgspec.Struct, frozen=True):
    """Why this site and not that one: what was considered, best first, under which version of which policy.

    ``short`` is what no site could give. Version 0 is the policy that holds where none was set.
    """

    seq: int
    at: datetime
    kind: str
    policy_version: int
    rules: list[str]
    most_parcels: int
    considered: list[Considered]
    short: Decimal


class OrderPage(msgspec.Struct, frozen=True):
    """An order with all that belongs to it."""

    order: OrderView
    customer_name: str | None
    postcode: str
    address: str
    hold_reason: str
    recorded_at: datetime
    picked_at: datetime | None
    packed_at: datetime | None
    held: list[Held]
    waits: list[Waits]
    moved: list[Moved]
    timeline: list[Happened]
    timeline_goes_on: str | None
    why: list[Why]


_BESIDES: Final = ("customer_name", "postcode", "address", "hold_reason", "recorded_at", "picked_at", "packed_at")


def order_page(db: Connection, channel: str, number: str) -> OrderPage | None:
    """An order by its channel and number; None when there is none."""
    order = orders.ids_by_number(db, [(channel, number)]).get((channel, number))
    if order is None:
        return None
    (view,) = orders.views(db, [order])
    customer, *besides, channel_id = db.execute(statement("insight", "order_besides"), [order]).fetchone() or ()
    told_besides = dict(zip(_BESIDES, besides, strict=True)) | _opened(db, order, customer, *besides[:3])
    history = events.about(db, f"order/{order}", most=MOST_EVENTS)
    return OrderPage(
        order=view,
        **told_besides,
        held=[Held(*row) for row in db.execute(statement("insight", "claims_of_order"), [order])],
        waits=[Waits(*row) for row in db.execute(statement("insight", "waits_of_order"), [order])],
        moved=moved_under(db, f"order/{channel}/{number}"),
        timeline=told(db, history.items),
        timeline_goes_on=history.next,
        why=_whys(db, channel_id, history.items),
    )


def _opened(
    db: Connection, order: UUID, customer: str | None, name: str | None, postcode: str, address: str
) -> dict[str, Any]:
    """What of an order is sealed, opened; nothing where the person was erased."""
    goes = order_secrets.places(db, [(order, customer, postcode, address)]).get(order)
    return {
        "customer_name": customer_secrets.names(db, [(customer, name)]).get(customer) if customer and name else None,
        "postcode": goes.postcode if goes else "",
        "address": goes.address if goes else "",
    }


def moved_under(db: Connection, reference: str, *, most: int = MOST_MOVES) -> list[Moved]:
    """What was moved under a document, first things first."""
    given = {"reference": reference, "most": most}
    return [Moved(*row) for row in db.execute(statement("insight", "moves_under"), given)]


def timeline(db: Connection, order: UUID, *, after: str) -> tuple[list[Happened], str | None]:
    """More of what happened to an order, from where the page left off."""
    history = events.about(db, f"order/{order}", after=after, most=MOST_EVENTS)
    return told(db, history.items), history.next


def _whys(db: Connection, channel: int, happened: Sequence[Event]) -> list[Why]:
    """The decisions among events, each with the policy it was made under."""
    decided = [event for event in happened if "decision" in event.data]
    decisions = [msgspec.convert(event.data["decision"], Decision, strict=False) for event in decided]
    codes = _site_codes(db, [share.site for decision in decisions for share in decision.shares])
    found = zip(decided, decisions, strict=True)
    return [_why(event, decision, _policy(db, channel, event.data), codes) for event, decision in found]


def _site_codes(db: Connection, sites: list[int]) -> dict[int, str]:
    return dict(db.execute("SELECT id, code FROM places_site WHERE id = ANY (%s)", [sites]).fetchall())


def _policy(db: Connection, channel: int, data: dict[str, Any]) -> Policy:
    """The policy that was followed: told with the event, or by its version."""
    if "policy" in data:
        return msgspec.convert(data["policy"], Policy)
    version = data.get("policy_version", 0)
    asked = "SELECT rules FROM sourcing_policy WHERE channel_id = %s AND version = %s"
    row = db.execute(asked, [channel, version]).fetchone()
    return msgspec.convert({**row[0], "version": version}, Policy) if row else Policy(version=version)


def _why(event: Event, decision: Decision, policy: Policy, codes: dict[int, str]) -> Why:
    gives: dict[str, Decimal] = {}
    for share in decision.shares:
        code = codes.get(share.site, str(share.site))
        gives[code] = gives.get(code, Decimal(0)) + share.quantity
    best_first = sorted(decision.alternatives, key=lambda each: (each.scores, each.site))
    considered = [
        Considered(each.site, each.fills, _scores(policy, each.scores), gives.pop(each.site, Decimal(0)))
        for each in best_first
    ]
    # Only so many sites are written down as alternatives; those that gave something always belong here.
    considered += [Considered(site, 0, [], quantity) for site, quantity in gives.items()]
    short = sum(decision.short, Decimal(0))
    return Why(
        event.seq, event.at, event.kind, policy.version, list(policy.rules), policy.most_parcels, considered, short
    )


def _scores(policy: Policy, scores: Sequence[float]) -> list[Score]:
    return [Score(rule, value) for rule, value in zip(policy.rules, scores, strict=False)]
