"""Who listens to what, and what waits for each."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import prometheus_client
from litestar.types import Send

from onhand.core.events import Marks, sealed

LISTENING = prometheus_client.Gauge(
    "onhand_live_subscribers", "Listeners of the live stream", multiprocess_mode="livesum"
)
SENT = prometheus_client.Counter("onhand_live_messages_total", "Messages put into listeners' queues")
DROPPED = prometheus_client.Counter("onhand_live_lagged_total", "Times a slow listener was told to read again")

# Some seconds of what a person can follow; whoever is farther behind reads again sooner than he catches up.
MOST_WAITING = 500


class Message(NamedTuple):
    """Something to tell to whoever listens to one of these keys, as it goes over the wire."""

    keys: tuple[str, ...]
    text: bytes


class Round(NamedTuple):
    """What the relay read at once, and the place in the log that it ends at."""

    number: int
    messages: Sequence[Message]
    marks: Marks


class Listener:
    """One open stream: what waits to be sent on it. Belongs to the event loop, but for ``heard_from``."""

    def __init__(self, topics: Mapping[str, str], most: int = MOST_WAITING) -> None:
        self.topics = topics
        self.seated: asyncio.Future[Marks] = asyncio.get_running_loop().create_future()
        # Rounds after this one are his; what was read before he came he reads for himself.
        self.heard_from = 0
        self.ended = False
        self._most = most
        self._waiting: deque[bytes] = deque()
        self._lagged = False
        self._quiet = False
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        # For whoever watches (``look_after``): when he was told something last, and since when he is being told.
        self._told_at = self._loop.time()
        self._telling: asyncio.Task[Any] | None = None
        self.stuck = False
        self._came_at = self._told_at

    def put(self, text: bytes) -> bool:
        """Let a message wait; when too many do, forget them all and say so instead. Whether this woke him."""
        if self._lagged or (self._waiting and self._waiting[-1] is text):
            return False
        woke = not self._ready.is_set()
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            self._lagged = True
            DROPPED.inc()
        else:
            self._waiting.append(text)
            SENT.inc()
        self._ready.set()
        return woke

    def end(self) -> None:
        """Let the stream end, also of somebody who takes nothing just now."""
        self.ended = True
        self._ready.set()
        if self._telling:
            self._telling.cancel()

    async def wait(self) -> None:
        """Wait until there is something to do."""
        await self._ready.wait()

    def take(self, present: Marks) -> bytes:
        """All that waits, or (``present`` is where the log is read up to) that there was too much of it."""
        self._ready.clear()
        quiet, self._quiet = self._quiet, False
        if self._lagged:
            self._lagged = False
            return lagged(self.topics.values(), present)
        found = b"".join(self._waiting)
        self._waiting.clear()
        # When nothing waits he has heard all up to here: should he be cut off, no more is looked through.
        return found or (f": still here\nid: {sealed(present)}\n\n".encode() if quiet else b"")

    async def tell(self, send: Send, text: bytes) -> None:
        """Send something; cancelled by ``look_after`` or ``end`` when he does not take it."""
        message: Any = {"type": "http.response.body", "body": text, "more_body": True}
        self._telling, self._told_at = asyncio.current_task(), self._loop.time()
        try:
            await send(message)
        finally:
            self._telling = None

    def look_after(self, *, quiet: float, patience: float, longest: float) -> None:
        """Say that the house is still here when it was quiet for so long; give him up who takes nothing for so long.

        After the longest time the stream ends: he comes back, if he still may, and misses nothing.
        """
        waited = self._loop.time() - self._told_at
        if self._loop.time() - self._came_at > longest:
            self.end()
        elif self._telling and waited > patience:
            self.stuck = True
            self._telling.cancel()
        elif not self._telling and waited > quiet:
            self._quiet = True
            self._ready.set()


def lagged(topics: Iterable[str], present: Marks) -> bytes:
    """The message to who has missed too much: what he knows of these topics is old, and he shall read it again."""
    facts = msgspec.json.encode({"topics": sorted(topics)}).decode()
    return f"event: lagged\nid: {sealed(present)}\ndata: {facts}\n\n".encode()


class Audience:
    """Who listens to what. The relay's thread seats and looks up, the event loop delivers and dismisses."""

    def __init__(self) -> None:
        self.marks = Marks()
        # How often a listener was woken, in all: each time costs a packet of his own.
        self.woken = 0
        self._by_key: dict[str, tuple[Listener, ...]] = {}
        self._kinds: Counter[str] = Counter()
        self._all: set[Listener] = set()
        self._turn = threading.Lock()

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __len__(self) -> int:
        return len(self._all)

    def listens_to(self, kind: str) -> bool:
        """Whether anybody listens to a topic of a kind."""
        return self._kinds[kind] > 0

    def seat(self, listener: Listener, number: int) -> None:
        """Let somebody hear the rounds after this one. The tuples are replaced, never changed: who reads one may."""
        listener.heard_from = number
        with self._turn:
            if listener.ended:
                return
            self._all.add(listener)
            for key in listener.topics:
                self._kinds[_kind(key)] += 1
                self._by_key[key] = (*self._by_key.get(key, ()), listener)
            LISTENING.set(len(self._all))

    def dismiss(self, listener: Listener) -> None:
        """He listens no longer; nor will he, if he was still to be seated."""
        with self._turn:
            listener.ended = True
            if listener not in self._all:
                return
            self._all.discard(listener)
            for key in listener.topics:
                self._kinds[_kind(key)] -= 1
                left = tuple(each for each in self._by_key.get(key, ()) if each is not listener)
                if left:
                    self._by_key[key] = left
                else:
                    self._by_key.pop(key, None)
            LISTENING.set(len(self._all))

    def deliver(self, found: Round) -> None:
        """Put a round's messages into the queues of those who wait for them."""
        for keys, text in found.messages:
            for key in keys:
                for listener in self._by_key.get(key, ()):
                    if listener.heard_from < found.number:
                        self.woken += listener.put(text)
        self.marks = found.marks

    def look_after(self, *, quiet: float, patience: float, longest: float) -> None:
        """Look after every listener."""
        for listener in tuple(self._all):
            listener.look_after(quiet=quiet, patience=patience, longest=longest)

    def end(self) -> None:
        """Let every stream end."""
        for listener in tuple(self._all):
            listener.end()


def _kind(key: str) -> str:
    return key.partition("/")[0]
