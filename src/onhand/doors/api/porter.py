"""The porter: who would be turned away inside is turned away at the door, at a fraction of the price.

When more comes than can be done, most of a process's time could go into reading, checking and then refusing. The
porter looks at the address alone, and at how the writer's queue for it stands.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from onhand.core.asks import Command
from onhand.core.writer import Writer
from onhand.doors.api.problems import BUSY, MEDIA_TYPE
from onhand.doors.api.verbs import VERBS
from onhand.doors.replies import reply

_KINDS = {f"/api/v1/{path}{many}": kind for path, (kind, _, _) in VERBS.items() for many in ("", "/bulk")}
BUSY_BODY = msgspec.json.encode(BUSY)
COME_AGAIN = [(b"retry-after", b"1")]


class Porter:
    """ASGI before the machines' door."""

    def __init__(self, app: ASGIApp, writer: Writer) -> None:
        self.app = app
        self.writer = writer
        self._entering: Counter[type[Command]] = Counter()
        self._full: set[type[Command]] = set()

    def turns_away(self, path: str) -> bool:
        """Whether what is posted to this address would be too much just now."""
        kind = _KINDS.get(path)
        return kind is not None and self.writer.turns_away(kind)

    @staticmethod
    def minds(path: str) -> bool:
        """Whether what is posted to this address may be turned away at all."""
        return path in _KINDS

    def lets_in(self, path: str) -> bool:
        """As ``not turns_away``, of a request to a verb that is not inside yet: those before it are on their way, too.

        A server reads from all its connections before it goes on with any of their requests. Were they not counted,
        a flood would come in by thousands as soon as there was room for one, to be turned away inside. And once
        somebody was turned away, so are all who are read in the same round.
        """
        kind = _KINDS[path]
        if kind in self._full:
            return False
        if not self._entering and not self._full:
            # In its next round the server begins with these requests, each as far as the writer's queue.
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._begin_anew)
        self._entering[kind] += 1
        if self.writer.turns_away(kind, self._entering[kind]):
            self._full.add(kind)
            return False
        return True

    def _begin_anew(self) -> None:
        self._entering.clear()
        self._full.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer that it is too much just now."""
        if scope.get("method") == "POST" and self.turns_away(scope["path"]):
            scope["path_template"] = scope["path"]
            await reply(send, 503, MEDIA_TYPE, BUSY_BODY, COME_AGAIN, head=False)
            return
        await self.app(scope, receive, send)
