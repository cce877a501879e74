"""Before the pages: what customers ask for takes a part of the threads that draw pages, and never all of them.

Pages are drawn by a few threads. Anybody may ask for the shop window's, and of customers' own pages for that to sign
in: were they drawn whenever they are asked for, a flood of them would fill the threads and the queue before them, and
those who work here would stand behind it. So of each kind only so many are drawn at once; some more wait for their
turn, on the event loop, where waiting costs nothing; of one address no more than a part of these. Whoever comes after
that is told so at once, without a thread, and asked to come again.

All of it stands here. What a single source may *do* (order, leave an address, have codes sent) is bounded where it is
done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import prometheus_client
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Send

from onhand.access.signin.guessing import Source
from onhand.doors.crowd import Crowd, Full
from onhand.doors.replies import Headers, reply

# How many threads draw pages in each serving process, and how many of them at most draw what customers ask for.
THREADS: Final = 4
SHARES: Final[Mapping[str, int]] = {"shop": 2, "my": 1}
assert sum(SHARES.values()) < THREADS  # noqa: S101 - some are left to those who work here
# Who is drawn for or waits, of one kind. At some fifty pages a second nobody waits for longer than a few seconds.
MOST: Final = 100
MOST_EACH: Final = 40
SECONDS_TO_RETRY: Final = 5
TURNED_AWAY = prometheus_client.Counter("onhand_pages_turned_away_total", "Customers who found too many before them")
_PROGRAMS = frozenset({"/robots.txt", "/sitemap.xml"})

# A page that says that too many came at once, in the language of who asks, and its headers.
Busy = Callable[[Any], tuple[bytes, Headers]]


class Turnstile:
    """ASGI around the people's door."""

    def __init__(self, app: ASGIApp, busy: Busy, *, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self._app = app
        self._busy = busy
        self._turns = {kind: asyncio.Semaphore(share) for kind, share in SHARES.items()}
        self._here = {kind: Crowd(most=most, most_each=most_each, turned_away=TURNED_AWAY) for kind in SHARES}

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Let a request through, now or when it is its turn; or say that there are too many."""
        kind = kind_of(scope["path"]) if scope["type"] == ScopeType.HTTP else ""
        if not kind:
            await self._app(scope, receive, send)
            return
        try:
            with self._here[kind].joined(_source(scope)):
                async with self._turns[kind]:
                    await self._app(scope, receive, send)
        except Full:
            body, headers = self._busy(scope)
            head = scope["method"] == "HEAD"
            await reply(send, 503, "text/html; charset=utf-8", body, headers, head=head)


def kind_of(path: str) -> str:
    """Whose page a path is: of the window, of customers' own, or (empty) of those who work here."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return "shop" if path in _PROGRAMS else first if first in SHARES else ""


def _source(scope: Any) -> str:
    client = scope.get("client")
    return Source("address", client[0]).text if client else ""
