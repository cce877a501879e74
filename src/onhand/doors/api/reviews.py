"""Questions about reviews: what everybody may read of a SKU, how it is rated, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from onhand.catalog import queries as catalog
from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.customers.reviews import actions, queries
from onhand.customers.reviews.actions import Decided, Decision
from onhand.doors.api.asking import Listed, Question, Reads, Sku, no_such
from onhand.doors.api.privacy import Act, acting

READS = Reads("Reviews", "see.products")


class ReviewsAsked(Listed, frozen=True, kw_only=True):
    """Of which SKU."""

    sku: Sku


@READS.at("/reviews", "Published reviews of a SKU")
def list_reviews(db: Connection, asked: ReviewsAsked) -> Page[queries.Published]:
    """Latest first. Nothing says whose they are."""
    return queries.published(db, asked.sku, asked.cursor or None, most=asked.limit)


class RatingAsked(Question, frozen=True, kw_only=True):
    """Of which SKU."""

    sku: Sku


class RatingView(msgspec.Struct, frozen=True):
    """How a SKU is rated by what is published; ``stars``: how many gave one star, two, and so on to five."""

    sku: str
    count: int
    average: Decimal | None
    stars: Annotated[list[int], Meta(min_length=5, max_length=5)]


@READS.at("/ratings/{sku}", "How a SKU is rated")
def read_rating(db: Connection, asked: RatingAsked) -> RatingView | Refused:
    """On average, to a tenth of a star; null while nobody has reviewed it."""
    if not catalog.skus_by_code(db, [asked.sku]):
        return no_such("sku", asked.sku)
    found = queries.rating(db, [asked.sku])[asked.sku]
    return RatingView(asked.sku, found.count, found.average, list(found.counts))


class WaitingAsked(Listed, frozen=True, kw_only=True):
    """Which page."""


@READS.at("/reviews/waiting", "Reviews that wait for a decision", "do.reviews")
def list_waiting_reviews(db: Connection, asked: WaitingAsked) -> Page[queries.Review]:
    """Oldest first; decided about by `POST /review-decisions`."""
    return queries.waiting(db, after=asked.cursor or None, most=asked.limit)


def _decide(db: Connection, wanted: Decision, actor: str, _: str) -> Any:
    return actions.decide(db, [wanted], actor=actor)[0]


ACTS: Sequence[Act] = (
    Act(
        "POST",
        "/review-decisions",
        Decision,
        Decided,
        200,
        "decide-review",
        "Publish, reject or answer a review",
        _decide,
    ),
)


def handlers() -> list[HTTPRouteHandler]:
    """One handler an act."""
    return [acting(act, "do.reviews") for act in ACTS]
