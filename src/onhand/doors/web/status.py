"""The first page: what is running. Its figures come anew every other second, as a fragment of the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.doors.web.gates import public
from onhand.doors.web.words import words
from onhand.insight.pulse import Finger, Pulse

SECONDS_TO_ANSWER = 3
CHART_HEIGHT = 40.0

_finger = Finger()


@public
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return _show(request, "status/page.html")


@public
@never_cache
@require_safe
def pulse(request: HttpRequest) -> HttpResponse:
    """Only what changes."""
    return _show(request, "status/pulse.html")


def _show(request: HttpRequest, template: str) -> HttpResponse:
    felt = _feel_or_none() or _feel_or_none()  # a connection that died since the last page is found out by using it
    if felt is None:
        return render(request, template, {"silent": True}, status=503)
    return render(request, template, _facts(felt))


def _feel_or_none() -> Pulse | None:
    try:
        return _feel()
    except (DatabaseError, psycopg.Error):
        connection.close()  # the next question begins anew, should the server be back by then
        return None


def _feel() -> Pulse:
    connection.ensure_connection()
    db: Any = connection.connection
    with db.transaction():
        db.execute(f"SET LOCAL statement_timeout = '{SECONDS_TO_ANSWER}s'")
        return feel(db, utc_now())


def feel(db: Connection, now: datetime) -> Pulse:
    """The shop's pulse, as this process feels it."""
    return _finger.feel(db, now)


def _facts(felt: Pulse) -> dict[str, object]:
    return {
        "at": felt.at,
        "large": felt.at_large,
        "last_minute": felt.last_minute,
        "last_hour": felt.last_hour,
        "most": max(felt.by_minute),
        "bars": _bars(felt.by_minute),
        "news": [(each.at, words(each.kind, each.subject, each.facts), each.others) for each in felt.news],
        "empty": not felt.at_large.sites,
    }


class Bar(NamedTuple):
    """A minute in the chart; lengths as SVG writes them, whatever the reader's language."""

    x: str
    y: str
    height: str


def _bars(by_minute: list[int]) -> list[Bar]:
    most = max(*by_minute, 1)
    heights = [CHART_HEIGHT * count / most for count in by_minute]
    return [
        Bar(f"{place * 5}", f"{CHART_HEIGHT - height:.1f}", f"{height:.1f}") for place, height in enumerate(heights)
    ]
