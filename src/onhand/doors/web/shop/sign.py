"""The name above the window: that of the channel which sells in it, and the shop's own where none does.

Most pages have it from the counter they open. One that says what went wrong opens none: it asks for the name alone, and
where there is no time to ask, or nobody who answers, it bears the name this process read last.
"""

from __future__ import annotations

import logging

import psycopg

from onhand.core.database import Connection
from onhand.core.settings import value
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.insight.window.counter import Counter, counter, seller

log = logging.getLogger(__name__)

SECONDS_TO_ANSWER = 1
_read_last: list[str] = [""]


def open_counter(db: Connection) -> Counter | None:
    """Who sells in this house's window; None where the window is shut."""
    at = counter(db, value("shop_channel"))
    _read_last[:] = [at.name if at else ""]
    return at


def look_up() -> None:
    """Read the name, unless that takes longer than a page which only says what went wrong may wait."""
    try:
        with house.reading(SECONDS_TO_ANSWER) as db:
            found = seller(db, value("shop_channel"))
    except psycopg.Error as fault:
        log.warning("who sells in the window could not be read: %s", fault)
        return
    _read_last[:] = [found.name if found else ""]


def name() -> str:
    """What stands above the window, without asking anybody."""
    return _read_last[0] or shop_name()
