"""The courier: one thread, one event loop, one connection; writes deliveries, posts what is due, settles it.

Several processes could do it, so it is done by who holds an advisory lock. ``onhand work`` says by a second lock that
it would like to, and a serving process that has the first then gives it up; when ``onhand work`` dies, the database
drops its locks and a serving process takes over. What was under way meanwhile is posted once more, under its name.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple, TypeVar
from uuid import UUID

import httpx
import prometheus_client
import psycopg
import uvloop

from onhand.connect.webhooks import outbox, rules, sending
from onhand.connect.webhooks.outbox import Endpoint, Parcel
from onhand.connect.webhooks.rules import Answer
from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.core.events import CHANNEL
from onhand.core.turns import Turn

log = logging.getLogger(__name__)
T = TypeVar("T")

POSTED = prometheus_client.Counter("onhand_webhook_posts_total", "Posts to endpoints, by how they ended", ["outcome"])
SECONDS = prometheus_client.Histogram("onhand_webhook_post_seconds", "From a post to its answer")

# How many posts are under way to one endpoint at once, and to one that has failed.
MOST_AT_ONCE = sending.MOST_AT_ONCE
PROBES = 1
LOOK_SECONDS = 1.0
SECONDS_TO_RECONNECT = 1.0
SECONDS_FOR_THE_LAST = 2.0
# Answers are written down together; so are events taken up.
PACE_SECONDS = 0.03


class _Answered(NamedTuple):
    """A post that has ended."""

    parcel: Parcel
    answer: Answer


class Courier:
    """Delivers, from ``start`` to ``stop``. ``keeps``: it is this process's business, not only for want of another."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        keeps: bool,
        loopback: bool = False,
        clock: Clock = utc_now,
        resolve: sending.Resolve = sending.resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """``connect`` opens connections in autocommit; ``trust`` says which certificates are believed."""
        self._connect = connect
        self._turn = Turn("deliver webhooks", keeps=keeps)
        self._loopback = loopback
        self._clock = clock
        self._resolve = resolve
        self._trust = trust
        self._told = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: uvloop.run(self._work()), name="courier", daemon=True)
        # The connection is used by one thread only, so that posts go on while the database is asked.
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="courier-desk")
        self._clients: dict[UUID, httpx.AsyncClient] = {}
        self._under_way: dict[int, UUID] = {}
        self._posts: set[asyncio.Task[None]] = set()
        self._answered: list[_Answered] = []
        self._db: Connection | None = None
        self._bell: Connection | None = None
        self._news = True
        self._mine = False

    @property
    def at_work(self) -> bool:
        """Whether it is this courier who delivers."""
        return self._mine

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 15.0) -> None:
        """End: what is under way has a moment to be answered."""
        self._told.set()
        if self._loop and self._wake:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._wake.set)
        self._thread.join(timeout)
        self._desk.shutdown(wait=False)

    async def _work(self) -> None:
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        while not self._told.is_set():
            try:
                await self._at_the_desk(self._sign_on)
                self._listen()
                while not self._told.is_set():
                    await self._round()
            except psycopg.Error as fault:
                log.warning("webhooks wait for the database: %s", str(fault).strip())
                await self._sign_off()
                await self._rest(SECONDS_TO_RECONNECT)
            except Exception:  # whatever it is, others may still be delivered to
                log.exception("the courier stumbled")
                await self._sign_off()
                await self._rest(SECONDS_TO_RECONNECT)
        await self._end()

    async def _end(self) -> None:
        if self._posts:
            await asyncio.wait(self._posts, timeout=SECONDS_FOR_THE_LAST)
        for task in self._posts:
            task.cancel()
        await asyncio.gather(*self._posts, return_exceptions=True)
        with suppress(psycopg.Error):  # what could not be written down is posted again
            await self._settle()
        await self._sign_off()
        for client in self._clients.values():
            await client.aclose()

    async def _round(self) -> None:
        """Settle what was answered, take up what happened, post what is due; then rest until there is more to do."""
        self._mine = await self._at_the_desk(self._my_turn)
        if not self._mine:
            await self._settle()
            await self._rest(LOOK_SECONDS)
            return
        await self._settle()
        news, self._news = self._news, False
        more = news and await self._at_the_desk(lambda db: outbox.fill(db, self._clock())) >= outbox.PAGE
        self._news = self._news or more
        await self._send()
        await asyncio.sleep(PACE_SECONDS)
        if not more and not self._answered:
            await self._rest(LOOK_SECONDS)

    async def _send(self) -> None:
        endpoints = {each.id: each for each in await self._at_the_desk(lambda db: outbox.endpoints(db, self._clock()))}
        await self._forget_clients(endpoints.keys())
        busy = Counter(self._under_way.values())
        slots = {each.id: _most(each) - busy[each.id] for each in endpoints.values()}
        under_way = [*self._under_way]
        parcels = await self._at_the_desk(lambda db: outbox.due(db, slots, self._clock(), under_way=under_way))
        for parcel in parcels:
            self._under_way[parcel.id] = parcel.endpoint
            task = asyncio.ensure_future(self._post(endpoints[parcel.endpoint], parcel))
            self._posts.add(task)
            task.add_done_callback(self._posts.discard)

    async def _post(self, endpoint: Endpoint, parcel: Parcel) -> None:
        if parcel.body is None:
            answer = Answer(None, "the event is no longer kept", hopeless=True)
        else:
            answer = await self._send_one(endpoint, parcel.message, parcel.body)
        POSTED.labels("well" if answer.well else "failed").inc()
        self._answered.append(_Answered(parcel, answer))
        if self._wake:
            self._wake.set()

    async def _send_one(self, endpoint: Endpoint, message: str, body: bytes) -> Answer:
        headers = rules.signed(message, self._clock(), body, endpoint.secrets)
        try:
            with SECONDS.time():
                return await sending.post(self._client(endpoint), endpoint.url, headers, body)
        except Exception:  # whatever nobody foresaw is one endpoint's failure, not everybody's
            log.exception("a post to %s failed", endpoint.url)
            return Answer(None, "a fault of ours; the log says more")

    async def _settle(self) -> None:
        answered, self._answered = self._answered, []
        if not answered:
            return
        chance = random.random()  # noqa: S311 - not a secret
        try:
            await self._at_the_desk(lambda db: outbox.settle(db, answered, self._clock(), chance=chance))
        except psycopg.Error:
            self._answered = answered + self._answered
            raise
        for each in answered:
            self._under_way.pop(each.parcel.id, None)

    def _client(self, endpoint: Endpoint) -> httpx.AsyncClient:
        if endpoint.id not in self._clients:
            self._trust = self._trust or httpx.create_ssl_context(trust_env=False)
            self._clients[endpoint.id] = sending.client(self._trust, loopback=self._loopback, resolve=self._resolve)
        return self._clients[endpoint.id]

    async def _forget_clients(self, served: Container[UUID]) -> None:
        busy = set(self._under_way.values())
        for gone in [each for each in self._clients if each not in served and each not in busy]:
            await self._clients.pop(gone).aclose()

    async def _rest(self, seconds: float) -> None:
        """Until something happened, a post ended, or so long."""
        if self._wake and not self._told.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), seconds)
            self._wake.clear()

    async def _at_the_desk(self, what: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._desk, self._with_connection, what)

    def _with_connection(self, what: Callable[[Connection], T]) -> T:
        if self._db is None:
            self._db = self._connect()
        return what(self._db)

    def _sign_on(self, db: Connection) -> None:
        self._turn.sign_on(db)
        self._bell = self._connect()
        self._bell.execute(f"LISTEN {CHANNEL}")
        self._news = True

    def _my_turn(self, db: Connection) -> bool:
        """Whether to deliver; who begins to looks what has happened so far."""
        mine = self._turn.mine(db)
        self._news = self._news or (mine and not self._mine)
        return mine

    def _listen(self) -> None:
        if self._bell and self._loop:
            self._loop.add_reader(self._bell.fileno(), self._rung, self._bell)

    def _rung(self, bell: Connection) -> None:
        try:
            bell.pgconn.consume_input()
            while bell.pgconn.notifies():
                self._news = True
        except psycopg.Error:
            # The connection at the desk finds out, too.
            if self._loop:
                self._loop.remove_reader(bell.fileno())
        if self._wake:
            self._wake.set()

    async def _sign_off(self) -> None:
        self._mine = False
        bell, self._bell = self._bell, None
        if bell and self._loop:
            with suppress(psycopg.Error, ValueError):  # a dead connection has no socket any more
                self._loop.remove_reader(bell.fileno())
            bell.close()
        db, self._db = self._db, None
        if db:
            await asyncio.get_running_loop().run_in_executor(self._desk, db.close)


def _most(endpoint: Endpoint) -> int:
    """How many posts may be under way: one that fails is only probed, and so keeps nobody's connection busy."""
    return PROBES if endpoint.state == "failing" else MOST_AT_ONCE
