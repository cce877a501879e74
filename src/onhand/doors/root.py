"""One port: ``/api`` goes to the machines' door, everything else to the people's."""

from __future__ import annotations

from litestar.types import ASGIApp, Receive, Scope, Send


class Root:
    """A few lines of ASGI that choose the door."""

    def __init__(self, machines: ASGIApp, people: ASGIApp) -> None:
        self.machines = machines
        self.people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a request to its door."""
        people = scope["type"].lower() == "http" and not scope["path"].startswith("/api")
        await (self.people if people else self.machines)(scope, receive, send)
