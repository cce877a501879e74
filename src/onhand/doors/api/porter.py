"""The porter: who would be turned away inside is turned away at the door, at a fraction of the price.

When more comes than can be done, most of a process's time could go into reading, checking and then refusing. The
porter looks at the address alone, and at how the writer's queue for it stands.
"""

from __future__ import annotations

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from onhand.core.writer import Writer
from onhand.doors.api.problems import BUSY, MEDIA_TYPE
from onhand.doors.api.verbs import VERBS
from onhand.doors.replies import reply

_KINDS = {f"/api/v1/{path}{many}": kind for path, (kind, _, _) in VERBS.items() for many in ("", "/bulk")}
_BUSY = msgspec.json.encode(BUSY)


class Porter:
    """ASGI before the machines' door."""

    def __init__(self, app: ASGIApp, writer: Writer) -> None:
        self.app = app
        self.writer = writer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer that it is too much just now."""
        kind = _KINDS.get(scope["path"])
        if kind and scope.get("method") == "POST" and self.writer.turns_away(kind):
            scope["path_template"] = scope["path"]
            await reply(send, 503, MEDIA_TYPE, _BUSY, [(b"retry-after", b"1")], head=False)
            return
        await self.app(scope, receive, send)
