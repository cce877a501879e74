"""Answers given before any framework is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar.types import Send

Headers = list[tuple[bytes, bytes]]


def headers_of(media_type: str, body: bytes, more: Iterable[tuple[bytes, bytes]] = ()) -> Headers:
    """What stands above such an answer."""
    return [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]


async def reply(
    send: Send, status: int, media_type: str, body: bytes, headers: Iterable[tuple[bytes, bytes]] = (), *, head: bool
) -> None:
    """Send a whole answer; ``head``: only what would stand above it."""
    start: Any = {
        "type": "http.response.start",
        "status": status,
        "headers": headers_of(media_type, body, headers),
    }
    await send(start)
    end: Any = {"type": "http.response.body", "body": b"" if head else body, "more_body": False}
    await send(end)
