"""Questions: each a path, what may be asked there, and the function that finds the answer.

What may be asked is a struct, as commands are: its fields are the parameters, of the path or of the query, and a
parameter it does not have is refused. Each list takes ``cursor`` and ``limit`` and answers with a ``Page``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from onhand.access.permissions import Standing
from onhand.core import texts
from onhand.core.clock import must_be_plausible
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.core.texts import Code
from onhand.doors.api.parsing import asked
from onhand.doors.api.permits import takes
from onhand.doors.api.problems import answer, of_refusal
from onhand.flows.commands import Moment

T = TypeVar("T")
Find = Callable[..., Any]

Limit = Annotated[int, Meta(ge=1, le=500, description="how many at most")]
Cursor = Annotated[str, Meta(max_length=4000, pattern=texts.TEXT, description="`next` of the page before")]
Words = Annotated[str, Meta(min_length=1, max_length=200, pattern=texts.SOME_TEXT)]
Sku = Annotated[Code, Meta(description="the code of a SKU")]
Site = Annotated[Code, Meta(description="the code of a site")]
Channel = Annotated[Code, Meta(description="the code of a channel")]
Since = Annotated[Moment, Meta(description="from this moment on, with its zone")]
Until = Annotated[Moment, Meta(description="before this moment, with its zone")]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be asked at a path."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                must_be_plausible(name, value)


class Listed(Question, frozen=True, kw_only=True):
    """What may be asked of a list."""

    cursor: Cursor = ""
    limit: Limit = 100


@dataclass(frozen=True)
class Read:
    """A question that is answered, and where.

    ``find`` takes the database and what is asked; where it has a ``standing`` it is also told what whoever asks may
    see, since the answer depends on it.
    """

    path: str
    summary: str
    room: str
    find: Find
    permission: str

    @property
    def name(self) -> str:
        """What the operation is called: ``list-moves``, ``read-site``."""
        return self.find.__name__.replace("_", "-")

    def answer(self, db: Connection, question: Question, standing: Standing) -> Any:
        """The answer, for somebody who may see and do this much."""
        more = {"standing": standing} if "standing" in inspect.signature(self.find).parameters else {}
        return self.find(db, question, **more)

    @property
    def asks(self) -> type[Question]:
        """The parameters."""
        kind: type[Question] = get_type_hints(self.find)["asked"]
        return kind

    @property
    def answers(self) -> Any:
        """The type of the answer, when it is not a refusal."""
        given = get_type_hints(self.find, include_extras=True)["return"]
        kinds = [kind for kind in get_args(given) if kind is not Refused]
        return kinds[0] if Refused in get_args(given) else given

    @property
    def description(self) -> str:
        """What the answer means."""
        return self.find.__doc__ or ""


class Reads:
    """The questions of one room, gathered as they are declared; ``permission`` is what they take."""

    def __init__(self, room: str, permission: str) -> None:
        self.room = room
        self.permission = permission
        self._all: list[Read] = []

    def at(self, path: str, summary: str, permission: str = "") -> Callable[[Find], Find]:
        """Declare that a function answers at a path, perhaps for another permission than the room's others."""

        def declare(find: Find) -> Find:
            self._all.append(Read(path, summary, self.room, find, permission or self.permission))
            return find

        return declare

    def __iter__(self) -> Iterator[Read]:
        return iter(self._all)


def handler(read: Read) -> HTTPRouteHandler:
    """The door at which a question is asked."""

    @get(
        read.path.replace("}", ":str}"),
        name=read.name,
        operation_id=read.name,
        summary=read.summary,
        opt=takes(read.permission),
    )
    async def handle(request: Request[Any, Any, Any], state: State) -> Response[bytes]:
        question = asked(read.asks, request.scope["query_string"], request.path_params)
        if request.headers.get("sec-gpc") == "1" and hasattr(question, "gpc"):
            question = msgspec.structs.replace(question, gpc=True)
        standing = request.scope["user"].standing
        found = await state.questions.ask(lambda db: read.answer(db, question, standing))
        if isinstance(found, Refused):
            return answer(of_refusal(found))
        return Response(msgspec.json.encode(found), media_type="application/json")

    return handle


def no_such(what: str, code: str) -> Refused:
    """Nothing goes by this name."""
    return Refused("not_found", f"There is no {what} {code!r}.", what)
