"""The fast lane: what machines ask a thousand times a second is answered on raw ASGI, behind the gate.

Litestar declares these routes, finds them and describes them; each carries its lane as a middleware, which answers
before Litestar would build a request, bind parameters and shape a response. That is two thirds of what an order
costs in the door. A lane takes the request apart, asks, and shapes the answer; it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from onhand.access.keys import Key
from onhand.core import cards
from onhand.core.asks import Actor, Ask, Command
from onhand.core.refusals import Refused
from onhand.doors.api.desk import as_json, key_missing, permitted
from onhand.doors.api.parsing import decoded
from onhand.doors.api.problems import MEDIA_TYPE, Problem, encoded, of_failure, of_refusal, problem
from onhand.doors.origins import signed

LARGEST_BODY = 10 * 1024 * 1024
_KEY = re.compile(rb"[\x21-\x7e]{1,200}")
_JSON = b"application/json"


class Asked(NamedTuple):
    """A request, taken apart as far as a lane needs it."""

    body: bytes
    query: bytes
    key: str | None
    asker: Key
    actor: Actor
    state: Any


class Answered(NamedTuple):
    """What goes back: JSON, or a problem."""

    status: int
    body: bytes
    media_type: bytes = _JSON


Answering = Callable[[Asked], Awaitable[Answered]]


class AnsweredInTheLane(AssertionError):
    """A handler that only describes its route was called: its lane should have answered."""


class Lane:
    """ASGI middleware of one route: answers its one method itself and leaves others to Litestar."""

    def __init__(self, app: ASGIApp, method: str, answering: Answering) -> None:
        self.app = app
        self.method = method
        self.answering = answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the request apart, have it answered, send the answer."""
        if scope.get("method") != self.method:
            await self.app(scope, receive, send)
            return
        asked = await _take_apart(scope, receive)
        answered = asked if isinstance(asked, Answered) else await self.answering(asked)
        start: Any = {
            "type": "http.response.start",
            "status": answered.status,
            "headers": [
                (b"content-type", answered.media_type),
                (b"content-length", str(len(answered.body)).encode()),
            ],
        }
        await send(start)
        end: Any = {"type": "http.response.body", "body": answered.body, "more_body": False}
        await send(end)


async def _take_apart(scope: Scope, receive: Receive) -> Asked | Answered:
    headers = dict(scope["headers"])
    key = headers.get(b"idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 200 visible characters of ASCII, and no space."
        return refuse(problem(400, "bad_key", detail, "Idempotency-Key"))
    if key is not None and cards.may_hold(key) and cards.found(key.decode("ascii"), code=True):
        return refuse(of_refusal(cards.refusal("Idempotency-Key")))
    if scope.get("method") == "GET":
        body = b""
    else:
        media_type = headers.get(b"content-type", _JSON).split(b";")[0].strip().lower()
        if media_type != _JSON:
            detail = "Send JSON, with `Content-Type: application/json`."
            return refuse(problem(415, "not_json", detail, "Content-Type"))
        body = await _read(receive)
    name = None if key is None else key.decode("ascii")
    return Asked(body, scope["query_string"], name, scope["user"], signed(scope), scope["litestar_app"].state)


async def _read(receive: Receive) -> bytes:
    """The body; one that is too large is not read to its end."""
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException("The caller went away.", status_code=400)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            detail = f"A body may have {LARGEST_BODY} bytes; send less at a time."
            raise HTTPException(detail, status_code=413)
        if not message.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else parts[0]


def refuse(found: Problem) -> Answered:
    """The answer that carries a problem."""
    return Answered(found.status, encoded(found), MEDIA_TYPE.encode())


class BulkLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to one command of many: its status as if it had been asked alone, and the outcome or the problem."""

    status: int
    outcome: msgspec.Raw | None = None
    problem: Problem | None = None


def carry_out_one(kind: type[Command], asking: str) -> Answering:
    """Answer requests that hold one command."""
    decoder = msgspec.json.Decoder(kind)
    missing = of_refusal(key_missing(asking))

    async def answering(asked: Asked) -> Answered:
        command = decoded(decoder, asked.body)
        named = _named(command, asked.key, asked.actor)
        if named is None:
            return refuse(missing)
        (got,) = await permitted(asked.state, asked.asker.standing, [named])
        return refuse(of_refusal(got)) if isinstance(got, Refused) else Answered(201, as_json(got))

    return answering


def carry_out_many(kind: type[Command], asking: str, most: int) -> Answering:
    """Answer requests that hold a list of commands, line by line."""
    decoder = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
    missing = of_refusal(key_missing(asking))
    wrong_size = problem(400, "bad_size", f"Send a list of 1 to {most} commands.", "body")

    async def answering(asked: Asked) -> Answered:
        commands = decoded(decoder, asked.body)
        if not 0 < len(commands) <= most:
            return refuse(wrong_size)
        asks = []
        for index, command in enumerate(commands):
            named = _named(command, f"{asked.key}/{index}" if asked.key else None, asked.actor)
            if named is None:
                return refuse(missing)
            asks.append(named)
        lines = [_line(got) for got in await permitted(asked.state, asked.asker.standing, asks)]
        return Answered(200, msgspec.json.encode(lines))

    return answering


def _named(command: Command, key: str | None, actor: Actor) -> Ask[Command] | None:
    name = f"{actor}/{key}" if key else command.natural_key()
    return Ask(command, actor, name) if name else None


def _line(got: Any) -> BulkLine:
    if isinstance(got, Refused):
        found = of_refusal(got)
        return BulkLine(found.status, problem=found)
    if isinstance(got, BaseException):
        found = of_failure(got)
        return BulkLine(found.status, problem=found)
    return BulkLine(201, msgspec.Raw(as_json(got)))
