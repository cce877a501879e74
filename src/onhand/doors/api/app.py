"""The machines' door, put together."""

from __future__ import annotations

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from onhand import __version__
from onhand.access.keys import KeyRing, find
from onhand.core.database import Readers
from onhand.core.writer import Overloaded, Writer
from onhand.doors.api import availability, masters, problems, reads, verbs
from onhand.doors.api.gate import Gate
from onhand.doors.api.lane import LARGEST_BODY
from onhand.doors.api.questions import Questions


def create(writer: Writer, readers: Readers) -> Litestar:
    """The API over a writer and a pool of readers, both of which the caller starts and stops."""

    def look_up(prefix: str) -> tuple[int, str, bytes, list[str], int] | None:
        return readers.ask(lambda db: find(db, prefix))

    ring = KeyRing(look_up)
    return Litestar(
        route_handlers=[
            Router(
                "/api/v1",
                route_handlers=[
                    *verbs.handlers(),
                    *masters.handlers(),
                    availability.handler(readers),
                    *reads.ROUTES,
                ],
            ),
        ],
        middleware=[lambda app: Gate(app, ring)],
        state=State({"writer": writer, "questions": Questions(readers)}),
        exception_handlers={
            HTTPException: problems.on_http_exception,
            Overloaded: problems.on_overloaded,
            Exception: problems.on_failure,
        },
        openapi_config=OpenAPIConfig(
            title="Onhand",
            version=__version__,
            path="/api/docs",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        request_max_body_size=LARGEST_BODY,
    )
