"""Availability, the question asked most: on a lane of its own, and gathered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, NamedTuple

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from onhand.core.clock import utc_now
from onhand.core.database import Connection, Readers
from onhand.core.gathering import Gathering
from onhand.core.pages import Page, cut, unseal
from onhand.core.refusals import Refused
from onhand.core.texts import Code
from onhand.doors.api.asking import Limit, Listed, Read, Reads
from onhand.doors.api.lane import Answered, AnsweredInTheLane, Asked, Lane, refuse
from onhand.doors.api.parsing import asked as read_question
from onhand.doors.api.permits import takes
from onhand.doors.api.problems import of_refusal
from onhand.flows.policies import sites_serving
from onhand.stock import queries as stock
from onhand.stock.queries import Availability, at_pair

READS = Reads("Stock", "see.stock")

Skus = Annotated[list[Code], Meta(min_length=1, max_length=500, description="SKU codes; repeat for more than one")]
Sites = Annotated[list[Code], Meta(max_length=100, description="site codes; repeat for more than one")]


class AvailabilityAsked(Listed, frozen=True, kw_only=True):
    """SKUs by code; at sites, in a region, through a channel, or everywhere."""

    sku: Skus
    site: Sites | None = None
    region: Annotated[Code, Meta(description="a country code, or a region that sites name")] | None = None
    channel: Annotated[Code, Meta(description="only the sites this channel's policy may draw on")] | None = None
    limit: Limit = 500


@READS.at("/availability", "What is on hand, promised, available and coming, now")
def list_availability(db: Connection, asked: AvailabilityAsked) -> Page[Availability] | Refused:
    """Each SKU at each site, read from the books as they stand: never from a copy that may lag behind.

    `available` = `on_hand` − `unsellable` − `reserved`. A cart's hold no longer counts once its time is up. `coming`
    lists what is on its way, soonest first, and how much of it is promised already.
    """
    (found,) = pages(db, [asked])
    return found


class _Where(NamedTuple):
    """Where availability is asked about; those who ask about the same places are answered by one statement."""

    sites: tuple[str, ...] | None
    region: str | None
    channel: str | None


def pages(db: Connection, questions: Sequence[AvailabilityAsked]) -> list[Page[Availability] | Refused]:
    """Answer a batch of questions, each with its own page."""
    alike: dict[_Where, list[int]] = defaultdict(list)
    for index, each in enumerate(questions):
        alike[_Where(None if each.site is None else tuple(each.site), each.region, each.channel)].append(index)
    found: dict[int, Page[Availability] | Refused] = {}
    for where, indexes in alike.items():
        found |= zip(indexes, _pages_at(db, where, [questions[index] for index in indexes]), strict=True)
    return [found[index] for index in range(len(questions))]


def _pages_at(
    db: Connection, where: _Where, questions: Sequence[AvailabilityAsked]
) -> Sequence[Page[Availability] | Refused]:
    sites: Sequence[str] | None = where.sites
    if where.channel is not None:
        serving = sites_serving(db, where.channel)
        if isinstance(serving, Refused):
            return [serving] * len(questions)
        sites = serving if sites is None else [site for site in serving if site in sites]
    skus = sorted({sku for each in questions for sku in each.sku})
    rows: defaultdict[str, list[Availability]] = defaultdict(list)
    for row in stock.availability(db, skus=skus, sites=sites, region=where.region, now=utc_now()):
        rows[row.sku].append(row)
    return [_page(each, rows) for each in questions]


def _page(asked: AvailabilityAsked, rows: defaultdict[str, list[Availability]]) -> Page[Availability]:
    """The part of the rows that was asked for, in the order of their codes."""
    found = [row for sku in sorted(set(asked.sku)) for row in rows[sku]]
    if asked.cursor:
        after = unseal(asked.cursor, tuple[str, str])
        found = [row for row in found if at_pair(row) > after]
    return cut(found, asked.limit, at_pair)


def handler(read: Read, readers: Readers) -> HTTPRouteHandler:
    """The route, answered over these readers."""
    gathering: Gathering[AvailabilityAsked, Answered] = Gathering(
        partial(_answers, readers), patience=readers.wait_seconds
    )

    async def answering(asked: Asked) -> Answered:
        question: AvailabilityAsked = read_question(AvailabilityAsked, asked.query, {})
        if question.cursor:
            unseal(question.cursor, tuple[str, str])  # a bad one is its asker's alone, not the batch's
        return await gathering.ask(question)

    @get(
        read.path,
        name=read.name,
        operation_id=read.name,
        summary=read.summary,
        opt=takes(read.permission),
        middleware=[partial(Lane, method="GET", answering=answering)],
    )
    async def availability() -> Response[bytes]:
        raise AnsweredInTheLane

    return availability


def _answers(readers: Readers, questions: Sequence[AvailabilityAsked]) -> list[Answered]:
    found = readers.ask(lambda db: pages(db, questions))
    return [refuse(of_refusal(each)) if isinstance(each, Refused) else Answered(200, _encode(each)) for each in found]


_encode: Callable[[object], bytes] = msgspec.json.Encoder().encode
