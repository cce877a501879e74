"""Asking what somebody thinks of an order: once, by a link nobody can guess."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from onhand.core.database import Connection, statement


class Delivered(NamedTuple):
    """An order that has been delivered: its id, what it is called (``order/web/N1``), whose it is."""

    order: UUID
    about: str
    customer: str


def remember(db: Connection, delivered: Sequence[tuple[Delivered, bool]], now: datetime) -> list[tuple[Delivered, str]]:
    """Remember that orders were asked about, or (False) were not to be; those to be asked now, with their links' ends.

    An order that was remembered before is asked about no more.
    """
    if not delivered:
        return []
    tokens = [secrets.token_urlsafe(24) for _ in delivered]
    rows = [
        (each.order, each.about, each.customer, digest(token), sent, now)
        for (each, sent), token in zip(delivered, tokens, strict=True)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    fresh = {order for (order,) in db.execute(statement("customers.reviews", "remember_asked"), columns)}
    return [
        (each, token) for (each, sent), token in zip(delivered, tokens, strict=True) if sent and each.order in fresh
    ]


def find(db: Connection, token: str) -> Delivered | None:
    """The order that a link asks about; None where it asks about none (any more)."""
    row = db.execute(
        "SELECT order_id, about, customer FROM customers_reviews_asked WHERE digest = %s AND sent", (digest(token),)
    ).fetchone()
    return Delivered(*row) if row else None


def digest(token: str) -> bytes:
    """What is kept of a link's end."""
    return sha256(token.encode()).digest()
