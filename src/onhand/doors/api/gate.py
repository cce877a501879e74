"""The gate of the machines' door: who comes in, and how often."""

from __future__ import annotations

import time
from typing import Any

import anyio.to_thread
from litestar.types import ASGIApp, Receive, Scope, Send

from onhand.access.keys import Key, KeyRing
from onhand.doors.api.permits import declared, lacking, wanted
from onhand.doors.api.problems import MEDIA_TYPE, encoded, problem
from onhand.doors.notices import NOTICES


class Gate:
    """ASGI middleware: checks the key, spends from its allowance, and lays the key into the scope."""

    def __init__(self, app: ASGIApp, ring: KeyRing) -> None:
        self.app = app
        self.ring = ring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        options = scope["route_handler"].opt
        if not declared(options):
            await _refuse(send, 403, "forbidden", "Nobody may come in here: it is not said what that takes.", [])
            return
        takes = wanted(options)
        if takes is None:
            await self.app(scope, receive, send)
            return
        key = await key_of(dict(scope["headers"]).get(b"authorization", b""), self.ring)
        if key is None:
            detail = "Send a key as `Authorization: Bearer oh_…`; `onhand key create` makes one."
            await _refuse(send, 401, "unauthenticated", detail, [(b"www-authenticate", b"Bearer")])
            return
        address = client[0] if (client := scope.get("client")) else ""
        NOTICES.used(key.actor, address)
        if not key.spend(time.monotonic()):
            await _refuse(send, 429, "too_often", f"This key may ask {key.per_second} times a second.", _allowance(key))
            return
        if takes and takes.isdisjoint(key.standing.grants):
            NOTICES.refused(key.actor, str(dict(scope).get("path_template", "")), address, "api")
            await _refuse(send, 403, "forbidden", lacking(takes), [])
            return
        scope["user"] = key
        await self.app(scope, receive, _telling(send, key) if key.per_second else send)


async def key_of(authorization: bytes, ring: KeyRing) -> Key | None:
    """The key in a header ``Authorization``, while it is valid."""
    text = authorization.decode("latin-1").removeprefix("Bearer ").strip()
    known, key = ring.remembered(text)
    return key if known or not text else await anyio.to_thread.run_sync(ring.check, text)


def _allowance(key: Key) -> list[tuple[bytes, bytes]]:
    return [
        (b"ratelimit-limit", str(key.per_second).encode()),
        (b"ratelimit-remaining", str(int(key.tokens)).encode()),
        (b"ratelimit-reset", b"1"),
        (b"retry-after", b"1"),
    ]


def _telling(send: Send, key: Key) -> Send:
    async def telling(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_allowance(key)[:3]]
        await send(message)

    return telling


async def _refuse(send: Send, status: int, code: str, detail: str, headers: list[tuple[bytes, bytes]]) -> None:
    body = encoded(problem(status, code, detail))
    start: Any = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            *headers,
        ],
    }
    await send(start)
    end: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(end)
