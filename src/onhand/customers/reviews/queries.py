"""Questions to the sub-room: what is published of a SKU, how it is rated, what waits, how many would recommend us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE, Page, cut, unseal
from onhand.customers.reviews.actions import TEXT, WHY
from onhand.customers.reviews.rules import Promotion, Rating
from onhand.customers.secrets import subject


class Published(msgspec.Struct, frozen=True):
    """A review that everybody may read; nothing says who wrote it. ``text`` is empty where they were erased."""

    id: UUID
    sku: str
    stars: int
    text: str
    written_at: datetime
    answer: str
    answered_at: datetime | None


def published(db: Connection, sku: str, after: str | None = None, *, most: int = PAGE) -> Page[Published]:
    """The published reviews of a SKU, latest first."""
    before = unseal(after, tuple[UUID])[0] if after else None
    asked = {"sku": sku, "before": before, "most": most + 1}
    rows = db.execute(statement("customers.reviews", "published"), asked).fetchall()
    page = cut([(row[-1], Published(*row[:-1])) for row in rows], most, lambda each: (each[1].id,))
    vault = unlock(db, {subject(customer) for customer, _ in page.items})
    opened = [
        msgspec.structs.replace(each, text=vault.open(subject(customer), TEXT, each.text))
        for customer, each in page.items
    ]
    return Page(opened, page.next)


def rating(db: Connection, skus: Sequence[str]) -> dict[str, Rating]:
    """How these SKUs are rated by what is published; one that nobody has reviewed is rated by none."""
    counts = {sku: [0] * 5 for sku in skus}
    for sku, stars, count in db.execute(statement("customers.reviews", "rating"), (list(counts),)):
        counts[sku][stars - 1] = count
    return {sku: Rating((each[0], each[1], each[2], each[3], each[4])) for sku, each in counts.items()}


class Review(msgspec.Struct, frozen=True):
    """A review as the house sees it."""

    id: UUID
    about: str
    line: int
    sku: str
    customer: str
    stars: int
    text: str
    state: str
    written_at: datetime
    changed_at: datetime
    decided_at: datetime | None
    decided_by: str
    why: str
    answer: str
    answered_at: datetime | None


def review(db: Connection, number: UUID) -> Review | None:
    """One review."""
    found = _opened(db, db.execute(statement("customers.reviews", "review"), {"id": number, "order": None}).fetchall())
    return found[0] if found else None


def of_order(db: Connection, order: UUID) -> list[Review]:
    """What was written about an order, by line."""
    return _opened(db, db.execute(statement("customers.reviews", "review"), {"id": None, "order": order}).fetchall())


def waiting(db: Connection, *, after: str | None = None, most: int = PAGE) -> Page[Review]:
    """Reviews nobody has decided about, oldest first."""
    since = unseal(after, tuple[UUID])[0] if after else None
    rows = db.execute(statement("customers.reviews", "waiting"), {"since": since, "most": most + 1}).fetchall()
    page = cut(rows, most, lambda row: (row[0],))
    return Page(_opened(db, page.items), page.next)


def _opened(db: Connection, rows: Sequence[tuple[Any, ...]]) -> list[Review]:
    found = [Review(*row) for row in rows]
    vault = unlock(db, {subject(each.customer) for each in found})
    return [msgspec.structs.replace(each, text=vault.open(subject(each.customer), TEXT, each.text)) for each in found]


class Score(msgspec.Struct, frozen=True):
    """What somebody said of recommending us."""

    about: str
    customer: str
    score: int
    why: str
    written_at: datetime


def score_of(db: Connection, order: UUID) -> Score | None:
    """What was said for an order."""
    rows = db.execute(
        "SELECT about, customer, score, why, written_at FROM customers_reviews_score WHERE order_id = %s", (order,)
    ).fetchall()
    found = _reasons(db, rows)
    return found[0] if found else None


def scores(db: Connection, *, after: str | None = None, most: int = PAGE) -> Page[Score]:
    """What was said last, with the reasons, latest first."""
    at, order = unseal(after, tuple[datetime, UUID]) if after else (None, None)
    asked = {"at": at, "order": order, "most": most + 1}
    rows = db.execute(statement("customers.reviews", "scores"), asked).fetchall()
    page = cut(rows, most, lambda row: (row[-2], row[-1]))
    return Page(_reasons(db, [row[:-1] for row in page.items]), page.next)


def _reasons(db: Connection, rows: Sequence[tuple[Any, ...]]) -> list[Score]:
    found = [Score(*row) for row in rows]
    vault = unlock(db, {subject(each.customer) for each in found})
    return [msgspec.structs.replace(each, why=vault.open(subject(each.customer), WHY, each.why)) for each in found]


class Month(NamedTuple):
    """How many would recommend us, of those who said so in a month."""

    month: date
    promotion: Promotion


def by_month(db: Connection, since: date, zone: str = "UTC") -> list[Month]:
    """How many would recommend us, month by month, of those in which anybody said anything."""
    rows = db.execute(statement("customers.reviews", "by_month"), {"since": since, "zone": zone})
    return [Month(month, Promotion(*counts)) for month, *counts in rows]
