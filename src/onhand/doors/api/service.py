"""The service desk for machines: who is meant, cases, and how a customer is looked after.

No ``from __future__ import annotations`` here: the handlers are made in a loop, and Litestar reads their types.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State as AppState
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from onhand.access.permissions import Standing
from onhand.core import cards, texts
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused, refused
from onhand.core.texts import Code
from onhand.customers.actions import Care, Cared, care_for
from onhand.customers.service import queries
from onhand.customers.service.queries import CaseView, EntryView
from onhand.customers.service.rules import State
from onhand.doors.api.asking import Listed, Question, Reads, Words
from onhand.doors.api.desk import key_missing
from onhand.doors.api.permits import lacking, takes
from onhand.doors.api.problems import answer, of_refusal
from onhand.doors.api.slashes import restored
from onhand.doors.origins import signed
from onhand.doors.shop_name import shop_name
from onhand.flows import care
from onhand.flows.care import AnswerCase, OpenCase, OpenedCase
from onhand.insight.desk.finding import Found, find

READS = Reads("Service desk", "see.desk")
MOST_FOUND = 20
MOST_DAYS = 400
# What shows which kind of what is found.
_SHOWS: Final = {"see.customers": "people", "see.orders": "orders", "see.stock": "goods"}

Person = Annotated[str, Meta(max_length=150, pattern=texts.TEXT, description="the name an account signs in with")]


class FoundAsked(Question, frozen=True, kw_only=True):
    """What somebody said or scanned."""

    q: Annotated[Words, Meta(description="a name, address, telephone number, order number, SKU, barcode or words")]


class FoundAtTheDesk(Found, frozen=True):
    """What somebody may mean. ``unseen``: the permissions that the key lacks to be shown more kinds of it."""

    unseen: list[str] = []


@READS.at("/desk/found", "Whom or what somebody may mean")
def find_anything(db: Connection, asked: FoundAsked, standing: Standing) -> FoundAtTheDesk | Refused:
    """Customers, orders and goods, the best of each kind first; of each only to whom may see it.

    That takes `see.customers`, `see.orders` and `see.stock`. Which of them a key lacks stands in `unseen`: of that kind
    nothing was looked for. A key that has none of them is refused. The scope `read` holds them all; `desk` holds none.
    """
    unseen = [permission for permission in _SHOWS if not standing.may(permission)]
    if len(unseen) == len(_SHOWS):
        return Refused("forbidden", lacking(_SHOWS))
    kinds = {kind: permission not in unseen for permission, kind in _SHOWS.items()}
    found = find(db, asked.q, most=MOST_FOUND, **kinds)
    return FoundAtTheDesk(found.customers, found.orders, found.goods, unseen)


class CasesAsked(Listed, frozen=True, kw_only=True):
    """Which cases."""

    customer: Annotated[Code, Meta(description="a customer's code")] | None = None
    owner: Person | None = None
    state: State | None = None
    overdue: Annotated[bool, Meta(description="what was asked last should have been answered by now")] = False


@READS.at("/cases", "Cases, latest first")
def list_cases(db: Connection, asked: CasesAsked) -> Page[CaseView]:
    """What customers asked for, who has it in hand, and by when the first answer is due."""
    given = {"customer": asked.customer, "owner": asked.owner, "state": asked.state}
    overdue = {"overdue": utc_now()} if asked.overdue else {}
    return queries.cases(db, given | overdue, after=asked.cursor, most=asked.limit)


class CaseAsked(Question, frozen=True, kw_only=True):
    """Which case."""

    case: Annotated[Code, Meta(description="the number of a case")]


class CaseDetail(msgspec.Struct, frozen=True):
    """A case with what was said about it, first things first."""

    case: CaseView
    entries: list[EntryView]


@READS.at("/cases/{case}", "One case")
def read_case(db: Connection, asked: CaseAsked) -> CaseDetail | Refused:
    """With the question, the answers, and what colleagues noted."""
    found = queries.case(db, _number(asked.case))
    if found is None:
        return Refused("unknown_case", f"There is no case {asked.case!r}; look it up in the list of cases.", "case")
    return CaseDetail(found, queries.entries(db, found))


def _number(text: str) -> int:
    """A case's number; 0, which none has, of what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


class ResponseAsked(Question, frozen=True, kw_only=True):
    """Over how long."""

    days: Annotated[int, Meta(ge=1, le=MOST_DAYS, description="cases opened in the last so many days")] = 30


