"""Around every door: each request has a name, and is counted by where it went and how it ended.

The name is the caller's own ``X-Request-Id`` where that is sane, else one of ours; it goes back with the answer and
into every log line meanwhile. Requests are counted by the route's template, never by their path: paths are without
number, and so would be the series.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable
from itertools import count
from time import perf_counter
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from onhand.core.health.sampling import SAMPLER
from onhand.core.logs import request_id
from onhand.doors.api.problems import MEDIA_TYPE, encoded, problem
from onhand.doors.replies import reply

log = logging.getLogger(__name__)

REQUESTS = Counter("onhand_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "onhand_http_request_seconds",
    "From a request's head to the end of its answer",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

_BROKEN = encoded(problem(500, "failed", "Something went wrong on our side; the log says more."))
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SANE = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_ours = secrets.token_hex(6)
_numbers = count(1)


class Traffic:
    """ASGI around the whole: names requests, counts and times them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through and note how it went."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        name = _name(scope)
        turn = request_id.set(name)
        began, status, answered = perf_counter(), 500, False

        async def telling(message: Any) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                message["headers"] = [*guarded(message["headers"]), (b"x-request-id", name.encode())]
            await send(message)

        try:
            await self.app(scope, receive, telling)
        except Exception:
            log.exception("a request broke what was to answer it")
            if answered:
                raise  # half an answer cannot be taken back: the connection is closed
            await reply(telling, 500, MEDIA_TYPE, _BROKEN, head=scope["method"] == "HEAD")
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route: Any = scope.get("path_template") or "unmatched"
            seconds = perf_counter() - began
            counted(method, route, status)
            _timed(method, route, seconds)
            sampled(scope["path"], status, seconds)
            log.debug("%s %s answered %s in %.1f ms", method, route, status, seconds * 1000)
            request_id.reset(turn)


def sampled(path: str, status: int, seconds: float | None) -> None:
    """Count an answer towards the health of its door. Files, and who asks after the health itself, are no measure."""
    if path.startswith("/api"):
        SAMPLER.answered("api", status, seconds)
    elif path == "/live":
        SAMPLER.answered("live", status, None)  # how long somebody listens says nothing
    elif not path.startswith(_UNSAMPLED):
        SAMPLER.answered("pages", status, seconds)


_UNSAMPLED = ("/static/", "/favicon.ico", "/healthz", "/readyz", "/metrics")
# Looked up by labels once, then kept: a look-up costs more than the counting.
_counters: dict[tuple[str, str, int], Any] = {}
_timers: dict[tuple[str, str], Any] = {}


def counted(method: str, route: str, status: int) -> None:
    """Count an answer."""
    counter = _counters.get((method, route, status))
    if counter is None:
        counter = _counters[method, route, status] = REQUESTS.labels(method, route, str(status))
    counter.inc()


def _timed(method: str, route: str, seconds: float) -> None:
    timer = _timers.get((method, route))
    if timer is None:
        timer = _timers[method, route] = SECONDS.labels(method, route)
    timer.observe(seconds)


# What every answer of every door tells browsers; a door that has said more itself is left as it is.
_GUARDS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"content-security-policy", b"default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


def guarded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """An answer's headers, with the guards it lacks."""
    there = {header for header, _ in headers}
    return [*headers, *(each for each in _GUARDS if each[0] not in there)]


def _name(scope: Any) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    if _SANE.fullmatch(given):
        return str(given.decode())
    return f"{_ours}-{next(_numbers):x}"
