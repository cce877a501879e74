"""One port: ``/api`` and ``/live`` go to the machines' door, health and metrics stay here, all else is people's."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from onhand.doors.api import slashes
from onhand.doors.api.problems import MEDIA_TYPE, problem
from onhand.doors.replies import reply
from onhand.doors.vitals import PATHS


class Root:
    """A few lines of ASGI that choose the door."""

    def __init__(self, machines: ASGIApp, people: ASGIApp, vitals: ASGIApp) -> None:
        self.machines = machines
        self.people = people
        self.vitals = vitals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a request to its door."""
        path = scope["path"] if scope["type"] == ScopeType.HTTP else "/api"
        if path.startswith("/api") or path == "/live":
            slashes.keep(cast("Any", scope))
            await self.machines(scope, receive, send)
        elif path in PATHS:
            await self.vitals(scope, receive, send)
        else:
            await self.people(scope, receive, send)


async def shut(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for a door that is on another port (``onhand serve --split``)."""
    if scope["type"] == ScopeType.HTTP:
        fault = problem(404, "other_port", "This port serves the other door; ask the address of the proxy before both.")
        await reply(send, 404, MEDIA_TYPE, msgspec.json.encode(fault), head=scope.get("method") == "HEAD")
