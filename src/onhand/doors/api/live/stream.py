"""The route: who it is, what he may hear, what he missed; then what happens, until he leaves or the house closes."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import prometheus_client
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send
from psycopg import Error as PsycopgError
from psycopg_pool import PoolTimeout

from onhand.access.keys import KeyRing
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.events import Marks, sealed, unsealed
from onhand.core.gathering import Gathering
from onhand.core.pages import BadCursor
from onhand.core.settings import value
from onhand.core.writer import Overloaded
from onhand.doors.api.live.audience import Audience, Listener
from onhand.doors.api.live.catching_up import missed
from onhand.doors.api.live.messages import of_now, shelves
from onhand.doors.api.live.relay import Relay
from onhand.doors.api.live.topics import SHOP, asked, for_everybody, forbidden, keys_of
from onhand.doors.api.live.visitors import CUSTOMER, Visitor, gone, who
from onhand.doors.api.permits import PUBLIC
from onhand.doors.api.problems import BUSY, MEDIA_TYPE, Malformed, Problem, encoded, problem
from onhand.doors.api.questions import Questions
from onhand.doors.crowd import Crowd, Full
from onhand.doors.replies import reply

log = logging.getLogger(__name__)
TURNED_AWAY = prometheus_client.Counter("onhand_live_turned_away_total", "Customers who could not watch live")

PATH = "/live"
HEARTBEAT_SECONDS = 15.0
# How often, in that time, it is looked whether anybody needs one.
LOOKS = 5
# Whoever takes nothing for so long is gone, though his connection does not know it yet.
SECONDS_TO_TAKE = 60.0
# Whose key was revoked, or who has signed out, hears on for so long at the most: then he is asked again who he is.
LONGEST_SECONDS = 600.0
# Whose session has ended or whose key was revoked is out after so long: then it is looked who still may listen.
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_SEAT = 5.0
# All come back at once when a server has gone: not all in the same moment.
RETRY_MS = (1000, 4000)
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # nginx would keep the stream back until it has a bufferful.
    (b"x-accel-buffering", b"no"),
]


# Whatever page shows it: it is what every customer may know.
_ANYWHERE = ((b"access-control-allow-origin", b"*"),)


class _Looked(NamedTuple):
    """What somebody looks at who has come at a place of the log."""

    skus: tuple[str, ...]
    present: Marks


class Live:
    """The live stream of one process: its audience, its relay, its route."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        questions: Questions,
        ring: KeyRing,
        *,
        heartbeat: float = HEARTBEAT_SECONDS,
        patience: float = SECONDS_TO_TAKE,
    ) -> None:
        self.audience = Audience()
        self._relay = Relay(connect, self.audience)
        self._questions = questions
        self._ring = ring
        self.heartbeat = heartbeat
        self.patience = patience
        self.longest = LONGEST_SECONDS
        self._watch: asyncio.Task[None] | None = None
        self._door: asyncio.Task[None] | None = None
        self._visitors: dict[Listener, Visitor] = {}
        most, most_each = value("shop_streams"), value("shop_streams_each")
        self._crowd = Crowd(most=most, most_each=most_each, turned_away=TURNED_AWAY)
        # Who comes is told what is so now: all who come while one reading is under way by the next.
        self._shelves: Gathering[_Looked, bytes] = Gathering(self._look)

    def route(self) -> ASGIRouteHandler:
        """The route, for Litestar."""

        @asgi(PATH, copy_scope=False, opt=dict(PUBLIC))
        async def live(scope: Scope, receive: Receive, send: Send) -> None:
            await self(scope, receive, send)

        return live

    def end(self) -> None:
        """End every stream at once, and take no more; to be called from the event loop."""
        self.audience.end()
        self._relay.end()
        for each in (self._watch, self._door):
            if each:
                each.cancel()

    def close(self) -> None:
        """Wait until the log is no longer read."""
        self._relay.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let somebody in and tell him what happens, or answer why not."""
        if scope.get("method") != "GET":
            await _refuse(send, problem(405, "method_not_allowed", "/live answers GET."), (b"allow", b"GET"))
            return
        visitor = await who(scope, self._ring)
        if visitor is None and _for_everybody(scope):
            await self._let_customer_in(scope, receive, send)
        elif visitor is None:
            detail = "Send a key as `Authorization: Bearer oh_…`, or sign in; `onhand key create` makes a key."
            await _refuse(send, problem(401, "unauthenticated", detail), (b"www-authenticate", b"Bearer"))
        elif not visitor.spend():
            await _refuse(send, problem(429, "too_often", "This key has spent its allowance."), (b"retry-after", b"1"))
        else:
            await self._let_in(visitor, scope, receive, send)

    async def _let_customer_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let somebody nobody knows look at the shop window, as long as there is room."""
        client = scope.get("client")
        try:
            with self._crowd.joined(client[0] if client else ""):
                await self._let_in(CUSTOMER, scope, receive, send)
        except Full:
            many = problem(429, "too_many_look", "So many watch live just now; load the page again to see the stock.")
            await _refuse(send, many, (b"retry-after", b"30"), *_ANYWHERE)

    async def _let_in(self, visitor: Visitor, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            listener, place = await self._listener(visitor, scope)
        except Malformed as fault:
            await _refuse(send, fault.problem)
            return
        leaving = asyncio.ensure_future(_left(receive, listener))
        if visitor is not CUSTOMER:
            self._visitors[listener] = visitor
        try:
            await self._receive(listener, place, send)
        finally:
            self._visitors.pop(listener, None)
            leaving.cancel()
            self.audience.dismiss(listener)

    async def _listener(self, visitor: Visitor, scope: Scope) -> tuple[Listener, Marks | None]:
        last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        wanted = asked(scope["query_string"], last)
        if topic := forbidden(wanted.topics, visitor):
            raise Malformed(problem(403, "forbidden", f"You may not listen to {topic.text!r}.", "topic"))
        place = _place(wanted.after)
        return Listener(await self._questions.ask(lambda db: keys_of(db, wanted.topics, visitor))), place

    async def _receive(self, listener: Listener, place: Marks | None, send: Send) -> None:
        """Seat a listener and read the first page of what he missed; only then is it sure that he can be served."""
        try:
            async with asyncio.timeout(SECONDS_TO_SEAT):
                present = await self._relay.join(listener)
            self._look_after_them()
            past = missed(self._questions, listener.topics, place, present) if place else None
            first = await anext(past, b"") if past else b""
        except (Overloaded, TimeoutError):
            await _refuse(send, BUSY, (b"retry-after", b"1"))
        except BadCursor:
            await _refuse(send, _bad_place().problem)
        else:
            await self._stream(listener, present, first, past, send)

    async def _stream(
        self, listener: Listener, present: Marks, first: bytes, past: AsyncIterator[bytes] | None, send: Send
    ) -> None:
        skus = _in_the_window(listener.topics)
        headers = [*_HEADERS, *(_ANYWHERE if skus else ())]
        begin: Any = {"type": "http.response.start", "status": 200, "headers": headers}
        await send(begin)
        tell = partial(listener.tell, send)
        try:
            await tell(b"retry: %d\n\n" % random.randint(*RETRY_MS) + first)  # noqa: S311 - not a secret
            if past:
                async for text in past:
                    await tell(text)
            if skus:
                await tell(await self._shelves.ask(_Looked(skus, present)))
            await tell(_ready(present))
            await self._go_on(listener, tell)
        except Overloaded:
            log.info("a listener could not be told what he missed just now; he will come again")
        except asyncio.CancelledError:
            if not (listener.stuck or listener.ended):
                raise
            log.info("a listener who took nothing was given up")
            return
        end: Any = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(end)

    async def _go_on(self, listener: Listener, tell: Callable[[bytes], Any]) -> None:
        while not listener.ended:
            await listener.wait()
            if text := listener.take(self.audience.marks):
                await tell(text)

    def _look(self, those: Sequence[_Looked]) -> list[bytes]:
        """What is said now of what each of these looks at; read once for all."""
        wanted = {sku for each in those for sku in each.skus}
        said = self._questions.gathered(lambda db: shelves(db, wanted, utc_now()))
        return [of_now({sku: said[sku] for sku in each.skus if sku in said}, each.present) for each in those]

    def _look_after_them(self) -> None:
        """Have somebody look after the listeners, as long as there are any: one for all, which is cheaper than each."""
        if self._watch is None or self._watch.done():
            self._watch = asyncio.ensure_future(self._looking())
        if self._door is None or self._door.done():
            self._door = asyncio.ensure_future(self._looking_who_may())

    async def _looking_who_may(self) -> None:
        """Let those out who may listen no longer."""
        while self._visitors:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                out = await gone(self._visitors.values(), self._questions)
            except (Overloaded, PsycopgError, PoolTimeout) as fault:
                log.warning("it could not be looked who may listen: %s", fault)
                continue
            for listener, visitor in [*self._visitors.items()]:
                if visitor in out:
                    listener.end()

    async def _looking(self) -> None:
        await asyncio.sleep(self.heartbeat / LOOKS)
        while len(self.audience):
            self.audience.look_after(quiet=self.heartbeat, patience=self.patience, longest=self.longest)
            await asyncio.sleep(self.heartbeat / LOOKS)


def _for_everybody(scope: Scope) -> bool:
    """Whether what is asked for is what any customer may hear; what cannot be read is for nobody."""
    try:
        return for_everybody(asked(scope["query_string"], ""))
    except Malformed:
        return False


def _in_the_window(topics: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(key.removeprefix(f"{SHOP}/") for key in topics if key.startswith(f"{SHOP}/"))


def _ready(present: Marks) -> bytes:
    """Whoever reads a page after this has missed nothing: all that happens since is told."""
    return f"event: ready\nid: {sealed(present)}\ndata: {{}}\n\n".encode()


async def _left(receive: Receive, listener: Listener) -> None:
    """Wait until he hangs up."""
    message: Any = {}
    while message.get("type") != "http.disconnect":
        message = await receive()
    listener.end()


def _place(after: str) -> Marks | None:
    try:
        return unsealed(after) if after else None
    except BadCursor as fault:
        raise _bad_place() from fault


def _bad_place() -> Malformed:
    detail = "This place in the log was given out by nobody; begin again without one, and read the present state."
    return Malformed(problem(422, "bad_cursor", detail, "after"))


async def _refuse(send: Send, found: Problem, *headers: tuple[bytes, bytes]) -> None:
    await reply(send, found.status, MEDIA_TYPE, encoded(found), headers, head=False)
