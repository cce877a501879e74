"""How requests come here: under which name, over which line. What comes otherwise goes no further.

* A name that is not ours is refused: a page made for it could lead elsewhere.
* Whose headers are longer than any browser's is refused: to take cookies apart costs time, with their length and more.
* In production plain http is for nobody but load balancers asking after the process's health. A browser that asks for a
  page is sent to https. A program is refused, and not sent on: its key has already been on the line for anybody to
  read, and whoever wrote it shall notice.

Who is at the other end, and over which line, is what uvicorn found out: it believes a proxy only if it is trusted.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from onhand.core.settings import Settings, hosts
from onhand.doors.api.problems import MEDIA_TYPE, problem
from onhand.doors.replies import reply
from onhand.doors.vitals import PATHS

_MACHINES = ("/api", "/live")
MOST_IN_HEADERS = 16_384


class Transport:
    """ASGI around both doors."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._production = settings.production
        self._public = settings.public_address
        named = hosts(settings)
        self._names = None if "*" in named else frozenset(name for name in named if not name.startswith("."))
        self._endings = tuple(name for name in named if name.startswith("."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, or say why not."""
        if scope["type"] != ScopeType.HTTP or scope["path"] in PATHS:
            await self.app(scope, receive, send)
        elif not self._ours(_host(scope)):
            detail = "This server does not go by that name; ask it by the address it is known by."
            await self._refuse(scope, send, 400, "unknown_host", detail)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_IN_HEADERS:
            detail = f"The headers are longer than {MOST_IN_HEADERS} bytes. Forget this site's cookies, and ask again."
            await self._refuse(scope, send, 431, "headers_too_long", detail)
        elif self._production and scope["scheme"] != "https":
            await self._redirect(scope, send)
        else:
            await self.app(scope, receive, send)

    def _ours(self, host: str) -> bool:
        return self._names is None or host in self._names or host.endswith(self._endings)

    async def _redirect(self, scope: Any, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"} or scope["path"].startswith(_MACHINES):
            detail = "This server is asked over https only. What was sent may have been read: make another key."
            await self._refuse(scope, send, 403, "https_only", detail)
            return
        await redirect(scope, send, self._public or f"https://{_host(scope)}")

    async def _refuse(self, scope: Any, send: Send, status: int, code: str, detail: str) -> None:
        body = msgspec.json.encode(problem(status, code, detail))
        await reply(send, status, MEDIA_TYPE, body, head=scope["method"] == "HEAD")


async def redirect(scope: Any, send: Send, to: str) -> None:
    """Send a browser to the same page elsewhere."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = b"?" + scope["query_string"] if scope.get("query_string") else b""
    # A path that began with two slashes would be read as a host.
    location = to.encode() + b"/" + path.lstrip(b"/") + query
    await reply(send, 308, "text/plain; charset=utf-8", b"", [(b"location", location)], head=scope["method"] == "HEAD")


class Redirecting:
    """ASGI for a port of plain http beside one of TLS: everything is to be asked for there."""

    def __init__(self, to: str) -> None:
        self._to = to

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send whoever comes to the other port."""
        if scope["type"] == ScopeType.HTTP:
            await redirect(scope, send, self._to)


def _host(scope: Any) -> str:
    """The name it was asked by, without its port."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "").lower()
    if given.startswith("["):
        return given.partition("]")[0] + "]"
    return given.rpartition(":")[0] if ":" in given else given
