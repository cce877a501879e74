"""The machines' door, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from litestar import Litestar, Response, Router, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from onhand.access.keys import KeyRing, find
from onhand.core.database import Readers
from onhand.core.pages import BadCursor
from onhand.core.writer import Overloaded, Writer
from onhand.doors.api import manual, masters, problems, reads, verbs
from onhand.doors.api.gate import Gate
from onhand.doors.api.lane import LARGEST_BODY
from onhand.doors.api.parsing import ExactRequest
from onhand.doors.api.problems import Malformed
from onhand.doors.api.questions import Questions


def create(writer: Writer, readers: Readers) -> Litestar:
    """The API over a writer and a pool of readers, both of which the caller starts and stops."""

    def look_up(prefix: str) -> tuple[int, str, bytes, list[str], int] | None:
        return readers.ask(lambda db: find(db, prefix))

    ring = KeyRing(look_up)
    handlers = [*verbs.handlers(), *masters.handlers(), *reads.handlers(readers)]
    return Litestar(
        route_handlers=[
            Router("/api/v1", route_handlers=[*_telling_methods(handlers), *handlers]),
            *manual.ROUTES,
        ],
        middleware=[lambda app: Gate(app, ring)],
        state=State({"writer": writer, "questions": Questions(readers)}),
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


def _telling_methods(handlers: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """A handler of OPTIONS for each path. Litestar's own knows only the first of a path's methods."""
    methods: dict[str, set[str]] = defaultdict(lambda: {"OPTIONS"})
    for handler in handlers:
        for path in handler.paths:
            methods[path] |= set(handler.http_methods)
    return [_telling(path, ", ".join(sorted(taken))) for path, taken in methods.items()]


def _telling(path: str, methods: str) -> HTTPRouteHandler:
    @route(path, http_method=["OPTIONS"], status_code=204)
    async def tell() -> Response[None]:
        return Response(None, headers={"Allow": methods}, status_code=204)

    return tell
