"""Before the pages: what customers and strangers ask for takes a part of the threads that draw pages, never all.

Pages are drawn by a few threads. Anybody may ask for the shop window's, of customers' own pages for that to sign in,
and of the house's for the same: were they drawn whenever they are asked for, a flood of them would fill the threads and
the queue before them, and those who work here would stand behind it. So of each kind only so many are drawn at once;
some more wait for their turn, on the event loop, where waiting costs nothing; of one address no more than a part of
these. Whoever comes after that is told so at once, without a thread, and asked to come again.

Who works here is known by what they bring, not by what they ask for: whoever is not known is a stranger, at whatever
page of the house. Files are not counted: they are handed out, not drawn, and the window's pages need them, too.

No thread waits for who asks. What customers and strangers send is read before it is their turn, as much as a form holds
and as long as one takes to come; and what is drawn for anybody who has left meanwhile is dropped.

All of it stands here. What a single source may *do* (order, leave an address, have codes sent) is bounded where it is
done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

import prometheus_client
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Send

from onhand.access.signin.guessing import Source
from onhand.doors.crowd import Crowd, Full
from onhand.doors.replies import Headers, reply

log = logging.getLogger(__name__)

# How many threads draw pages in each serving process, and how many of them at most draw what others ask for than those
# who work here. Strangers have two: who comes in by a provider that does not answer must not hold up all the others.
THREADS: Final = 6
STRANGERS: Final = "strangers"
SHARES: Final[Mapping[str, int]] = {"shop": 2, "my": 1, STRANGERS: 2}
assert sum(SHARES.values()) < THREADS  # noqa: S101 - some are left to those who work here
# Who is drawn for or waits, of one kind. At some fifty pages a second nobody waits for longer than a few seconds.
MOST: Final = 100
MOST_EACH: Final = 40
SECONDS_TO_RETRY: Final = 5
TURNED_AWAY = prometheus_client.Counter(
    "onhand_pages_turned_away_total", "Who found too many before them, customer or stranger"
)
MOST_IN_A_FORM: Final = 65_536
SECONDS_TO_SEND: Final = 10.0
_PROGRAMS = frozenset({"/robots.txt", "/sitemap.xml"})

# A page that says that too many came at once, in the language of who asks, and its headers.
Busy = Callable[[Any], tuple[bytes, Headers]]
# Whether a request comes from somebody who works here.
Known = Callable[[Any], bool]


class Turnstile:
    """ASGI around the people's door."""

    def __init__(
        self,
        app: ASGIApp,
        busy: Busy,
        known: Known,
        files: Container[str] = (),
        *,
        most: int = MOST,
        most_each: int = MOST_EACH,
        patience: float = SECONDS_TO_SEND,
    ) -> None:
        """``files``: the addresses of what is handed out; ``patience``: how long a form may take to come."""
        self._app = app
        self._files = files
        self._patience = patience
        self._busy = busy
        self._known = known
        self._turns = {kind: asyncio.Semaphore(share) for kind, share in SHARES.items()}
        self._here = {kind: Crowd(most=most, most_each=most_each, turned_away=TURNED_AWAY) for kind in SHARES}

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Let a request through, now or when it is its turn; or say that there are too many."""
        kind = self._kind(scope) if scope["type"] == ScopeType.HTTP else ""
        send = _to_who_stays(send)
        if not kind:
            await self._app(scope, receive, send)
            return
        try:
            whole = await self._whole(receive)
            with self._here[kind].joined(_source(scope)):
                async with self._turns[kind]:
                    await self._app(scope, whole, send)
        except TimeoutError:
            await reply(send, 408, "text/plain; charset=utf-8", b"What was sent took too long to come.", head=False)
        except _TooLong:
            await reply(send, 413, "text/plain; charset=utf-8", b"This is more than any form here holds.", head=False)
        except Full:
            body, headers = self._busy(scope)
            head = scope["method"] == "HEAD"
            await reply(send, 503, "text/html; charset=utf-8", body, headers, head=head)

    def _kind(self, scope: Any) -> str:
        """With whom a request waits for its turn; empty for who need not wait."""
        path = scope["path"]
        return kind_of(path) or ("" if path in self._files or self._known(scope) else STRANGERS)

    async def _whole(self, receive: Receive) -> Receive:
        """What somebody sends, read to its end; raises ``TimeoutError`` or ``_TooLong``."""
        parts: list[Any] = []
        length = 0
        async with asyncio.timeout(self._patience):
            while not parts or parts[-1].get("more_body"):
                parts.append(await receive())
                length += len(parts[-1].get("body", b""))
                if length > MOST_IN_A_FORM:
                    raise _TooLong
        told = iter(parts)

        async def again() -> Any:
            return next(told, None) or await receive()

        return again


class _TooLong(Exception):
    """More is sent than any form holds."""


def _to_who_stays(send: Send) -> Send:
    """Say on what is said, until that fails: whoever asked has left then, and the thread is to come to its end."""
    here = True

    async def say(message: Any) -> None:
        nonlocal here
        if here:
            try:
                await send(message)
            except (OSError, RuntimeError) as fault:
                log.info("who asked for a page has left: %s", fault)
                here = False

    return say


def kind_of(path: str) -> str:
    """Whose page a path is: of the window, of customers' own, or (empty) of those who work here."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return "shop" if path in _PROGRAMS else first if first in {"shop", "my"} else ""


def _source(scope: Any) -> str:
    client = scope.get("client")
    return Source("address", client[0]).text if client else ""
