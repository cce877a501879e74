"""Around every door: each request has a name, and is counted by where it went and how it ended.

The name is the caller's own ``X-Request-Id`` where that is sane, else one of ours; it goes back with the answer and
into every log line meanwhile. Requests are counted by the route's template, never by their path: paths are without
number, and so would be the series.
"""

from __future__ import annotations

import logging
import re
import secrets
from itertools import count
from time import perf_counter
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from onhand.core.logs import request_id

log = logging.getLogger(__name__)

REQUESTS = Counter("onhand_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "onhand_http_request_seconds",
    "From a request's head to the end of its answer",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SANE = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_ours = secrets.token_hex(6)
_numbers = count(1)


class Traffic:
    """ASGI around the whole: names requests, counts and times them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._counters: dict[tuple[str, str, int], Any] = {}
        self._timers: dict[tuple[str, str], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through and note how it went."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        name = _name(scope)
        turn = request_id.set(name)
        began, status = perf_counter(), 500

        async def telling(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode())]
            await send(message)

        try:
            await self.app(scope, receive, telling)
        finally:
            self._note(scope, status, perf_counter() - began)
            request_id.reset(turn)

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = scope.get("path_template") or "unmatched"
        counter = self._counters.get((method, route, status))
        if counter is None:
            # Looked up by labels once, then kept: a look-up costs more than the counting.
            counter = self._counters[method, route, status] = REQUESTS.labels(method, route, str(status))
            self._timers.setdefault((method, route), SECONDS.labels(method, route))
        counter.inc()
        self._timers[method, route].observe(seconds)
        log.debug("%s %s answered %s in %.1f ms", method, route, status, seconds * 1000)


def _name(scope: Any) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    if _SANE.fullmatch(given):
        return str(given.decode())
    return f"{_ours}-{next(_numbers):x}"
