"""Change on record, for what goes through Django's own connection: in its transaction, whichever that is."""

from __future__ import annotations

from typing import Any, cast

from django.db import connection as django

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.events import fact, record


def told(kind: str, subject: str, actor: str, data: dict[str, Any]) -> None:
    """Record an event beside what was just changed."""
    record(connection(), [fact(kind, subject, actor, data)], utc_now())


def connection() -> Connection:
    """The connection Django's models of this thread are read and saved by."""
    django.ensure_connection()
    return cast("Connection", django.connection)
