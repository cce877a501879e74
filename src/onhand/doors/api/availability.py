"""Availability, the question asked most: on a lane of its own, and gathered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, NamedTuple
from urllib.parse import parse_qs

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter

from onhand.core.clock import utc_now
from onhand.core.database import Connection, Readers
from onhand.core.gathering import Gathering
from onhand.doors.api.lane import Answered, AnsweredInTheLane, Asked, Lane, refuse
from onhand.doors.api.problems import Problem, problem
from onhand.stock import queries as stock
from onhand.stock.queries import Availability

MOST_SKUS = 500
MOST_SITES = 100

Skus = Annotated[
    list[str], QueryParameter(name="sku", min_items=1, max_items=MOST_SKUS, description="one or many SKU codes")
]
Sites = Annotated[list[str] | None, QueryParameter(name="site", max_items=MOST_SITES)]


class Question(NamedTuple):
    """Which SKUs, and where: at sites, in a region, or (None) everywhere."""

    skus: tuple[str, ...]
    sites: tuple[str, ...] | None
    region: str | None


def handler(readers: Readers) -> HTTPRouteHandler:
    """The route, answered over these readers."""
    gathering: Gathering[Question, bytes] = Gathering(partial(answer, readers), patience=readers.wait_seconds)

    async def answering(asked: Asked) -> Answered:
        question = parse(asked.query)
        return refuse(question) if isinstance(question, Problem) else Answered(200, await gathering.ask(question))

    @get(
        "/availability",
        summary="What is on hand, promised, available and coming, now",
        middleware=[partial(Lane, method="GET", answering=answering)],
    )
    async def availability(skus: Skus, sites: Sites = None, region: FromQuery[str | None] = None) -> list[Availability]:
        """By SKU; at sites, in a region (a country code or a site's region), or everywhere."""
        raise AnsweredInTheLane

    return availability


def parse(query: bytes) -> Question | Problem:
    """Read the question from a query string."""
    try:
        given = parse_qs(query.decode("ascii"), errors="strict", max_num_fields=MOST_SKUS + MOST_SITES + 10)
    except ValueError:
        return problem(
            400, "bad_request", "The query holds too much, or is not UTF-8; ask for less at a time.", "query"
        )
    skus, sites, regions = given.get("sku", []), given.get("site"), given.get("region", [None])
    if not 0 < len(skus) <= MOST_SKUS:
        return problem(400, "bad_request", f"Name 1 to {MOST_SKUS} SKUs, as in ?sku=A&sku=B.", "sku")
    if sites and len(sites) > MOST_SITES:
        return problem(400, "bad_request", f"Name at most {MOST_SITES} sites.", "site")
    if any("\x00" in text for text in [*skus, *(sites or ()), regions[-1] or ""]):
        return problem(400, "bad_request", "A code holds no NUL character.", "query")
    return Question(tuple(skus), tuple(sites) if sites else None, regions[-1])


def answer(readers: Readers, questions: Sequence[Question]) -> list[bytes]:
    """Answer a batch, as JSON: one statement for all that ask about the same places."""
    return readers.ask(partial(_answer, questions))


def _answer(questions: Sequence[Question], db: Connection) -> list[bytes]:
    alike: dict[tuple[tuple[str, ...] | None, str | None], list[int]] = defaultdict(list)
    for index, question in enumerate(questions):
        alike[question.sites, question.region].append(index)
    answers = [b""] * len(questions)
    for (sites, region), indexes in alike.items():
        skus = {sku for index in indexes for sku in questions[index].skus}
        found = _by_sku(stock.availability(db, skus=sorted(skus), sites=sites, region=region, now=utc_now()))
        for index in indexes:
            answers[index] = _encode([each for sku in dict.fromkeys(questions[index].skus) for each in found[sku]])
    return answers


_encode: Callable[[object], bytes] = msgspec.json.Encoder().encode


def _by_sku(found: Sequence[Availability]) -> defaultdict[str, list[Availability]]:
    rows: defaultdict[str, list[Availability]] = defaultdict(list)
    for each in found:
        rows[each.sku].append(each)
    return rows