@READS.at("/response-times", "How long customers wait for a first answer")
def read_response_times(db: Connection, asked: ResponseAsked) -> queries.Response:
    """Median and p90 in seconds, and how many of those that were due were answered in time."""
    now = utc_now()
    return queries.response(db, since=now - timedelta(days=asked.days), now=now)


class Asking(NamedTuple):
    """Who asks for something to be done, of which standing, under which key, and what the path names."""

    actor: str
    standing: Standing
    key: str
    named: str


class Act(NamedTuple):
    """Something that can be done: where, what is sent and answered, what it takes; ``keyed``: it needs a key."""

    method: Literal["POST"]
    path: str
    command: type
    outcome: type
    status: int
    name: str
    summary: str
    permission: str
    do: Callable[[Connection, Any, Asking], Any]
    keyed: bool = True


def _open(db: Connection, wanted: OpenCase, asking: Asking) -> OpenedCase | Refused:
    if refusal := _elsewhere(asking.standing, wanted.channel if wanted.number else None):
        return refusal
    return care.open_case(db, wanted, key=asking.key, actor=asking.actor, now=utc_now())


def _elsewhere(standing: Standing, channel: str | None) -> Refused | None:
    """Why a key that is limited to channels may not do something to an order of this one, or of none."""
    if standing.channels is None or channel in standing.channels:
        return None
    known = ", ".join(sorted(standing.channels)) or "none"
    return Refused("not_your_channel", f"You may touch orders of these channels only: {known}.", "channel")


def _answer(db: Connection, wanted: AnswerCase, asking: Asking) -> CaseDetail | Refused:
    number = _number(asking.named)
    if refusal := _elsewhere(asking.standing, care.channel_of(db, number)):
        return refusal
    done = care.answer_case(db, number, wanted, shop=shop_name(), key=asking.key, actor=asking.actor, now=utc_now())
    return done if refused(done) else read_case(db, CaseAsked(case=asking.named))


def _care(db: Connection, wanted: Care, asking: Asking) -> Cared | Refused:
    if refusal := _elsewhere(asking.standing, None):
        return refusal
    return care_for(db, asking.named, wanted, actor=asking.actor, now=utc_now())


ACTS: Sequence[Act] = (
    Act("POST", "/cases", OpenCase, OpenedCase, 201, "open-case", "Open a case", "do.cases", _open),
    Act(
        *("POST", "/cases/{case}/answers", AnswerCase, CaseDetail, 200, "answer-case"),
        *("Answer a case, by letter or for the record only", "do.cases", _answer),
    ),
    Act(
        *("POST", "/customers/{customer}/care", Care, Cared, 200, "care-for-customer"),
        *("Say who looks after a customer, in which language, how soon", "do.customers", _care, False),
    ),
)


def handlers() -> list[HTTPRouteHandler]:
    """One handler an act."""
    return [_acting(act) for act in ACTS]


def _acting(act: Act) -> HTTPRouteHandler:
    @route(
        act.path.replace("}", ":str}"),
        http_method=[act.method],
        status_code=act.status,
        summary=act.summary,
        operation_id=act.name,
        name=act.name,
        opt=takes(act.permission),
    )
    async def handle(
        data: JSONBody[act.command],  # type: ignore[name-defined]
        request: Request[Any, Any, Any],
        state: AppState,
    ) -> Response[bytes]:
        key = request.headers.get("idempotency-key", "")
        if fault := _faulty(key, act):
            return answer(of_refusal(fault))
        named = restored(str(next(iter(request.path_params.values()), "")))
        actor = signed(request.scope)
        # A key names an asking of whoever holds it, and of this kind.
        standing = request.scope["user"].standing
        asking = Asking(actor, standing, f"api/{act.name}/{actor}/{key}", named)
        done = await state.questions.change(lambda db: act.do(db, data, asking))
        if isinstance(done, Refused):
            return answer(of_refusal(done))
        return Response(msgspec.json.encode(done), status_code=act.status, media_type="application/json")

    return handle


def _faulty(key: str, act: Act) -> Refused | None:
    if act.keyed and not key:
        return key_missing(act.name)
    if len(key) > 200 or not all("\x21" <= each <= "\x7e" for each in key):
        detail = "An Idempotency-Key has 1 to 200 visible characters of ASCII, and no space."
        return Refused("bad_key", detail, "Idempotency-Key")
    return cards.refusal("Idempotency-Key") if cards.found(key, code=True) else None
