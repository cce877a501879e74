"""The machines' door, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from litestar import Litestar, Response, Router, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from onhand.access.keys import Found, Key, KeyRing, find
from onhand.access.signin import tokens
from onhand.core.database import Readers, connect
from onhand.core.pages import BadCursor
from onhand.core.writer import Overloaded, Writer
from onhand.doors.api import manual, masters, privacy, problems, reads, reviews, service, verbs, webhooks
from onhand.doors.api.gate import Gate
from onhand.doors.api.lane import LARGEST_BODY
from onhand.doors.api.live.stream import Live
from onhand.doors.api.parsing import ExactRequest
from onhand.doors.api.permits import ANY_KEY, PUBLIC
from onhand.doors.api.problems import Malformed
from onhand.doors.api.questions import Questions


def create(writer: Writer, readers: Readers, *, loopback: bool = False) -> Litestar:
    """The API over a writer and a pool of readers, both of which the caller starts and stops.

    The live stream is in its state: who stops the server ends and closes it. ``loopback``: webhooks may go to this
    machine.
    """

    def look_up(prefix: str) -> Found | None:
        return readers.ask(lambda db: find(db, prefix))

    def look_up_token(text: str) -> Key | None:
        return readers.ask(lambda db: tokens.find(db, text)) if tokens.looks_like_one(text) else None

    ring, questions = KeyRing(look_up, look_up_token), Questions(readers)
    live = Live(partial(connect, readers.url, autocommit=True), questions, ring)
    handlers = [
        *verbs.handlers(),
        *masters.handlers(),
        *webhooks.handlers(loopback=loopback),
        *privacy.handlers(),
        *service.handlers(),
        *reviews.handlers(),
        *reads.handlers(readers),
    ]
    return Litestar(
        route_handlers=[
            Router("/api/v1", route_handlers=[*_telling_methods(handlers), *handlers]),
            live.route(),
            *_telling_methods(manual.ROUTES, PUBLIC),
            *manual.ROUTES,
        ],
        middleware=[lambda app: Gate(app, ring)],
        state=State({"writer": writer, "questions": questions, "live": live}),
        exception_handlers={
            HTTPException: problems.on_http_exception,
            Malformed: problems.on_malformed,
            BadCursor: problems.on_bad_cursor,
            Overloaded: problems.on_overloaded,
            Exception: problems.on_failure,
        },
        openapi_config=None,
        request_class=ExactRequest,
        request_max_body_size=LARGEST_BODY,
    )


def _telling_methods(
    handlers: Sequence[HTTPRouteHandler], takes: Mapping[str, Any] = ANY_KEY
) -> list[HTTPRouteHandler]:
    """A handler of OPTIONS for each path. Litestar's own knows only the first of a path's methods."""
    methods: dict[str, set[str]] = defaultdict(lambda: {"OPTIONS"})
    for handler in handlers:
        for path in handler.paths:
            methods[path] |= set(handler.http_methods)
    return [_telling(path, ", ".join(sorted(taken)), takes) for path, taken in methods.items()]


def _telling(path: str, methods: str, takes: Mapping[str, Any]) -> HTTPRouteHandler:
    @route(path, http_method=["OPTIONS"], status_code=204, opt=dict(takes))
    async def tell() -> Response[None]:
        return Response(None, headers={"Allow": methods}, status_code=204)

    return tell
