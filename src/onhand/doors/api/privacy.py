"""What is held on people: shown, agreed to, objected to, and erased.

No ``from __future__ import annotations`` here: the handlers are made in a loop, and Litestar reads their types.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from onhand.access.privacy import consent, erasing, exporting, tombstones
from onhand.access.privacy.consent import Choice, Standing
from onhand.access.privacy.erasing import Erased
from onhand.access.privacy.exporting import Export
from onhand.core import texts
from onhand.core.asks import Command
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.core.texts import Code
from onhand.customers import queries as customers
from onhand.doors.api.asking import Question, Reads, no_such
from onhand.doors.api.permits import takes
from onhand.doors.api.problems import answer, of_refusal
from onhand.doors.api.slashes import restored
from onhand.doors.origins import signed

READS = Reads("Privacy", "see.customers")
_SUBJECT = "customer/CODE, a guest's order as order/CHANNEL/NUMBER, or person/NAME"
Subject = Annotated[str, Meta(min_length=1, max_length=300, pattern=texts.SOME_TEXT, description=_SUBJECT)]


class Stands(msgspec.Struct, frozen=True):
    """How a customer stands to every purpose."""

    customer: str
    choices: list[Standing]


class ChoicesAsked(Question, frozen=True, kw_only=True):
    """Whose choices; and whether their browser objects to selling and sharing."""

    customer: Annotated[Code, Meta(description="a customer's code")]
    gpc: Annotated[bool, Meta(description="their browser sent `Sec-GPC: 1`; the header itself says the same")] = False


@READS.at("/customers/{customer}/choices", "What a customer agreed to")
def read_choices(db: Connection, asked: ChoicesAsked) -> Stands | Refused:
    """Purpose by purpose: whether it is allowed, what was said last, and when. Nothing is allowed until it is said.

    A browser's `Sec-GPC: 1`, handed on as the header or as `gpc`, is an objection to `sale`: it holds in this very
    answer, and from then on.
    """
    if not customers.ids_by_code(db, [asked.customer]):
        return no_such("customer", asked.customer)
    subject = f"customer/{asked.customer}"
    if not asked.gpc:
        return Stands(asked.customer, consent.standing(db, subject))
    with db.transaction():
        said = consent.objected_by_browser(db, subject, now=utc_now(), actor=subject)
    return Stands(asked.customer, said)


class Choices(Command, frozen=True):
    """What a customer chose, purpose by purpose, in answer to which words."""

    choices: Annotated[list[Choice], Meta(min_length=1, max_length=20)]


class ExportPersonalData(Command, frozen=True):
    """Hand out all that is held on somebody; that it was handed out is on record."""

    subject: Subject


class ErasePerson(Command, frozen=True):
    """Erase somebody: their key is destroyed, and what was plain is blanked. Orders, moves and money stay."""

    subject: Subject


Do = Callable[[Connection, Any, str, str], Any]


class Act(NamedTuple):
    """Something that can be done: where, what is sent, what is answered when it is done."""

    method: Literal["POST"]
    path: str
    command: type
    outcome: type
    status: int
    name: str
    summary: str
    do: Do


def _choose(db: Connection, wanted: Choices, actor: str, customer: str) -> Any:
    if not customers.ids_by_code(db, [customer]):
        return no_such("customer", customer)
    said = consent.record(db, f"customer/{customer}", wanted.choices, now=utc_now(), actor=actor)
    return Stands(customer, said)


def _export(db: Connection, wanted: ExportPersonalData, actor: str, _: str) -> Any:
    return exporting.export(db, wanted.subject, now=utc_now(), actor=actor)


def _erase(db: Connection, wanted: ErasePerson, actor: str, _: str) -> Any:
    return erasing.erase(db, wanted.subject, now=utc_now(), actor=actor)


ACTS: Sequence[Act] = (
    Act(
        "POST",
        "/customers/{customer}/choices",
        Choices,
        Stands,
        200,
        "record-choices",
        "Write down what a customer agreed to or objected to",
        _choose,
    ),
    Act(
        "POST",
        "/personal-data",
        ExportPersonalData,
        Export,
        200,
        "export-personal-data",
        "Hand out all that is held on somebody",
        _export,
    ),
    Act("POST", "/erasures", ErasePerson, Erased, 200, "erase-person", "Erase somebody, and keep the books", _erase),
)


def handlers() -> list[HTTPRouteHandler]:
    """One handler an act."""
    return [acting(act, "do.privacy") for act in ACTS]


def acting(act: Act, permission: str) -> HTTPRouteHandler:
    """The door at which something is done that needs no writer."""

    @route(
        act.path.replace("}", ":str}"),
        http_method=[act.method],
        status_code=act.status,
        summary=act.summary,
        operation_id=act.name,
        name=act.name,
        opt=takes(permission),
    )
    async def handle(
        data: JSONBody[act.command],  # type: ignore[name-defined]
        request: Request[Any, Any, Any],
        state: State,
    ) -> Response[bytes]:
        actor, named = signed(request.scope), restored(str(request.path_params.get("customer", "")))
        done = await state.questions.change(lambda db: act.do(db, data, actor, named))
        if isinstance(done, Refused):
            return answer(of_refusal(done))
        if isinstance(done, Erased):
            await state.questions.ask(tombstones.keep)
        return Response(msgspec.json.encode(done), status_code=act.status, media_type="application/json")

    return handle
